//! Deliveries against promises, and what follows when they are kept, late or missing.
//!
//! What follows is looked for from the moment that decides: the delivery, or the end of the promise where it was broken.
//! So complaints about a late order count that come before it arrives, and orders that never arrive are seen, too.

mod fold;
mod result;

use std::ops::Range;

use crate::{Block, EmotionSums, Fold, Journey, walk};

pub use result::{Delivery, DeliveryClass, Promise};

/// One day of elapsed time, microseconds.
const DAY: i64 = 86_400_000_000;

/// What is asked. An order is the first touchpoint of a case with that order that counts; it is delivered at the first
/// delivery with the same order.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliverySpec {
    /// Codes of the kinds that are deliveries.
    pub delivered: Vec<u16>,
    /// Codes of the kinds that open a ticket.
    pub opened: Vec<u16>,
    /// Codes of the kinds whose scores count; `None`: all scores.
    pub scored: Option<Vec<u16>>,
    /// Until when touchpoints are known, microseconds.
    pub known_until: i64,
    /// How long after the moment that decides tickets and scores are looked for, microseconds, the bound included.
    pub horizon: i64,
    /// How long the next order is looked for.
    pub again: i64,
    /// Bounds of the classes of lateness and of earliness in days, ascending, above 0.
    pub days: Vec<i64>,
    /// Means of fewer scores are not shown.
    pub minimum_scores: u64,
    /// Only orders placed in this half-open range.
    pub dates: Option<Range<i64>>,
}

impl DeliverySpec {
    /// Tickets and scores within 30 days, the next order within 90, classes of 1, 3 and 7 days, means from 5 scores on.
    pub fn new(delivered: Vec<u16>, opened: Vec<u16>, known_until: i64) -> Self {
        DeliverySpec {
            delivered,
            opened,
            scored: None,
            known_until,
            horizon: 30 * DAY,
            again: 90 * DAY,
            days: vec![1, 3, 7],
            minimum_scores: 5,
            dates: None,
        }
    }
}

/// What is counted of one class.
#[derive(Debug, Clone, Default)]
struct ClassSums {
    orders: u64,
    mature: u64,
    tickets: u64,
    scored: u64,
    emotion: EmotionSums,
    mature_again: u64,
    again: u64,
}

/// What one thread has counted.
#[derive(Debug, Default)]
pub struct DeliveryState {
    /// By class of lateness; the last are the overdue.
    classes: Vec<ClassSums>,
    open: u64,
    without_promise: u64,
    lateness: Vec<i64>,
    overdue_by: Vec<i64>,
    found: fold::Found,
}

/// The question as a fold.
#[derive(Debug, Clone)]
pub struct DeliveryFold<'a> {
    spec: &'a DeliverySpec,
    /// Upper ends of the classes but the last, microseconds of lateness, included.
    bounds: Vec<i64>,
}

/// Deliveries of all journeys.
pub fn delivery(blocks: &[Block<'_>], spec: &DeliverySpec, threads: usize) -> Delivery {
    let fold = DeliveryFold::new(spec);
    fold.finish(walk(blocks, &fold, threads))
}

impl<'a> DeliveryFold<'a> {
    /// The fold of a question.
    pub fn new(spec: &'a DeliverySpec) -> Self {
        let late = spec.days.iter().map(|days| days.saturating_mul(DAY));
        let bounds = spec.days.iter().rev().map(|days| -days.saturating_mul(DAY)).chain([0]).chain(late);
        DeliveryFold { spec, bounds: bounds.collect() }
    }
}

impl Fold for DeliveryFold<'_> {
    type State = DeliveryState;

    fn start(&self) -> DeliveryState {
        DeliveryState { classes: vec![ClassSums::default(); self.bounds.len() + 2], ..DeliveryState::default() }
    }

    fn case(&self, journey: &Journey<'_>, state: &mut DeliveryState) {
        let mut found = std::mem::take(&mut state.found);
        self.find(journey, &mut found);
        for order in &found.orders {
            self.order(order, &found, state);
        }
        state.found = found;
    }

    fn merge(&self, into: &mut DeliveryState, mut from: DeliveryState) {
        into.open += from.open;
        into.without_promise += from.without_promise;
        into.lateness.append(&mut from.lateness);
        into.overdue_by.append(&mut from.overdue_by);
        for (into, from) in into.classes.iter_mut().zip(&from.classes) {
            into.orders += from.orders;
            into.mature += from.mature;
            into.tickets += from.tickets;
            into.scored += from.scored;
            into.emotion.merge(&from.emotion);
            into.mature_again += from.mature_again;
            into.again += from.again;
        }
    }
}
