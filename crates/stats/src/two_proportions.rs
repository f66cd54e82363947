//! Are two shares of counts equal? The p-value, for where many are asked at once.

use statrs::function::erf::erfc;

/// The two-sided p-value of the hypothesis that two independent shares, each given as (successes, n), are equal:
/// `z = (p₁ − p₂) / √(p(1 − p)(1/n₁ + 1/n₂))` with the pooled share `p`, against the normal distribution. 1 where all
/// or none succeeded; `None` where a share is undefined.
///
/// For the size of the difference see [`newcombe`](fn@crate::newcombe); this is for
/// [`benjamini_hochberg`](fn@crate::benjamini_hochberg).
pub fn two_proportions(one: (u64, u64), other: (u64, u64)) -> Option<f64> {
    let ((a, n), (b, m)) = (one, other);
    if n == 0 || m == 0 || a > n || b > m {
        return None;
    }
    let (a, n, b, m) = (a as f64, n as f64, b as f64, m as f64);
    let pooled = (a + b) / (n + m);
    let variance = pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m);
    if variance <= 0.0 {
        return Some(1.0);
    }
    let z = (a / n - b / m) / variance.sqrt();
    Some(erfc(z.abs() / std::f64::consts::SQRT_2))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// `prop.test(c(15, 25), c(50, 50), correct = FALSE)` in R: X² = 4.1667, p = 0.04123; z² is X².
    #[test]
    fn agrees_with_r() {
        assert!((two_proportions((15, 50), (25, 50)).unwrap() - 0.041_226_8).abs() < 1e-6);
        assert_eq!(two_proportions((15, 50), (25, 50)), two_proportions((25, 50), (15, 50)));
    }

    /// The 0.975 quantile of the normal distribution leaves 5 % outside.
    #[test]
    fn large_samples_follow_the_normal_distribution() {
        let n = 1_000_000_u64;
        let (a, b) = (500_000, 500_000 + 1386);
        let z: f64 = 0.001_386 / (0.500_693_f64 * 0.499_307 * 2e-6).sqrt();
        assert!((z - 1.960).abs() < 1e-3);
        assert!((two_proportions((a, n), (b, n)).unwrap() - 0.05).abs() < 2e-4);
    }

    #[test]
    fn nothing_is_undefined_and_no_spread_is_no_difference() {
        assert_eq!(two_proportions((0, 0), (1, 2)), None);
        assert_eq!(two_proportions((3, 2), (1, 2)), None);
        assert_eq!(two_proportions((0, 10), (0, 20)), Some(1.0));
        assert_eq!(two_proportions((10, 10), (20, 20)), Some(1.0));
    }
}
