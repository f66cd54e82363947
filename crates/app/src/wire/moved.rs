//! The JSON of `throughline moved`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::moved as engine;
use throughline_engine::moved::Way;
use throughline_engine::scorecard::MoveKind;
use utoipa::ToSchema;

use super::Period;
use super::explain::shift;
use super::measure::{Measure, Reading};
use super::plan::{edit, part};

/// What moved one measure; contributions are in its unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeasureMoved {
    measure: Measure,
    currency: String,
    before: Period,
    now: Period,
    known_at: Timestamp,
    sentence: String,
    told: Option<Reading>,
    reading_before: Reading,
    reading_now: Reading,
    start: Option<f64>,
    change: Option<f64>,
    reason: Option<String>,
    definitions: Definitions,
    late: Late,
    happened: Option<f64>,
    splits: Vec<Split>,
}

/// What moved the whole scorecard; contributions are points of the whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScorecardMoved {
    currency: String,
    before: Period,
    now: Period,
    known_at: Timestamp,
    sentence: String,
    score_told: Option<f64>,
    score_before: Option<f64>,
    score_now: Option<f64>,
    start: Option<f64>,
    change: Option<f64>,
    reason: Option<String>,
    definitions: Definitions,
    late: Late,
    happened: Option<f64>,
    measures: Vec<Share>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedDefinitions)]
struct Definitions {
    contribution: Option<f64>,
    reason: Option<String>,
    measures: Vec<Edited>,
    other: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedDefinition)]
struct Edited {
    id: String,
    edits: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedLateData)]
struct Late {
    contribution: Option<f64>,
    reason: Option<String>,
    rows: Option<Rows>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedLateRows)]
struct Rows {
    came: u64,
    corrected: u64,
    gone: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedSplit)]
struct Split {
    dimension: Option<String>,
    way: &'static str,
    mix: Option<f64>,
    rate: Option<f64>,
    parts: Vec<SplitPart>,
    rest: Option<Rest>,
    overlap: Option<f64>,
    spread: f64,
    reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedPart)]
struct SplitPart {
    name: String,
    shift: Option<&'static str>,
    share_before: Option<f64>,
    share_now: Option<f64>,
    value_before: Option<f64>,
    value_now: Option<f64>,
    mix: Option<f64>,
    rate: Option<f64>,
    contribution: f64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedRest)]
struct Rest {
    values: usize,
    mix: Option<f64>,
    rate: Option<f64>,
    contribution: f64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MovedMeasure)]
struct Share {
    id: String,
    name: String,
    unit: String,
    kind: &'static str,
    value_before: Option<f64>,
    value_now: Option<f64>,
    score_before: Option<f64>,
    score_now: Option<f64>,
    definitions: Option<f64>,
    late: Option<f64>,
    happened: Option<f64>,
    contribution: f64,
}

impl From<&engine::MeasureMoved> for MeasureMoved {
    fn from(moved: &engine::MeasureMoved) -> MeasureMoved {
        MeasureMoved {
            measure: (&moved.measure).into(),
            currency: moved.currency.clone(),
            before: (&moved.before).into(),
            now: (&moved.now).into(),
            known_at: moved.known_at,
            sentence: moved.sentence.clone(),
            told: moved.told.as_ref().map(Reading::from),
            reading_before: (&moved.reading_before).into(),
            reading_now: (&moved.reading_now).into(),
            start: moved.start,
            change: moved.change,
            reason: moved.reason.clone(),
            definitions: (&moved.definitions).into(),
            late: (&moved.late).into(),
            happened: moved.happened,
            splits: moved.splits.iter().map(Split::from).collect(),
        }
    }
}

impl From<&engine::WholeMoved> for ScorecardMoved {
    fn from(moved: &engine::WholeMoved) -> ScorecardMoved {
        ScorecardMoved {
            currency: moved.currency.clone(),
            before: (&moved.before).into(),
            now: (&moved.now).into(),
            known_at: moved.known_at,
            sentence: moved.sentence.clone(),
            score_told: moved.score_told,
            score_before: moved.score_before,
            score_now: moved.score_now,
            start: moved.start,
            change: moved.change,
            reason: moved.reason.clone(),
            definitions: (&moved.definitions).into(),
            late: (&moved.late).into(),
            happened: moved.happened,
            measures: moved.measures.iter().map(Share::from).collect(),
        }
    }
}

impl From<&engine::Redefined> for Definitions {
    fn from(redefined: &engine::Redefined) -> Definitions {
        let edited = redefined.edits.iter();
        Definitions {
            contribution: redefined.contribution,
            reason: redefined.reason.clone(),
            measures: edited
                .map(|(id, edits)| Edited { id: id.clone(), edits: edits.iter().map(|one| edit(*one)).collect() })
                .collect(),
            other: redefined.other.iter().map(|one| part(*one)).collect(),
        }
    }
}

impl From<&engine::LateData> for Late {
    fn from(late: &engine::LateData) -> Late {
        let rows = late.rows.map(|rows| Rows { came: rows.came, corrected: rows.corrected, gone: rows.gone });
        Late { contribution: late.contribution, reason: late.reason.clone(), rows }
    }
}

impl From<&engine::Split> for Split {
    fn from(split: &engine::Split) -> Split {
        Split {
            dimension: split.dimension.clone(),
            way: match split.way {
                Way::MixAndRate => "mix_and_rate",
                Way::Differences => "differences",
                Way::Replacement => "replacement",
                Way::Inputs => "inputs",
            },
            mix: split.mix(),
            rate: split.rate(),
            parts: split.parts.iter().map(SplitPart::from).collect(),
            rest: split.rest.map(|rest| Rest {
                values: rest.values,
                mix: rest.mix,
                rate: rest.rate,
                contribution: rest.contribution,
            }),
            overlap: split.overlap,
            spread: split.spread,
            reason: split.reason.clone(),
        }
    }
}

impl From<&engine::SplitPart> for SplitPart {
    fn from(part: &engine::SplitPart) -> SplitPart {
        SplitPart {
            name: part.name.clone(),
            shift: part.shift.map(shift),
            share_before: part.share_before,
            share_now: part.share_now,
            value_before: part.value_before,
            value_now: part.value_now,
            mix: part.mix,
            rate: part.rate,
            contribution: part.contribution,
        }
    }
}

impl From<&engine::MeasureShare> for Share {
    fn from(share: &engine::MeasureShare) -> Share {
        Share {
            id: share.id.clone(),
            name: share.name.clone(),
            unit: share.unit.to_string(),
            kind: match share.kind {
                MoveKind::Changed => "changed",
                MoveKind::Appeared => "appeared",
                MoveKind::Disappeared => "disappeared",
            },
            value_before: share.value_before,
            value_now: share.value_now,
            score_before: share.score_before,
            score_now: share.score_now,
            definitions: share.definitions,
            late: share.late,
            happened: share.happened,
            contribution: share.contribution,
        }
    }
}
