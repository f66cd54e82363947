//! The audit trail.

use throughline_people::{AuditEntry, AuditPage, Outcome, Role};

use super::instant::minute;
use super::style::{Ink, Style};
use super::table::Table;
use super::text::counted;

/// The whole answer, ending with a line break.
pub fn page(page: &AuditPage, pruned: Option<usize>, zone: &str, style: &Style) -> String {
    let mut lines = Vec::new();
    if let Some(pruned) = pruned {
        let count = u64::try_from(pruned).unwrap_or(u64::MAX);
        lines.extend([format!("Removed: {} of the audit trail.", counted(count, "old line")), String::new()]);
    }
    if page.entries.is_empty() {
        lines.push("Nothing of this kind is recorded.".to_owned());
    } else {
        lines.extend(table(&page.entries, zone).lines(0, style));
    }
    if let Some(next) = page.next {
        lines.extend([String::new(), style.paint(Ink::Quiet, &format!("There is more: --before {next} shows it."))]);
    }
    lines.join("\n") + "\n"
}

fn table(entries: &[AuditEntry], zone: &str) -> Table {
    let mut table = Table::new().number("no").text("at").text("who").text("role").text("action").text("target");
    table = table.text("outcome").optional().text("detail").optional();
    for entry in entries {
        let outcome = if entry.outcome == Outcome::Done { "" } else { entry.outcome.name() };
        let role = entry.role.map_or("–", Role::name);
        let whose = [entry.number.to_string(), minute(entry.at, zone), entry.who.clone(), role.to_owned()];
        let what = [entry.action.clone(), entry.target.clone(), outcome.to_owned(), entry.detail.clone()];
        table.row(whose.into_iter().chain(what));
    }
    table
}
