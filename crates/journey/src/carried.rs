//! The touchpoints of a journey that carry something, without a look at the others' facts.

use crate::block::NO_NUMBER;
use crate::{Journey, flags};

/// An order that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CountingOrder {
    /// When it was placed.
    pub at: i64,
    /// Its money in ten-thousandths.
    pub amount: Option<i64>,
    /// Place of its touchpoint in the journey.
    pub row: usize,
}

impl Journey<'_> {
    /// Touchpoints that carry a fact: place in the journey, and place of the fact in the block's columns of facts.
    #[inline]
    pub(crate) fn carried(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let places = self.places().iter().enumerate();
        places.filter(|(_, place)| **place != 0).map(|(row, place)| (row, *place as usize - 1))
    }

    /// The orders that count, in order.
    #[inline]
    pub(crate) fn counting_orders(&self) -> impl Iterator<Item = CountingOrder> + '_ {
        let facts = self.facts();
        let counts = move |place: usize| facts.flags.get(place).is_some_and(|flag| flag & flags::COUNTS != 0);
        self.carried().filter(move |(_, place)| counts(*place)).filter_map(move |(row, place)| {
            let amount = facts.amount.get(place).copied().filter(|amount| *amount != NO_NUMBER);
            Some(CountingOrder { at: *self.at.get(row)?, amount, row })
        })
    }

    /// The score a touchpoint carries, as a share of its scale.
    #[inline]
    pub(crate) fn score(&self, row: usize) -> Option<f64> {
        let place = (*self.places().get(row)? as usize).checked_sub(1)?;
        self.facts().share.get(place).copied().filter(|share| *share >= 0.0)
    }
}
