//! The Student t quantile behind the intervals of means.

use crate::{TAIL, Z};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Above this many degrees of freedom the series takes over from the library, whose continued
/// fraction stops after a fixed number of terms. The error of the series there is below 1e-11.
const SERIES_FROM: f64 = 400.0;

/// The 0.975 quantile of Student's t with `freedom` degrees of freedom (may be fractional, as
/// Welch's are); `None` if `freedom` is below 1 or not a number.
///
/// From 400 degrees on by the series of Abramowitz and Stegun (1964), equation 26.7.5.
pub fn student_t(freedom: f64) -> Option<f64> {
    if freedom.is_nan() || freedom < 1.0 {
        return None;
    }
    if freedom >= SERIES_FROM {
        return Some(series(freedom));
    }
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - TAIL);
    t.is_finite().then_some(t)
}

/// Abramowitz and Stegun (1964), 26.7.5: `x + g₁/ν + g₂/ν² + g₃/ν³ + g₄/ν⁴`, `x` the normal quantile.
fn series(freedom: f64) -> f64 {
    let x = Z;
    let s = x * x;
    let g1 = x * (s + 1.0) / 4.0;
    let g2 = x * ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    let g3 = x * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    let g4 = x * ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92_160.0;
    let v = 1.0 / freedom;
    x + v * (g1 + v * (g2 + v * (g3 + v * g4)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Upper 2.5 % points as printed in the usual tables, with the further digits of `qt` in R.
    #[test]
    fn published_quantiles() {
        let table = [
            (1.0, 12.706_204_736),
            (2.0, 4.302_652_730),
            (3.0, 3.182_446_305),
            (4.0, 2.776_445_105),
            (5.0, 2.570_581_836),
            (10.0, 2.228_138_852),
            (30.0, 2.042_272_456),
            (60.0, 2.000_297_822),
            (120.0, 1.979_930_405),
            (1000.0, 1.962_339_081),
        ];
        for (freedom, expected) in table {
            let t = student_t(freedom).unwrap();
            assert!((t - expected).abs() < 2e-9, "{freedom}: {t}");
        }
    }

    #[test]
    fn the_series_meets_the_library_where_they_change_hands() {
        let library = StudentsT::new(0.0, 1.0, SERIES_FROM).unwrap().inverse_cdf(1.0 - TAIL);
        assert!((series(SERIES_FROM) - library).abs() < 1e-11, "{}", series(SERIES_FROM) - library);
    }

    #[test]
    fn falls_towards_the_normal_quantile() {
        let mut last = f64::INFINITY;
        for half_steps in 2..4000 {
            let t = student_t(f64::from(half_steps) / 2.0).unwrap();
            assert!(t < last && t > Z, "{half_steps}");
            last = t;
        }
        assert!((student_t(1e12).unwrap() - Z).abs() < 1e-11);
        assert_eq!(student_t(f64::INFINITY), Some(Z));
    }

    #[test]
    fn too_few_degrees_are_undefined() {
        assert_eq!(student_t(0.5), None);
        assert_eq!(student_t(f64::NAN), None);
    }
}
