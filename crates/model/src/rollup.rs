//! Rolling scores up, level by level: measures to objective, objectives to perspective, perspectives
//! to the whole.

use crate::reading::Interval;
use crate::score::{GREATEST, LEAST};
use crate::status::{Status, status};

/// A parent that knows less than this share of its weight has no score.
pub const LEAST_COVERAGE: f64 = 0.5;

/// The 0.975 quantile of the standard normal distribution (`qnorm(0.975)` in R), for 95 % intervals.
const Z: f64 = 1.959_963_984_540_054;

/// Shares of weight are sums of decimals such as 0.1 and miss one half by rounding alone.
const ROUNDING: f64 = 1e-9;

/// One child in a roll-up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Its weight among its siblings, in any unit. A weight that is not above zero takes no part.
    pub weight: f64,
    /// Its score, 0 to 120; `None` is missing weight.
    pub score: Option<f64>,
    /// Variance of the score, in squared points; `None` for totals and levels, which are not samples.
    pub variance: Option<f64>,
}

impl Part {
    /// A child with its status: a score that is not known well enough, or not at all, is missing
    /// weight. The variance is that of a normal distribution with the same 95 % interval.
    pub fn new(weight: f64, status: Status, score: Option<f64>, interval: Option<Interval>) -> Part {
        let score = score.filter(|s| status.is_known() && s.is_finite());
        let variance = score.and(interval).map(|i| ((i.high - i.low) / (2.0 * Z)).powi(2));
        Part { weight, score, variance }
    }

    /// The weight, if it takes part.
    fn counts(&self) -> Option<f64> {
        (self.weight > 0.0 && self.weight.is_finite()).then_some(self.weight)
    }
}

/// What a parent got from its children.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rolled {
    /// Weighted mean of the known scores; `None` where coverage is under one half.
    pub score: Option<f64>,
    /// Share of the weight whose score is known, 0 to 1.
    pub coverage: f64,
    /// Approximate 95 % interval; `None` without a score or where no child has a variance.
    pub interval: Option<Interval>,
    /// Variance behind the interval.
    pub variance: Option<f64>,
}

impl Rolled {
    /// The status of the parent. It has no rows of its own, so only an interval over all three
    /// statuses makes it too little data.
    pub fn status(&self, close_from: f64) -> Status {
        self.score.map_or(Status::NoData, |s| status(s, self.interval, u64::MAX, 0, close_from))
    }

    /// The parent as a child of the next level.
    pub fn part(&self, weight: f64, close_from: f64) -> Part {
        let known = self.status(close_from).is_known();
        Part { weight, score: self.score.filter(|_| known), variance: self.variance.filter(|_| known) }
    }
}

