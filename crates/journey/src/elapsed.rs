//! Elapsed times and their exact quantiles.

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Elapsed {
    /// How many were measured.
    pub n: u64,
    /// Median in microseconds; `None` of none.
    pub median: Option<f64>,
    /// 0.9 quantile in microseconds; `None` of none.
    pub p90: Option<f64>,
}

impl Elapsed {
    /// The quantiles of times in microseconds, which are put into another order.
    pub fn of(times: &mut [i64]) -> Elapsed {
        Elapsed { n: times.len() as u64, median: quantile(times, 0.5), p90: quantile(times, 0.9) }
    }
}

/// The `p` quantile, linear between the order statistics at `p · (n − 1)`; `None` of none. Values are put into another
/// order.
pub(crate) fn quantile(values: &mut [i64], p: f64) -> Option<f64> {
    let (below, share) = place(values.len() as u64, p)?;
    let (_, low, above) = values.select_nth_unstable(below as usize);
    let low = *low;
    let high = if share > 0.0 { above.iter().min().copied().unwrap_or(low) } else { low };
    Some(between(low, high, share))
}

/// Rank (from 0) of the order statistic at or below the `p` quantile of `n` values, and how far the quantile lies from
/// it towards the next.
pub(crate) fn place(n: u64, p: f64) -> Option<(u64, f64)> {
    let position = p * n.checked_sub(1)? as f64;
    Some((position.floor() as u64, position - position.floor()))
}

/// The number `share` of the way from one order statistic to the next.
pub(crate) fn between(low: i64, high: i64, share: f64) -> f64 {
    low as f64 + high.saturating_sub(low) as f64 * share
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_sorted_values() {
        let mut state = 7_u64;
        for n in 1..60_usize {
            let mut values: Vec<i64> = (0..n)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 40) as i64 % 50
                })
                .collect();
            let mut sorted: Vec<f64> = values.iter().map(|value| *value as f64).collect();
            sorted.sort_by(f64::total_cmp);
            for p in [0.0, 0.5, 0.9, 1.0] {
                let expected = throughline_stats::quantile(&sorted, p).unwrap();
                assert!((quantile(&mut values, p).unwrap() - expected).abs() < 1e-9, "{n} {p}");
            }
        }
        assert_eq!(Elapsed::of(&mut []), Elapsed::default());
    }
}
