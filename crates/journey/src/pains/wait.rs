//! Long wait: an answer or a delivery later than most, or a delivery later than promised.

use std::collections::hash_map::Entry;

use super::case::{Case, Moment, Obstacle};
use super::hash::CodeMap;
use super::repeated::at_bound;
use super::spec::{Spec, role};

/// A wait: the row at which it began, when, and when it ended.
struct Wait {
    row: usize,
    begun: i64,
    ended: Option<i64>,
    /// It ended with what was awaited.
    served: bool,
}

/// Durations of all waits that ended with what was awaited, microseconds.
#[derive(Debug, Default)]
pub(super) struct Lists {
    answers: Vec<i64>,
    deliveries: Vec<i64>,
}

/// From how long on a wait is long, and how many waits say so (0 where the bound was given).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound {
    pub micros: i64,
    pub waits: u64,
}

/// The bounds found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bounds {
    pub answer: Option<Bound>,
    pub delivery: Option<Bound>,
}

/// Waits for an answer, ticket by ticket: from the opening or a message until the next public answer; a solved ticket
/// ends the wait without one.
fn answers(case: &Case<'_>, spec: &Spec) -> Vec<Wait> {
    const EVENTS: u16 = role::OPENED | role::MESSAGE | role::ANSWER | role::SOLVED;
    if spec.roles.public_answer.is_empty() {
        return Vec::new();
    }
    let mut waits: Vec<Wait> = Vec::new();
    let mut open: CodeMap<u64, usize> = CodeMap::default();
    for (row, bits) in case.marked.iter().filter(|(_, bits)| bits & EVENTS != 0) {
        let Some(ticket) = case.journey.fact(*row).and_then(|fact| fact.ticket) else { continue };
        let Some(at) = case.journey.at.get(*row).copied() else { continue };
        if bits & (role::ANSWER | role::SOLVED) != 0 {
            if let Some(wait) = open.remove(&ticket).and_then(|place| waits.get_mut(place)) {
                wait.ended = Some(at);
                wait.served = bits & role::ANSWER != 0;
            }
        } else if let Entry::Vacant(entry) = open.entry(ticket) {
            entry.insert(waits.len());
            waits.push(Wait { row: *row, begun: at, ended: None, served: false });
        }
    }
    waits.retain(|wait| spec.asks(wait.begun));
    waits
}

/// An order that counts and its delivery: the wait, the row of the delivery, and until when it was promised.
struct Delivery {
    wait: Wait,
    delivered: Option<usize>,
    promised: Option<i64>,
}

/// The waits for deliveries: from an order that counts to the first delivery of the same order not before it.
fn deliveries(case: &Case<'_>, spec: &Spec) -> Vec<Delivery> {
    if spec.roles.delivery.is_empty() || case.orders.is_empty() {
        return Vec::new();
    }
    let mut delivered: CodeMap<u64, Vec<(usize, i64, Option<i64>)>> = CodeMap::default();
    for (row, at, fact) in case.facts(role::DELIVERY) {
        if let Some(order) = fact.order {
            delivered.entry(order).or_default().push((row, at, fact.promised));
        }
    }
    let asked = case.orders.iter().filter(|order| spec.asks(order.at));
    let of = |order: &super::case::Order| {
        let fact = case.journey.fact(order.row)?;
        let deliveries = delivered.get(&fact.order?).map(Vec::as_slice).unwrap_or_default();
        let delivery = deliveries.iter().find(|(_, at, _)| *at >= order.at);
        let ended = delivery.map(|(_, at, _)| *at);
        Some(Delivery {
            wait: Wait { row: order.row, begun: order.at, ended, served: ended.is_some() },
            delivered: delivery.map(|(row, ..)| *row),
            promised: fact.promised.or_else(|| delivery.and_then(|(_, _, promised)| *promised)),
        })
    };
    asked.filter_map(of).collect()
}

