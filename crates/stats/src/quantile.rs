//! Exact quantiles of sorted values, and their intervals from order statistics.

use crate::Interval;
use crate::order_ranks::order_ranks;

/// The `p` quantile (0 ≤ p ≤ 1) of values in ascending order without NaN, linear between the order
/// statistics at position `p·(n − 1)`: type 7 of Hyndman and Fan (1996), the default of NumPy and R.
/// `None` without values or with another `p`.
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    let position = p * sorted.len().checked_sub(1)? as f64;
    let below = position.floor();
    let low = *sorted.get(below as usize)?;
    let Some(&high) = sorted.get(below as usize + 1) else { return Some(low) };
    // Rounding may not carry the value out of its two neighbours.
    Some((low + (high - low) * (position - below)).min(high).max(low))
}

/// The same quantile of values in any order, which it may rearrange.
pub(crate) fn quantile_of(values: &mut [f64], p: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    let position = p * values.len().checked_sub(1)? as f64;
    let below = position.floor();
    let (_, low, above) = values.select_nth_unstable_by(below as usize, f64::total_cmp);
    let low = *low;
    let Some(high) = above.iter().copied().min_by(f64::total_cmp) else { return Some(low) };
    Some((low + (high - low) * (position - below)).min(high).max(low))
}

/// The interval, with at least 95 % and whatever the distribution, of the `p` quantile: two of the
/// values themselves, the ranks chosen by the binomial distribution with at most 2.5 % left out on
/// each side (David and Nagaraja 2003, section 7.1). `None` where the sample is too small for that:
/// below 6 values for the median, below 36 for the 0.9 quantile.
pub fn quantile_interval(sorted: &[f64], p: f64) -> Option<Interval> {
    let (low, high) = order_ranks(sorted.len() as u64, p)?;
    Interval::new(*sorted.get(low as usize - 1)?, *sorted.get(high as usize - 1)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn known_quantiles() {
        let v = [1.0, 2.0, 4.0, 8.0];
        for (p, expected) in [(0.0, 1.0), (0.5, 3.0), (1.0, 8.0), (0.25, 1.75), (0.9, 6.8)] {
            assert!((quantile(&v, p).unwrap() - expected).abs() < 1e-12, "{p}");
            assert_eq!(quantile_of(&mut [8.0, 1.0, 4.0, 2.0], p), quantile(&v, p));
        }
        assert_eq!((quantile(&[5.0], 0.9), quantile_of(&mut [5.0], 0.9)), (Some(5.0), Some(5.0)));
        assert_eq!(quantile_of(&mut [], 0.9), None);
    }

    /// Hyndman and Fan's type 7 on R's `quantile(1:10)`: 3.25, 5.5, 7.75; and p90 9.1.
    #[test]
    fn agrees_with_r_and_numpy() {
        let v: Vec<f64> = (1..=10).map(f64::from).collect();
        for (p, expected) in [(0.25, 3.25), (0.5, 5.5), (0.75, 7.75), (0.9, 9.1)] {
            assert!((quantile(&v, p).unwrap() - expected).abs() < 1e-12, "{p}");
        }
    }

    #[test]
    fn nothing_and_nonsense_are_undefined() {
        assert_eq!(quantile(&[], 0.5), None);
        for p in [-0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(&[1.0, 2.0], p), None);
        }
    }

    #[test]
    fn the_interval_is_made_of_values() {
        let v: Vec<f64> = (1..=20).map(|k| f64::from(k) * 10.0).collect();
        assert_eq!(quantile_interval(&v, 0.5), Some(Interval { low: 60.0, high: 150.0 }));
        assert_eq!(quantile_interval(&v, 0.9), None);
        assert_eq!(quantile_interval(&[], 0.5), None);
    }
}
