//! A customer's life: becoming known, ordering, staying or leaving. The heart of the causal model.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::campaign::{self, Assigned};
use crate::clock::DAY;
use crate::customer::{Customer, Referral};
use crate::dice::{logistic, logit};
use crate::ordering::{self, Order};
use crate::run::Scene;
use crate::season::shopping_second;
use crate::support::Solved;
use crate::{browsing, identity, loyalty, order_rows, support, voice};

/// What a customer went through with one order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Experience {
    pub(crate) late: bool,
    pub(crate) solved: Option<Solved>,
    pub(crate) satisfied: bool,
    pub(crate) value_eur: f64,
}

/// Referrals that have not brought anyone yet, the earliest first.
pub(crate) type Pending = BinaryHeap<Reverse<Referral>>;

/// When the customer orders next.
struct Schedule {
    /// Operational days of the last order of the process.
    operational: f64,
    /// Day of the latest order of any kind.
    last_day: Option<usize>,
    next: Option<i64>,
    extra: Option<i64>,
}

/// Simulates one customer from the first visit to the end of the window.
pub(crate) fn live(scene: &mut Scene<'_>, customer: &mut Customer, pending: &mut Pending) {
    identity::customer(scene, customer);
    browsing::before(scene, customer);
    support::before_first_order(scene, customer);
    let orders = if customer.buyer { buy(scene, customer, pending) } else { 0 };
    if orders == 0 {
        browsing::sign_up(scene, customer);
    }
    scene.seen.buyers += u64::from(orders > 0);
    scene.seen.repeat_buyers += u64::from(orders > 1);
    browsing::after(scene, customer);
    support::on_its_own(scene, customer);
}

/// The purchase process; returns the number of orders.
fn buy(scene: &mut Scene<'_>, customer: &mut Customer, pending: &mut Pending) -> u32 {
    let clock = &scene.world.clock;
    let first_day = clock.day_of(customer.known_at);
    let mut schedule = Schedule {
        operational: scene.world.season.operational(first_day),
        last_day: None,
        next: Some(customer.known_at),
        extra: None,
    };
    let mut campaign_at = scene.world.campaign_at;
    let mut assigned: Option<Assigned> = None;
    let mut bought_within = false;
    let mut last_order = None;
    let mut count = 0;
    let mut loyalty = loyalty::Account::default();
    loop {
        let at = match (schedule.next, schedule.extra) {
            (Some(next), Some(extra)) => Some(next.min(extra)),
            (next, extra) => next.or(extra),
        };
        if let Some(sent) = campaign_at
            && at.is_none_or(|at| at >= sent)
        {
            campaign_at = None;
            assigned = campaign::assign(scene, customer, last_order, sent);
            schedule.extra = assigned.and_then(|assigned| assigned.extra_order);
            continue;
        }
        let Some(at) = at.filter(|at| *at < scene.world.clock.end()) else { break };
        let is_extra = schedule.extra == Some(at);
        count += 1;
        bought_within |= within_campaign(scene, at);
        last_order = Some(at);
        schedule.last_day = Some(scene.world.clock.day_of(at));
        let experience = order(scene, customer, at, count, is_extra, &mut loyalty);
        refer(scene, customer, at, experience, pending);
        if is_extra {
            // An order on top: it leaves the customer's own process as it was.
            schedule.extra = None;
        } else {
            schedule.next = next_order(scene, customer, &mut schedule, experience);
        }
    }
    count_campaign(scene, assigned, bought_within);
    count
}

/// One order with everything that follows from it.
fn order(
    scene: &mut Scene<'_>,
    customer: &mut Customer,
    at: i64,
    number: u32,
    is_extra: bool,
    loyalty: &mut loyalty::Account,
) -> Experience {
    let mut order = ordering::place(scene.world, customer, at, number, is_extra);
    if order.is_online() {
        order.session = Some(browsing::purchase(scene, customer, &order));
    }
    order_rows::write(scene, customer, &order);
    loyalty::order(scene, customer, &order, loyalty);
    let resolution = support::about_order(scene, customer, &order);
    let experience = Experience {
        late: order.is_late(),
        solved: resolution.map(|r| r.solved),
        satisfied: resolution.is_some_and(|r| r.satisfied),
        value_eur: order.value_eur,
    };
    voice::about_order(scene, customer, &order, experience);
    count_order(scene, &order);
    experience
}

