//! Which two order statistics enclose a quantile: the ranks behind its interval.

use crate::TAIL;

/// Weights under this share of the largest cannot change a probability of 0.025 any more.
const NEGLIGIBLE: f64 = 1e-20;

/// The ranks `(l, u)`, counted from 1, of the order statistics whose interval covers the `p`
/// quantile with at least 95 %: `l` the greatest rank with `P(B < l) ≤ 0.025`, `u` the least with
/// `P(B ≥ u) ≤ 0.025`, for `B` binomial `(n, p)`. `None` where the sample is too small to have them.
///
/// David and Nagaraja (2003), Order Statistics, 3rd edition, section 7.1. The probabilities are
/// summed outward from the mode, in some 20·√(n·p·(1−p)) steps, rather than taken from an
/// incomplete beta function: the library's stops converging at large `n`.
pub(crate) fn order_ranks(n: u64, p: f64) -> Option<(u64, u64)> {
    if n == 0 || !(p > 0.0 && p < 1.0) {
        return None;
    }
    let mode = (((n as f64) + 1.0) * p).floor().min(n as f64) as u64;
    let odds = p / (1.0 - p);
    let below = weights((0..mode).rev(), |k| (k + 1) as f64 / (n - k) as f64 / odds);
    let above = weights(mode + 1..=n, |k| (n - k + 1) as f64 / k as f64 * odds);
    let total = 1.0 + below.iter().sum::<f64>() + above.iter().sum::<f64>();
    // P(B ≤ k) > 0.025 first holds at k = l, walking up; the same from above gives u − 1.
    let l = mode - below.len() as u64 + steps_within(below.iter().rev(), TAIL * total);
    let u = mode + above.len() as u64 + 1 - steps_within(above.iter().rev(), TAIL * total);
    (l >= 1 && u <= n).then_some((l, u))
}

/// Weights relative to the mode's, walking away from it until they are negligible; `factor(k)` takes
/// the neighbour's weight to that of `k`.
fn weights(ranks: impl Iterator<Item = u64>, factor: impl Fn(u64) -> f64) -> Vec<f64> {
    let mut weight = 1.0;
    ranks
        .map(|k| {
            weight *= factor(k);
            weight
        })
        .take_while(|w| *w > NEGLIGIBLE)
        .collect()
}

/// How many weights, from the far end of the tail, fit into `room`.
fn steps_within<'a>(weights: impl Iterator<Item = &'a f64>, room: f64) -> u64 {
    let mut sum = 0.0;
    let mut steps = 0;
    for weight in weights {
        sum += weight;
        if sum > room {
            break;
        }
        steps += 1;
    }
    steps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use statrs::distribution::{Binomial, DiscreteCDF};

    /// Ranks for the median as tabled for the sign test.
    #[test]
    fn published_ranks_for_the_median() {
        let table = [
            (6, (1, 6)),
            (8, (1, 8)),
            (9, (2, 8)),
            (10, (2, 9)),
            (15, (4, 12)),
            (20, (6, 15)),
            (25, (8, 18)),
            (50, (18, 33)),
            (100, (40, 61)),
        ];
        for (n, expected) in table {
            assert_eq!(order_ranks(n, 0.5), Some(expected), "{n}");
        }
    }

    #[test]
    fn small_samples_have_none() {
        assert_eq!(order_ranks(5, 0.5), None);
        // 0.9³⁵ = 0.0250 (0.02503), 0.9³⁶ = 0.0225.
        assert_eq!(order_ranks(35, 0.9), None);
        assert_eq!(order_ranks(36, 0.9).map(|r| r.1), Some(36));
        assert_eq!(order_ranks(36, 0.1).map(|r| r.0), Some(1));
        assert_eq!(order_ranks(0, 0.5), None);
        for p in [0.0, 1.0, -0.1, f64::NAN] {
            assert_eq!(order_ranks(100, p), None);
        }
    }

    /// The definition, with the library's distribution, where that converges.
    #[test]
    fn follows_the_definition() {
        for n in [7, 36, 40, 77, 200, 1000] {
            for p in [0.1, 0.25, 0.5, 0.75, 0.9] {
                let Some((l, u)) = order_ranks(n, p) else { continue };
                let b = Binomial::new(p, n).unwrap();
                let below = |k: u64| if k == 0 { 0.0 } else { b.cdf(k - 1) };
                assert!(below(l) <= TAIL && below(l + 1) > TAIL, "{n} {p} {l}");
                assert!(1.0 - below(u) <= TAIL && 1.0 - below(u - 1) > TAIL, "{n} {p} {u}");
            }
        }
    }

    /// At large n the ranks are those of the normal approximation, `n p ∓ z √(n p q)`, give or take one.
    #[test]
    fn large_samples_agree_with_the_normal_approximation() {
        for n in [100_000u64, 10_000_000, 1_000_000_000] {
            for p in [0.5, 0.9, 0.999] {
                let (l, u) = order_ranks(n, p).unwrap();
                let half = crate::Z * (n as f64 * p * (1.0 - p)).sqrt();
                assert!((l as f64 - (n as f64 * p - half)).abs() < 2.0, "{n} {p} {l}");
                assert!((u as f64 - (n as f64 * p + half + 1.0)).abs() < 2.0, "{n} {p} {u}");
            }
        }
    }
}
