//! Answers about journeys, one file each; how they say shares, times and groups stands here.

pub mod attribution;
pub mod conformance;
pub mod delivery;
pub mod funnel;
pub mod lifecycle;
pub mod overview;
pub mod pains;
pub mod paths;
pub mod retention;
pub mod stage_touchpoints;
pub mod transitions;

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

/// `8.0 %`, with its decimal where numbers stand under each other; `–` of none.
pub fn tenths(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.1} %", share * 100.0))
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

/// Median and 0.9 quantile: `3 h 20 min (p90 2 d)`; `–` of none.
pub fn elapsed(elapsed: &Elapsed) -> String {
    match elapsed.median {
        None => "–".to_owned(),
        median => format!("{} (p90 {})", time(median), time(elapsed.p90)),
    }
}

/// A number of cases: `1 customer`, `3 tickets`.
pub fn cases(number: u64, about: &About) -> String {
    let noun = if number == 1 { noun(about) } else { nouns(about) };
    format!("{} {noun}", count(number))
}

/// What one case is called.
pub fn noun(about: &About) -> &'static str {
    match (about.scope.case, about.scope.known) {
        (Case::Ticket, _) => "ticket",
        (Case::Customer, Some(false)) => "visitor",
        (Case::Customer, Some(true)) => "customer",
        // Customers known by name, and visitors who are not.
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
    let share = share.unwrap_or(0.0).clamp(0.0, 1.0);
    let mut eighths = (share * columns as f64 * 8.0).round() as usize;
    // What is not nothing is seen.
    eighths = eighths.max(usize::from(share > 0.0));
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

/// The page of a sentence alone.
pub fn sentence(text: &str, style: &Style) -> String {
    wrap(text, style.width).join("\n") + "\n"
}

/// That nobody was left by what narrows the question.
pub fn nobody(about: &About) -> String {
    format!("No {} has a touchpoint in what was asked for: widen --from and --to, or ask about others.", noun(about))
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

/// Steps with arrows between them, the same several times in a row as `step ×3`, on lines of at most `columns`; a step is
/// not broken.
pub fn arrows(steps: &[String], cut: bool, columns: usize) -> Vec<String> {
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for step in steps {
        match runs.last_mut() {
            Some((last, times)) if *last == step.as_str() => *times += 1,
            _ => runs.push((step, 1)),
        }
    }
    let step =
        |(step, times): &(&str, usize)| if *times > 1 { format!("{step} ×{times}") } else { (*step).to_owned() };
    let mut items: Vec<String> = runs.iter().map(step).collect();
    items.extend(cut.then(|| "…".to_owned()));
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(line) if super::text::width(line) + 3 + super::text::width(&item) <= columns => {
                line.push_str(" → ");
                line.push_str(&item);
            }
            Some(_) => lines.push(format!("→ {item}")),
            None => lines.push(item),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_shares() {
        let check = |share: f64, expected: &str| assert_eq!(bar(Some(share), 4), expected);
        check(0.0, "    ");
        check(0.001, "▏   ");
        check(0.5, "██  ");
        check(0.53, "██▏ ");
        check(1.0, "████");
        check(7.0, "████");
        assert_eq!(bar(None, 2), "  ");
    }

    #[test]
    fn paths_say_repeats_once_and_break_between_steps() {
        let steps = ["visit", "view", "view", "view", "order"].map(str::to_owned);
        assert_eq!(arrows(&steps, false, 80), ["visit → view ×3 → order"]);
        assert_eq!(arrows(&steps, true, 16), ["visit → view ×3", "→ order → …"]);
        assert!(arrows(&[], false, 80).is_empty());
    }
}