/// Stay or leave, then wait: probability of leaving as in the documented equation, and an exponential
/// time in operational weeks.
fn next_order(
    scene: &Scene<'_>,
    customer: &mut Customer,
    schedule: &mut Schedule,
    experience: Experience,
) -> Option<i64> {
    let leaves = customer.dice.process.chance(leaving_probability(scene, customer, experience));
    let weeks = customer.dice.process.exponential(1.0);
    let second = shopping_second(&mut customer.dice.process);
    if leaves || customer.rate <= 0.0 {
        return None;
    }
    schedule.operational += 7.0 * weeks / customer.rate;
    let day = scene.world.season.day(schedule.operational)?;
    // At most one order of the process a day.
    let day = schedule.last_day.map_or(day, |last| day.max(last + 1));
    Some(scene.world.clock.at(day, second))
}

fn leaving_probability(scene: &Scene<'_>, customer: &Customer, experience: Experience) -> f64 {
    let effect = &scene.world.parameters.dropout;
    let mut log_odds = logit(customer.dropout);
    if experience.late {
        log_odds += effect.late_delivery;
    }
    match experience.solved {
        Some(Solved::Well) => log_odds += effect.solved_well,
        Some(Solved::Badly) => log_odds += effect.solved_badly,
        Some(Solved::Fair) | None => {}
    }
    if experience.satisfied {
        log_odds += effect.satisfied;
    }
    if customer.is_remote() {
        log_odds += effect.remote_region;
    }
    if customer.channel == "price_comparison" {
        log_odds += effect.price_comparison;
    }
    if customer.segment == "business" {
        log_odds += effect.business;
    }
    log_odds += effect.order_value * (experience.value_eur.max(1.0) / 60.0).ln();
    log_odds += effect.impatience * customer.impatience;
    logistic(log_odds)
}

/// A pleased customer tells a friend.
fn refer(scene: &Scene<'_>, customer: &mut Customer, at: i64, experience: Experience, pending: &mut Pending) {
    let resources = &scene.world.parameters.resources;
    let bad = experience.late || experience.solved == Some(Solved::Badly);
    let probability = if bad { resources.referral_after_bad_order } else { resources.referral_after_good_order };
    let refers = customer.dice.referral.chance(probability);
    let delay = customer.dice.referral.seconds(6 * DAY, 45 * DAY);
    if refers {
        pending.push(Reverse(Referral { at: at + delay, by: customer.slot }));
    }
}

fn within_campaign(scene: &Scene<'_>, at: i64) -> bool {
    scene.world.campaign_at.is_some_and(|sent| (sent..sent + campaign::WITHIN_DAYS * DAY).contains(&at))
}

fn count_campaign(scene: &mut Scene<'_>, assigned: Option<Assigned>, bought: bool) {
    let Some(assigned) = assigned else { return };
    let arm = if assigned.treated { &mut scene.seen.treated } else { &mut scene.seen.holdout };
    arm.0 += 1;
    arm.1 += u64::from(bought);
}

fn count_order(scene: &mut Scene<'_>, order: &Order) {
    scene.seen.orders += 1;
    scene.seen.orders_cancelled += u64::from(order.cancelled_at.is_some());
    scene.seen.orders_returned += u64::from(order.returned_at.is_some());
    if order.delivered_at.is_some_and(|at| at < scene.world.clock.end()) && order.promise.is_some() {
        scene.seen.deliveries_promised += 1;
        scene.seen.deliveries_late += u64::from(order.is_late());
    }
}
