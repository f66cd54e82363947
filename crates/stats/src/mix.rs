//! Did the mix of a column's values shift from the weeks before.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, Gamma};

use crate::robust::median;

/// Weeks that a mix is held against.
const BASE: usize = 8;
/// Weeks of fewer rows say nothing of a mix.
const LEAST_ROWS: u64 = 50;
/// Values of which fewer are expected are counted together.
const LEAST_EXPECTED: f64 = 5.0;
/// A mix that moved by less is no matter, however sure it is.
const LEAST_DISTANCE: f64 = 0.1;
/// A value that was never seen is worth a word from this share on.
const NEW_SHARE: f64 = 0.05;
/// A value has vanished when less than this part of what was expected is left.
const LEFT: f64 = 0.05;
/// A mix that has stayed shifted for so many weeks is how things are now.
const LASTING: usize = 4;

/// What happened to a mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MixChange {
    /// The shares of its values moved.
    Shifted,
    /// A value that was there every week is gone.
    Vanished,
    /// A value that was never there has weight.
    Appeared,
}

/// A mix that is not that of the weeks before.
#[derive(Debug, Clone, PartialEq)]
pub struct MixSignal {
    /// Its position in the series.
    pub position: usize,
    /// What happened.
    pub change: MixChange,
    /// The value that moved most, by its place in the week.
    pub value: usize,
    /// Its share, 0 to 1.
    pub observed: f64,
    /// The share that was expected.
    pub expected: f64,
    /// The part of the rows that have other values than expected: half the sum of the absolute differences of shares.
    pub distance: f64,
    /// The chance of a mix so far away, or further, if nothing is wrong.
    pub p: f64,
}

/// The weeks whose mix shifted, at most one signal each, with a chance of at most `level` (between 0 and 1) to be told
/// of where nothing is wrong. `weeks[week][value]` counts; all weeks have the same values.
///
/// A week is held against the median shares of eight weeks before it by Pearson's chi-square, divided by what the
/// eight weeks themselves show (the median of theirs, at least that of chance; quasi-likelihood, McCullagh and Nelder
/// 1989, section 4.5), with the F distribution as that is an estimate. It is told of if the distance is also at least
/// 0.1 of the rows. A value that was there in each of the eight weeks and is gone is told of however rare it is, if
/// that many missing are no chance; a value that was never there, from 5 % on, unless values come and go anyhow.
pub fn mix_shifts(weeks: &[Vec<u64>], level: f64) -> Vec<MixSignal> {
    let mut told = vec![false; weeks.len()];
    let (mut signals, mut run) = (Vec::new(), 0);
    for (position, week) in weeks.iter().enumerate() {
        let usual = (0..position).rev().filter(|at| told.get(*at) == Some(&false));
        let base: Vec<&Vec<u64>> =
            usual.filter_map(|at| weeks.get(at)).filter(|week| total(week) >= LEAST_ROWS).take(BASE).collect();
        let earlier = weeks.get(..position).unwrap_or_default();
        let found = shift(position, week, &base, earlier).filter(|signal| signal.p <= level);
        run = if found.is_some() { run + 1 } else { 0 };
        if let Some(signal) = found {
            signals.push(signal);
            told[position] = true;
            if run >= LASTING {
                told.iter_mut().for_each(|told| *told = false);
            }
        }
    }
    signals
}

fn total(week: &[u64]) -> u64 {
    week.iter().sum()
}

fn shares(week: &[u64]) -> Vec<f64> {
    let all = total(week).max(1) as f64;
    week.iter().map(|count| *count as f64 / all).collect()
}

