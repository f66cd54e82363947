//! A ratio of two sums, such as revenue per visit, and its interval by the delta method.

use crate::{Interval, student_t};

/// The sums that a ratio of sums and its interval need, over `n` rows with numerator y and
/// denominator x each. Sums of two sets of rows add field by field.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RatioSums {
    /// Number of rows, the units that were sampled.
    pub n: u64,
    /// `Σ y`.
    pub numerator: f64,
    /// `Σ x`.
    pub denominator: f64,
    /// `Σ y²`.
    pub numerator_squares: f64,
    /// `Σ x²`.
    pub denominator_squares: f64,
    /// `Σ x·y`.
    pub cross: f64,
}

impl RatioSums {
    /// `Σy / Σx`; `None` where the denominator is 0 or the result is not finite.
    pub fn ratio(&self) -> Option<f64> {
        if self.n == 0 || self.denominator == 0.0 {
            return None;
        }
        let ratio = self.numerator / self.denominator;
        ratio.is_finite().then_some(ratio)
    }

    /// The standard error of the ratio; `None` where the ratio is undefined or there is one row.
    ///
    /// Cochran (1977), Sampling Techniques, 3rd edition, section 2.11, without the finite population
    /// correction: `v(R) = Σ(y − R·x)² / (n (n − 1) x̄²)`. The deviations sum to nothing by the
    /// definition of R, so the plain sums of squares and products serve.
    pub fn standard_error(&self) -> Option<f64> {
        let ratio = self.ratio()?;
        if self.n < 2 {
            return None;
        }
        let (yy, xx) = (self.numerator_squares, ratio * ratio * self.denominator_squares);
        let xy = ratio * self.cross;
        let residual = yy - 2.0 * xy + xx;
        // What rounding alone can leave of numbers this large is no spread.
        let rounding = 8.0 * f64::EPSILON * (yy + 2.0 * xy.abs() + xx);
        let residual = if residual.is_nan() || residual > rounding { residual } else { 0.0 };
        let n = self.n as f64;
        let error = (residual * n / (n - 1.0)).sqrt() / self.denominator.abs();
        error.is_finite().then_some(error)
    }
}

/// The 95 % interval of a ratio of sums, `R ± t · √v(R)` with `n − 1` degrees of freedom, so that a
/// denominator of 1 in every row gives exactly the interval of the mean; `None` where the ratio is
/// undefined or there is only one row.
///
/// The delta method wants a denominator whose mean is known well: with few rows of very unequal
/// size the interval is too narrow.
pub fn ratio_interval(sums: &RatioSums) -> Option<Interval> {
    let ratio = sums.ratio()?;
    let t = student_t(sums.n.checked_sub(1)? as f64)?;
    Interval::around(ratio, t * sums.standard_error()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Moments;

    fn sums(rows: &[(f64, f64)]) -> RatioSums {
        rows.iter().fold(RatioSums::default(), |s, (y, x)| RatioSums {
            n: s.n + 1,
            numerator: s.numerator + y,
            denominator: s.denominator + x,
            numerator_squares: s.numerator_squares + y * y,
            denominator_squares: s.denominator_squares + x * x,
            cross: s.cross + x * y,
        })
    }

    /// By hand: R = 12/6 = 2, residuals 0, 1, −1 → v = 2 / (3 · 2 · 2²) = 1/12.
    #[test]
    fn worked_by_hand() {
        let s = sums(&[(2.0, 1.0), (5.0, 2.0), (5.0, 3.0)]);
        assert_eq!(s.ratio(), Some(2.0));
        assert!((s.standard_error().unwrap() - (1.0f64 / 12.0).sqrt()).abs() < 1e-12);
        let half = 4.302_652_730 / 12.0f64.sqrt();
        let i = ratio_interval(&s).unwrap();
        assert!((i.low - (2.0 - half)).abs() < 1e-8 && (i.high - (2.0 + half)).abs() < 1e-8);
    }

    #[test]
    fn over_ones_it_is_the_interval_of_the_mean() {
        let values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
        let rows: Vec<_> = values.iter().map(|y| (*y, 1.0)).collect();
        let mean = Moments::of(&values).unwrap().interval().unwrap();
        let ratio = ratio_interval(&sums(&rows)).unwrap();
        assert!((mean.low - ratio.low).abs() < 1e-12 && (mean.high - ratio.high).abs() < 1e-12);
    }

    #[test]
    fn proportional_rows_have_no_spread() {
        let s = sums(&[(0.3, 0.1), (0.6, 0.2), (0.9, 0.3)]);
        assert_eq!(s.standard_error(), Some(0.0));
    }

    #[test]
    fn a_zero_denominator_is_undefined() {
        let s = sums(&[(1.0, 0.0), (2.0, 0.0)]);
        assert_eq!((s.ratio(), s.standard_error(), ratio_interval(&s)), (None, None, None));
        assert_eq!(RatioSums::default().ratio(), None);
    }

    #[test]
    fn one_row_has_a_ratio_and_no_interval() {
        let s = sums(&[(1.0, 2.0)]);
        assert_eq!((s.ratio(), ratio_interval(&s)), (Some(0.5), None));
    }

    #[test]
    fn nonsense_is_undefined() {
        let s = RatioSums { n: 3, numerator: f64::NAN, denominator: 1.0, ..RatioSums::default() };
        assert_eq!((s.ratio(), ratio_interval(&s)), (None, None));
        let s = RatioSums { n: 3, numerator: 1.0, denominator: 1.0, cross: f64::NAN, ..s };
        assert_eq!(ratio_interval(&s), None);
    }
}
