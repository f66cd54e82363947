//! The second pass: the times of the buckets that hold the order statistics asked for.

use super::buckets::Buckets;
use super::count::TransitionsState;
use super::{Take, Walker};
use crate::elapsed::{between, place};
use crate::{Fold, Journey};

/// The median and the 0.9 quantile of one pair in microseconds, as far as asked for.
pub(super) type Quantiles = [Option<f64>; 2];

/// Collects the times of some buckets, by slot and quantile.
pub(super) struct Collect<'a> {
    walker: &'a Walker<'a>,
    buckets: Buckets,
    seen: &'a TransitionsState,
    wanted: Vec<[Wanted; 2]>,
}

/// The buckets in which a quantile's one or two order statistics lie.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    first: usize,
    /// Buckets after the first, up to the last.
    span: usize,
    /// Rank of the lower one among the times of these buckets.
    rank: usize,
    /// How far the quantile lies from it towards the next.
    share: f64,
}

/// A quantile that nobody asked for.
const UNASKED: Wanted = Wanted { first: usize::MAX, span: 0, rank: 0, share: 0.0 };

impl<'a> Collect<'a> {
    pub(super) fn new(walker: &'a Walker<'a>, buckets: &Buckets, seen: &'a TransitionsState) -> Self {
        let asked = [(walker.spec.median, 0.5), (walker.spec.p90, 0.9)];
        let of =
            |counts: &[u32]| asked.map(|(asked, p)| if asked { wanted(counts, p).unwrap_or(UNASKED) } else { UNASKED });
        let wanted = seen.seen().map(|(_, _, counts, _)| of(counts)).collect();
        Collect { walker, buckets: *buckets, seen, wanted }
    }

    /// The quantiles by slot.
    pub(super) fn quantiles(&self, lists: Vec<[Vec<i64>; 2]>) -> Vec<Quantiles> {
        let lists = lists.into_iter().zip(&self.wanted);
        lists.map(|([median, p90], [first, second])| [first.quantile(median), second.quantile(p90)]).collect()
    }
}

fn wanted(counts: &[u32], p: f64) -> Option<Wanted> {
    let n: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let (rank, share) = place(n, p)?;
    let mut below = 0_u64;
    let mut first = None;
    for (bucket, count) in counts.iter().enumerate() {
        let end = below + u64::from(*count);
        if first.is_none() && rank < end {
            first = Some((bucket, rank - below));
        }
        // The next order statistic may lie in a later bucket, with none filled between.
        if let Some((first, rank_in)) = first.filter(|_| rank + u64::from(share > 0.0) < end) {
            return Some(Wanted { first, span: bucket - first, rank: usize::try_from(rank_in).ok()?, share });
        }
        below = end;
    }
    None
}

impl Wanted {
    #[inline(always)]
    fn holds(&self, bucket: usize) -> bool {
        bucket.wrapping_sub(self.first) <= self.span
    }

    fn quantile(&self, mut times: Vec<i64>) -> Option<f64> {
        if self.rank >= times.len() {
            return None;
        }
        let (_, low, above) = times.select_nth_unstable(self.rank);
        let low = *low;
        let high = if self.share > 0.0 { above.iter().min().copied().unwrap_or(low) } else { low };
        Some(between(low, high, self.share))
    }
}

impl Fold for Collect<'_> {
    type State = Vec<[Vec<i64>; 2]>;

    fn start(&self) -> Self::State {
        vec![Default::default(); self.wanted.len()]
    }

    #[inline]
    fn case(&self, journey: &Journey<'_>, lists: &mut Self::State) {
        self.walker.walk(journey, &mut Collecting { collect: self, lists });
    }

    fn merge(&self, into: &mut Self::State, from: Self::State) {
        for (into, from) in into.iter_mut().zip(from) {
            into.iter_mut().zip(from).for_each(|(into, from)| into.extend(from));
        }
    }
}

struct Collecting<'a, 'b> {
    collect: &'a Collect<'b>,
    lists: &'a mut [[Vec<i64>; 2]],
}

impl Take for Collecting<'_, '_> {
    #[inline(always)]
    fn transition(&mut self, a: u16, b: u16, elapsed: i64) {
        let Some(slot) = self.collect.seen.slot(a, b) else { return };
        let Some(wanted) = self.collect.wanted.get(slot) else { return };
        let bucket = self.collect.buckets.of(elapsed);
        if !wanted.iter().any(|wanted| wanted.holds(bucket)) {
            return;
        }
        let Some(lists) = self.lists.get_mut(slot) else { return };
        for (list, _) in lists.iter_mut().zip(wanted).filter(|(_, wanted)| wanted.holds(bucket)) {
            list.push(elapsed);
        }
    }

    #[inline]
    fn end(&mut self, _: u16) {}
}
