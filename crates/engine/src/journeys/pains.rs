//! Pains: obstacles found in the journeys, ranked by the money at stake.

use std::cmp::Reverse;

use throughline_journey::pains::{LastTouch, Limits, Obstacle, Pain, Pains, Roles, Spec, pains};
use throughline_journey::{Kinds, Steps};
use throughline_model::Grain;
use throughline_model::journey::Journey;

use super::retention::about_customers;
use super::roles::{self, Role};
use super::story::Story;
use super::{About, Asked, GroupAnswer, Scope, stages};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// The phase that customers enter because something is wrong: no step that the journey should lead to.
const SUPPORT: &str = "support";

/// What is asked about obstacles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PainsRequest {
    /// How long a later purchase is awaited, microseconds of elapsed time.
    pub horizon: i64,
    /// The obstacle, counted from 1 in the order of each group, whose example customers' journeys are told.
    pub show: Option<usize>,
}

impl Default for PainsRequest {
    fn default() -> Self {
        PainsRequest { horizon: Spec::HORIZON, show: None }
    }
}

/// Obstacles by group.
#[derive(Debug, Clone)]
pub struct PainsAnswer {
    /// What it is about.
    pub about: About,
    /// What was asked.
    pub request: PainsRequest,
    /// The limits from which on something is an obstacle.
    pub limits: Limits,
    /// Whether orders are known, without which nothing is compared.
    pub knows_orders: bool,
    /// The groups.
    pub groups: Vec<GroupAnswer<Pains>>,
    /// Of each group, the journeys of the examples of the obstacle to show.
    pub stories: Vec<Vec<Story>>,
}

