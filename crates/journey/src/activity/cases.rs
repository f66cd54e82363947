//! Counting case by case: distinct customers, sessions, scores, orders.

use super::{ActivityFold, ActivityState};
use crate::Journey;
use crate::steps::NONE;

/// Scores are compared with this tolerance, so that 4 of 5 is 0.75.
const TOLERANCE: f64 = 1e-9;

impl ActivityFold<'_> {
    pub(super) fn steps_of_case(&self, journey: &Journey<'_>, state: &mut ActivityState) {
        match self.spec.steps.by_kind() {
            Some(table) => {
                let of = |row: usize| {
                    let kind = journey.kinds.get(row).copied().unwrap_or(NONE);
                    table.get(usize::from(kind)).copied().unwrap_or(NONE)
                };
                self.rows(journey, state, of);
            }
            None => {
                let of = |row: usize| self.spec.steps.of(journey, row).map_or(NONE, |step| step as u16);
                self.rows(journey, state, of);
            }
        }
    }

    #[inline]
    fn rows(&self, journey: &Journey<'_>, state: &mut ActivityState, of: impl Fn(usize) -> u16) {
        let periods = &self.spec.periods;
        let width = self.spec.steps.len();
        let (mut end, mut period) = (i64::MIN, None);
        for (row, at) in journey.at.iter().enumerate() {
            let step = of(row);
            if step == NONE || self.other_channel(journey, row) {
                continue;
            }
            if *at >= end {
                period = periods.index(*at);
                // Before the first period nothing is known of where it ends, and each touchpoint asks again.
                end = period.and_then(|period| periods.start(period + 1)).unwrap_or(i64::MIN);
                state.stretch += 1;
            }
            let Some(period) = period else { continue };
            let step = usize::from(step);
            self.touch(journey, row, (step, period * width + step), state);
        }
    }

    #[inline]
    fn touch(&self, journey: &Journey<'_>, row: usize, (step, cell): (usize, usize), state: &mut ActivityState) {
        let stretch = state.stretch;
        let (Some(count), Some(seen)) = (state.touchpoints.get_mut(cell), state.seen.get_mut(step)) else { return };
        *count += 1;
        if seen.0 != stretch {
            *seen = (stretch, 0);
            state.cases.get_mut(cell).into_iter().for_each(|count| *count += 1);
        }
        let (sessions, scores) = self.extras.get(step).copied().unwrap_or_default();
        if sessions {
            let session = journey.sessions().get(row).copied().unwrap_or(0);
            // Most repeats follow each other; the others are found when all are known.
            if session != 0 && session != seen.1 {
                seen.1 = session;
                state.sessions.get_mut(cell).into_iter().for_each(|sessions| sessions.push(session));
            }
        }
        if scores && let (Some(share), Some(found)) = (journey.score(row), state.scores.get_mut(cell)) {
            let bounds = &self.spec.bounds;
            found.n += 1;
            found.good += u64::from(share >= bounds.good - TOLERANCE);
            found.promoters += u64::from(share >= bounds.promoter - TOLERANCE);
            found.detractors += u64::from(share <= bounds.detractor + TOLERANCE);
        }
    }

    #[inline]
    fn other_channel(&self, journey: &Journey<'_>, row: usize) -> bool {
        self.spec.channel.is_some_and(|channel| journey.channels.get(row) != Some(&channel))
    }

    pub(super) fn orders_of_case(&self, journey: &Journey<'_>, state: &mut ActivityState) {
        let periods = &self.spec.periods;
        let (mut first, mut last) = (None, None);
        for order in journey.counting_orders() {
            let period = periods.index(order.at);
            let first = *first.get_or_insert(period);
            if self.other_channel(journey, order.row) {
                continue;
            }
            let Some((period, found)) = period.and_then(|at| Some((at, state.orders.get_mut(at)?))) else { continue };
            let new = first == Some(period);
            if last != Some(period) {
                found.buyers += 1;
                found.new_buyers += u64::from(new);
                found.kept += u64::from(last.is_some_and(|last: usize| last + 1 == period));
                last = Some(period);
            }
            found.orders += 1;
            match order.amount {
                Some(amount) => {
                    found.amount += i128::from(amount);
                    found.new_amount += if new { i128::from(amount) } else { 0 };
                }
                None => found.without_amount += 1,
            }
        }
    }
}
