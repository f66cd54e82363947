//! The journey's stage rules as a table over the codes of kinds.

use throughline_journey::{Kind, Kinds, StageRow, Stages};
use throughline_model::journey::{Journey, Touch};

/// The stages of touchpoints with these codes.
pub(super) fn stages(journey: &Journey, kinds: &Kinds) -> Stages {
    let mut thresholds: Vec<f64> = journey.rules.iter().filter_map(|rule| rule.min_score).collect();
    thresholds.sort_by(f64::total_cmp);
    thresholds.dedup();
    let names = journey.stages.iter().map(|stage| (stage.id.clone(), stage.name.clone())).collect();
    let rows = kinds.kinds.iter().map(|kind| row(journey, kind, &thresholds)).collect();
    Stages::new(names, thresholds, rows)
}

fn row(journey: &Journey, kind: &Kind, thresholds: &[f64]) -> StageRow {
    // Without a score, below all thresholds, and at each of them.
    let classes = [None, Some(-1.0)].into_iter().chain(thresholds.iter().map(|least| Some(*least)));
    let stage = |before_first_order: bool, score: Option<f64>| {
        let touch = Touch {
            table: &kind.table,
            kind: &kind.kind,
            before_first_order,
            score,
            about: kind.about.as_deref(),
            instrument: kind.instrument.as_deref(),
        };
        let id = journey.stage_of(&touch)?;
        journey.stages.iter().position(|stage| stage.id == id).and_then(|place| u8::try_from(place).ok())
    };
    StageRow {
        after: classes.clone().map(|score| stage(false, score)).collect(),
        before: classes.map(|score| stage(true, score)).collect(),
    }
}
