//! The difference of two shares of counts.

use crate::{Difference, difference, wilson};

/// The difference of two independent shares, `now − before`, each given as (successes, n), between
/// −1 and 1; `None` where a share is undefined.
///
/// Newcombe (1998), Statistics in Medicine 17, 873–890, method 10: square and add the Wilson
/// intervals. It keeps its coverage near 0 and 1, where the usual z interval does not.
pub fn newcombe(now: (u64, u64), before: (u64, u64)) -> Option<Difference> {
    let share = |(successes, n): (u64, u64)| Some((successes as f64 / n as f64, wilson(successes, n)?));
    let mut change = difference(share(now)?, share(before)?)?;
    change.interval = change.interval.cut(-1.0, 1.0);
    Some(change)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(now: (u64, u64), before: (u64, u64), low: f64, high: f64) {
        let i = newcombe(now, before).unwrap().interval;
        assert!((i.low - low).abs() < 6e-5 && (i.high - high).abs() < 6e-5, "{now:?} {before:?}: {i:?}");
    }

    /// Newcombe (1998), table II, method 10.
    #[test]
    fn published_examples() {
        check((56, 70), (48, 80), 0.0524, 0.3339);
        check((9, 10), (3, 10), 0.1705, 0.8090);
        check((6, 7), (2, 7), 0.0582, 0.8062);
        check((5, 56), (0, 29), -0.0381, 0.1926);
        check((0, 10), (0, 20), -0.1611, 0.2775);
        check((0, 10), (0, 10), -0.2775, 0.2775);
        check((10, 10), (0, 20), 0.6791, 1.0);
        check((10, 10), (0, 10), 0.6075, 1.0);
    }

    /// Hillstrom's e-mail test, where the samples are so large that the z interval (unpooled
    /// variances) is the same to four digits: men's e-mail against none, visits and purchases.
    #[test]
    fn large_samples_agree_with_the_z_interval() {
        let visits = newcombe((3894, 21_307), (2262, 21_306)).unwrap();
        assert!((visits.estimate - 0.076_590).abs() < 1e-6);
        assert!((visits.interval.low - 0.069_953).abs() < 2e-5);
        assert!((visits.interval.high - 0.083_226).abs() < 2e-5);
        let purchases = newcombe((267, 21_307), (122, 21_306)).unwrap();
        assert!((purchases.interval.low - 0.005_000).abs() < 5e-5);
        assert!((purchases.interval.high - 0.008_610).abs() < 5e-5);
        assert!(visits.is_signal() && purchases.is_signal());
    }

    #[test]
    fn a_share_of_nothing_is_undefined() {
        assert_eq!(newcombe((0, 0), (1, 2)), None);
        assert_eq!(newcombe((1, 2), (3, 2)), None);
    }
}
