//! What an edit of the definitions would change: the whole in a sentence, then measure by measure.

use throughline_engine::scorecard::{Assessment, Plan, PlannedMeasure, Shift, period_in_words};

use super::style::{Ink, Style};
use super::table::Table;
use super::text::{counted, wrap};
use crate::wire::plan::{edit, part};

/// The whole page, ending with a line break.
pub fn page(plan: &Plan, currency: &str, style: &Style) -> String {
    let changed: Vec<&PlannedMeasure> = plan.measures.iter().filter(|measure| measure.changes()).collect();
    let mut lines = wrap(&sentence(plan, changed.len()), style.width);
    if !plan.other.is_empty() {
        let parts: Vec<&str> = plan.other.iter().map(|one| part(*one)).collect();
        lines.extend(wrap(&format!("Beside single measures, the edit changes: {}.", parts.join(", ")), style.width));
    }
    if plan.whole.iter().any(Shift::changes) {
        lines.push(String::new());
        lines.extend(whole(plan).lines(0, style));
    }
    if !changed.is_empty() {
        lines.push(String::new());
        lines.extend(measures(plan, &changed, currency).lines(0, style));
    }
    let note = "Scores before are by the definitions that were in force for each period. `throughline apply --why TEXT` puts the \
                edit into force.";
    lines.push(String::new());
    lines.extend(wrap(note, style.width).iter().map(|line| style.paint(Ink::Quiet, line)));
    lines.join("\n") + "\n"
}

fn sentence(plan: &Plan, changed: usize) -> String {
    let (Some(last), Some(whole)) = (plan.periods.last(), plan.whole.last()) else {
        return "There is no period to look at.".to_owned();
    };
    if changed == 0 && plan.other.is_empty() && !plan.whole.iter().any(Shift::changes) {
        return "The definitions in the files change no score: they mean what is in force already.".to_owned();
    }
    let periods = counted(plan.periods.len() as u64, &last.grain.to_string());
    let moved = plan.whole.iter().filter(|shift| shift.changes()).count();
    let all = if moved == 0 {
        format!("The score of the whole would stay as it is in the last {periods}")
    } else {
        let (before, after) = (score(whole.before), score(whole.after));
        let in_words = period_in_words(last);
        format!(
            "The score of the whole would go from {before} to {after} in {in_words}, and change in {moved} of the last {periods}"
        )
    };
    format!("{all}; {} would look different.", counted(changed as u64, "measure"))
}

fn whole(plan: &Plan) -> Table {
    let mut table = Table::new().text("period").number("whole now").number("by the edit").number("difference");
    for (period, shift) in plan.periods.iter().zip(&plan.whole) {
        table.row([period.label.clone(), score(shift.before), score(shift.after), difference(*shift)]);
    }
    table
}

fn measures(plan: &Plan, changed: &[&PlannedMeasure], currency: &str) -> Table {
    let newest = plan.periods.last().map_or("", |period| period.label.as_str());
    let mut table = Table::new()
        .text("measure")
        .text("edit")
        .number(&format!("value {newest}"))
        .number("by the edit")
        .number("score")
        .number("by the edit")
        .number("periods changed");
    for measure in changed {
        let (before, after) = measure.periods.last().cloned().unwrap_or_default();
        let value = |side: &Option<Assessment>| {
            side.as_ref()
                .and_then(|found| found.value)
                .map_or("–".to_owned(), |value| measure.unit.format(value, currency))
        };
        let last = measure.shifts().next_back().unwrap_or_default();
        let edits: Vec<&str> = measure.edits.iter().map(|one| edit(*one)).collect();
        let moved = measure.shifts().filter(Shift::changes).count();
        table.row([
            measure.name.clone(),
            edits.join(", "),
            value(&before),
            value(&after),
            score(last.before),
            score(last.after),
            moved.to_string(),
        ]);
    }
    table
}

fn score(score: Option<f64>) -> String {
    score.map_or("–".to_owned(), |score| format!("{score:.1}"))
}

fn difference(shift: Shift) -> String {
    match (shift.before, shift.after) {
        (Some(before), Some(after)) => format!("{:+.1}", after - before).replace('-', "−"),
        _ => String::new(),
    }
}
