//! Deliveries as a person reads them.

use super::{ClassSums, DAY, DeliveryFold, DeliveryState};
use crate::{Elapsed, Emotion, Share};

/// Orders that count and have a promise, against their deliveries.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Orders with a promise.
    pub orders: u64,
    /// Orders without one; they are in no other count.
    pub without_promise: u64,
    /// Delivered at or before the promise, of those delivered.
    pub kept: Share,
    /// Not delivered, and the promise is not over.
    pub open: u64,
    /// Not delivered, and the promise is over.
    pub overdue: u64,
    /// Delivery less promise of all delivered orders; early ones are below 0.
    pub lateness: Elapsed,
    /// The same of late ones alone.
    pub late_by: Elapsed,
    /// Time since the promise of overdue orders.
    pub overdue_by: Elapsed,
    /// From earliest to latest, and the overdue last; classes without orders, too.
    pub classes: Vec<DeliveryClass>,
}

/// What became of the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// Delivered at or before it.
    Kept,
    /// Delivered after it.
    Late,
    /// Not delivered, and over.
    Overdue,
}

/// Orders that were about as early or as late, and what followed.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryClass {
    /// In words, such as `1 to 3 days late`.
    pub name: String,
    /// What became of the promise.
    pub promise: Promise,
    /// How many orders.
    pub orders: u64,
    /// A ticket was opened within the horizon that names this order or none; of orders whose horizon is over.
    pub ticket: Share,
    /// A score was given within the horizon about this order or none; of orders whose horizon is over.
    pub scored: Share,
    /// Mean of these scores, the first after each order.
    pub emotion: Emotion,
    /// Another order that counts was placed in its time; of orders for which that time is over.
    pub ordered_again: Share,
}

impl DeliveryFold<'_> {
    /// What the walk found.
    pub fn finish(&self, mut state: DeliveryState) -> Delivery {
        let delivered = state.lateness.len() as u64;
        let mut late: Vec<i64> = state.lateness.iter().copied().filter(|lateness| *lateness > 0).collect();
        let overdue = state.overdue_by.len() as u64;
        let classes = state.classes.iter().enumerate().map(|(class, sums)| self.class(class, sums));
        Delivery {
            orders: delivered + state.open + overdue,
            without_promise: state.without_promise,
            kept: Share::of(delivered - late.len() as u64, delivered),
            open: state.open,
            overdue,
            classes: classes.collect(),
            lateness: Elapsed::of(&mut state.lateness),
            late_by: Elapsed::of(&mut late),
            overdue_by: Elapsed::of(&mut state.overdue_by),
        }
    }

    fn class(&self, class: usize, sums: &ClassSums) -> DeliveryClass {
        let (name, promise) = self.name(class);
        DeliveryClass {
            name,
            promise,
            orders: sums.orders,
            ticket: Share::of(sums.tickets, sums.mature),
            scored: Share::of(sums.scored, sums.mature),
            emotion: sums.emotion.emotion(self.spec.minimum_scores),
            ordered_again: Share::of(sums.again, sums.mature_again),
        }
    }

    fn name(&self, class: usize) -> (String, Promise) {
        let bound = |class: usize| self.bounds.get(class).map(|bound| bound / DAY);
        let below = class.checked_sub(1).and_then(bound);
        let (from, until) = (below.map_or(0, i64::abs), bound(class).map(i64::abs));
        let days = |days: i64| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        if class > self.bounds.len() {
            return ("overdue".to_owned(), Promise::Overdue);
        }
        // Classes up to the bound 0 are kept promises; there the bound further from 0 is the lower one.
        if class <= self.spec.days.len() {
            let until = until.unwrap_or(0);
            let name = match below {
                None if until == 0 => "in time".to_owned(),
                None => format!("{} early or more", days(until)),
                Some(_) if until == 0 => format!("less than {} early", days(from)),
                Some(_) => format!("{until} to {} early", days(from)),
            };
            return (name, Promise::Kept);
        }
        let name = match until {
            None if from == 0 => "late".to_owned(),
            None => format!("more than {} late", days(from)),
            Some(until) if from == 0 => format!("up to {} late", days(until)),
            Some(until) => format!("{from} to {} late", days(until)),
        };
        (name, Promise::Late)
    }
}
