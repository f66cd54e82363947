//! What must hold for every input.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use throughline_stats::*;

/// A fixed seed, so that a failure comes back on every run.
fn config() -> Config {
    Config { cases: 400, rng_seed: RngSeed::Fixed(20_260_301), failure_persistence: None, ..Config::default() }
}

fn sample(least: usize, most: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1e6f64..1e6, least..most)
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

fn sums(values: &[f64]) -> Moments {
    let squares = values.iter().map(|x| x * x).sum();
    Moments::from_sums(values.len() as u64, values.iter().sum(), squares).unwrap()
}

fn ratio(rows: &[(f64, f64)]) -> RatioSums {
    let total = |f: fn(f64, f64) -> f64| rows.iter().map(|(y, x)| f(*y, *x)).sum();
    RatioSums {
        n: rows.len() as u64,
        numerator: total(|y, _| y),
        denominator: total(|_, x| x),
        numerator_squares: total(|y, _| y * y),
        denominator_squares: total(|_, x| x * x),
        cross: total(|y, x| x * y),
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-7 * a.abs().max(b.abs()).max(1.0)
}

/// NumPy's `quantile(..., method="linear")`, written from its documentation: virtual index
/// (n − 1)·q, with j its integral and g its fractional part, (1 − g)·x[j] + g·x[j + 1].
fn numpy_linear(sorted: &[f64], q: f64) -> f64 {
    let index = (sorted.len() - 1) as f64 * q;
    let (j, g) = (index.trunc() as usize, index.fract());
    let next = sorted[(j + 1).min(sorted.len() - 1)];
    (1.0 - g) * sorted[j] + g * next
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn mix_and_rate_add_up(rows in prop::collection::vec(
        (0.0f64..1e6, prop_oneof![Just(0.0), 1.0f64..1e6], 0.0f64..1e6, prop_oneof![Just(0.0), 1.0f64..1e6]), 1..12)
    ) {
        let strata: Vec<Stratum> = rows.iter().map(|r| Stratum {
            numerator_before: r.0, denominator_before: r.1, numerator_now: r.2, denominator_now: r.3,
        }).collect();
        let total = |of: fn(&Stratum) -> f64| strata.iter().map(of).sum::<f64>();
        let (below, below_now) = (total(|s| s.denominator_before), total(|s| s.denominator_now));
        match mix_and_rate(&strata) {
            None => prop_assert!(below == 0.0 || below_now == 0.0),
            Some(parts) => {
                let (before, now) = (total(|s| s.numerator_before) / below, total(|s| s.numerator_now) / below_now);
                let sum: f64 = parts.iter().map(|part| part.mix + part.rate).sum();
                prop_assert!((sum - (now - before)).abs() <= 1e-9 * before.abs().max(now.abs()).max(1.0));
            }
        }
    }

    #[test]
    fn shapley_values_add_up_and_know_equals(old in prop::collection::vec(0.5f64..9.0, 4), new in prop::collection::vec(0.5f64..9.0, 4)) {
        let pick = |mask: u32, i: usize| if mask >> i & 1 == 1 { new[i] } else { old[i] };
        let result = |mask: u32| (pick(mask, 0) - pick(mask, 1)) * pick(mask, 2) / pick(mask, 3);
        let values = shapley(4, |mask| Some(result(mask))).unwrap();
        prop_assert!(near(values.iter().sum(), result(15) - result(0)));
        // An input that stays moves nothing.
        let idle = shapley(5, |mask| Some(result(mask & 15))).unwrap();
        prop_assert!(idle[4] == 0.0 && near(idle[0], values[0]));
    }

    #[test]
    fn replaced_quantiles_add_up(parts in prop::collection::vec((sample(0, 8), sample(0, 8)), 1..6), p in 0.01f64..0.99) {
        let parts: Vec<Replaced> = parts.into_iter().map(|(before, now)| Replaced { before, now }).collect();
        let all = |of: fn(&Replaced) -> &Vec<f64>| sorted(parts.iter().flat_map(|part| of(part).clone()).collect());
        let change = quantile(&all(|part| &part.now), p).zip(quantile(&all(|part| &part.before), p)).map(|(now, before)| now - before);
        match quantile_by_replacement(&parts, p) {
            Some(moved) => prop_assert!(near(moved.iter().sum(), change.unwrap())),
            // Nothing before or now; or orders of parts of which one has only before and another only now.
            None => prop_assert!(change.is_none() || parts.iter().any(|part| part.before.is_empty() || part.now.is_empty())),
        }
    }

    #[test]
    fn wilson_holds_the_share_and_stays_in_range(n in 1u64..5_000_000, share in 0.0f64..=1.0) {
        let k = ((n as f64) * share).round() as u64;
        let i = wilson(k, n).unwrap();
        prop_assert!(i.contains(k as f64 / n as f64) && 0.0 <= i.low && i.high <= 1.0);
        let mirror = wilson(n - k, n).unwrap();
        prop_assert!((i.low - (1.0 - mirror.high)).abs() < 1e-12);
    }

    #[test]
    fn wilson_shrinks_with_n(n in 1u64..100_000, k in 0u64..100_000, times in 2u64..50) {
        let k = k % (n + 1);
        prop_assert!(wilson(k * times, n * times).unwrap().width() < wilson(k, n).unwrap().width());
    }

    #[test]
    fn the_mean_lies_in_its_interval_in_any_order(values in sample(2, 60), turn in 0usize..60) {
        let i = sums(&values).interval().unwrap();
        prop_assert!(i.contains(sums(&values).mean));
        let mut turned = values.clone();
        turned.rotate_left(turn % values.len());
        turned.reverse();
        let j = sums(&turned).interval().unwrap();
        prop_assert!(near(i.low, j.low) && near(i.high, j.high));
    }

    #[test]
    fn the_interval_of_a_mean_shrinks_with_n(values in sample(2, 40)) {
        let twice: Vec<f64> = values.iter().chain(&values).copied().collect();
        let (once, twice) = (Moments::of(&values).unwrap(), Moments::of(&twice).unwrap());
        prop_assert!(twice.interval().unwrap().width() <= once.interval().unwrap().width());
    }

    #[test]
    fn moments_of_sums_of_values_and_of_parts_agree(values in sample(2, 60), cut in 1usize..59) {
        let (whole, from_sums) = (Moments::of(&values).unwrap(), sums(&values));
        prop_assert!(near(whole.mean, from_sums.mean));
        prop_assert!((whole.deviations - from_sums.deviations).abs() <= 1e-9 * (whole.deviations + 1e12));
        let (a, b) = values.split_at(1 + cut % (values.len() - 1));
        prop_assume!(!b.is_empty());
        let merged = Moments::of(a).unwrap().merge(&Moments::of(b).unwrap());
        prop_assert!(near(merged.mean, whole.mean) && near(merged.deviations, whole.deviations));
    }

    #[test]
    fn the_ratio_lies_in_its_interval(rows in prop::collection::vec((-1e3f64..1e3, 0.1f64..1e3), 2..50), scale in 0.01f64..100.0) {
        let s = ratio(&rows);
        let i = ratio_interval(&s).unwrap();
        prop_assert!(i.contains(s.ratio().unwrap()));
        // Another unit for the numerator is another unit for the ratio.
        let scaled: Vec<_> = rows.iter().map(|(y, x)| (y * scale, *x)).collect();
        let j = ratio_interval(&ratio(&scaled)).unwrap();
        prop_assert!(near(i.low * scale, j.low) && near(i.high * scale, j.high));
        let twice: Vec<_> = rows.iter().chain(&rows).copied().collect();
        prop_assert!(ratio_interval(&ratio(&twice)).unwrap().width() <= i.width());
    }

    #[test]
    fn quantiles_are_numpys(values in sample(1, 80), p in 0.0f64..=1.0) {
        let v = sorted(values);
        let q = quantile(&v, p).unwrap();
        prop_assert!(near(q, numpy_linear(&v, p)));
        prop_assert!(v[0] <= q && q <= v[v.len() - 1]);
    }

    #[test]
    fn quantiles_rise_with_p(values in sample(1, 80), p in 0.0f64..=1.0, q in 0.0f64..=1.0) {
        let v = sorted(values);
        prop_assert!(quantile(&v, p.min(q)) <= quantile(&v, p.max(q)));
    }

    #[test]
    fn the_quantile_lies_in_its_interval(values in sample(1, 300), p in 0.0f64..=1.0) {
        let v = sorted(values);
        if let Some(i) = quantile_interval(&v, p) {
            prop_assert!(i.contains(quantile(&v, p).unwrap()));
        } else {
            // Too small exactly when one tail alone is too likely.
            let n = v.len() as i32;
            prop_assert!(p.powi(n) > TAIL - 1e-12 || (1.0 - p).powi(n) > TAIL - 1e-12);
        }
    }

    #[test]
    fn nps_lies_in_its_interval_and_in_range(p in 0u64..500, s in 0u64..500, d in 0u64..500) {
        prop_assume!(p + s + d > 0);
        let (score, i) = nps(p, s, d).unwrap();
        prop_assert!(i.contains(score) && -100.0 <= i.low && i.high <= 100.0 && i.width() > 0.0);
        let (more, j) = nps(p * 9, s * 9, d * 9).unwrap();
        prop_assert!(near(score, more) && j.width() < i.width());
    }

    #[test]
    fn a_difference_turns_around(a in 0u64..300, n in 300u64..400, b in 0u64..200, m in 200u64..400) {
        let (d, e) = (newcombe((a, n), (b, m)).unwrap(), newcombe((b, m), (a, n)).unwrap());
        prop_assert!(d.interval.contains(d.estimate));
        prop_assert!(near(d.interval.low, -e.interval.high) && near(d.interval.high, -e.interval.low));
        prop_assert_eq!(d.is_signal(), e.is_signal());
    }

    #[test]
    fn the_xmr_chart_moves_and_stretches_with_its_series(values in prop::collection::vec(prop::option::weighted(0.9, -50i32..50), 6..60), scale in 1i32..8, shift in -100i32..100) {
        let series: Vec<Option<f64>> = values.iter().map(|x| x.map(f64::from)).collect();
        let moved: Vec<Option<f64>> = values.iter().map(|x| x.map(|x| f64::from(x * scale + shift))).collect();
        let (Some(a), Some(b)) = (xmr(&series), xmr(&moved)) else { return Ok(()) };
        prop_assert!(near(a.limits.low * f64::from(scale) + f64::from(shift), b.limits.low));
        prop_assert!(a.limits.contains(a.mean));
        // Every rule is about sides and shares of the width, so neither changes a signal.
        prop_assert_eq!(&a.signals, &b.signals);
        for signal in &a.signals {
            prop_assert!(signal.points.is_sorted() && signal.points.iter().all(|p| series[*p].is_some()));
        }
    }

    #[test]
    fn nothing_panics(n in any::<u64>(), k in any::<u64>(), x in prop::num::f64::ANY, y in prop::num::f64::ANY, z in prop::num::f64::ANY) {
        wilson(k, n);
        nps(k, n, k);
        newcombe((k, n), (n, k));
        student_t(x);
        quantile(&[x, y], z);
        quantile_interval(&[x, y, z, x, y, z, x], x);
        xmr(&[Some(x), Some(y), Some(z), Some(x), Some(y)]);
        let m = Moments::from_sums(n, x, y);
        if let Some(m) = m {
            m.interval();
            welch(&m, &m.merge(&m));
        }
        ratio_interval(&RatioSums { n, numerator: x, denominator: y, numerator_squares: z, denominator_squares: x, cross: y });
        difference((x, Interval { low: y, high: z }), (y, Interval { low: x, high: z }));
    }
}
