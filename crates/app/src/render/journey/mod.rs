//! Answers about journeys, one file each; how they say shares, times and groups stands here.

pub mod attribution;
pub mod delivery;
pub mod lifecycle;
pub mod overview;
pub mod pains;
pub mod retention;

use throughline_engine::{About, Case};
use throughline_journey::{Elapsed, Share};
use throughline_model::unit::Unit;

use super::instant::length;
use super::style::{Ink, Style};
use super::text::{count, wrap};

/// `41.2 %`; `–` of none.
pub fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| Unit::Percent.format(share, ""))
}

/// `39.8–42.6 %`, the interval of a share; empty of none.
pub fn interval(share: &Share) -> String {
    let ends = share.interval.map(|interval| [interval.low, interval.high].map(|end| end * 100.0));
    ends.map_or(String::new(), |[low, high]| format!("{low:.1}–{high:.1} %"))
}

/// A length of time in words, from microseconds; `–` where nobody knows.
pub fn time(micros: Option<f64>) -> String {
    micros.map_or("–".to_owned(), |micros| length(micros / 1e6))
}

/// Median and 0.9 quantile: `3 h 20 min, p90 2 d`; `–` of none.
pub fn elapsed(elapsed: &Elapsed) -> String {
    match elapsed.median {
        None => "–".to_owned(),
        median => format!("{}, p90 {}", time(median), time(elapsed.p90)),
    }
}

/// A number of cases: `1 customer`, `3 tickets`.
pub fn cases(number: u64, about: &About) -> String {
    format!("{} {}", count(number), if number == 1 { noun(about) } else { nouns(about) })
}

/// What one case is called.
pub fn noun(about: &About) -> &'static str {
    match (about.scope.case, about.scope.known) {
        (Case::Ticket, _) => "ticket",
        (Case::Customer, Some(false)) => "visitor",
        (Case::Customer, Some(true)) => "customer",
        // Customers known by name and visitors who are not.
        (Case::Customer, None) => "person",
    }
}

/// What several cases are called.
pub fn nouns(about: &About) -> &'static str {
    match noun(about) {
        "ticket" => "tickets",
        "visitor" => "visitors",
        "customer" => "customers",
        _ => "people",
    }
}

/// A bar of `share` of `columns`, in eighths of a column.
pub fn bar(share: Option<f64>, columns: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = (share.unwrap_or(0.0).clamp(0.0, 1.0) * columns as f64 * 8.0).round() as usize;
    let mut bar = "█".repeat(eighths / 8);
    bar.extend(EIGHTHS.get(eighths % 8).filter(|part| **part != ' '));
    bar.extend(std::iter::repeat_n(' ', columns.saturating_sub(eighths.div_ceil(8))));
    bar
}

/// Why there is nothing to show; `None` where there is.
pub fn nothing(about: &About) -> Option<&'static str> {
    match (about.touchpoints, about.scope.case) {
        (0, Case::Customer) => {
            Some("Nothing dated concerns a customer yet: `throughline import PATH` brings in files.")
        }
        (0, Case::Ticket) => Some("No ticket has events yet: `throughline import PATH` brings in files."),
        _ => None,
    }
}

/// Heading of a group, where the answer is broken down.
pub fn heading(about: &About, group: usize, style: &Style) -> Vec<String> {
    let by = about.scope.by.as_deref();
    by.map_or(Vec::new(), |by| vec![String::new(), style.paint(Ink::Strong, &format!("{by} {}", about.group(group)))])
}

/// Lines beside the point, wrapped.
pub fn quiet(text: &str, style: &Style) -> Vec<String> {
    wrap(text, style.width).iter().map(|line| style.paint(Ink::Quiet, line)).collect()
}
