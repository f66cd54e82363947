//! The JSON of `throughline journey funnel`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::FunnelView;
use throughline_journey::{FunnelGroup, FunnelMode, FunnelStep, Repeat};
use utoipa::ToSchema;

use super::{About, Elapsed, Share, seconds};

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Funnel {
    about: About,
    steps: Vec<String>,
    mode: &'static str,
    window_seconds: Option<f64>,
    repeat: &'static str,
    groups: Vec<Group>,
}

impl Funnel {
    /// A funnel as known at an instant.
    pub fn new(found: &FunnelView, as_of: Timestamp) -> Funnel {
        Funnel {
            about: About::new(&found.about, as_of),
            steps: found.steps.clone(),
            mode: mode(found.request.mode),
            window_seconds: seconds(found.request.window.map(|window| window as f64)),
            repeat: repeat(found.request.repeat),
            groups: found.groups.iter().map(|group| Group::new(group, found)).collect(),
        }
    }
}

/// The word of a mode: ordered, strict, any_order.
fn mode(mode: FunnelMode) -> &'static str {
    match mode {
        FunnelMode::Ordered => "ordered",
        FunnelMode::Strict => "strict",
        FunnelMode::AnyOrder => "any_order",
    }
}

/// The word of a rule of repeats: best, first, every.
fn repeat(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Best => "best",
        Repeat::First => "first",
        Repeat::Every => "every",
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FunnelGroup)]
struct Group {
    group: String,
    cases: u64,
    entered: u64,
    open: u64,
    steps: Vec<Step>,
    reason: Option<&'static str>,
}

impl Group {
    fn new(group: &FunnelGroup, found: &FunnelView) -> Group {
        Group {
            group: found.about.group(group.group).to_owned(),
            cases: group.cases,
            entered: group.entered,
            open: group.open,
            steps: group.steps.iter().map(Step::from).collect(),
            reason: match (group.entered, group.open) {
                (0, 0) => Some("nobody entered"),
                (0, _) => Some("the window of every entry is still open"),
                _ => None,
            },
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FunnelStep)]
struct Step {
    step: String,
    of_entered: Share,
    of_step_before: Share,
    time: Option<Elapsed>,
}

impl From<&FunnelStep> for Step {
    fn from(step: &FunnelStep) -> Step {
        Step {
            step: step.name.clone(),
            of_entered: step.overall.into(),
            of_step_before: step.step.into(),
            time: step.time.map(Elapsed::from),
        }
    }
}
