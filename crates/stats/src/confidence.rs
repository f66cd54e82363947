//! The one level of confidence that every interval here uses, and its normal quantile.

/// Level of confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// Probability left out at each end, `(1 − 0.95) / 2`.
pub const TAIL: f64 = 0.025;

/// The 0.975 quantile of the standard normal distribution.
///
/// Published to 15 decimals in OEIS A220510 (1.959963984540054…); equals `qnorm(0.975)` in R.
pub const Z: f64 = 1.959_963_984_540_054;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    #[test]
    fn z_is_the_normal_quantile() {
        let normal = Normal::new(0.0, 1.0).unwrap();
        assert!((normal.inverse_cdf(1.0 - TAIL) - Z).abs() < 1e-14);
        assert!((1.0 - 2.0 * TAIL - CONFIDENCE).abs() < 1e-15);
    }
}
