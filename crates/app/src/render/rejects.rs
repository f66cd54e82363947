//! Rows that were set aside.

use throughline_engine::{RejectExport, Rejected, ReplayReport};

use super::style::{Ink, Style};
use super::table::Table;
use super::text::{count, counted, fit, wrap};

/// Columns of a line number and the space behind it.
const LEAD: usize = 9;

/// The whole answer, ending with a line break.
pub fn list(rejects: &[Rejected], more: bool, style: &Style) -> String {
    let mut lines = Vec::new();
    lines.push(match rejects.len() {
        0 => "No row is set aside.".to_owned(),
        1 => "1 row is set aside.".to_owned(),
        some => format!("{some} rows are set aside{}.", if more { ", and more: --limit N shows them" } else { "" }),
    });
    let mut file = None;
    for reject in rejects {
        if file != Some(&reject.file) {
            lines.push(String::new());
            lines.push(style.paint(Ink::Strong, &reject.file));
            file = Some(&reject.file);
        }
        lines.extend(one(reject, style));
    }
    lines.join("\n") + "\n"
}

/// Files that were written.
pub fn exported(export: &RejectExport, style: &Style) -> String {
    let rows: u64 = export.files.iter().map(|file| file.rows).sum();
    let files = u64::try_from(export.files.len()).unwrap_or(u64::MAX);
    let mut lines = match files {
        0 => vec!["There is no row to mend.".to_owned()],
        _ => wrap(&format!("Wrote {} into {}.", counted(rows, "row"), counted(files, "file")), style.width),
    };
    if export.left_out > 0 {
        let text = format!(
            "Left out: {} with nothing to mend, such as rows that a later row replaced.",
            count(export.left_out)
        );
        lines.extend(wrap(&text, style.width));
    }
    if files > 0 {
        let mut table = Table::new().text("file").text("of").number("rows");
        for file in &export.files {
            table.row([file.path.display().to_string(), file.file.clone(), count(file.rows)]);
        }
        lines.push(String::new());
        lines.extend(table.lines(0, style));
        lines.push(String::new());
        let hint = "Mend the rows, leave reject_id as it is, then `throughline rejects replay FILE...`.";
        lines.extend(wrap(hint, style.width).iter().map(|line| style.paint(Ink::Quiet, line)));
    }
    lines.join("\n") + "\n"
}

/// What became of mended rows.
pub fn replayed(report: &ReplayReport, style: &Style) -> String {
    let mut text = format!("{} accepted", counted(report.replayed, "mended row"));
    text.push_str(&match report.open.len() {
        0 => "; none is still bad".to_owned(),
        some => format!("; {some} still bad"),
    });
    if report.known > 0 {
        text.push_str(&format!("; {} accepted before", count(report.known)));
    }
    let mut lines = wrap(&format!("{text}."), style.width);
    if !report.open.is_empty() {
        lines.push(String::new());
    }
    for one in &report.open {
        let column = one.column.as_deref().map_or(String::new(), |column| format!(" {column}:"));
        lines.extend(wrap(&format!("{}:{}:{column} {}", one.path.display(), one.line, one.reason), style.width));
    }
    for note in report.import.iter().flat_map(|import| &import.notes) {
        lines.extend(wrap(&format!("Note: {note}"), style.width));
    }
    lines.join("\n") + "\n"
}

fn one(reject: &Rejected, style: &Style) -> Vec<String> {
    let place = [reject.table.as_deref(), reject.column.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(".");
    let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
    let replayed = if reject.replayed_at.is_some() { " (mended)" } else { "" };
    let text = wrap(&format!("{place}{}{replayed}", reject.reason), style.width.saturating_sub(LEAD));
    let lead = |at: usize| if at == 0 { format!("{:>7}  ", reject.line) } else { " ".repeat(LEAD) };
    let mut lines: Vec<String> = text.iter().enumerate().map(|(at, line)| format!("{}{line}", lead(at))).collect();
    let original =
        if style.terminal { fit(&reject.original, style.width.saturating_sub(LEAD)) } else { reject.original.clone() };
    lines.extend(original.lines().map(|line| style.paint(Ink::Quiet, &format!("{}{line}", " ".repeat(LEAD)))));
    lines
}