fn shift(position: usize, week: &[u64], base: &[&Vec<u64>], earlier: &[Vec<u64>]) -> Option<MixSignal> {
    if base.len() < BASE || total(week) < LEAST_ROWS {
        return None;
    }
    let expected = usual_shares(base)?;
    let observed = shares(week);
    let distance = observed.iter().zip(&expected).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0;
    let signal = |change, value: usize, p| {
        let (observed, expected) = (*observed.get(value)?, *expected.get(value)?);
        Some(MixSignal { position, change, value, observed, expected, distance, p })
    };
    let dispersion = dispersion(base, &expected);
    let (statistic, freedom) = chi_square(week, &expected)?;
    let freedom = freedom as f64;
    let spread = FisherSnedecor::new(freedom, freedom * BASE as f64).ok()?;
    let p = spread.sf(statistic / freedom / dispersion);
    let vanished = vanished(week, base, &expected);
    let appeared = appeared(week, base, earlier);
    let moved = (0..week.len()).max_by(|a, b| {
        let off = |at: usize| (observed.get(at).unwrap_or(&0.0) - expected.get(at).unwrap_or(&0.0)).abs();
        off(*a).total_cmp(&off(*b))
    })?;
    match (vanished, appeared) {
        (Some((value, p)), _) => signal(MixChange::Vanished, value, p),
        (None, Some(value)) => signal(MixChange::Appeared, value, p),
        (None, None) if distance >= LEAST_DISTANCE => signal(MixChange::Shifted, moved, p),
        (None, None) => None,
    }
}

/// The median shares of some weeks, made to add up to 1.
fn usual_shares(base: &[&Vec<u64>]) -> Option<Vec<f64>> {
    let weeks: Vec<Vec<f64>> = base.iter().map(|week| shares(week)).collect();
    let values = 0..weeks.first()?.len();
    let middle: Vec<f64> = values
        .map(|at| median(weeks.iter().filter_map(|week| week.get(at).copied()).collect()))
        .collect::<Option<_>>()?;
    let sum: f64 = middle.iter().sum();
    (sum > 0.0).then(|| middle.iter().map(|share| share / sum).collect())
}

/// Pearson's chi-square of a week, and its degrees of freedom; `None` with fewer than two values.
fn chi_square(week: &[u64], expected: &[f64]) -> Option<(f64, usize)> {
    let all = total(week) as f64;
    let (mut statistic, mut cells) = (0.0, 0_usize);
    let mut rest = (0.0, 0.0);
    for (count, share) in week.iter().zip(expected) {
        let (count, expected) = (*count as f64, all * share);
        if expected < LEAST_EXPECTED {
            rest = (rest.0 + count, rest.1 + expected);
        } else {
            statistic += (count - expected).powi(2) / expected;
            cells += 1;
        }
    }
    if rest.0 + rest.1 > 0.0 {
        statistic += (rest.0 - rest.1).powi(2) / rest.1.max(LEAST_EXPECTED);
        cells += 1;
    }
    (cells > 1).then(|| (statistic, cells - 1))
}

/// How much further than by chance the usual weeks lie from each other: the median of their chi-squares over that of
/// chance, at least 1. Weeks of one value lie nowhere else.
fn dispersion(base: &[&Vec<u64>], expected: &[f64]) -> f64 {
    let over = |week: &&Vec<u64>| {
        let (statistic, freedom) = chi_square(week, expected)?;
        Some(statistic / Gamma::new(freedom as f64 / 2.0, 0.5).ok()?.inverse_cdf(0.5))
    };
    median(base.iter().filter_map(over).collect()).map_or(1.0, |over| over.max(1.0))
}

/// The value with most rows that are gone without chance, with the chance that they are: e to the power of minus the
/// rows expected, in groups as large as the value's own dispersion.
fn vanished(week: &[u64], base: &[&Vec<u64>], expected: &[f64]) -> Option<(usize, f64)> {
    let all = total(week) as f64;
    let gone = expected.iter().enumerate().filter(|(at, share)| {
        let left = week.get(*at).is_some_and(|count| *count as f64 <= LEFT * all * **share);
        left && base.iter().all(|week| week.get(*at).is_some_and(|count| *count > 0))
    });
    let (at, share) = gone.max_by(|a, b| a.1.total_cmp(b.1))?;
    let over = base.iter().map(|week| {
        let expected = total(week) as f64 * share;
        (week.get(at).map_or(0.0, |count| *count as f64) - expected).powi(2) / expected
    });
    let dispersion = (over.sum::<f64>() / base.len() as f64).max(1.0);
    Some((at, (-all * share / dispersion).exp()))
}

