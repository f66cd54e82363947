//! The score interval of a share of counts.

use crate::{Interval, Z};

/// The 95 % interval of the share `successes / n` (between 0 and 1); `None` if `n` is 0 or
/// `successes` exceeds it.
///
/// Wilson (1927), Journal of the American Statistical Association 22, 209–212; method 3 of Newcombe
/// (1998), Statistics in Medicine 17, 857–872, without continuity correction.
pub fn wilson(successes: u64, n: u64) -> Option<Interval> {
    if n == 0 || successes > n {
        return None;
    }
    let count = n as f64;
    let share = successes as f64 / count;
    let z2 = Z * Z;
    // (2np + z² ∓ z √(z² + 4npq)) / 2(n + z²); golden values below.
    let center = 2.0 * count * share + z2;
    let half = Z * (z2 + 4.0 * count * share * (1.0 - share)).sqrt();
    let scale = 2.0 * (count + z2);
    // Rounding must not push an end past the share itself, most of all not at 0 and at 1.
    let low = if successes == 0 { 0.0 } else { ((center - half) / scale).min(share) };
    let high = if successes == n { 1.0 } else { ((center + half) / scale).max(share) };
    Some(Interval { low, high }.cut(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(successes: u64, n: u64, low: f64, high: f64) {
        let i = wilson(successes, n).unwrap();
        assert!((i.low - low).abs() < 5e-5 && (i.high - high).abs() < 5e-5, "{successes}/{n}: {i:?}");
    }

    /// Newcombe (1998), table I, method 3.
    #[test]
    fn published_examples() {
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0.0, 0.1611);
        check(1, 29, 0.0061, 0.1718);
    }

    #[test]
    fn mirrored_shares_have_mirrored_intervals() {
        check(20, 20, 0.8389, 1.0);
        check(28, 29, 0.8282, 0.9939);
    }

    #[test]
    fn nothing_and_nonsense_are_undefined() {
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(3, 2), None);
    }

    #[test]
    fn a_huge_sample_has_a_narrow_interval() {
        let i = wilson(u64::MAX / 2, u64::MAX).unwrap();
        assert!(i.contains(0.5) && i.width() < 1e-8);
    }
}
