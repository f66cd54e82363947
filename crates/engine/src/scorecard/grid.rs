//! Stages of the journey by perspectives: where the scorecard looks, and where it does not.

use throughline_model::definitions::Definitions;

use super::rollup::{Assessments, Summary, Tree, Use, over};
use super::view::{Cell, GridRow};

/// One row per stage in the order of the journey, and one more where measures belong to no stage.
///
/// The column of a measure is the perspective of the objective it serves, as in the roll-up.
pub(super) fn grid(
    definitions: &Definitions,
    now: (&Tree, &Assessments),
    before: (&Tree, &Assessments),
) -> Vec<GridRow> {
    let stages = definitions.journey.stages.iter().map(|s| (Some(s.id.as_str()), s.name.as_str()));
    stages
        .chain(std::iter::once((None, "No stage")))
        .map(|(stage, name)| {
            let perspectives = definitions.scorecard.perspectives.iter();
            let cells = perspectives.map(|p| cell(definitions, stage, &p.id, now, before)).collect();
            GridRow { stage: stage.map(str::to_owned), name: name.to_owned(), cells }
        })
        .filter(|row| row.stage.is_some() || row.cells.iter().any(|cell| !cell.measures.is_empty()))
        .collect()
}

fn cell(
    definitions: &Definitions,
    stage: Option<&str>,
    perspective: &str,
    now: (&Tree, &Assessments),
    before: (&Tree, &Assessments),
) -> Cell {
    let inside = |u: &&Use| u.perspective == perspective && stage_of(definitions, u) == stage;
    let summary = |(tree, assessments): (&Tree, &Assessments)| -> Summary {
        over(tree.uses.iter().filter(inside), assessments, definitions.scorecard.close_from)
    };
    let mut measures: Vec<String> = Vec::new();
    for used in now.0.uses.iter().filter(inside) {
        if !measures.contains(&used.measure) {
            measures.push(used.measure.clone());
        }
    }
    let result = summary(now).with(summary(before).score());
    Cell { perspective: perspective.to_owned(), measures, result }
}

fn stage_of<'a>(definitions: &'a Definitions, used: &Use) -> Option<&'a str> {
    definitions.measures.get(&used.measure)?.stage.as_deref()
}
