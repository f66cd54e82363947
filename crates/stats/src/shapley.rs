//! The change of a result that several inputs bring about together, shared out among them.

/// Inputs beyond which the work, which doubles with each, is not taken on.
const MOST: usize = 16;

/// The Shapley value of each of `inputs`: what it adds to the result when its new value takes the place of the old one, as a
/// mean over all orders in which inputs can be replaced. `result` is handed which inputs are new, the first input in the lowest
/// bit. The values add up to the change from all old to all new, whatever the result depends on.
///
/// Shapley (1953), "A value for n-person games", Contributions to the Theory of Games II. `None` with more than 16 inputs, or
/// where the result is undefined for some mixture of old and new.
pub fn shapley(inputs: usize, mut result: impl FnMut(u32) -> Option<f64>) -> Option<Vec<f64>> {
    if inputs > MOST {
        return None;
    }
    let results: Vec<f64> =
        (0..1u32 << inputs).map(|new| result(new).filter(|r| r.is_finite())).collect::<Option<_>>()?;
    let at = |new: u32| results.get(new as usize).copied().unwrap_or_default();
    // The part of all orders in which exactly so many others come before an input: k! (n − 1 − k)! / n!.
    let weights: Vec<f64> = (0..inputs).map(|before| 1.0 / (inputs as f64 * choose(inputs - 1, before))).collect();
    let value = |input: usize| {
        let own = 1u32 << input;
        let others = (0..1u32 << inputs).filter(|new| new & own == 0);
        let weight = |new: u32| weights.get(new.count_ones() as usize).copied().unwrap_or_default();
        others.map(|new| weight(new) * (at(new | own) - at(new))).sum()
    };
    Some((0..inputs).map(value).collect())
}

/// How many ways there are to choose `k` of `n`.
fn choose(n: usize, k: usize) -> f64 {
    (0..k).fold(1.0, |ways, i| ways * (n - i) as f64 / (i + 1) as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pick(new: u32, input: usize, values: (f64, f64)) -> f64 {
        if new >> input & 1 == 1 { values.1 } else { values.0 }
    }

    /// Spending from 100 to 120 over customers from 10 to 8, by hand: 120/10 − 100/10 = 2 and 120/8 − 100/8 = 2.5 for
    /// spending, 2.5 and 3 for customers; means 2.25 and 2.75, together 15 − 10.
    #[test]
    fn a_ratio_of_two() {
        let values = shapley(2, |new| Some(pick(new, 0, (100.0, 120.0)) / pick(new, 1, (10.0, 8.0)))).unwrap();
        assert_eq!(values, [2.25, 2.75]);
    }

    /// A product of three from 1·1·1 to 2·3·4, by hand over the six orders.
    #[test]
    fn a_product_of_three() {
        let of = |new| Some(pick(new, 0, (1.0, 2.0)) * pick(new, 1, (1.0, 3.0)) * pick(new, 2, (1.0, 4.0)));
        let values = shapley(3, of).unwrap();
        // First: (1·2 + (3 + 4) + 12·2) / 6 · 1; second: (1·2 + (2 + 4) + 8·2) / 6 · 2; third: (1·2 + (2 + 3) + 6·2) / 6 · 3.
        let by_hand = [33.0 / 6.0, 2.0 * 24.0 / 6.0, 3.0 * 19.0 / 6.0];
        assert!(values.iter().zip(by_hand).all(|(value, expected)| (value - expected).abs() < 1e-12), "{values:?}");
        assert!((values.iter().sum::<f64>() - 23.0).abs() < 1e-12);
    }

    #[test]
    fn a_difference_gives_each_its_own() {
        let values = shapley(2, |new| Some(pick(new, 0, (5.0, 9.0)) - pick(new, 1, (2.0, 3.0)))).unwrap();
        assert_eq!(values, [4.0, -1.0]);
    }

    #[test]
    fn what_cannot_be_computed_is_undefined() {
        assert_eq!(shapley(1, |new| (new == 0).then_some(1.0)), None);
        assert_eq!(shapley(17, |_| Some(1.0)), None);
        assert_eq!(shapley(0, |_| Some(1.0)), Some(vec![]));
    }
}
