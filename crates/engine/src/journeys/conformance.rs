//! Conformance: who follows the map of stages, and where the others leave it.

use std::collections::BTreeSet;

use throughline_journey::{ConformanceGroup, ConformanceSpec, Steps, conformance, steps_seen};
use throughline_model::diagnostic::hint_among;

use super::{About, Journeys, Scope};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// The stage that is there for those who need it.
const WHERE_NEEDED: &str = "support";
/// The stage that closes a loop.
const CLOSES: &str = "purchase";

/// What the map allows. The range of the scope is that of the beginnings of journeys.
#[derive(Debug, Clone, Default)]
pub struct ConformanceRequest {
    /// Ids or names of stages that may be passed over; `None`: support.
    pub may_skip: Option<Vec<String>>,
    /// Ids or names of stages that may be gone back to at any time; `None`: the first stage of the map.
    pub may_return: Option<Vec<String>>,
    /// The stage after which going back begins the journey anew; `None`: purchase.
    pub loop_after: Option<String>,
    /// Whether nothing at all is allowed: the journey is a line.
    pub strict: bool,
}

/// Conformance by group.
#[derive(Debug, Clone)]
pub struct ConformanceView {
    /// What it is about.
    pub about: About,
    /// Ids and names of the stages that some touchpoint is of, in the order of the map.
    pub stages: Vec<(String, String)>,
    /// Ids and names of the stages that no touchpoint is of: they are no part of the map.
    pub unseen: Vec<(String, String)>,
    /// Ids of stages that may be passed over.
    pub may_skip: Vec<String>,
    /// Ids of stages that may be gone back to at any time.
    pub may_return: Vec<String>,
    /// Id of the stage after which going back begins the journey anew.
    pub loop_after: Option<String>,
    /// Groups with cases, ascending.
    pub groups: Vec<ConformanceGroup>,
}

impl Session {
    /// Who follows the map of stages, and where the others leave it first.
    ///
    /// # Errors
    /// Input: there is no such stage.
    pub async fn journey_conformance(
        &self,
        scope: &Scope,
        request: &ConformanceRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<ConformanceView> {
        let asked = self.ask(scope, progress).await?;
        let blocks = asked.journeys.blocks();
        let names = asked.journeys.stages().names().to_vec();
        let stages = Steps::stages(asked.journeys.stages().clone());
        let seen = steps_seen(&blocks, &stages, asked.threads());
        let rules = Rules::of(&asked.journeys, request, &seen)?;
        // Nobody can be blamed for a stage of which there are no data.
        let unseen = seen.iter().enumerate().filter(|(_, seen)| !**seen).map(|(stage, _)| stage);
        let spec = ConformanceSpec {
            stages,
            may_skip: rules.may_skip.iter().copied().chain(unseen).collect(),
            may_return: rules.may_return.clone(),
            loop_after: rules.loop_after,
            grouping: asked.begun_in_range(),
        };
        let groups = conformance(&blocks, &spec, asked.threads()).groups;
        let (stages, unseen) = parted(&names, &seen);
        let ids = |places: &BTreeSet<usize>| places.iter().filter_map(|place| id(&names, *place)).collect();
        Ok(ConformanceView {
            about: asked.about(scope),
            stages,
            unseen,
            may_skip: ids(&rules.may_skip),
            may_return: ids(&rules.may_return),
            loop_after: rules.loop_after.and_then(|place| id(&names, place)),
            groups,
        })
    }
}

/// What is allowed, by places of stages that some touchpoint is of.
struct Rules {
    may_skip: BTreeSet<usize>,
    may_return: BTreeSet<usize>,
    loop_after: Option<usize>,
}

impl Rules {
    fn of(journeys: &Journeys, request: &ConformanceRequest, seen: &[bool]) -> Result<Rules> {
        let is_seen = |place: &usize| seen.get(*place).copied().unwrap_or(false);
        let by_id = |id: &str| journeys.stages().names().iter().position(|(own, _)| own == id);
        let named = |stages: &Option<Vec<String>>, otherwise: Option<usize>| match stages {
            Some(stages) => stages.iter().map(|stage| journeys.stage(stage)).collect::<Result<BTreeSet<usize>>>(),
            None => Ok(otherwise.filter(|_| !request.strict).into_iter().collect()),
        };
        let loop_after = match request.loop_after.as_deref() {
            Some(stage) => Some(journeys.stage(stage)?),
            None => by_id(CLOSES).filter(|_| !request.strict),
        };
        let mut rules = Rules {
            may_skip: named(&request.may_skip, by_id(WHERE_NEEDED))?,
            may_return: named(&request.may_return, (0..seen.len()).find(is_seen))?,
            loop_after: loop_after.filter(is_seen),
        };
        rules.may_skip.retain(is_seen);
        rules.may_return.retain(is_seen);
        Ok(rules)
    }
}

impl Journeys {
    /// The place of a stage, by its id or its name.
    ///
    /// # Errors
    /// Input: there is no such stage; the hint names the nearest.
    pub fn stage(&self, stage: &str) -> Result<usize> {
        let names = self.stages().names();
        let is = |(id, name): &(String, String)| id == stage || name.eq_ignore_ascii_case(stage);
        names.iter().position(is).ok_or_else(|| {
            let ids = || names.iter().map(|(id, _)| id.as_str());
            let all = || format!("there are: {}", ids().collect::<Vec<_>>().join(", "));
            Error::input(format!("There is no stage `{stage}`.")).hint(hint_among(stage, ids()).unwrap_or_else(all))
        })
    }
}

fn id(names: &[(String, String)], place: usize) -> Option<String> {
    names.get(place).map(|(id, _)| id.clone())
}

/// A stage's id and name.
type Named = (String, String);

/// Stages that are seen, and those that are not.
fn parted(names: &[Named], seen: &[bool]) -> (Vec<Named>, Vec<Named>) {
    let (mut in_data, mut unseen) = (Vec::new(), Vec::new());
    for (name, seen) in names.iter().zip(seen) {
        if *seen { &mut in_data } else { &mut unseen }.push(name.clone());
    }
    (in_data, unseen)
}