/// Collects how long waits were.
pub(super) fn survey(case: &Case<'_>, spec: &Spec, lists: &mut Lists) {
    let lengths = |wait: &Wait| wait.ended.filter(|_| wait.served).map(|ended| ended.saturating_sub(wait.begun));
    if spec.limits.answer_within.is_none() {
        lists.answers.extend(answers(case, spec).iter().filter_map(lengths));
    }
    if spec.limits.delivery_within.is_none() {
        lists.deliveries.extend(deliveries(case, spec).iter().filter_map(|delivery| lengths(&delivery.wait)));
    }
}

/// Adds what another thread knows.
pub(super) fn merge(into: &mut Lists, from: Lists) {
    into.answers.extend(from.answers);
    into.deliveries.extend(from.deliveries);
}

/// The bounds: as given, or the quantile of all waits if there are enough.
pub(super) fn judge(lists: &mut Lists, spec: &Spec) -> Bounds {
    let limits = &spec.limits;
    let bound = |given: Option<i64>, list: &mut Vec<i64>| match given {
        Some(micros) => Some(Bound { micros, waits: 0 }),
        None if (list.len() as u64) < limits.minimum_n => None,
        None => Some(Bound { waits: list.len() as u64, micros: quantile(list, limits.wait_quantile)? }),
    };
    Bounds {
        answer: bound(limits.answer_within, &mut lists.answers),
        delivery: bound(limits.delivery_within, &mut lists.deliveries),
    }
}

/// The quantile, linear between order statistics at p·(n − 1), cut to whole microseconds: a whole number is above it
/// if and only if it is above the cut one.
fn quantile(list: &mut [i64], p: f64) -> Option<i64> {
    let position = p.clamp(0.0, 1.0) * list.len().checked_sub(1)? as f64;
    let (_, low, rest) = list.select_nth_unstable(position.floor() as usize);
    let high = rest.iter().copied().min().unwrap_or(*low);
    let above = (high - *low) as f64 * (position - position.floor());
    Some((*low as f64 + above).floor() as i64)
}

/// Moments at which a bound passes: met where the wait was not over by then. While it is neither over nor known to
/// last beyond the bound it is no moment.
pub(super) fn moments(case: &Case<'_>, spec: &Spec, bounds: &Bounds, out: &mut Vec<Moment>) {
    let lasted = |wait: &Wait, bound: i64| match wait.ended {
        Some(ended) => Some(ended > bound),
        None => (bound <= spec.known_until).then_some(true),
    };
    let mut add = |obstacle, wait: &Wait, bound: i64, row: usize| {
        if let Some(met) = lasted(wait, bound) {
            out.push(at_bound(case, obstacle, wait.row, bound, met.then_some(row)));
        }
    };
    if let Some(bound) = &bounds.answer {
        for wait in answers(case, spec) {
            add(Obstacle::SlowAnswer, &wait, wait.begun.saturating_add(bound.micros), wait.row);
        }
    }
    for Delivery { wait, delivered, promised } in deliveries(case, spec) {
        let row = delivered.unwrap_or(wait.row);
        if let Some(promised) = promised.filter(|promised| *promised >= wait.begun) {
            add(Obstacle::LateDelivery, &wait, promised, row);
        }
        if let Some(bound) = &bounds.delivery {
            add(Obstacle::SlowDelivery, &wait, wait.begun.saturating_add(bound.micros), row);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_quantile_is_that_of_the_statistics_crate_cut_to_whole_numbers() {
        let list: Vec<i64> = (0..101).map(|k| (k * 7919) % 1009).collect();
        let mut sorted: Vec<f64> = list.iter().map(|value| *value as f64).collect();
        sorted.sort_by(f64::total_cmp);
        for p in [0.0, 0.1, 0.25, 0.5, 0.87, 0.9, 0.99, 1.0] {
            let expected = throughline_stats::quantile(&sorted, p).unwrap().floor() as i64;
            assert_eq!(quantile(&mut list.clone(), p), Some(expected), "{p}");
        }
        assert_eq!(quantile(&mut [], 0.5), None);
    }
}
