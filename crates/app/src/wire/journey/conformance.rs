//! The JSON of `throughline journey conformance`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::ConformanceView;
use throughline_journey::{ConformanceGroup, Deviation, DeviationKind};
use utoipa::ToSchema;

use super::{About, Share};

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conformance {
    about: About,
    map: Vec<Stage>,
    without_touchpoints: Vec<Stage>,
    may_skip: Vec<String>,
    may_return: Vec<String>,
    loop_after: Option<String>,
    groups: Vec<Group>,
}

impl Conformance {
    /// Conformance as known at an instant.
    pub fn new(found: &ConformanceView, as_of: Timestamp) -> Conformance {
        let stages = |stages: &[(String, String)]| stages.iter().map(Stage::from).collect();
        Conformance {
            about: About::new(&found.about, as_of),
            map: stages(&found.stages),
            without_touchpoints: stages(&found.unseen),
            may_skip: found.may_skip.clone(),
            may_return: found.may_return.clone(),
            loop_after: found.loop_after.clone(),
            groups: found.groups.iter().map(|group| Group::new(group, found)).collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StageName)]
struct Stage {
    stage: String,
    name: String,
}

impl From<&(String, String)> for Stage {
    fn from((stage, name): &(String, String)) -> Stage {
        Stage { stage: stage.clone(), name: name.clone() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConformanceGroup)]
struct Group {
    group: String,
    follow: Share,
    without_stage: u64,
    deviations: Vec<Left>,
    reason: Option<&'static str>,
}

impl Group {
    fn new(group: &ConformanceGroup, found: &ConformanceView) -> Group {
        Group {
            group: found.about.group(group.group).to_owned(),
            follow: group.follow.into(),
            without_stage: group.without_stage,
            deviations: group.deviations.iter().map(Left::from).collect(),
            reason: (group.follow.n == 0).then_some("nobody has a touchpoint in any stage"),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deviation)]
struct Left {
    kind: &'static str,
    from: Option<String>,
    to: String,
    skipped: Option<String>,
    share: Share,
}

impl From<&Deviation> for Left {
    fn from(deviation: &Deviation) -> Left {
        let (kind, skipped) = match &deviation.kind {
            DeviationKind::Started => ("started", None),
            DeviationKind::Skipped(stage) => ("skipped", Some(stage.clone())),
            DeviationKind::Returned => ("returned", None),
        };
        Left { kind, from: deviation.from.clone(), to: deviation.to.clone(), skipped, share: deviation.share.into() }
    }
}
