//! Elapsed times: how many, their median and their 90th percentile, exactly.

/// A summary of durations. Quantiles are exact, linear between order statistics at p·(n − 1).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Elapsed {
    /// How many durations.
    pub n: u64,
    /// Their median in microseconds; `None` without any.
    pub median: Option<f64>,
    /// Their 90th percentile in microseconds; `None` without any.
    pub p90: Option<f64>,
}

impl Elapsed {
    /// Durations in microseconds, in any order.
    pub fn of(mut durations: Vec<i64>) -> Elapsed {
        let (median, p90) = (quantile(&mut durations, 0.5), quantile(&mut durations, 0.9));
        Elapsed { n: durations.len() as u64, median, p90 }
    }
}

/// The `p` quantile by selection, so that long lists need no sorting; leaves the values in another order.
fn quantile(values: &mut [i64], p: f64) -> Option<f64> {
    let position = p * values.len().checked_sub(1)? as f64;
    let below = (position.floor() as usize).min(values.len() - 1);
    let (_, low, above) = values.select_nth_unstable(below);
    let low = *low as f64;
    let Some(high) = above.iter().min().map(|high| *high as f64) else { return Some(low) };
    Some((low + (high - low) * (position - position.floor())).clamp(low, high))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_quantiles_of_sorted_values(values in prop::collection::vec(-50..1000_i64, 0..60)) {
            let mut sorted: Vec<f64> = values.iter().map(|value| *value as f64).collect();
            sorted.sort_by(f64::total_cmp);
            let found = Elapsed::of(values);
            prop_assert_eq!(found.n, sorted.len() as u64);
            prop_assert_eq!(found.median, throughline_stats::quantile(&sorted, 0.5));
            prop_assert_eq!(found.p90, throughline_stats::quantile(&sorted, 0.9));
        }
    }

    #[test]
    fn the_median_of_an_even_count_is_the_mean_of_the_middle_two() {
        let found = Elapsed::of(vec![8, 1, 4, 2]);
        assert_eq!((found.n, found.median, found.p90.unwrap()), (4, Some(3.0), 6.800_000_000_000_001));
    }
}
