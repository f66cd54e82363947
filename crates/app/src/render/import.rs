//! What an import did.

use throughline_engine::{ImportReport, TableReport};

use super::style::{Ink, Style};
use super::table::Table;
use super::text::{count, counted, wrap};

/// The whole answer, ending with a line break.
pub fn report(report: &ImportReport, style: &Style) -> String {
    let mut lines = wrap(&sentence(report), style.width);
    lines.push(String::new());
    lines.extend(files(report).lines(0, style));
    if !report.tables.is_empty() {
        lines.push(String::new());
        lines.extend(tables(report).lines(0, style));
    }
    if !report.examples.is_empty() {
        lines.push(String::new());
        lines.push(style.paint(Ink::Strong, "Set aside, for example"));
        for reject in &report.examples {
            let column = reject.column.as_deref().map_or(String::new(), |column| format!(" {column}:"));
            let text = format!("{}:{}:{column} {}", reject.file, reject.line, reject.reason);
            lines.extend(wrap(&text, style.width.saturating_sub(2)).iter().map(|line| format!("  {line}")));
        }
        let hint =
            "`throughline rejects list` shows them all; mended rows come back with `throughline rejects replay`.";
        lines.extend(wrap(hint, style.width).iter().map(|line| style.paint(Ink::Quiet, line)));
    }
    for note in &report.notes {
        lines.extend(wrap(&format!("Note: {note}"), style.width));
    }
    lines.join("\n") + "\n"
}

fn sentence(report: &ImportReport) -> String {
    let sum = |pick: fn(&TableReport) -> u64| report.tables.iter().map(pick).sum::<u64>();
    let read: u64 = report.files.iter().map(|file| file.rows_read).sum();
    let added = sum(|t| t.counts.map_or(0, |c| c.added));
    let corrected = sum(|t| t.counts.map_or(0, |c| c.corrected));
    let files = u64::try_from(report.files.len()).unwrap_or(u64::MAX);
    let from = format!("{} read from {}", counted(read, "row"), counted(files, "file"));
    let rejects = match report.rejected {
        0 => "none was set aside".to_owned(),
        some => format!("{} set aside", count(some)),
    };
    if report.dry_run {
        let staged = sum(|t| t.staged);
        return format!("Nothing was written: {from} would make {}; {rejects}.", counted(staged, "row"));
    }
    if added + corrected == 0 {
        return format!("Nothing new: {from} said what was known already; {rejects}.");
    }
    format!("Added {} and corrected {}: {from}; {rejects}.", counted(added, "row"), count(corrected))
}

fn files(report: &ImportReport) -> Table {
    let mut table = Table::new().text("file").text("layout").text("input").number("rows").number("set aside");
    for file in &report.files {
        let texts = [file.file.clone(), file.layout.clone(), file.input.clone()];
        table.row(texts.into_iter().chain([count(file.rows_read), count(file.rows_rejected)]));
    }
    table
}

fn tables(report: &ImportReport) -> Table {
    let mut table = Table::new().text("table").number("rows");
    if !report.dry_run {
        for name in ["added", "corrected", "unchanged", "repeated", "stale", "superseded", "withdrawn"] {
            table = table.number(name);
        }
    }
    for one in &report.tables {
        let counts = one
            .counts
            .map(|c| [c.added, c.corrected, c.unchanged, c.repeated, c.stale, c.superseded, c.withdrawn].map(count));
        let numbers = counts.into_iter().flatten();
        table.row([one.table.clone(), count(one.staged)].into_iter().chain(numbers));
    }
    table
}
