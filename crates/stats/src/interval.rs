//! A closed range of numbers in which an unknown quantity is believed to lie.

/// A closed interval `[low, high]`, in the unit of the number it belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end, never below `low` when made by [`Interval::new`].
    pub high: f64,
}

impl Interval {
    /// The interval between two ends, given in any order; `None` if one is not finite.
    pub fn new(one: f64, other: f64) -> Option<Interval> {
        (one.is_finite() && other.is_finite()).then(|| Interval { low: one.min(other), high: one.max(other) })
    }

    /// `center ± half`; `None` if the result is not finite.
    pub fn around(center: f64, half: f64) -> Option<Interval> {
        Interval::new(center - half, center + half)
    }

    /// Whether `value` lies in the interval, ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// `high − low`.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// The interval with both ends moved into `[least, most]`, the range the quantity can take.
    ///
    /// Comparisons are done by hand because `f64::clamp` panics on a reversed range.
    pub fn cut(&self, least: f64, most: f64) -> Interval {
        let into = |x: f64| x.min(most).max(least);
        Interval { low: into(self.low), high: into(self.high) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ends_are_put_in_order() {
        let i = Interval::new(2.0, -1.0).unwrap();
        assert_eq!((i.low, i.high, i.width()), (-1.0, 2.0, 3.0));
        assert!(i.contains(-1.0) && i.contains(2.0) && !i.contains(2.1) && !i.contains(f64::NAN));
    }

    #[test]
    fn what_is_not_finite_is_undefined() {
        assert_eq!(Interval::new(f64::NAN, 1.0), None);
        assert_eq!(Interval::new(0.0, f64::INFINITY), None);
        assert_eq!(Interval::around(1.0, f64::NAN), None);
    }

    #[test]
    fn cut_keeps_the_ends_in_range() {
        let cut = Interval { low: -0.2, high: 1.4 }.cut(0.0, 1.0);
        assert_eq!(cut, Interval { low: 0.0, high: 1.0 });
        assert_eq!(cut.cut(1.0, 0.0), Interval { low: 1.0, high: 1.0 });
    }
}
