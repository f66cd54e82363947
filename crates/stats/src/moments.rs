//! The first two moments of a sample: mean, variance and the interval of the mean.

use crate::{Interval, student_t};

/// A sample's size, mean and sum of squared deviations. Two samples add by [`Moments::merge`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// How many values; at least 1.
    pub n: u64,
    /// Their mean.
    pub mean: f64,
    /// `Σ (x − mean)²`, in squared units.
    pub deviations: f64,
}

impl Moments {
    /// From the number of values, their sum and the sum of their squares; `None` if `n` is 0 or a
    /// sum is not finite or the squares sum to less than nothing.
    ///
    /// A spread that is smaller than the rounding of the sum of squares is taken for none: near
    /// `Σx²` doubles cannot tell it from zero.
    pub fn from_sums(n: u64, sum: f64, sum_squares: f64) -> Option<Moments> {
        if n == 0 || !sum.is_finite() || !sum_squares.is_finite() || sum_squares < 0.0 {
            return None;
        }
        let mean = sum / n as f64;
        let deviations = sum_squares - sum * mean;
        let rounding = 4.0 * f64::EPSILON * sum_squares;
        let deviations = if deviations > rounding { deviations } else { 0.0 };
        Some(Moments { n, mean, deviations })
    }

    /// From the values themselves, in two passes, in the order given; `None` if there are none or
    /// one is not finite.
    pub fn of(values: &[f64]) -> Option<Moments> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let deviations = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
        let defined = mean.is_finite() && deviations.is_finite();
        defined.then_some(Moments { n: values.len() as u64, mean, deviations })
    }

    /// The moments of both samples together (the pairwise update of Chan, Golub and LeVeque 1979).
    #[must_use]
    pub fn merge(&self, other: &Moments) -> Moments {
        let (a, b) = (self.n as f64, other.n as f64);
        let total = a + b;
        let gap = other.mean - self.mean;
        Moments {
            n: self.n.saturating_add(other.n),
            mean: self.mean + gap * (b / total),
            deviations: self.deviations + other.deviations + gap * gap * (a * (b / total)),
        }
    }

    /// The sample variance, with `n − 1`; `None` for a single value.
    pub fn variance(&self) -> Option<f64> {
        (self.n >= 2).then(|| self.deviations / (self.n - 1) as f64)
    }

    /// The standard error of the mean, `√(s² / n)`; `None` for a single value.
    pub fn standard_error(&self) -> Option<f64> {
        Some((self.variance()? / self.n as f64).sqrt())
    }

    /// The 95 % interval of the mean, `mean ± t · √(s² / n)` with `n − 1` degrees of freedom; `None`
    /// for a single value.
    ///
    /// Student's t and not the normal quantile: the variance is estimated too, and with a handful
    /// of answers the difference is large (t = 4.30 at n = 3). Exact for normal values, close for
    /// others as n grows. Identical values have an interval of no width.
    pub fn interval(&self) -> Option<Interval> {
        let t = student_t((self.n.checked_sub(1)?) as f64)?;
        Interval::around(self.mean, t * self.standard_error()?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Gosset's sleep data (Student 1908, table I), the differences of the two drugs: mean 1.58,
    /// standard deviation 1.23 (n − 1), 95 % interval 0.70 to 2.46 (`t.test` in R).
    #[test]
    fn the_sleep_data() {
        let d = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
        let m = Moments::of(&d).unwrap();
        assert!((m.mean - 1.58).abs() < 1e-12);
        assert!((m.variance().unwrap().sqrt() - 1.229_995).abs() < 1e-6);
        let i = m.interval().unwrap();
        assert!((i.low - 0.700_114_2).abs() < 1e-6 && (i.high - 2.459_885_8).abs() < 1e-6, "{i:?}");
    }

    #[test]
    fn sums_and_values_agree() {
        let v = [3.0, 1.5, 4.25, 1.0, 5.5];
        let sums = Moments::from_sums(5, v.iter().sum(), v.iter().map(|x| x * x).sum()).unwrap();
        let values = Moments::of(&v).unwrap();
        assert!((sums.mean - values.mean).abs() < 1e-12);
        assert!((sums.deviations - values.deviations).abs() < 1e-12);
    }

    #[test]
    fn one_value_has_a_mean_and_no_interval() {
        let m = Moments::of(&[7.0]).unwrap();
        assert_eq!((m.mean, m.variance(), m.standard_error(), m.interval()), (7.0, None, None, None));
    }

    #[test]
    fn no_values_are_undefined() {
        assert_eq!(Moments::of(&[]), None);
        assert_eq!(Moments::of(&[1.0, f64::NAN]), None);
        assert_eq!(Moments::of(&[f64::MAX, f64::MAX]), None);
        assert_eq!(Moments::from_sums(0, 0.0, 0.0), None);
        assert_eq!(Moments::from_sums(2, f64::NAN, 0.0), None);
        assert_eq!(Moments::from_sums(2, 1.0, -1.0), None);
    }

    #[test]
    fn equal_values_have_no_spread_in_spite_of_rounding() {
        let m = Moments::from_sums(3, 0.3, 3.0 * 0.1 * 0.1).unwrap();
        assert_eq!(m.variance(), Some(0.0));
    }

    #[test]
    fn merging_any_split_gives_the_whole() {
        let v = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
        let whole = Moments::of(&v).unwrap();
        for cut in 1..v.len() {
            let (a, b) = v.split_at(cut);
            let merged = Moments::of(a).unwrap().merge(&Moments::of(b).unwrap());
            assert_eq!(merged.n, 6);
            assert!((merged.mean - whole.mean).abs() < 1e-12);
            assert!((merged.deviations - whole.deviations).abs() < 1e-9);
        }
    }
}
