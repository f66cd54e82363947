//! How many were expected: counts of days or weeks against what the weekday, the level of late and the year before
//! lead one to expect.

use statrs::distribution::{DiscreteCDF, NegativeBinomial};

use crate::robust::{median, spread};
use crate::{Interval, TAIL};

/// Fewer than so many days or weeks of the same place in the cycle say nothing of that place.
const LEAST_CYCLES: usize = 5;
/// So many of them are looked at: a quarter of weeks.
const CYCLES: usize = 13;
/// Fewer one-step errors than these say nothing of how far expectations are off.
const LEAST_ERRORS: usize = 21;
/// So many of the newest errors are looked at.
const ERRORS: usize = 91;
/// The level is the median of so many of the newest counts.
const LEVEL: usize = 7;
/// No company's days are alike to less than 5 % beyond chance.
const LEAST_OVERDISPERSION: f64 = 0.0025;
/// A count this far under what is expected is worth a word, as a share of it ...
const LOW: f64 = 0.75;
/// ... and one this far over it: good days happen, and a day that was delivered twice has twice its rows.
const HIGH: f64 = 1.65;
/// Fewer rows than these are no matter.
const LEAST_DIFFERENCE: f64 = 10.0;
/// A year ago something alike explains it where it was at least this part of it.
const LIKE_A_YEAR_AGO: f64 = 0.5;

/// How counts repeat themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// Counts of days: seven to the week, 364 to the year that keeps the weekday.
    Days,
    /// Counts of weeks.
    Weeks,
}

impl Rhythm {
    pub(crate) fn cycle(self) -> usize {
        match self {
            Rhythm::Days => 7,
            Rhythm::Weeks => 1,
        }
    }

    /// How far back the same days of the year before lie: the same weekday, and the same date.
    fn year(self) -> std::ops::RangeInclusive<usize> {
        match self {
            Rhythm::Days => 363..=366,
            Rhythm::Weeks => 51..=53,
        }
    }

    /// A change that has lasted so long is how things are now.
    pub(crate) fn lasting(self) -> usize {
        match self {
            Rhythm::Days => 14,
            Rhythm::Weeks => 4,
        }
    }
}

/// A count that is far from what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolumeSignal {
    /// Its position in the series.
    pub position: usize,
    /// The count.
    pub observed: u64,
    /// The count that was expected.
    pub expected: f64,
    /// 95 of 100 such counts lie in here.
    pub range: Interval,
    /// The chance of a count so far away, or further, if nothing is wrong.
    pub p: f64,
}

/// The counts of a series in time order, without gaps, that are far from what was expected; each with a chance of at
/// most `level` (between 0 and 1) to be told of where nothing is wrong.
///
/// What is expected is worked out on logarithms, as weekdays and seasons multiply: the median of the last seven
/// counts, each freed of its weekday, times the median of that weekday against its week over the last thirteen weeks.
/// Counts that were told of are left out of it until they have lasted two weeks (weeks: four). How far counts lie
/// from it by chance is a negative binomial distribution, `variance = m + φm²` (Hilbe 2011, Negative Binomial
/// Regression, section 8.1), with φ from the median absolute one-step error of the last quarter: spikes and holidays
/// move neither. A count is told of if it is also under 75 % or over 165 % of what was expected, and nothing alike
/// happened on the same weekday or date a year before.
pub fn volume(counts: &[u64], rhythm: Rhythm, level: f64) -> Vec<VolumeSignal> {
    let mut past = Past { rhythm, logs: Vec::new(), errors: Vec::new(), told: Vec::new() };
    let mut signals = Vec::new();
    for (position, &observed) in counts.iter().enumerate() {
        let log = (observed as f64 + 0.5).ln();
        let expected = past.expected();
        let found = expected.and_then(|expected| {
            let overdispersion = past.overdispersion()?;
            let mean = (expected.exp() - 0.5).max(0.1);
            let (range, p) = chance(observed, mean, overdispersion)?;
            let signal = VolumeSignal { position, observed, expected: mean, range, p };
            (is_far(&signal, level) && !past.is_as_a_year_ago(log - expected)).then_some(signal)
        });
        past.push(log, expected.map(|expected| log - expected), found.is_some());
        signals.extend(found);
    }
    signals
}

