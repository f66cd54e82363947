//! Falling score: of a customer from one answer to the next, and of a touchpoint from one half of the period to the other.

use std::collections::{BTreeMap, HashMap};

use throughline_stats::{Difference, Moments, welch};

use super::case::{Case, Moment, Obstacle};
use super::spec::{Spec, role};

/// Scores are compared with this tolerance, so that 0.75 − 0.5 is a quarter.
const TOLERANCE: f64 = 1e-9;
/// Shares are summed in whole millionths, so that no sum depends on its order.
const MILLIONTHS: f64 = 1e6;

/// Scores of one kind in one half.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    n: u64,
    sum: i128,
    squares: i128,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    fn moments(&self) -> Option<Moments> {
        Moments::from_sums(self.n, self.sum as f64 / MILLIONTHS, self.squares as f64 / (MILLIONTHS * MILLIONTHS))
    }
}

/// Scores by kind and half.
pub(super) type Halves = HashMap<u16, [Sums; 2]>;

/// A touchpoint whose mean score fell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fall {
    pub first: Moments,
    pub second: Moments,
    pub difference: Difference,
}

/// By kind.
pub(super) type Found = BTreeMap<u16, Fall>;

/// Sums scores by kind and half.
pub(super) fn survey(case: &Case<'_>, spec: &Spec, halves: &mut Halves) {
    for (row, at, fact) in case.facts(role::SCORED) {
        let Some(share) = fact.share.filter(|_| spec.asks(at)) else { continue };
        let whole = (share * MILLIONTHS).round() as i128;
        let sums = Sums { n: 1, sum: whole, squares: whole * whole };
        let [first, second] = halves.entry(case.kind(row)).or_default();
        if at < spec.middle() { first } else { second }.add(&sums);
    }
}

/// Adds what another thread knows.
pub(super) fn merge(into: &mut Halves, from: Halves) {
    for (kind, [first, second]) in from {
        let own = into.entry(kind).or_default();
        own[0].add(&first);
        own[1].add(&second);
    }
}

/// The kinds whose mean fell by more than chance, with enough scores in both halves.
pub(super) fn judge(halves: &Halves, spec: &Spec) -> Found {
    let fall = |[first, second]: &[Sums; 2]| {
        let enough = first.n.min(second.n) >= spec.limits.minimum_n;
        let (first, second) = (first.moments().filter(|_| enough)?, second.moments()?);
        let difference = welch(&second, &first).filter(|difference| difference.interval.high < 0.0)?;
        Some(Fall { first, second, difference })
    };
    halves.iter().filter_map(|(kind, sums)| Some((*kind, fall(sums)?))).collect()
}

/// For every kind the first kind of the same instrument, or of the same name where none is known: the same question.
pub(super) fn instruments(spec: &Spec) -> Vec<u16> {
    let name = |code: u16| super::names::instrument(&spec.kinds, code);
    let mut first: HashMap<&str, u16> = HashMap::new();
    let codes = (0..spec.kinds.kinds.len()).filter_map(|place| u16::try_from(place).ok());
    codes.map(|code| *first.entry(name(code)).or_insert(code)).collect()
}

/// Moments: an answer after an earlier one by the same instrument, met where it is lower by `score_fall` (alike where
/// the earlier one was in the same quarter of the scale); and an answer in the second half at a kind whose mean fell,
/// met where it is below the first half's mean.
pub(super) fn moments(case: &Case<'_>, spec: &Spec, same: &[u16], found: &Found, out: &mut Vec<Moment>) {
    let mut before: Vec<(u16, f64)> = Vec::new();
    for (row, at, fact) in case.facts(role::SCORED) {
        let Some(share) = fact.share else { continue };
        let kind = case.kind(row);
        let instrument = same.get(usize::from(kind)).copied().unwrap_or(kind);
        let add = |obstacle, place, met| Moment { obstacle, at, after: row + 1, row, place, met };
        let last = before.iter_mut().find(|(other, _)| *other == instrument);
        if let Some((_, last)) = &last
            && spec.asks(at)
        {
            let quarter = (last * 4.0 + TOLERANCE).floor() as u32;
            let met = share <= last - spec.limits.score_fall + TOLERANCE;
            out.push(add(Obstacle::CustomerScore(instrument), u32::from(kind) * 8 + quarter.min(4), met));
        }
        match last {
            Some((_, last)) => *last = share,
            None => before.push((instrument, share)),
        }
        if let Some(fall) = found.get(&kind).filter(|_| spec.asks(at) && at >= spec.middle()) {
            out.push(add(Obstacle::TouchpointScore(kind), 0, share < fall.first.mean - TOLERANCE));
        }
    }
}
