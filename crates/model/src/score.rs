//! From a value and its target to a score on the scale 0 to 120, where 100 is the target and 0 the
//! value that is no longer acceptable; and progress from a baseline, which is another number.

use crate::reading::Interval;

/// The least score: at the floor and everywhere beyond it.
pub const LEAST: f64 = 0.0;

/// The score at the target.
pub const REACHED: f64 = 100.0;

/// The greatest score, however far the target is surpassed.
pub const GREATEST: f64 = 120.0;

/// The score interval of a sampled value about which its rows say nothing, such as the mean of a single
/// answer. (Totals have no interval at all, which is something else: they are not samples.)
pub const WHOLE_SCALE: Interval = Interval { low: LEAST, high: GREATEST };

/// `100 · (value − floor) / (target − floor)`, cut to 0…120. Lower is better where target < floor.
/// `None` if target and floor are equal or a number is not finite.
pub fn score(value: f64, target: f64, floor: f64) -> Option<f64> {
    if !value.is_finite() {
        return None;
    }
    Some(cut(point(value, target, floor)?))
}

/// 100 inside the target band, falling linearly to 0 at the outer floors, all in the value's unit as
/// (low, high). Where a target edge is its floor, everything beyond that edge scores 0. `None` if
/// the floors do not enclose the target, if both edges are their floors, or if a number is not finite.
pub fn band_score(value: f64, target: (f64, f64), floor: (f64, f64)) -> Option<f64> {
    (value.is_finite() && is_band(target, floor)).then(|| cut(band(value, target, floor)))
}

/// The scores of all values in an interval, its ends in order whichever direction is better. An
/// infinite end means that nothing is known on that side. `None` as for [`score`].
pub fn score_interval(values: Interval, target: f64, floor: f64) -> Option<Interval> {
    let ends = (cut(point(values.low, target, floor)?), cut(point(values.high, target, floor)?));
    Some(Interval { low: ends.0.min(ends.1), high: ends.0.max(ends.1) })
}

/// The scores of all values in an interval for a target band; 100 is among them if the interval
/// touches the band. `None` as for [`band_score`].
pub fn band_score_interval(values: Interval, target: (f64, f64), floor: (f64, f64)) -> Option<Interval> {
    if values.low.is_nan() || values.high.is_nan() || !is_band(target, floor) {
        return None;
    }
    let ends = (cut(band(values.low, target, floor)), cut(band(values.high, target, floor)));
    // The score has one hill and no valley, so the least is at an end and the greatest may lie between.
    let touches = values.low <= target.1 && values.high >= target.0;
    let high = if touches { REACHED } else { ends.0.max(ends.1) };
    Some(Interval { low: ends.0.min(ends.1), high })
}

/// `(value − baseline) / (target − baseline)` as a share, 1 at the target; neither cut nor a score.
/// `None` if target and baseline are equal or a number is not finite.
pub fn progress(value: f64, baseline: f64, target: f64) -> Option<f64> {
    let share = (value - baseline) / (target - baseline);
    (target != baseline && share.is_finite() && (target - baseline).is_finite()).then_some(share)
}

/// The score before it is cut; `value` may be infinite.
fn point(value: f64, target: f64, floor: f64) -> Option<f64> {
    let span = target - floor;
    if value.is_nan() || !span.is_finite() || span == 0.0 {
        return None;
    }
    // Divided first, so that a value equal to its target scores 100 to the last digit.
    Some(REACHED * ((value - floor) / span))
}

fn is_band(target: (f64, f64), floor: (f64, f64)) -> bool {
    let span = floor.1 - floor.0;
    let enclosed = floor.0 <= target.0 && target.0 <= target.1 && target.1 <= floor.1;
    span.is_finite() && enclosed && target != floor
}

fn band(value: f64, target: (f64, f64), floor: (f64, f64)) -> f64 {
    let (edge, end) = if value < target.0 {
        (target.0, floor.0)
    } else if value > target.1 {
        (target.1, floor.1)
    } else {
        return REACHED;
    };
    point(value, edge, end).unwrap_or(LEAST)
}

