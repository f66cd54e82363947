//! The JSON of `throughline plan`.

use serde::Serialize;
use throughline_engine::scorecard::{self as engine, Edit, PlanPart};
use utoipa::ToSchema;

use super::{Period, status};

/// What an edit would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan {
    periods: Vec<Period>,
    other: Vec<&'static str>,
    whole: Vec<Shift>,
    measures: Vec<Measure>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedShift)]
struct Shift {
    before: Option<f64>,
    after: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedMeasure)]
struct Measure {
    id: String,
    name: String,
    unit: String,
    edits: Vec<&'static str>,
    changes: bool,
    periods: Vec<Both>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedPeriod)]
struct Both {
    before: Option<Scored>,
    after: Option<Scored>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlannedScore)]
struct Scored {
    value: Option<f64>,
    n: u64,
    score: Option<f64>,
    status: Option<&'static str>,
    counted: bool,
}

impl From<&engine::Plan> for Plan {
    fn from(plan: &engine::Plan) -> Plan {
        Plan {
            periods: plan.periods.iter().map(Period::from).collect(),
            other: plan.other.iter().map(|part| self::part(*part)).collect(),
            whole: plan.whole.iter().map(|shift| Shift { before: shift.before, after: shift.after }).collect(),
            measures: plan.measures.iter().map(Measure::from).collect(),
        }
    }
}

impl From<&engine::PlannedMeasure> for Measure {
    fn from(measure: &engine::PlannedMeasure) -> Measure {
        let both = |(before, after): &(Option<engine::Assessment>, Option<engine::Assessment>)| Both {
            before: before.as_ref().map(Scored::from),
            after: after.as_ref().map(Scored::from),
        };
        Measure {
            id: measure.id.clone(),
            name: measure.name.clone(),
            unit: measure.unit.to_string(),
            edits: measure.edits.iter().map(|edit| self::edit(*edit)).collect(),
            changes: measure.changes(),
            periods: measure.periods.iter().map(both).collect(),
        }
    }
}

impl From<&engine::Assessment> for Scored {
    fn from(found: &engine::Assessment) -> Scored {
        Scored {
            value: found.value,
            n: found.n,
            score: found.score,
            status: found.status.map(status),
            counted: found.counted,
        }
    }
}

/// The word of an edit: added, removed, definition, target, weight.
pub fn edit(edit: Edit) -> &'static str {
    match edit {
        Edit::Added => "added",
        Edit::Removed => "removed",
        Edit::Definition => "definition",
        Edit::Target => "target",
        Edit::Weight => "weight",
    }
}

/// The word of a part of the definitions: settings, journey, objectives.
pub fn part(part: PlanPart) -> &'static str {
    match part {
        PlanPart::Settings => "settings",
        PlanPart::Journey => "journey",
        PlanPart::Objectives => "objectives",
    }
}
