//! The overview: the map of stages, with who is in each and what happens there.

use throughline_journey::{GroupMap, OverviewSpec, overview};

use super::{About, Scope, roles};
use crate::session::Session;
use crate::{Progress, Result};

/// What is asked of the overview.
#[derive(Debug, Clone)]
pub struct OverviewRequest {
    /// Mean scores of fewer answers are not shown.
    pub minimum_scores: u64,
}

impl Default for OverviewRequest {
    fn default() -> Self {
        OverviewRequest { minimum_scores: 5 }
    }
}

/// The map of stages by group.
#[derive(Debug, Clone)]
pub struct Overview {
    /// What it is about.
    pub about: About,
    /// The map of every group with a case, ascending by group.
    pub maps: Vec<GroupMap>,
}

impl Session {
    /// Who is in each stage, who moves on and who drops off, how long it takes, and what happens there.
    ///
    /// # Errors
    /// Input: the scope is none.
    pub async fn journey_overview(
        &self,
        scope: &Scope,
        request: &OverviewRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Overview> {
        let asked = self.ask(scope, progress).await?;
        let kinds = asked.journeys.kinds();
        let spec = OverviewSpec {
            grouping: asked.grouping.clone(),
            dates: asked.range.map(|(from, to)| from..to),
            scored: Some(roles::satisfaction(kinds)),
            minimum_scores: request.minimum_scores,
            ..OverviewSpec::new(kinds, asked.journeys.stages())
        };
        let maps = overview(&asked.journeys.blocks(), &spec, asked.threads());
        Ok(Overview { about: asked.about(scope), maps })
    }
}
