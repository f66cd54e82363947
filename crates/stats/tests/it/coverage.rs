//! Simulate and recover: each 95 % interval holds the truth in about 95 of 100 samples, from fixed
//! seeds. Bounds allow for the simulation's own error (0.35 percentage points) and for what the
//! method is known to miss.
#![allow(clippy::unwrap_used)]

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use throughline_stats::*;

const SAMPLES: u32 = 4000;

/// Share of samples for which `holds` is true.
fn share(seed: u64, mut holds: impl FnMut(&mut ChaCha8Rng) -> bool) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let hits = (0..SAMPLES).filter(|_| holds(&mut rng)).count();
    hits as f64 / f64::from(SAMPLES)
}

fn successes(rng: &mut ChaCha8Rng, n: u64, p: f64) -> u64 {
    (0..n).filter(|_| rng.random::<f64>() < p).count() as u64
}

/// Box and Muller (1958).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

fn check(name: &str, covered: f64, low: f64, high: f64) {
    assert!(low <= covered && covered <= high, "{name}: {covered}");
}

#[test]
fn wilson_covers() {
    for (seed, n, p) in [(1, 30, 0.5), (2, 50, 0.1), (3, 400, 0.86), (4, 1000, 0.03)] {
        let covered = share(seed, |rng| wilson(successes(rng, n, p), n).unwrap().contains(p));
        check("wilson", covered, 0.93, 0.975);
    }
}

#[test]
fn the_mean_covers_exactly_for_normal_values() {
    for (seed, n) in [(11, 3), (12, 10), (13, 60)] {
        let covered = share(seed, |rng| {
            let v: Vec<f64> = (0..n).map(|_| 5.0 + 2.0 * normal(rng)).collect();
            Moments::of(&v).unwrap().interval().unwrap().contains(5.0)
        });
        check("mean", covered, 0.94, 0.96);
    }
}

#[test]
fn the_mean_covers_nearly_for_skewed_values() {
    let covered = share(14, |rng| {
        let v: Vec<f64> = (0..80).map(|_| exponential(rng)).collect();
        Moments::of(&v).unwrap().interval().unwrap().contains(1.0)
    });
    check("mean of exponentials", covered, 0.925, 0.96);
}

/// Numerator 3·x plus noise that grows with x: the ratio of sums is 3, the mean of ratios is not asked.
#[test]
fn the_ratio_covers() {
    let covered = share(21, |rng| {
        let s = (0..80).fold(RatioSums::default(), |s, _| {
            let x = 0.5 + exponential(rng);
            let y = 3.0 * x * (1.0 + 0.4 * normal(rng));
            RatioSums {
                n: s.n + 1,
                numerator: s.numerator + y,
                denominator: s.denominator + x,
                numerator_squares: s.numerator_squares + y * y,
                denominator_squares: s.denominator_squares + x * x,
                cross: s.cross + x * y,
            }
        });
        ratio_interval(&s).unwrap().contains(3.0)
    });
    check("ratio", covered, 0.93, 0.96);
}

/// The ranks are whole numbers, so the interval is a little too wide, never too narrow.
#[test]
fn the_quantile_covers_at_least() {
    for (seed, n, p) in [(31, 20, 0.5), (32, 60, 0.9), (33, 300, 0.5), (34, 300, 0.9)] {
        let truth = -(1.0f64 - p).ln();
        let covered = share(seed, |rng| {
            let mut v: Vec<f64> = (0..n).map(|_| exponential(rng)).collect();
            v.sort_by(f64::total_cmp);
            quantile_interval(&v, p).unwrap().contains(truth)
        });
        check("quantile", covered, 0.945, 0.985);
    }
}

#[test]
fn nps_covers() {
    let covered = share(41, |rng| {
        let (mut p, mut d) = (0, 0);
        for _ in 0..150 {
            let x = rng.random::<f64>();
            p += u64::from(x < 0.45);
            d += u64::from(x > 0.80);
        }
        nps(p, 150 - p - d, d).unwrap().1.contains(25.0)
    });
    check("nps", covered, 0.935, 0.965);
}

#[test]
fn differences_cover() {
    let covered = share(51, |rng| {
        let (a, b) = (successes(rng, 120, 0.8), successes(rng, 90, 0.7));
        newcombe((a, 120), (b, 90)).unwrap().interval.contains(0.1)
    });
    check("newcombe", covered, 0.94, 0.97);
    let covered = share(52, |rng| {
        let a: Vec<f64> = (0..12).map(|_| 1.0 + normal(rng)).collect();
        let b: Vec<f64> = (0..30).map(|_| 4.0 * normal(rng)).collect();
        welch(&Moments::of(&a).unwrap(), &Moments::of(&b).unwrap()).unwrap().interval.contains(1.0)
    });
    check("welch", covered, 0.94, 0.96);
}

/// Medians by their order statistics: two conservative intervals make a conservative one.
#[test]
fn differences_of_any_estimate_cover() {
    let median = |rng: &mut ChaCha8Rng, n: usize, scale: f64| {
        let mut v: Vec<f64> = (0..n).map(|_| scale * exponential(rng)).collect();
        v.sort_by(f64::total_cmp);
        (quantile(&v, 0.5).unwrap(), quantile_interval(&v, 0.5).unwrap())
    };
    let covered = share(53, |rng| {
        let (a, b) = (median(rng, 80, 2.0), median(rng, 60, 1.0));
        difference(a, b).unwrap().interval.contains(std::f64::consts::LN_2)
    });
    check("difference of medians", covered, 0.94, 0.985);
}

/// Twenty-four months of pure noise: about one point in a hundred lies outside, and a shift of
/// three standard deviations in the second half is nearly always seen.
#[test]
fn xmr_tells_noise_from_a_shift() {
    let mut points = 0;
    let outside = share(61, |rng| {
        let v: Vec<Option<f64>> = (0..24).map(|_| Some(normal(rng))).collect();
        let c = xmr(&v).unwrap();
        points += c.signals.iter().filter(|s| s.rule == Rule::Outside).count();
        c.signals.iter().any(|s| s.rule == Rule::Outside)
    });
    check("noise called signal, per series", outside, 0.02, 0.15);
    check("noise called signal, per point", points as f64 / f64::from(SAMPLES * 24), 0.001, 0.01);
    let seen = share(62, |rng| {
        let v: Vec<Option<f64>> = (0..24).map(|i| Some(normal(rng) + if i < 12 { 0.0 } else { 3.0 })).collect();
        !xmr(&v).unwrap().signals.is_empty()
    });
    check("shift seen", seen, 0.95, 1.0);
}