/// The value with most weight that never was there before, unless such values came in the weeks before as well.
fn appeared(week: &[u64], base: &[&Vec<u64>], earlier: &[Vec<u64>]) -> Option<usize> {
    let all = total(week) as f64;
    let new = |at: &usize| earlier.iter().all(|week| week.get(*at) == Some(&0));
    let heavy = (0..week.len()).filter(|at| week.get(*at).is_some_and(|count| *count as f64 >= NEW_SHARE * all));
    let value = heavy.filter(new).max_by_key(|at| week.get(*at))?;
    // Values that some of the usual weeks have and others have not come and go.
    let comes_and_goes = |at: usize| {
        let counts = base.iter().filter_map(|week| week.get(at));
        let most = counts.clone().max().copied().unwrap_or_default();
        counts.min() == Some(&0) && most as f64 >= NEW_SHARE * total(base.first().copied().map_or(&[], |w| w)) as f64
    };
    (0..week.len()).all(|at| !comes_and_goes(at)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(weeks: usize) -> Vec<Vec<u64>> {
        vec![vec![600, 300, 100, 0]; weeks]
    }

    fn last(week: &[u64]) -> Option<(MixChange, usize)> {
        let mut weeks = base(10);
        weeks.push(week.to_vec());
        let signals = mix_shifts(&weeks, 1e-5);
        assert!(signals.iter().all(|signal| signal.position == 10), "{signals:?}");
        signals.first().map(|signal| (signal.change, signal.value))
    }

    #[test]
    fn what_is_gone_what_is_new_and_what_moved() {
        assert_eq!(last(&[600, 300, 100, 0]), None);
        assert_eq!(last(&[650, 260, 90, 0]), None);
        assert_eq!(last(&[400, 500, 100, 0]), Some((MixChange::Shifted, 0)));
        assert_eq!(last(&[600, 300, 0, 0]), Some((MixChange::Vanished, 2)));
        assert_eq!(last(&[600, 0, 100, 300]), Some((MixChange::Vanished, 1)));
        assert_eq!(last(&[600, 300, 100, 200]), Some((MixChange::Appeared, 3)));
    }

    /// 50²/600 + 40²/300 + 10²/100 = 10.5, with two degrees of freedom.
    #[test]
    fn chi_square_is_pearsons() {
        let found = chi_square(&[650, 260, 90, 0], &[0.6, 0.3, 0.1, 0.0]);
        assert_eq!(found.map(|(x, df)| ((x * 1e9).round() / 1e9, df)), Some((10.5, 2)));
    }

    #[test]
    fn what_stays_shifted_becomes_usual() {
        let mut weeks = base(10);
        weeks.extend(vec![vec![100, 800, 100, 0]; 12]);
        let positions: Vec<usize> = mix_shifts(&weeks, 1e-5).iter().map(|signal| signal.position).collect();
        assert_eq!(positions.first(), Some(&10));
        assert!(positions.last().is_some_and(|last| *last < 20), "{positions:?}");
    }

    #[test]
    fn the_only_value_may_get_another_name() {
        let mut weeks = vec![vec![900, 0]; 10];
        weeks.push(vec![0, 900]);
        let signals = mix_shifts(&weeks, 1e-5);
        assert_eq!(signals.first().map(|signal| (signal.position, signal.change)), Some((10, MixChange::Vanished)));
    }

    #[test]
    fn too_little_says_nothing() {
        assert_eq!(mix_shifts(&[], 0.01), []);
        assert_eq!(mix_shifts(&vec![vec![30, 10]; 20], 0.01), []);
        assert_eq!(mix_shifts(&vec![vec![900]; 20], 0.01), []);
    }
}
