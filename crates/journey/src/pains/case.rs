//! One case as the obstacles see it: what plays a part, its orders, and moments at which an obstacle was met or not.

use super::spec::role;
use crate::{Fact, Journey, flags};

/// What can stand in a customer's way; codes as in the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Obstacle {
    DropOff {
        flow: u16,
        step: u16,
        by: By,
    },
    SameOrder,
    AfterSolved,
    SlowAnswer,
    LateDelivery,
    SlowDelivery,
    /// A customer's score falls; by instrument.
    CustomerScore(u16),
    /// The mean score at a kind falls.
    TouchpointScore(u16),
    Repeat(u16),
    BackAndForth(u16, u16),
}

/// What tells one last touchpoint at a step from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum By {
    Channel(u16),
    Kind(u16),
}

/// A moment at which an obstacle was met, or could have been and was not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    pub obstacle: Obstacle,
    /// Later purchases count from here, on both sides.
    pub at: i64,
    /// First row after it.
    pub after: usize,
    /// The row to show: where it hurt.
    pub row: usize,
    /// Moments are alike at the same place only.
    pub place: u32,
    pub met: bool,
}

/// An order that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Order {
    pub row: usize,
    pub at: i64,
    pub amount: Option<i64>,
}

/// What is kept between cases only to spare allocations.
#[derive(Debug, Default)]
pub(super) struct Parts {
    marked: Vec<(usize, u16)>,
    orders: Vec<Order>,
}

/// A journey with its rows by role and its orders.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub journey: &'a Journey<'a>,
    /// Rows that play a part, with their roles.
    pub marked: &'a [(usize, u16)],
    /// Orders that count.
    pub orders: &'a [Order],
}

impl<'a> Case<'a> {
    pub fn new(journey: &'a Journey<'a>, roles: &[u16], parts: &'a mut Parts) -> Self {
        parts.marked.clear();
        parts.orders.clear();
        for (row, kind) in journey.kinds.iter().enumerate() {
            let bits = roles.get(usize::from(*kind)).copied().unwrap_or(0);
            if bits != 0 {
                parts.marked.push((row, bits));
            }
        }
        for (row, _) in parts.marked.iter().filter(|(_, bits)| bits & role::ORDER != 0) {
            let Some(fact) = journey.fact(*row).filter(|fact| fact.flags & flags::COUNTS != 0) else { continue };
            let at = journey.at.get(*row).copied().unwrap_or_default();
            parts.orders.push(Order { row: *row, at, amount: fact.amount });
        }
        Case { journey, marked: &parts.marked, orders: &parts.orders }
    }

    /// Rows of a role, with when and what they carry; rows that carry nothing are passed over.
    pub fn facts(&self, bits: u16) -> impl Iterator<Item = (usize, i64, Fact)> + use<'a> {
        let journey = self.journey;
        let rows = self.marked.iter().filter(move |(_, own)| own & bits != 0);
        rows.filter_map(move |(row, _)| Some((*row, *journey.at.get(*row)?, journey.fact(*row)?)))
    }

    /// Code of the kind.
    pub fn kind(&self, row: usize) -> u16 {
        self.journey.kinds.get(row).copied().unwrap_or(u16::MAX)
    }

    /// First row later than an instant.
    pub fn first_after(&self, at: i64) -> usize {
        self.journey.at.partition_point(|row| *row <= at)
    }

    /// The first order from a row on, no later than an instant.
    pub fn next_order(&self, after: usize, until: i64) -> Option<&'a Order> {
        self.orders.get(self.orders.partition_point(|order| order.row < after)).filter(|order| order.at <= until)
    }

    /// How many orders stand before a row, at most 2.
    pub fn orders_before(&self, after: usize) -> u8 {
        self.orders.iter().take(2).filter(|order| order.row < after).count() as u8
    }
}
