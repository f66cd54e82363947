//! Rows that were set aside.

use throughline_engine::Rejected;

use super::style::{Ink, Style};
use super::text::{fit, wrap};

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
