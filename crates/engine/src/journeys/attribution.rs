//! Attribution: which channels stand before orders, by several rules side by side.

use throughline_journey::{Attribution, AttributionSpec, attribution};

use super::retention::about_customers;
use super::{About, GroupAnswer, Scope, roles};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// What is asked of attribution. Durations are microseconds of elapsed time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributionRequest {
    /// How long before an order touchpoints get a part of it; `None`: all since the order before.
    pub window: Option<i64>,
    /// Time in which a touchpoint loses half its weight by time decay.
    pub half_life: i64,
}

/// Attribution by group.
#[derive(Debug, Clone)]
pub struct AttributionAnswer {
    /// What it is about.
    pub about: About,
    /// What was asked.
    pub request: AttributionRequest,
    /// The groups; money is ten-thousandths of the workspace's currency.
    pub groups: Vec<GroupAnswer<Attribution>>,
}

impl Session {
    /// Orders that count and their money, shared among the channels of the visits before them by every rule. Visits
    /// are touchpoints of `interactions`; those of one session count once, as the first of them. The range narrows
    /// the orders, and the paths that ended without one.
    ///
    /// # Errors
    /// Input: the scope is none or about tickets, or window or half-life are not above 0.
    pub async fn journey_attribution(
        &self,
        scope: &Scope,
        request: &AttributionRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<AttributionAnswer> {
        about_customers(scope, "Attribution")?;
        for (what, length) in [("window", request.window), ("half-life", Some(request.half_life))] {
            if length.is_some_and(|length| length <= 0) {
                return Err(
                    Error::input(format!("The {what} of attribution must be longer than nothing.")).hint("such as 7d")
                );
            }
        }
        let asked = self.ask(scope, progress).await?;
        let spec = AttributionSpec {
            touches: Some(roles::visited(asked.journeys.kinds())),
            window: request.window,
            collapse_sessions: true,
            half_life: request.half_life,
            dates: asked.range.map(|(from, to)| from..to),
            ..AttributionSpec::new(asked.journeys.kinds())
        };
        let threads = asked.threads();
        let groups = asked.ask_groups(|blocks| attribution(blocks, &spec, threads));
        Ok(AttributionAnswer { about: asked.about(scope), request: *request, groups })
    }
}
