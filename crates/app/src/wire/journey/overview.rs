//! The JSON of `throughline journey`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_journey as fold;
use utoipa::ToSchema;

use super::{About, Elapsed, Share, between};
use crate::wire::Between;

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JourneyOverview)]
pub struct Overview {
    about: About,
    groups: Vec<Group>,
}

impl Overview {
    /// The overview as known at an instant.
    pub fn new(found: &throughline_engine::Overview, as_of: Timestamp) -> Overview {
        let group = |map: &fold::GroupMap| Group {
            group: found.about.group(map.group).to_owned(),
            cases: map.cases,
            stages: map.stages.iter().map(Stage::from).collect(),
            without_stage: map.unstaged.iter().map(Unstaged::from).collect(),
        };
        Overview { about: About::new(&found.about, as_of), groups: found.maps.iter().map(group).collect() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StageMap)]
struct Group {
    group: String,
    cases: u64,
    stages: Vec<Stage>,
    without_stage: Vec<Unstaged>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StageInMap)]
struct Stage {
    stage: String,
    name: String,
    cases: Share,
    touchpoints: u64,
    ended_here: Share,
    onward: Option<Onward>,
    skipped: u64,
    returned: Share,
    emotion: Emotion,
    kinds: Vec<Touchpoint>,
}

impl From<&fold::StageMap> for Stage {
    fn from(stage: &fold::StageMap) -> Stage {
        Stage {
            stage: stage.id.clone(),
            name: stage.name.clone(),
            cases: stage.cases.into(),
            touchpoints: stage.touchpoints,
            ended_here: stage.at_end.into(),
            onward: stage.onward.as_ref().map(Onward::from),
            skipped: stage.skipped,
            returned: stage.returned.into(),
            emotion: (&stage.emotion).into(),
            kinds: stage.kinds.iter().map(Touchpoint::from).collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StageOnward)]
struct Onward {
    moved_on: Share,
    reached_next: Share,
    dropped_off: Share,
    time: Elapsed,
}

impl From<&fold::Onward> for Onward {
    fn from(onward: &fold::Onward) -> Onward {
        Onward {
            moved_on: onward.moved_on.into(),
            reached_next: onward.reached_next.into(),
            dropped_off: onward.dropped.into(),
            time: onward.elapsed.into(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StageEmotion)]
struct Emotion {
    n: u64,
    mean: Option<f64>,
    interval: Option<Between>,
    reason: Option<&'static str>,
}

impl From<&fold::Emotion> for Emotion {
    fn from(emotion: &fold::Emotion) -> Emotion {
        let reason = match (emotion.mean, emotion.n) {
            (Some(_), _) => None,
            (None, 0) => Some("nobody gave a score"),
            (None, _) => Some("too few scores"),
        };
        Emotion { n: emotion.n, mean: emotion.mean, interval: emotion.interval.map(between), reason }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StageTouchpoint)]
struct Touchpoint {
    kind: String,
    touchpoints: u64,
    reach: Share,
    next: Vec<Next>,
    ends: Share,
    emotion: Emotion,
}

impl From<&fold::StageTouchpoint> for Touchpoint {
    fn from(touchpoint: &fold::StageTouchpoint) -> Touchpoint {
        let next = |next: &fold::NextTouchpoint| Next { kind: next.kind.clone(), share: next.share.into() };
        Touchpoint {
            kind: touchpoint.kind.clone(),
            touchpoints: touchpoint.touchpoints,
            reach: touchpoint.reach.into(),
            next: touchpoint.next.iter().map(next).collect(),
            ends: touchpoint.ends.into(),
            emotion: (&touchpoint.emotion).into(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NextTouchpoint)]
struct Next {
    kind: String,
    share: Share,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TouchpointWithoutStage)]
struct Unstaged {
    kind: String,
    touchpoints: u64,
    cases: u64,
}

impl From<&fold::UnstagedTouchpoint> for Unstaged {
    fn from(unstaged: &fold::UnstagedTouchpoint) -> Unstaged {
        Unstaged { kind: unstaged.kind.clone(), touchpoints: unstaged.touchpoints, cases: unstaged.cases }
    }
}
