//! The difference of two independent estimates from their intervals: did a number move?

use crate::Interval;

/// A change between two periods or groups, and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The first estimate less the second.
    pub estimate: f64,
    /// Where the true difference is believed to lie.
    pub interval: Interval,
}

impl Difference {
    /// Whether the change is more than noise: the interval does not hold zero.
    pub fn is_signal(&self) -> bool {
        !self.interval.contains(0.0)
    }
}

/// The difference `now − before` of two estimates, each with its interval; `None` where a number
/// is not finite or an estimate lies outside its own interval.
///
/// The method of variance estimates recovery (Zou and Donner 2008, Statistics in Medicine 27,
/// 1693–1702): the distance from an estimate to the end of its interval stands for its
/// spread on that side, so the skew of both is kept. It serves every aggregate with an interval;
/// with Wilson intervals it is Newcombe's method for two shares. The two estimates are taken as
/// independent: customers who are in both periods usually make the true interval narrower.
pub fn difference(now: (f64, Interval), before: (f64, Interval)) -> Option<Difference> {
    let ((a, i), (b, j)) = (now, before);
    if !(i.contains(a) && j.contains(b)) {
        return None;
    }
    let estimate = a - b;
    let below = (a - i.low).hypot(j.high - b);
    let above = (i.high - a).hypot(b - j.low);
    let interval = Interval::new(estimate - below, estimate + above)?;
    Some(Difference { estimate, interval })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(value: f64, low: f64, high: f64) -> (f64, Interval) {
        (value, Interval { low, high })
    }

    /// Three and four make five, on both sides.
    #[test]
    fn spreads_add_by_squares() {
        let d = difference(at(10.0, 7.0, 14.0), at(4.0, 1.0, 8.0)).unwrap();
        assert_eq!(d.estimate, 6.0);
        assert!((d.interval.low - 1.0).abs() < 1e-12 && (d.interval.high - 11.0).abs() < 1e-12);
        assert!(d.is_signal());
    }

    #[test]
    fn overlapping_estimates_are_noise() {
        assert!(!difference(at(5.0, 3.0, 7.0), at(4.0, 2.0, 6.0)).unwrap().is_signal());
    }

    #[test]
    fn nonsense_is_undefined() {
        assert_eq!(difference(at(f64::NAN, 0.0, 1.0), at(0.5, 0.0, 1.0)), None);
        assert_eq!(difference(at(2.0, 0.0, 1.0), at(0.5, 0.0, 1.0)), None);
        assert_eq!(difference(at(0.5, f64::NEG_INFINITY, 1.0), at(0.5, 0.0, 1.0)), None);
    }
}
