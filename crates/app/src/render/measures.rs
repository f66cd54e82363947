//! The measures there are.

use std::collections::BTreeSet;

use throughline_model::definitions::Definitions;

use super::style::{Ink, Style};
use super::table::Table;

/// A table of all measures, those on the scorecard with a mark, ending with a line break.
pub fn list(definitions: &Definitions, style: &Style) -> String {
    let uses = definitions.scorecard.objectives.iter().flat_map(|o| &o.measures);
    let used: BTreeSet<&str> = uses.map(|u| u.id.as_str()).collect();
    let mut table = Table::new().text("").text("id").text("name").text("perspective").text("stage");
    let mut on_card = 0;
    for measure in definitions.measures.values() {
        let mark = if used.contains(measure.id.as_str()) { "●" } else { "" };
        on_card += usize::from(!mark.is_empty());
        let stage = measure.stage.clone().unwrap_or_default();
        let cells = [mark.to_owned(), measure.id.clone(), measure.name.clone(), measure.perspective.clone(), stage];
        table.row(cells);
    }
    let all = definitions.measures.len();
    let sentence = format!("There are {all} measures, {on_card} of them (●) on the scorecard.");
    let hint =
        style.paint(Ink::Quiet, "`throughline measure ID` shows one over time, `throughline explain ID` opens it.");
    format!("{sentence}\n\n{}\n\n{hint}\n", table.lines(0, style).join("\n"))
}
