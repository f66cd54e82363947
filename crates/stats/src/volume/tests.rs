#![allow(clippy::unwrap_used)]
use super::*;

/// A hundred rows on weekdays, forty at weekends, growing by `growth` a day, with a little unrest.
fn days(n: usize, growth: f64) -> Vec<u64> {
    let unrest = [1.0, 0.95, 1.06, 0.98, 1.03, 0.92, 1.04, 1.07, 0.96, 1.01, 0.94];
    let count = |day: usize| {
        let base = if day % 7 >= 5 { 40.0 } else { 100.0 };
        (base * (growth * day as f64).exp() * unrest[day % unrest.len()]) as u64
    };
    (0..n).map(count).collect()
}

fn told(counts: &[u64]) -> Vec<usize> {
    volume(counts, Rhythm::Days, 1e-4).iter().map(|signal| signal.position).collect()
}

/// Mean 40 and φ = 0.02: twelve or fewer have the chance 0.0000308463266182719, and 95 % lie from 25 to 58; summed in
/// exact fractions.
#[test]
fn chances_are_exact() {
    let (range, p) = chance(12, 40.0, 0.02).unwrap();
    assert!((p / 2.0 - 0.000_030_846_326_618_271_9).abs() < 1e-14, "{p}");
    assert_eq!((range.low, range.high), (25.0, 58.0));
}

#[test]
fn weekends_and_growth_are_no_news() {
    assert_eq!(told(&days(200, 0.0)), Vec::<usize>::new());
    assert_eq!(told(&days(200, 0.01)), Vec::<usize>::new());
}

#[test]
fn a_cut_day_and_a_day_twice_are_told() {
    for (factor, day) in [(0.4, 150), (0.0, 151), (2.2, 152)] {
        let mut counts = days(200, 0.0);
        counts[day] = (counts[day] as f64 * factor) as u64;
        assert_eq!(told(&counts), [day], "{factor}");
    }
    let counts = [days(150, 0.0), vec![0]].concat();
    let signal = volume(&counts, Rhythm::Days, 1e-4)[0];
    assert!(signal.range.contains(signal.expected) && !signal.range.contains(0.0), "{signal:?}");
}

#[test]
fn a_gap_does_not_make_the_days_after_it_odd() {
    let mut counts = days(200, 0.0);
    counts[150..156].fill(0);
    assert_eq!(told(&counts), (150..156).collect::<Vec<_>>());
}

#[test]
fn what_lasts_becomes_usual() {
    let mut counts = days(220, 0.0);
    counts[150..].iter_mut().for_each(|count| *count *= 3);
    let told = told(&counts);
    assert_eq!((told.first(), told.last().map(|last| *last < 175)), (Some(&150), Some(true)), "{told:?}");
}

#[test]
fn the_year_before_explains() {
    let mut counts = days(600, 0.0);
    for day in [180, 180 + 364] {
        counts[day] *= 3;
    }
    assert_eq!(told(&counts), [180]);
}

#[test]
fn too_little_says_nothing() {
    assert_eq!(told(&[]), Vec::<usize>::new());
    assert_eq!(told(&[100; 30]), Vec::<usize>::new());
    let few: Vec<u64> = (0..200).map(|day| u64::from(day % 9 == 0)).collect();
    assert_eq!(told(&few), Vec::<usize>::new());
}
