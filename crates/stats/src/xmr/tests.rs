//! Small series whose limits and signals are known.
#![allow(clippy::unwrap_used)]

use super::*;

fn chart(values: &[f64]) -> Xmr {
    xmr(&values.iter().copied().map(Some).collect::<Vec<_>>()).unwrap()
}

/// Every signal as (rule, side, positions).
fn check(values: &[Option<f64>], expected: &[(Rule, Side, &[usize])]) {
    let found = xmr(values).unwrap().signals;
    let found: Vec<_> = found.iter().map(|s| (s.rule, s.side, s.points.as_slice())).collect();
    assert_eq!(found, expected);
}

/// 2, −2, 2, −2, …: mean about 0, mean range near 4, limits near ±10.6.
fn noise(n: usize) -> Vec<Option<f64>> {
    (0..n).map(|i| Some(if i % 2 == 0 { 2.0 } else { -2.0 })).collect()
}

#[test]
fn golden() {
    let c = chart(&[10.0, 50.0, 40.0, 30.0]);
    assert_eq!((c.n, c.mean, c.mean_range), (4, 32.5, 20.0));
    assert!((c.limits.high - 85.7).abs() < 1e-12 && (c.limits.low + 20.7).abs() < 1e-12);
    assert!((c.range_limit - 65.36).abs() < 1e-12);
    assert_eq!(c.ranges, [None, Some(40.0), Some(10.0), Some(10.0)]);
    assert_eq!(c.signals, []);
}

/// 3 / d₂, d₂ = 2/√π the mean range of two standard normal values; the constants are rounded.
#[test]
fn the_constants_come_from_the_normal_range_of_two() {
    let d2 = 2.0 / std::f64::consts::PI.sqrt();
    let d3 = (2.0 - d2 * d2).sqrt();
    assert!((LIMIT - 3.0 / d2).abs() < 2e-3);
    assert!((RANGE_LIMIT - (1.0 + 3.0 * d3 / d2)).abs() < 2e-3);
}

#[test]
fn a_point_outside() {
    let mut v = noise(20);
    v[12] = Some(20.0);
    check(&v, &[(Rule::Outside, Side::Above, &[12])]);
    v[12] = Some(-20.0);
    check(&v, &[(Rule::Outside, Side::Below, &[12])]);
}

#[test]
fn eight_in_a_row_and_not_seven() {
    // Alternating wide swings keep the limits wide; the quiet stretch lies on one side.
    let mut v: Vec<Option<f64>> = (0..16).map(|i| Some(if i % 2 == 0 { 9.0 } else { -9.0 })).collect();
    let quiet = v.len();
    v.extend(std::iter::repeat_n(Some(1.0), 7));
    v.push(Some(-9.0));
    assert_eq!(xmr(&v).unwrap().signals, []);
    v.insert(quiet, Some(1.0));
    check(&v, &[(Rule::Run, Side::Above, &[16, 17, 18, 19, 20, 21, 22, 23])]);
    // A gap in the middle of the run breaks it.
    v.insert(quiet + 4, None);
    assert_eq!(xmr(&v).unwrap().signals, []);
}

#[test]
fn a_longer_run_is_one_signal() {
    let mut v = vec![Some(9.0), Some(-9.0), Some(9.0), Some(-9.0), Some(9.0), Some(-9.0)];
    v.extend(std::iter::repeat_n(Some(1.5), 11));
    let c = xmr(&v).unwrap();
    assert_eq!(c.signals.len(), 1);
    assert_eq!(c.signals[0].points, (6..17).collect::<Vec<_>>());
    assert_eq!(c.signals_at(10).count(), 1);
    assert_eq!(c.signals_at(5).count(), 0);
}

#[test]
fn three_of_four_near_a_limit() {
    let mut v = noise(24);
    for (at, x) in [(10, 7.5), (11, 7.5), (12, 0.0), (13, 7.5)] {
        v[at] = Some(x);
    }
    check(&v, &[(Rule::NearLimit, Side::Above, &[10, 11, 13])]);
    // Two of four are not enough, nor are three on different sides.
    v[13] = Some(-7.5);
    assert_eq!(xmr(&v).unwrap().signals, []);
}

/// Nearer to the limit than to the centre begins half-way between them.
#[test]
fn near_begins_half_way() {
    let mut seen = [0, 0];
    for tenths in 30..80 {
        let x = f64::from(tenths) / 10.0;
        let mut v = noise(24);
        for at in [10, 11, 13] {
            v[at] = Some(x);
        }
        let c = xmr(&v).unwrap();
        let near = c.limits.high - x < x - c.mean;
        assert_eq!(c.signals.iter().any(|s| s.rule == Rule::NearLimit), near, "{x}");
        seen[usize::from(near)] += 1;
    }
    assert!(seen.iter().all(|n| *n > 5), "{seen:?}");
}

#[test]
fn a_gap_breaks_the_window_of_four() {
    let mut v = noise(24);
    for (at, x) in [(10, Some(7.5)), (11, Some(7.5)), (12, None), (13, Some(7.5))] {
        v[at] = x;
    }
    assert_eq!(xmr(&v).unwrap().signals, []);
}

#[test]
fn overlapping_windows_are_one_signal() {
    let mut v = noise(40);
    for x in &mut v[10..15] {
        *x = Some(-7.0);
    }
    v[30] = Some(-7.0);
    v[31] = Some(-7.0);
    v[32] = Some(-7.0);
    let c = xmr(&v).unwrap();
    let near: Vec<_> = c.signals.iter().filter(|s| s.rule == Rule::NearLimit).map(|s| s.points.clone()).collect();
    assert_eq!(near, [vec![10, 11, 12, 13, 14], vec![30, 31, 32]]);
}

#[test]
fn gaps_have_no_range() {
    let c = xmr(&[Some(1.0), Some(2.0), None, Some(10.0), Some(11.0), Some(f64::NAN), Some(3.0), Some(4.0)]).unwrap();
    assert_eq!(c.n, 6);
    assert_eq!(c.mean_range, 1.0);
    assert_eq!(c.ranges, [None, Some(1.0), None, None, Some(1.0), None, None, Some(1.0)]);
}

#[test]
fn a_constant_series_has_no_signal_in_spite_of_rounding() {
    for x in [0.1, 0.7, 1e9 / 3.0, -0.3] {
        let c = chart(&[x; 13]);
        assert_eq!(c.signals, [], "{x}");
        assert!(c.limits.width() == 0.0);
    }
}

#[test]
fn too_few_points_are_undefined() {
    assert_eq!(xmr(&[]), None);
    assert_eq!(xmr(&[Some(1.0), Some(2.0), Some(3.0)]), None);
    assert_eq!(xmr(&[Some(1.0), None, Some(2.0), None, Some(3.0), None, Some(4.0), Some(5.0)]), None);
    assert_eq!(xmr(&[Some(f64::MAX), Some(f64::MIN), Some(f64::MAX), Some(f64::MIN)]), None);
}
