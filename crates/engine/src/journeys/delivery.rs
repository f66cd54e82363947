//! Deliveries against promises, and what follows.

use throughline_journey::{Delivery, DeliverySpec, delivery};

use super::retention::about_customers;
use super::roles::{self, Role};
use super::{About, GroupAnswer, Scope};
use crate::session::Session;
use crate::{Progress, Result};

/// What is asked of deliveries. Durations are microseconds of elapsed time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRequest {
    /// How long tickets and scores are looked for after the delivery, or after the promise where it was broken.
    pub horizon: i64,
    /// How long the next order is looked for.
    pub again: i64,
    /// Mean scores of fewer answers are not shown.
    pub minimum_scores: u64,
}

impl Default for DeliveryRequest {
    fn default() -> Self {
        let usual = DeliverySpec::new(Vec::new(), Vec::new(), 0);
        DeliveryRequest { horizon: usual.horizon, again: usual.again, minimum_scores: usual.minimum_scores }
    }
}

/// Deliveries by group.
#[derive(Debug, Clone)]
pub struct DeliveryAnswer {
    /// What it is about.
    pub about: About,
    /// What was asked.
    pub request: DeliveryRequest,
    /// Whether any delivery is known at all.
    pub knows_deliveries: bool,
    /// Whether any ticket is known at all; else that none followed says nothing.
    pub knows_tickets: bool,
    /// The groups.
    pub groups: Vec<GroupAnswer<Delivery>>,
}

impl Session {
    /// Orders that count and have a promise: kept, late, overdue or open, and the tickets, scores and orders after
    /// them. The range narrows the orders by when they were placed.
    ///
    /// # Errors
    /// Input: the scope is none or about tickets.
    pub async fn journey_delivery(
        &self,
        scope: &Scope,
        request: &DeliveryRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<DeliveryAnswer> {
        about_customers(scope, "Delivery")?;
        let asked = self.ask(scope, progress).await?;
        let kinds = asked.journeys.kinds();
        let (delivered, opened) = (Role::Delivery.codes(kinds), Role::TicketOpened.codes(kinds));
        let spec = DeliverySpec {
            scored: Some(roles::satisfaction(kinds)),
            horizon: request.horizon,
            again: request.again,
            minimum_scores: request.minimum_scores,
            dates: asked.range.map(|(from, to)| from..to),
            ..DeliverySpec::new(delivered, opened, asked.known_until)
        };
        let threads = asked.threads();
        let groups = asked.ask_groups(|blocks| delivery(blocks, &spec, threads));
        Ok(DeliveryAnswer {
            about: asked.about(scope),
            request: request.clone(),
            knows_deliveries: !spec.delivered.is_empty(),
            knows_tickets: !spec.opened.is_empty(),
            groups,
        })
    }
}
