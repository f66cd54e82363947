//! Did a share that is usually steady jump: how many rows lack a value, or came late.

use statrs::distribution::{Binomial, DiscreteCDF};

use crate::Rhythm;
use crate::robust::median;

/// Counts of fewer than so many say nothing of a share.
const LEAST_ROWS: u64 = 20;
/// So many of the newest counts are looked at, and at least so many are needed.
const BASE: usize = 28;
const LEAST_BASE: usize = 14;
/// Counts of the same place in the cycle that tell how many of the others are usual.
const CYCLES: usize = 8;
/// A share that rose by less is no matter, however sure it is.
const LEAST_RISE: f64 = 0.05;
/// Nothing is so rare or so common that chance could not make it a little less so.
const LEAST_SHARE: f64 = 0.002;

/// Some of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many have it.
    pub some: u64,
    /// Out of how many.
    pub all: u64,
}

impl Share {
    /// The share, 0 to 1; `None` of nothing.
    pub fn value(self) -> Option<f64> {
        (self.all > 0).then(|| self.some as f64 / self.all as f64)
    }

    fn others(self) -> f64 {
        self.all.saturating_sub(self.some) as f64
    }
}

/// A share that is far higher than before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareSignal {
    /// Its position in the series.
    pub position: usize,
    /// What was counted.
    pub observed: Share,
    /// The share that was expected, 0 to 1.
    pub expected: f64,
    /// The chance of a share so high, or higher, if nothing is wrong.
    pub p: f64,
}

/// The shares of a series in time order that jumped up; each with a chance of at most `level` (between 0 and 1) to be
/// told of where nothing is wrong.
///
/// A share is held against the median of the last 28 of at least twenty rows, by the binomial distribution of as many
/// rows as are left when the variance that shares have beyond chance is divided out (quasi-binomial: McCullagh and
/// Nelder 1989, Generalized Linear Models, section 4.5). It is told of if it also rose by five points, and there are
/// fewer rows without it than usual: where only rows with it were added, nothing was lost. Shares that were told of
/// are left out until they have lasted twice as long as a [`volume`](fn@crate::volume) would.
pub fn share_rises(series: &[Share], rhythm: Rhythm, level: f64) -> Vec<ShareSignal> {
    let (mut told, mut signals) = (vec![false; series.len()], Vec::new());
    let mut run = 0;
    for (position, &observed) in series.iter().enumerate() {
        let earlier = series.get(..position).unwrap_or_default();
        let found = rise(earlier, &told, observed, rhythm).filter(|signal| signal.p <= level);
        match found {
            Some(signal) => {
                run += 1;
                signals.push(signal);
                told[position] = true;
                if run >= 2 * rhythm.lasting() {
                    told.iter_mut().for_each(|told| *told = false);
                }
            }
            None if observed.all >= LEAST_ROWS => run = 0,
            None => {}
        }
    }
    signals
}

fn rise(earlier: &[Share], told: &[bool], observed: Share, rhythm: Rhythm) -> Option<ShareSignal> {
    let position = earlier.len();
    if observed.value()? < LEAST_RISE || observed.all < LEAST_ROWS {
        return None;
    }
    let usual = |at: &usize| told.get(*at) == Some(&false);
    let rows = |at: usize| earlier.get(at).filter(|share| share.all >= LEAST_ROWS).copied();
    let base: Vec<Share> = (0..position).rev().filter(usual).filter_map(rows).take(BASE).collect();
    if base.len() < LEAST_BASE {
        return None;
    }
    let expected = median(base.iter().filter_map(|share| share.value()).collect())?;
    let places = (1..=CYCLES).filter_map(|back| position.checked_sub(back * rhythm.cycle())).filter(usual);
    let others = median(places.filter_map(|at| Some(earlier.get(at)?.others())).collect())?;
    if observed.value()? - expected < LEAST_RISE || observed.others() >= others {
        return None;
    }
    let p = chance(observed, expected.clamp(LEAST_SHARE, 1.0 - LEAST_SHARE), &base)?;
    Some(ShareSignal { position, observed, expected, p })
}

/// The chance of a share as high as `observed`.
fn chance(observed: Share, expected: f64, base: &[Share]) -> Option<f64> {
    let off = |share: &Share| {
        let all = share.all as f64;
        (share.some as f64 - all * expected) / (all * expected * (1.0 - expected)).sqrt()
    };
    // Where most shares are 0 their median deviation is 0 too, so the mean, without the wildest tenth.
    let mut squares: Vec<f64> = base.iter().map(|share| off(share).powi(2)).collect();
    squares.sort_by(f64::total_cmp);
    squares.truncate(squares.len() - squares.len() / 10);
    let dispersion = (squares.iter().sum::<f64>() / squares.len() as f64).max(1.0);
    let all = (observed.all as f64 / dispersion).round().max(1.0);
    let some = (observed.some as f64 / dispersion).round().min(all) as u64;
    if some == 0 {
        return Some(1.0);
    }
    Some(Binomial::new(expected, all as u64).ok()?.sf(some - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(some: &[u64], all: u64) -> Vec<Share> {
        some.iter().map(|some| Share { some: *some, all }).collect()
    }

    /// Fifteen or more of a hundred at 5 %: 0.000135854238992291, summed in exact fractions.
    #[test]
    fn is_exact_where_only_chance_is_at_work() {
        let series = shares(&[5; 20], 100);
        let found = rise(&series, &[false; 20], Share { some: 15, all: 100 }, Rhythm::Days).map(|signal| signal.p);
        assert!((found.unwrap_or_default() - 0.000_135_854_238_992_291).abs() < 1e-15, "{found:?}");
    }

    #[test]
    fn a_jump_is_told_until_it_has_lasted_and_no_small_one() {
        let mut some = vec![5; 30];
        some.extend([100; 60]);
        let told = share_rises(&shares(&some, 100), Rhythm::Days, 1e-5);
        let positions: Vec<usize> = told.iter().map(|signal| signal.position).collect();
        assert_eq!(positions.first(), Some(&30));
        assert!(positions.len() < 60, "{positions:?}");
        // Four points of a hundred thousand rows are sure, and no matter.
        let small = [vec![5_000; 30], vec![9_000; 3]].concat();
        assert_eq!(share_rises(&shares(&small, 100_000), Rhythm::Days, 1e-5), []);
    }

    #[test]
    fn rows_that_were_added_take_nothing_away() {
        let mut series = shares(&[5; 30], 100);
        series.push(Share { some: 5_000, all: 5_100 });
        assert_eq!(share_rises(&series, Rhythm::Days, 1e-5), []);
    }

    #[test]
    fn what_is_always_empty_cannot_become_so() {
        assert_eq!(share_rises(&shares(&[100; 60], 100), Rhythm::Weeks, 1e-2), []);
        assert_eq!(share_rises(&[], Rhythm::Weeks, 1e-2), []);
        assert_eq!(share_rises(&[Share::default(); 40], Rhythm::Days, 1e-2), []);
    }
}