impl Session {
    /// Obstacles in the way of customers, whom they met, whether those bought less often afterwards than comparable
    /// customers, and what that is worth. The range narrows the obstacles by when they began. Drop-offs stand behind the
    /// other obstacles, by their [`excess`].
    ///
    /// # Errors
    /// Input: the scope is none or about tickets, the horizon is not above 0, or there is no such obstacle to show.
    pub async fn journey_pains(
        &self,
        scope: &Scope,
        request: &PainsRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<PainsAnswer> {
        about_customers(scope, "What stands in the way")?;
        if request.horizon <= 0 {
            return Err(Error::input("The horizon must be longer than nothing.").hint("such as 90d"));
        }
        let asked = self.ask(scope, progress).await?;
        let spec = self.pains_spec(&asked, request);
        let threads = asked.threads();
        let groups = asked.ask_groups(|blocks| arranged(pains(blocks, &spec, threads)));
        let stories = groups.iter().map(|group| stories(&asked, group, request.show)).collect::<Result<_>>()?;
        Ok(PainsAnswer {
            about: asked.about(scope),
            request: *request,
            limits: spec.limits,
            knows_orders: !spec.roles.order.is_empty(),
            groups,
            stories,
        })
    }

    fn pains_spec(&self, asked: &Asked, request: &PainsRequest) -> Spec {
        let journeys = &asked.journeys;
        let blocks = journeys.blocks();
        let kinds = journeys.kinds();
        let first = blocks.iter().flat_map(|block| block.journeys()).filter_map(|journey| journey.at.first()).min();
        let (from, to) = asked.range.unwrap_or((i64::MIN, i64::MAX));
        let begin = first.copied().unwrap_or(0).max(from);
        let end = asked.known_until.saturating_add(1).min(to).max(begin);
        Spec {
            kinds: kinds.clone(),
            roles: parts(kinds),
            flows: vec![stage_flow(&self.definitions().journey, kinds), shop_flow(kinds)],
            steps: visit_steps(kinds),
            quarters: self.periods_of(Grain::Quarter, &blocks).0,
            period: (begin, end),
            known_until: asked.known_until,
            horizon: request.horizon,
            limits: Limits::default(),
        }
    }
}

fn parts(kinds: &Kinds) -> Roles {
    Roles {
        order: Role::Order.codes(kinds),
        delivery: Role::Delivery.codes(kinds),
        ticket_opened: Role::TicketOpened.codes(kinds),
        customer_message: Role::CustomerMessage.codes(kinds),
        public_answer: Role::PublicAnswer.codes(kinds),
        solved: Role::Solved.codes(kinds),
        reopened: Role::Reopened.codes(kinds),
        scored: roles::satisfaction(kinds),
        search: Role::Search.codes(kinds),
        cart: Role::Cart.codes(kinds),
        checkout: Role::Checkout.codes(kinds),
    }
}

/// The stages as steps, without support: nobody should have to go there.
fn stage_flow(journey: &Journey, kinds: &Kinds) -> Steps {
    let mut way = journey.clone();
    way.stages.retain(|stage| stage.id != SUPPORT);
    Steps::stages(stages::stages(&way, kinds))
}

/// From the cart over the checkout to the order.
fn shop_flow(kinds: &Kinds) -> Steps {
    let bought = [Role::Order.codes(kinds), Role::PurchaseEvent.codes(kinds)].concat();
    let steps = [("cart", Role::Cart.codes(kinds)), ("checkout", Role::Checkout.codes(kinds)), ("order", bought)];
    Steps::named(steps.map(|(name, codes)| (name.to_owned(), codes)).to_vec(), kinds)
}

/// The steps of visits: search, cart and checkout, whatever their kinds are called, and every other kind of visit.
fn visit_steps(kinds: &Kinds) -> Steps {
    let watched = [("search", Role::Search), ("cart", Role::Cart), ("checkout", Role::Checkout)];
    let mut steps: Vec<(String, Vec<u16>)> = watched.map(|(name, role)| (name.to_owned(), role.codes(kinds))).to_vec();
    let taken: Vec<u16> = steps.iter().flat_map(|(_, codes)| codes.clone()).collect();
    for code in roles::visited(kinds).into_iter().filter(|code| !taken.contains(code)) {
        if let Some(kind) = kinds.kinds.get(usize::from(code)) {
            steps.push((kind.kind.clone(), vec![code]));
        }
    }
    Steps::named(steps, kinds)
}

/// Drop-offs behind the other obstacles, by how many more dropped off than would have at the share of the others. The
/// last touchpoint before a drop-off is known afterwards only, and those who go on have other last touchpoints by nature:
/// their later purchases differ by definition, and money at stake cannot be held against that of obstacles that were met
/// before anybody could know what follows. A channel over which only one kind comes tells nothing of its own.
fn arranged(mut found: Pains) -> Pains {
    let by_kind: Vec<Pain> = found.pains.iter().filter(|pain| last_touch(pain).is_some_and(is_kind)).cloned().collect();
    let same = |one: &Pain, other: &Pain| match (&one.obstacle, &other.obstacle) {
        (
            Obstacle::DropOff { step: a, next: b, here: c, others: d, .. },
            Obstacle::DropOff { step: w, next: x, here: y, others: z, .. },
        ) => (a, b, c, d) == (w, x, y, z) && one.examples == other.examples,
        _ => false,
    };
    found.pains.retain(|pain| last_touch(pain).is_none_or(is_kind) || by_kind.iter().all(|other| !same(pain, other)));
    for pain in found.pains.iter_mut().filter(|pain| last_touch(pain).is_some()) {
        pain.money = None;
    }
    found.pains.sort_by_cached_key(|pain| (last_touch(pain).is_some(), Reverse(excess(&pain.obstacle))));
    found
}

/// How many more customers dropped off than at the share of all others at the step; `None` of what is no drop-off.
pub fn excess(obstacle: &Obstacle) -> Option<u64> {
    let Obstacle::DropOff { here, others, .. } = obstacle else { return None };
    let expected = here.0 as f64 * others.1 as f64 / others.0.max(1) as f64;
    Some((here.1 as f64 - expected).round().max(0.0) as u64)
}

fn last_touch(pain: &Pain) -> Option<&LastTouch> {
    match &pain.obstacle {
        Obstacle::DropOff { by, .. } => Some(by),
        _ => None,
    }
}

fn is_kind(by: &LastTouch) -> bool {
    matches!(by, LastTouch::Kind(_))
}

fn stories(asked: &Asked, group: &GroupAnswer<Pains>, show: Option<usize>) -> Result<Vec<Story>> {
    let Some(number) = show else { return Ok(Vec::new()) };
    let found = &group.answer.pains;
    let pain = number.checked_sub(1).and_then(|place| found.get(place)).ok_or_else(|| {
        let error = Error::input(format!("There is no obstacle {number}."));
        match found.len() {
            0 => error.hint("none was found"),
            all => error.hint(format!("they are numbered from 1 to {all}")),
        }
    })?;
    let told = pain.examples.iter().filter_map(|example| Story::of(&asked.journeys, &example.case, example.row));
    Ok(told.collect())
}
