//! Sources and how far they can be trusted.

use throughline_engine::{FailedCheck, SourceHealth};

use super::instant::{day, length};
use super::style::{Ink, Style};
use super::table::Table;
use super::text::{count, counted, wrap};

/// Failed checks that are listed; the table says what whole sources failed.
const LISTED: usize = 12;

/// The whole answer, ending with a line break.
pub fn page(sources: &[SourceHealth], failed: &[FailedCheck], zone: &str, style: &Style) -> String {
    let mut lines = wrap(&sentence(sources), style.width);
    if !sources.is_empty() {
        lines.push(String::new());
        lines.extend(table(sources, zone).lines(0, style));
        lines.push(String::new());
        let legend = "age: since the last record happened, stale where that is over three times the source's rhythm · \
                      late: usual time from happening to recording · complete: required fields that are present · \
                      valid: rows that were not set aside · unique: rows that came once";
        lines.extend(wrap(legend, style.width).iter().map(|line| style.paint(Ink::Quiet, line)));
        lines.extend(checks(failed, style));
    }
    lines.join("\n") + "\n"
}

/// The checks of days that failed, the newest first.
fn checks(failed: &[FailedCheck], style: &Style) -> Vec<String> {
    let of_days: Vec<&FailedCheck> = failed.iter().rev().filter(|check| check.until.is_some()).collect();
    if of_days.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), style.paint(Ink::Strong, "Failed checks, the newest first")];
    for check in of_days.iter().take(LISTED) {
        let text = wrap(&check.sentence, style.width.saturating_sub(4));
        lines.extend(
            text.iter().enumerate().map(|(at, line)| format!("{}{line}", if at == 0 { "  ! " } else { "    " })),
        );
    }
    let earlier = of_days.len().saturating_sub(LISTED);
    if earlier > 0 {
        let note = format!("  and {} before; --json lists them", counted(u64::try_from(earlier).unwrap_or(0), "check"));
        lines.push(style.paint(Ink::Quiet, &note));
    }
    lines
}

fn sentence(sources: &[SourceHealth]) -> String {
    if sources.is_empty() {
        return "Nothing has been imported yet: `throughline import FILES` does.".to_owned();
    }
    let mut names: Vec<&str> = sources.iter().map(|source| source.source.as_str()).collect();
    names.dedup();
    let rows: u64 = sources.iter().map(|source| source.rows).sum();
    let mut stale: Vec<&str> =
        sources.iter().filter(|s| s.is_stale() == Some(true)).map(|s| s.source.as_str()).collect();
    stale.dedup();
    let noun = if names.len() == 1 { "source" } else { "sources" };
    let freshness = match stale.as_slice() {
        [] => "none is stale".to_owned(),
        stale => format!("stale: {}", stale.join(", ")),
    };
    format!("{} rows in force from {} {noun}; {freshness}.", count(rows), names.len())
}

fn table(sources: &[SourceHealth], zone: &str) -> Table {
    let mut table = Table::new().text("source").text("table").number("rows").text("first").text("last").number("age");
    table = table.text("").optional().number("late").number("complete").number("valid").number("unique");
    for one in sources {
        let on = |at: Option<jiff::Timestamp>| at.map_or("–".to_owned(), |at| day(at, zone));
        let long = |seconds: Option<f64>| seconds.map_or("–".to_owned(), length);
        table.row([
            one.source.clone(),
            one.table.clone(),
            count(one.rows),
            on(one.first),
            on(one.last),
            long(one.age_seconds),
            if one.is_stale() == Some(true) { "▼ stale".to_owned() } else { String::new() },
            long(one.lateness_seconds),
            share(one.completeness),
            share(one.validity),
            share(one.uniqueness),
        ]);
    }
    table
}

/// A share that is rounded down, so that 100 % means all.
pub fn share(share: Option<f64>) -> String {
    match share {
        None => "–".to_owned(),
        Some(share) if share >= 1.0 => "100 %".to_owned(),
        Some(share) => format!("{:.1} %", (share * 1000.0).floor() / 10.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_a_hundred() {
        assert_eq!(share(Some(1.0)), "100 %");
        assert_eq!(share(Some(0.999_99)), "99.9 %");
        assert_eq!(share(None), "–");
    }
}
