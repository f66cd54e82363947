//! The JSON of `throughline journey transitions`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{GroupTransitions, TransitionsView};
use throughline_journey as fold;
use utoipa::ToSchema;

use super::{About, Share, seconds};

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transitions {
    about: About,
    steps: String,
    cut_seconds: Option<f64>,
    groups: Vec<Group>,
}

impl Transitions {
    /// Transitions as known at an instant.
    pub fn new(found: &TransitionsView, as_of: Timestamp) -> Transitions {
        let group = |group: &GroupTransitions| Group {
            group: found.about.group(group.group).to_owned(),
            transitions: group.transitions.transitions.iter().map(Transition::from).collect(),
            steps: group.transitions.steps.iter().map(Exits::from).collect(),
        };
        Transitions {
            about: About::new(&found.about, as_of),
            steps: found.request.steps.clone(),
            cut_seconds: seconds(found.request.cut.map(|cut| cut as f64)),
            groups: found.groups.iter().map(group).collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransitionsGroup)]
struct Group {
    group: String,
    transitions: Vec<Transition>,
    steps: Vec<Exits>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Transition {
    from: String,
    to: String,
    of_exits: Share,
    cases: Option<u64>,
    median_seconds: Option<f64>,
    p90_seconds: Option<f64>,
}

impl From<&fold::Transition> for Transition {
    fn from(transition: &fold::Transition) -> Transition {
        Transition {
            from: transition.from.clone(),
            to: transition.to.clone(),
            of_exits: transition.share.into(),
            cases: transition.cases,
            median_seconds: seconds(transition.median),
            p90_seconds: seconds(transition.p90),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StepExits)]
struct Exits {
    step: String,
    exits: u64,
    ends: Share,
}

impl From<&fold::StepExits> for Exits {
    fn from(step: &fold::StepExits) -> Exits {
        Exits { step: step.step.clone(), exits: step.exits, ends: step.ends.into() }
    }
}