fn cut(score: f64) -> f64 {
    score.clamp(LEAST, GREATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, high: f64) -> Interval {
        Interval { low, high }
    }

    #[test]
    fn higher_is_better() {
        for (value, expected) in
            [(40.0, 0.0), (50.0, 0.0), (60.0, 50.0), (70.0, 100.0), (73.0, 115.0), (80.0, 120.0), (9e9, 120.0)]
        {
            assert!((score(value, 70.0, 50.0).unwrap_or(-1.0) - expected).abs() < 1e-9, "{value}");
        }
    }

    /// Four hours wanted, twelve no longer acceptable.
    #[test]
    fn lower_is_better() {
        for (value, expected) in [(12.0, 0.0), (13.0, 0.0), (8.0, 50.0), (4.0, 100.0), (3.2, 110.0), (0.0, 120.0)] {
            assert!((score(value, 4.0, 12.0).unwrap_or(-1.0) - expected).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn the_target_is_exactly_100() {
        for (target, floor) in [(0.1, 0.3), (0.86, 0.7), (1e-9, 1e9), (-3.3, -7.7), (1.0 / 3.0, 0.0)] {
            assert_eq!(score(target, target, floor), Some(100.0));
            assert_eq!(score(floor, target, floor), Some(0.0));
        }
    }

    #[test]
    fn an_impossible_goal_is_undefined() {
        assert_eq!(score(1.0, 2.0, 2.0), None);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(score(bad, 2.0, 1.0), None);
            assert_eq!(score(1.0, bad, 1.0), None);
            assert_eq!(score(1.0, 2.0, bad), None);
            assert_eq!(band_score(bad, (1.0, 2.0), (0.0, 3.0)), None);
            assert_eq!(band_score(1.0, (1.0, bad), (0.0, 3.0)), None);
            assert_eq!(progress(bad, 1.0, 2.0), None);
            assert_eq!(progress(1.0, bad, 2.0), None);
            assert_eq!(progress(1.0, 1.0, bad), None);
        }
        assert_eq!(score(1.0, f64::MAX, f64::MIN), None);
    }

    #[test]
    fn within_a_band() {
        let (target, floor) = ((20.0, 30.0), (10.0, 50.0));
        for (value, expected) in [
            (5.0, 0.0),
            (10.0, 0.0),
            (15.0, 50.0),
            (20.0, 100.0),
            (25.0, 100.0),
            (30.0, 100.0),
            (40.0, 50.0),
            (50.0, 0.0),
            (60.0, 0.0),
        ] {
            assert_eq!(band_score(value, target, floor), Some(expected), "{value}");
        }
    }

    #[test]
    fn a_band_with_a_hard_edge() {
        let (target, floor) = ((0.0, 10.0), (0.0, 20.0));
        assert_eq!(band_score(-0.1, target, floor), Some(0.0));
        assert_eq!(band_score(0.0, target, floor), Some(100.0));
        assert_eq!(band_score(15.0, target, floor), Some(50.0));
    }

    #[test]
    fn a_band_that_is_none_is_undefined() {
        assert_eq!(band_score(1.0, (0.0, 2.0), (0.0, 2.0)), None);
        assert_eq!(band_score(1.0, (2.0, 0.0), (-1.0, 3.0)), None);
        assert_eq!(band_score(1.0, (0.0, 2.0), (1.0, 3.0)), None);
        assert_eq!(band_score_interval(interval(0.0, 1.0), (0.0, 2.0), (1.0, 3.0)), None);
    }

    /// The published example: from 15 towards 45, now at 16.
    #[test]
    fn progress_golden() {
        assert!((progress(16.0, 15.0, 45.0).unwrap_or(0.0) - 0.033_333).abs() < 1e-6);
        assert_eq!(progress(60.0, 15.0, 45.0), Some(1.5));
        assert_eq!(progress(0.0, 15.0, 45.0), Some(-0.5));
        assert_eq!(progress(15.0, 15.0, 15.0), None);
    }

    #[test]
    fn intervals_follow_the_direction() {
        assert_eq!(score_interval(interval(55.0, 65.0), 70.0, 50.0), Some(interval(25.0, 75.0)));
        assert_eq!(score_interval(interval(6.0, 10.0), 4.0, 12.0), Some(interval(25.0, 75.0)));
        assert_eq!(score_interval(interval(0.0, 99.0), 4.0, 12.0), Some(WHOLE_SCALE));
        assert_eq!(score_interval(interval(0.0, 1.0), 4.0, 4.0), None);
        assert_eq!(score_interval(interval(f64::NAN, 1.0), 4.0, 12.0), None);
    }

    #[test]
    fn an_infinite_end_reaches_the_end_of_the_scale() {
        let unknown = interval(f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(score_interval(unknown, 70.0, 50.0), Some(WHOLE_SCALE));
        assert_eq!(score_interval(unknown, 4.0, 12.0), Some(WHOLE_SCALE));
        assert_eq!(band_score_interval(unknown, (1.0, 2.0), (0.0, 3.0)), Some(interval(0.0, 100.0)));
    }

    #[test]
    fn intervals_over_a_band() {
        let (target, floor) = ((20.0, 30.0), (10.0, 50.0));
        for (values, expected) in [
            ((12.0, 15.0), (20.0, 50.0)),
            ((15.0, 25.0), (50.0, 100.0)),
            ((15.0, 45.0), (25.0, 100.0)),
            ((22.0, 28.0), (100.0, 100.0)),
            ((35.0, 45.0), (25.0, 75.0)),
            ((60.0, 70.0), (0.0, 0.0)),
        ] {
            let found = band_score_interval(interval(values.0, values.1), target, floor);
            assert_eq!(found, Some(interval(expected.0, expected.1)), "{values:?}");
        }
    }

    /// Whatever lies in the value's interval scores within the score's.
    #[test]
    fn the_score_lies_in_its_interval() {
        for low in -5..25 {
            for high in low..25 {
                let values = interval(f64::from(low), f64::from(high));
                for value in low..=high {
                    let value = f64::from(value);
                    let pairs = [
                        (score(value, 4.0, 12.0), score_interval(values, 4.0, 12.0)),
                        (score(value, 12.0, 4.0), score_interval(values, 12.0, 4.0)),
                        (
                            band_score(value, (5.0, 9.0), (0.0, 20.0)),
                            band_score_interval(values, (5.0, 9.0), (0.0, 20.0)),
                        ),
                    ];
                    for pair in pairs {
                        let (Some(score), Some(scores)) = pair else { panic!("undefined") };
                        assert!(scores.low <= score && score <= scores.high, "{values:?} {value}");
                    }
                }
            }
        }
    }
}
