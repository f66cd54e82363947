//! The orders of one case and what follows them.

use super::{DeliveryFold, DeliveryState};
use crate::{Journey, flags};

/// What a case has to do with deliveries; lists but orders and deliveries in order of time.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Ascending by id, each once.
    pub orders: Vec<Order>,
    /// Order, when, promise; ascending by order, each once.
    deliveries: Vec<(u64, i64, Option<i64>)>,
    /// When, and about which order; 0 where none is named.
    tickets: Vec<(i64, u64)>,
    scores: Vec<(i64, u64, f64)>,
    /// Every order that counts: when, and which.
    placed: Vec<(i64, u64)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    id: u64,
    at: i64,
    promised: Option<i64>,
}

impl DeliveryFold<'_> {
    pub(super) fn find(&self, journey: &Journey<'_>, found: &mut Found) {
        found.orders.clear();
        found.deliveries.clear();
        found.tickets.clear();
        found.scores.clear();
        found.placed.clear();
        let spec = self.spec;
        for (row, (at, kind)) in journey.at.iter().zip(journey.kinds).enumerate() {
            let fact = journey.fact(row);
            let order = fact.and_then(|fact| fact.order).unwrap_or(0);
            if spec.opened.contains(kind) {
                found.tickets.push((*at, order));
            }
            let Some(fact) = fact else { continue };
            if fact.flags & flags::COUNTS != 0 {
                found.placed.push((*at, order));
                if order != 0 {
                    found.orders.push(Order { id: order, at: *at, promised: fact.promised });
                }
            }
            if order != 0 && spec.delivered.contains(kind) {
                found.deliveries.push((order, *at, fact.promised));
            }
            if let Some(share) = fact.share.filter(|_| spec.scored.as_ref().is_none_or(|kinds| kinds.contains(kind))) {
                found.scores.push((*at, order, share));
            }
        }
        // Stable: the first of each stays.
        found.orders.sort_by_key(|order| order.id);
        found.orders.dedup_by_key(|order| order.id);
        found.deliveries.sort_by_key(|delivery| delivery.0);
        found.deliveries.dedup_by_key(|delivery| delivery.0);
    }

    pub(super) fn order(&self, order: &Order, found: &Found, state: &mut DeliveryState) {
        let spec = self.spec;
        if spec.dates.as_ref().is_some_and(|dates| !dates.contains(&order.at)) {
            return;
        }
        let delivery = found.deliveries.binary_search_by_key(&order.id, |delivery| delivery.0);
        let delivery = delivery.ok().and_then(|place| found.deliveries.get(place));
        let Some(promised) = order.promised.or_else(|| delivery.and_then(|delivery| delivery.2)) else {
            state.without_promise += 1;
            return;
        };
        let (class, moment) = match delivery {
            Some((_, at, _)) => {
                let lateness = at.saturating_sub(promised);
                state.lateness.push(lateness);
                (self.bounds.partition_point(|bound| *bound < lateness), promised.min(*at))
            }
            None if promised >= spec.known_until => {
                state.open += 1;
                return;
            }
            None => {
                state.overdue_by.push(spec.known_until.saturating_sub(promised));
                (self.bounds.len() + 1, promised)
            }
        };
        self.follow(order, moment, (class, found), state);
    }

    /// Adds what follows the moment that decides.
    fn follow(&self, order: &Order, moment: i64, (class, found): (usize, &Found), state: &mut DeliveryState) {
        let spec = self.spec;
        let Some(sums) = state.classes.get_mut(class) else { return };
        sums.orders += 1;
        let about = |named: u64| named == 0 || named == order.id;
        if moment.saturating_add(spec.horizon) <= spec.known_until {
            sums.mature += 1;
            let mut tickets = within(&found.tickets, |ticket| ticket.0, moment, spec.horizon);
            sums.tickets += u64::from(tickets.any(|ticket| about(ticket.1)));
            let mut scores = within(&found.scores, |score| score.0, moment, spec.horizon);
            if let Some((_, _, share)) = scores.find(|score| about(score.1)) {
                sums.scored += 1;
                sums.emotion.add(*share);
            }
        }
        if moment.saturating_add(spec.again) <= spec.known_until {
            sums.mature_again += 1;
            let mut placed = within(&found.placed, |placed| placed.0, moment, spec.again);
            sums.again += u64::from(placed.any(|placed| placed.1 != order.id));
        }
    }
}

/// Entries later than `from`, by at most `length`.
fn within<T>(entries: &[T], at: impl Fn(&T) -> i64, from: i64, length: i64) -> impl Iterator<Item = &T> {
    let start = entries.partition_point(|entry| at(entry) <= from);
    let until = from.saturating_add(length);
    entries.get(start..).unwrap_or_default().iter().take_while(move |entry| at(entry) <= until)
}
