//! The JSON of `throughline journey lifecycle`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::LifecycleAnswer;
use throughline_journey::Lifecycle;
use utoipa::ToSchema;

use super::About;

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lifecycle)]
pub struct Answer {
    about: About,
    every: String,
    window_seconds: f64,
    window_periods: usize,
    activity: Option<Vec<String>>,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LifecycleGroup)]
struct Group {
    group: String,
    reason: Option<&'static str>,
    periods: Vec<Period>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LifecyclePeriod)]
struct Period {
    period: String,
    active: u64,
    new: u64,
    returning: u64,
    resurrected: u64,
    paused: u64,
    dormant: u64,
    complete: bool,
}

impl Answer {
    /// The life cycle as known at an instant.
    pub fn new(found: &LifecycleAnswer, as_of: Timestamp) -> Answer {
        let period = |one: &Lifecycle| Period {
            period: found.label(one.period).to_owned(),
            active: one.active(),
            new: one.new,
            returning: one.returning,
            resurrected: one.resurrected,
            paused: one.paused,
            dormant: one.dormant,
            complete: one.complete,
        };
        let groups = found.groups.iter().map(|group| Group {
            group: group.group.clone(),
            reason: group.answer.is_empty().then_some("nobody was active in the periods asked for"),
            periods: group.answer.iter().map(period).collect(),
        });
        let activity = &found.request.activity;
        Answer {
            about: About::new(&found.about, as_of),
            every: found.request.every.to_string(),
            window_seconds: found.request.window as f64 / 1e6,
            window_periods: found.request.periods(),
            activity: (!activity.is_empty()).then(|| activity.clone()),
            groups: groups.collect(),
        }
    }
}
