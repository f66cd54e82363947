//! The difference of two means.

use crate::{Difference, Interval, Moments, student_t};

/// The difference of the means of two independent samples, `now − before`, with its 95 % interval
/// for unequal variances; `None` where a sample has one value only.
///
/// Welch (1947), Biometrika 34, 28–35, with Satterthwaite's degrees of freedom.
pub fn welch(now: &Moments, before: &Moments) -> Option<Difference> {
    let part = |m: &Moments| Some((m.variance()? / m.n as f64, (m.n - 1) as f64));
    let ((a, a_freedom), (b, b_freedom)) = (part(now)?, part(before)?);
    let estimate = now.mean - before.mean;
    let variance = a + b;
    // Without any spread the degrees of freedom are 0/0, and do not matter.
    let half = if variance > 0.0 {
        // Shares of the variance, because squares of tiny variances underflow.
        let (a, b) = (a / variance, b / variance);
        student_t(1.0 / (a * a / a_freedom + b * b / b_freedom))? * variance.sqrt()
    } else {
        0.0
    };
    Some(Difference { estimate, interval: Interval::around(estimate, half)? })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The sleep data as two samples: `t.test(extra ~ group)` in R gives df 17.776 and −3.3654832
    /// to 0.2054832.
    #[test]
    fn the_sleep_data() {
        let one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let d = welch(&Moments::of(&one).unwrap(), &Moments::of(&two).unwrap()).unwrap();
        assert!((d.estimate + 1.58).abs() < 1e-12 && !d.is_signal());
        assert!((d.interval.low + 3.365_483_2).abs() < 1e-6, "{d:?}");
        assert!((d.interval.high - 0.205_483_2).abs() < 1e-6, "{d:?}");
    }

    #[test]
    fn without_spread_any_change_is_a_change() {
        let (five, six) = (Moments::of(&[5.0, 5.0]).unwrap(), Moments::of(&[6.0, 6.0]).unwrap());
        assert!(welch(&six, &five).unwrap().is_signal());
        assert!(!welch(&five, &five).unwrap().is_signal());
    }

    #[test]
    fn a_single_value_is_too_little() {
        let (one, two) = (Moments::of(&[5.0]).unwrap(), Moments::of(&[6.0, 7.0]).unwrap());
        assert_eq!(welch(&one, &two), None);
        assert_eq!(welch(&two, &one), None);
    }
}
