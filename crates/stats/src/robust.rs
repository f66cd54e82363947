//! Middle and spread that a few wild values cannot move.

use crate::quantile::quantile;

/// The median absolute deviation of normal values times this is their standard deviation, 1 / Φ⁻¹(3/4) (Hampel 1974,
/// Journal of the American Statistical Association 69, 383–393).
const NORMAL: f64 = 1.482_602_218_505_602;

/// The median of values in any order; `None` of nothing.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5)
}

/// The variance that residuals around zero have, by their median absolute value; `None` of nothing.
pub(crate) fn spread(residuals: impl Iterator<Item = f64>) -> Option<f64> {
    Some((NORMAL * median(residuals.map(f64::abs).collect())?).powi(2))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The median of 1, 2, 3, 4 and 1000 is 3; times 1.4826 that is 4.447807.
    #[test]
    fn a_wild_value_does_not_count() {
        let spread = spread([-1.0, 2.0, -3.0, 4.0, 1000.0].into_iter()).unwrap();
        assert!((spread.sqrt() - 4.447_807).abs() < 1e-6);
        assert_eq!(median(vec![3.0, 1.0, 2.0, 1000.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }
}
