//! Sources that can be refreshed: what is known of them, and what a refresh did.

use throughline_engine::{RefreshReport, Result, SourceStatus};

use super::import;
use super::instant::{length, minute};
use super::style::Style;
use super::table::Table;
use super::text::{count, counted, wrap};
use crate::failure;

const NONE: &str = "No file in sources/ names a database or a folder. docs/sources.md shows how to add one.\n";

/// All of them, ending with a line break.
pub fn list(sources: &[SourceStatus], zone: &str, style: &Style) -> String {
    if sources.is_empty() {
        return NONE.to_owned();
    }
    let mut table = Table::new().text("source").text("from").text("every").text("refreshed").text("due");
    for one in sources {
        let every = one.every.map_or("by hand".to_owned(), |every| length(every.as_secs_f64()));
        let at = |at: Option<jiff::Timestamp>| at.map_or(String::new(), |at| minute(at, zone));
        table.row([one.source.clone(), one.place.clone(), every, at(one.refreshed_at), at(one.due_at)]);
    }
    let mut lines = table.lines(0, style);
    for one in sources {
        let problem = one.problem.iter();
        lines.extend(problem.flat_map(|problem| wrap(&format!("{} failed: {problem}", one.source), style.width)));
    }
    lines.join("\n") + "\n"
}

/// What became of every source that was to be refreshed.
pub fn refreshed(done: &[(String, Result<RefreshReport>)], style: &Style) -> String {
    if done.is_empty() {
        return NONE.to_owned();
    }
    let mut pages = Vec::with_capacity(done.len());
    for (source, result) in done {
        pages.push(match result {
            Ok(report) => page(report, style),
            Err(error) => format!("{source}\n{}", failure::sentences(error, style)),
        });
    }
    pages.join("\n")
}

fn page(report: &RefreshReport, style: &Style) -> String {
    let mut lines = Vec::new();
    for query in &report.queries {
        let since = query.from.as_ref().map_or(String::new(), |from| format!(" from {from} on"));
        let rows = counted(query.rows, "row");
        let text =
            format!("{} {}: {rows} fetched{since}, {} KiB", report.source, query.query, count(query.bytes >> 10));
        lines.extend(wrap(&text, style.width));
    }
    lines.extend(report.imports.iter().map(|import| import::report(import, style).trim_end().to_owned()));
    if report.imports.is_empty() && report.problems.is_empty() {
        lines.push("Nothing new.".to_owned());
    }
    let waiting =
        |file: &String| wrap(&format!("{file} may still be written; the next refresh looks again."), style.width);
    lines.extend(report.waiting.iter().flat_map(waiting));
    lines.extend(report.problems.iter().map(|error| failure::sentences(error, style).trim_end().to_owned()));
    lines.join("\n") + "\n"
}