fn is_far(signal: &VolumeSignal, level: f64) -> bool {
    let (observed, expected) = (signal.observed as f64, signal.expected);
    let matters = observed <= LOW * expected || observed >= HIGH * expected;
    signal.p <= level && matters && (observed - expected).abs() >= LEAST_DIFFERENCE
}

/// The range of 95 of 100 counts around `mean`, and the two-sided chance of one as far away as `observed`.
fn chance(observed: u64, mean: f64, overdispersion: f64) -> Option<(Interval, f64)> {
    let size = 1.0 / overdispersion;
    let counts = NegativeBinomial::new(size, size / (size + mean)).ok()?;
    let below = counts.cdf(observed);
    let above = if observed == 0 { 1.0 } else { counts.sf(observed - 1) };
    let range = Interval::new(counts.inverse_cdf(TAIL) as f64, counts.inverse_cdf(1.0 - TAIL) as f64)?;
    Some((range, (2.0 * below.min(above)).min(1.0)))
}

/// What is known before the next count.
struct Past {
    rhythm: Rhythm,
    logs: Vec<f64>,
    /// What was off by how much.
    errors: Vec<Option<f64>>,
    /// What is not taken for usual.
    told: Vec<bool>,
}

impl Past {
    fn push(&mut self, log: f64, error: Option<f64>, told: bool) {
        self.logs.push(log);
        self.errors.push(error);
        self.told.push(told);
        let lasting = self.told.iter().rev().take_while(|told| **told).count();
        if lasting >= self.rhythm.lasting() {
            let first = self.told.len() - lasting;
            self.told.iter_mut().skip(first).for_each(|told| *told = false);
        }
    }

    /// The log of a usual count at `position`.
    fn usual(&self, position: usize) -> Option<f64> {
        self.logs.get(position).filter(|_| self.told.get(position) == Some(&false)).copied()
    }

    /// How much the counts at a place of the cycle are off their cycle's median, where the next count has place 0.
    fn effect(&self, place: usize) -> Option<f64> {
        let cycle = self.rhythm.cycle();
        let off = (1..=CYCLES).filter_map(|back| {
            let start = self.logs.len().checked_sub(back * cycle)?;
            let middle = median((start..start + cycle).filter_map(|at| self.usual(at)).collect())?;
            Some(self.usual(start + place)? - middle)
        });
        let off: Vec<f64> = off.collect();
        if off.len() < LEAST_CYCLES { None } else { median(off) }
    }

    /// The log of the next count.
    fn expected(&self) -> Option<f64> {
        let cycle = self.rhythm.cycle();
        let effects: Vec<f64> = (0..cycle).map(|place| self.effect(place)).collect::<Option<_>>()?;
        let next = self.logs.len();
        let place = |position: usize| (cycle - (next - position) % cycle) % cycle;
        let freed = |position: usize| Some(self.usual(position)? - effects.get(place(position))?);
        let newest: Vec<f64> = (0..next).rev().filter_map(freed).take(LEVEL).collect();
        Some(median(newest)? + effects.first()?)
    }

    /// The variance that counts have beyond that of chance, as a share of the square of the mean.
    fn overdispersion(&self) -> Option<f64> {
        let newest = (0..self.logs.len()).rev().filter_map(|position| {
            let log = self.usual(position)?;
            let error = (*self.errors.get(position)?)?;
            Some((error, 1.0 / (log - error).exp().max(1.0)))
        });
        let newest: Vec<(f64, f64)> = newest.take(ERRORS).collect();
        if newest.len() < LEAST_ERRORS {
            return None;
        }
        let by_chance = median(newest.iter().map(|(_, chance)| *chance).collect())?;
        Some((spread(newest.iter().map(|(error, _)| *error))? - by_chance).max(LEAST_OVERDISPERSION))
    }

    fn is_as_a_year_ago(&self, error: f64) -> bool {
        let before = self.rhythm.year().filter_map(|back| self.logs.len().checked_sub(back));
        let mut errors = before.filter_map(|position| *self.errors.get(position)?);
        errors.any(|then| then.signum() == error.signum() && then.abs() >= LIKE_A_YEAR_AGO * error.abs())
    }
}

#[cfg(test)]
mod tests;