/// The weighted mean of the known scores, `Σwx / Σw`, its coverage, and an interval from
/// `Σw²v / (Σw)²`, v the variances of the scores and 0 for children that have none.
///
/// The interval is approximate: it takes the children as independent and their scores as normal,
/// and it says nothing of the weight that is missing.
pub fn roll_up(parts: &[Part]) -> Rolled {
    let total: f64 = parts.iter().filter_map(Part::counts).sum();
    let known = || parts.iter().filter_map(|p| Some((p.counts()?, p.score.filter(|s| s.is_finite())?, p.variance)));
    let weight: f64 = known().map(|(w, ..)| w).sum();
    let coverage = if total > 0.0 { weight / total } else { 0.0 };
    if weight <= 0.0 || coverage < LEAST_COVERAGE - ROUNDING {
        return Rolled { score: None, coverage, interval: None, variance: None };
    }
    let score = known().map(|(w, x, _)| w / weight * x).sum::<f64>();
    let squares: Vec<f64> = known().filter_map(|(w, _, v)| Some((w / weight).powi(2) * v?)).collect();
    let variance = (!squares.is_empty()).then(|| squares.iter().sum::<f64>()).filter(|v| v.is_finite() && *v >= 0.0);
    let interval = variance.map(|v| {
        let half = Z * v.sqrt();
        Interval { low: (score - half).max(LEAST), high: (score + half).min(GREATEST) }
    });
    Rolled { score: Some(score), coverage, interval, variance }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn part(weight: f64, score: Option<f64>) -> Part {
        Part { weight, score, variance: None }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_weighted_mean() {
        let r = roll_up(&[part(2.0, Some(110.0)), part(1.0, Some(50.0))]);
        assert!(near(r.score.unwrap(), 90.0));
        assert_eq!((r.coverage, r.interval, r.variance), (1.0, None, None));
        assert_eq!(r.status(70.0), Status::Close);
    }

    #[test]
    fn missing_weight_does_not_pull_the_score() {
        let r = roll_up(&[part(1.0, Some(80.0)), part(1.0, Some(60.0)), part(1.0, None)]);
        assert!(near(r.score.unwrap(), 70.0) && near(r.coverage, 2.0 / 3.0));
    }

    #[test]
    fn under_one_half_there_is_no_score() {
        let r = roll_up(&[part(1.0, Some(80.0)), part(1.1, None)]);
        assert_eq!((r.score, r.interval), (None, None));
        assert!(near(r.coverage, 1.0 / 2.1));
        assert_eq!(r.status(70.0), Status::NoData);
        assert_eq!(roll_up(&[part(1.0, Some(80.0)), part(1.0, None)]).score, Some(80.0));
        // 0.3 of 0.1 + 0.2 + 0.3 is one half, less the rounding of doubles.
        assert_eq!(roll_up(&[part(0.3, Some(80.0)), part(0.1, None), part(0.2, None)]).score, Some(80.0));
        assert_eq!(roll_up(&[part(0.1, None), part(0.2, None), part(0.3, Some(80.0))]).score, Some(80.0));
    }

    #[test]
    fn nothing_known_is_no_data() {
        for parts in [vec![], vec![part(1.0, None)], vec![part(0.0, Some(80.0))], vec![part(1.0, Some(f64::NAN))]] {
            let r = roll_up(&parts);
            assert_eq!((r.score, r.coverage, r.interval), (None, 0.0, None));
        }
    }

    #[test]
    fn bad_weights_take_no_part() {
        let bad = [part(-1.0, Some(0.0)), part(f64::NAN, Some(0.0)), part(f64::INFINITY, None), part(3.0, Some(90.0))];
        let r = roll_up(&bad);
        assert_eq!((r.score, r.coverage), (Some(90.0), 1.0));
    }

    /// Weights 3 and 1, variances 16 and 64: (9·16 + 1·64) / 16 = 13.
    #[test]
    fn variances_add_by_squared_weights() {
        let parts = [
            Part { weight: 3.0, score: Some(80.0), variance: Some(16.0) },
            Part { weight: 1.0, score: Some(60.0), variance: Some(64.0) },
        ];
        let r = roll_up(&parts);
        assert!(near(r.score.unwrap(), 75.0) && near(r.variance.unwrap(), 13.0));
        let half = 1.959_963_984_540_054 * 13.0f64.sqrt();
        let i = r.interval.unwrap();
        assert!(near(i.low, 75.0 - half) && near(i.high, 75.0 + half));
    }

    #[test]
    fn a_total_adds_no_variance() {
        let r = roll_up(&[Part { weight: 1.0, score: Some(80.0), variance: Some(16.0) }, part(1.0, Some(60.0))]);
        assert!(near(r.variance.unwrap(), 4.0));
    }

    #[test]
    fn the_interval_stays_on_the_scale() {
        let wide =
            |score| roll_up(&[Part { weight: 1.0, score: Some(score), variance: Some(900.0) }]).interval.unwrap();
        assert_eq!((wide(110.0).high, wide(10.0).low), (GREATEST, LEAST));
    }

    #[test]
    fn a_child_with_too_little_data_is_missing() {
        let interval = Some(Interval { low: 60.0, high: 60.0 + 4.0 * Z });
        let p = Part::new(2.0, Status::Close, Some(75.0), interval);
        assert!(near(p.variance.unwrap(), 4.0));
        assert_eq!(p.score, Some(75.0));
        for missing in [Status::TooLittleData, Status::NoData] {
            assert_eq!(Part::new(2.0, missing, Some(75.0), interval), part(2.0, None));
        }
    }

    #[test]
    fn levels_stack() {
        let sure = roll_up(&[Part { weight: 1.0, score: Some(105.0), variance: Some(1.0) }]);
        let vague = roll_up(&[Part { weight: 1.0, score: Some(85.0), variance: Some(400.0) }]);
        assert_eq!(vague.status(70.0), Status::TooLittleData);
        let whole = roll_up(&[sure.part(2.0, 70.0), vague.part(1.0, 70.0)]);
        assert!(near(whole.score.unwrap(), 105.0) && near(whole.coverage, 2.0 / 3.0));
        assert_eq!(whole.status(70.0), Status::OnTarget);
    }

    #[test]
    fn the_order_of_parts_does_not_matter_beyond_rounding() {
        let parts: Vec<Part> = (1..9)
            .map(|k| Part {
                weight: f64::from(k),
                score: (k % 4 != 0).then_some(f64::from(k) * 12.0),
                variance: Some(f64::from(k)),
            })
            .collect();
        let forward = roll_up(&parts);
        let backward = roll_up(&parts.iter().rev().copied().collect::<Vec<_>>());
        assert!(near(forward.score.unwrap(), backward.score.unwrap()));
        assert!(near(forward.variance.unwrap(), backward.variance.unwrap()));
    }
}
