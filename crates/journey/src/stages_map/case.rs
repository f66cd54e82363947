//! One case on the map.

use std::ops::Range;

use super::{GroupSums, MOST_STAGES, OverviewFold};
use crate::Journey;

/// The stages below a stage, as bits.
fn below(stage: usize) -> u64 {
    (1_u64 << stage) - 1
}

/// The places of the bits that are set, ascending.
fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (place < MOST_STAGES).then_some(place)
    })
}

impl OverviewFold<'_> {
    /// Stage and name of each touchpoint in `rows`; the stage after the last is none.
    pub(super) fn place(&self, journey: &Journey<'_>, rows: Range<usize>, steps: &mut Vec<(usize, usize)>) {
        steps.clear();
        let stage = |row: usize| self.spec.stages.of(journey, row).map_or(self.stages, |stage| stage.min(self.stages));
        steps.extend(rows.map(|row| (stage(row), self.names.of(journey, row).unwrap_or(self.names.len()))));
    }

    /// Where the case has been, whether it moved on and came back.
    pub(super) fn stages_of_case(
        &self,
        journey: &Journey<'_>,
        rows: Range<usize>,
        steps: &[(usize, usize)],
        sums: &mut GroupSums,
    ) {
        let mut first = [0_i64; MOST_STAGES];
        // Touched; touched and then a later one; the next one shown among the later; this again after a later one.
        let (mut seen, mut moved, mut next, mut returned) = (0_u64, 0_u64, 0_u64, 0_u64);
        let mut last = None;
        let at = journey.at.get(rows).unwrap_or_default();
        for ((stage, _), at) in steps.iter().zip(at).filter(|((stage, _), _)| *stage < self.stages) {
            let (stage, bit) = (*stage, 1_u64 << stage);
            let Some(sum) = sums.stages.get_mut(stage) else { continue };
            sum.touchpoints += 1;
            last = Some(stage);
            if seen & bit == 0 {
                seen |= bit;
                first.get_mut(stage).into_iter().for_each(|first| *first = *at);
            }
            returned |= moved & bit;
            next |= (bit >> 1) & seen;
            let moving = seen & below(stage) & !moved;
            moved |= moving;
            for from in places(moving) {
                if let (Some(sum), Some(first)) = (sums.stages.get_mut(from), first.get(from)) {
                    sum.elapsed.push(at - first);
                }
            }
        }
        let Some(last) = last else { return };
        let furthest = MOST_STAGES - 1 - seen.leading_zeros() as usize;
        let mut count = |bits: u64, add: fn(&mut super::StageSums)| {
            places(bits).for_each(|stage| sums.stages.get_mut(stage).into_iter().for_each(add));
        };
        count(seen, |sum| sum.cases += 1);
        count(moved, |sum| sum.moved_on += 1);
        count(next, |sum| sum.reached_next += 1);
        count(returned, |sum| sum.returned += 1);
        count(below(furthest) & !seen, |sum| sum.skipped += 1);
        count(1 << last, |sum| sum.at_end += 1);
        if last == furthest {
            count(1 << last, |sum| sum.dropped += 1);
        }
    }

    /// What happened in each stage, and what came next.
    pub(super) fn kinds_of_case(
        &self,
        journey: &Journey<'_>,
        rows: Range<usize>,
        (steps, case): (&[(usize, usize)], u64),
        sums: &mut GroupSums,
    ) {
        let names = self.names.len();
        for (place, (row, (stage, name))) in rows.zip(steps).enumerate() {
            // A touchpoint whose kind has no name is of no block that these kinds describe.
            let Some(sum) = sums.kinds.get_mut(stage * names + name).filter(|_| *name < names) else { continue };
            sum.touchpoints += 1;
            if sum.seen != case {
                sum.seen = case;
                sum.cases += 1;
            }
            match steps.get(place + 1) {
                Some((_, next)) => {
                    if sum.next.is_empty() {
                        sum.next.resize(names, 0);
                    }
                    sum.next.get_mut(*next).into_iter().for_each(|count| *count += 1);
                }
                None => sum.ends += 1,
            }
            if let Some(share) = journey.score(row).filter(|_| self.is_satisfaction(journey, row)) {
                sum.emotion.add(share);
            }
        }
    }

    fn is_satisfaction(&self, journey: &Journey<'_>, row: usize) -> bool {
        let kind = journey.kinds.get(row);
        self.spec.scored.as_ref().is_none_or(|scored| kind.is_some_and(|kind| scored.contains(kind)))
    }
}
