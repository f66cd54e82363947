//! Transitions: which step follows which.

use throughline_journey::{Transitions, TransitionsFold, TransitionsSpec, walk};

use super::{About, Scope};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// What is asked of transitions. The range of the scope is that of the touchpoint that is left.
#[derive(Debug, Clone)]
pub struct TransitionsRequest {
    /// What touchpoints are called: kind, stage or channel.
    pub steps: String,
    /// Longest pause between two touchpoints in microseconds, inclusive: a longer one ends the journey; `None` for any.
    pub cut: Option<i64>,
    /// Whether the 0.9 quantile of the time is wanted.
    pub p90: bool,
}

/// Transitions by group.
#[derive(Debug, Clone)]
pub struct TransitionsView {
    /// What they are about.
    pub about: About,
    /// What was asked.
    pub request: TransitionsRequest,
    /// Names of all steps, in order.
    pub steps: Vec<String>,
    /// Groups with a touchpoint that is a step, ascending.
    pub groups: Vec<GroupTransitions>,
}

/// The transitions of one group.
#[derive(Debug, Clone)]
pub struct GroupTransitions {
    /// The group, as the breakdown numbers it.
    pub group: usize,
    /// Which step follows which.
    pub transitions: Transitions,
}

impl Session {
    /// Which step follows which, how often and after how long.
    ///
    /// # Errors
    /// Input: `steps` is none of kind, stage and channel, or the cut is negative.
    pub async fn journey_transitions(
        &self,
        scope: &Scope,
        request: &TransitionsRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<TransitionsView> {
        if request.cut.is_some_and(|cut| cut < 0) {
            return Err(Error::input("A pause is not shorter than no time at all.").hint("such as --cut 30m"));
        }
        let asked = self.ask(scope, progress).await?;
        let spec = TransitionsSpec {
            steps: asked.journeys.steps_by(&request.steps)?,
            cut: request.cut,
            between: asked.range,
            cases: true,
            median: true,
            p90: request.p90,
        };
        let blocks = asked.journeys.blocks();
        let of_group = |(group, grouping)| {
            let fold = TransitionsFold::new(&spec).only(&grouping);
            let transitions = fold.finish(walk(&blocks, &fold, asked.threads()), &blocks, asked.threads());
            GroupTransitions { group, transitions }
        };
        let groups = asked.each_group().map(of_group).filter(|group| !group.transitions.steps.is_empty()).collect();
        Ok(TransitionsView {
            about: asked.about(scope),
            request: request.clone(),
            steps: spec.steps.names.clone(),
            groups,
        })
    }
}
