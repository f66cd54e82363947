//! The change of a quantile, split by whose values were replaced.

use crate::quantile::quantile_of;

/// The values of one part of all, before and now, in any order and without NaN.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Replaced {
    /// Values before.
    pub before: Vec<f64>,
    /// Values now.
    pub now: Vec<f64>,
}

/// What each part did to the `p` quantile of all values: parts are replaced one after the other, values of before by those of
/// now, once in the order given and once backwards; each is the mean of what the quantile moved by in both. Both add up to the
/// change, and so does the mean.
///
/// A quantile has no shares of its own, so the split depends on the order; the mean of an order and its reverse is the
/// path-averaged decomposition (of two parts, the Shapley value). An order on which nothing is left at some step is left
/// out. `None` where there are no values before or now, or where no order is left.
pub fn quantile_by_replacement(parts: &[Replaced], p: f64) -> Option<Vec<f64>> {
    let order: Vec<usize> = (0..parts.len()).collect();
    let backwards: Vec<usize> = order.iter().rev().copied().collect();
    let ways: Vec<Vec<f64>> = [order, backwards].iter().filter_map(|order| along(parts, p, order)).collect();
    if ways.is_empty() {
        return None;
    }
    let mean = |part| ways.iter().filter_map(|way| way.get(part)).sum::<f64>() / ways.len() as f64;
    Some((0..parts.len()).map(mean).collect())
}

fn along(parts: &[Replaced], p: f64, order: &[usize]) -> Option<Vec<f64>> {
    let mut replaced = vec![false; parts.len()];
    let mut moved = vec![0.0; parts.len()];
    let all = |replaced: &[bool]| {
        let values = parts.iter().zip(replaced).map(|(part, new)| if *new { &part.now } else { &part.before });
        quantile_of(&mut values.flatten().copied().collect::<Vec<f64>>(), p)
    };
    let mut last = all(&replaced)?;
    for part in order {
        *replaced.get_mut(*part)? = true;
        let next = all(&replaced)?;
        *moved.get_mut(*part)? = next - last;
        last = next;
    }
    Some(moved)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn part(before: &[f64], now: &[f64]) -> Replaced {
        Replaced { before: before.to_vec(), now: now.to_vec() }
    }

    /// Medians by hand: {1 2 3, 10} is 2.5, {5 6 7, 10} is 6.5, {5 6 7, 20 30} is 7; {1 2 3, 20 30} is 3. Forward 4 and 0.5,
    /// backward 0.5 and then 4: means 4 and 0.5.
    #[test]
    fn a_median_of_two_parts() {
        let parts = [part(&[3.0, 1.0, 2.0], &[5.0, 6.0, 7.0]), part(&[10.0], &[30.0, 20.0])];
        assert_eq!(quantile_by_replacement(&parts, 0.5).unwrap(), [4.0, 0.5]);
    }

    /// Backwards nothing is left after the first step, so only the order given counts: {1} 1, {1 9} 5, {9} 9.
    #[test]
    fn an_order_without_values_does_not_count() {
        let parts = [part(&[], &[9.0]), part(&[1.0], &[])];
        assert_eq!(quantile_by_replacement(&parts, 0.5).unwrap(), [4.0, 4.0]);
    }

    #[test]
    fn no_values_are_undefined() {
        assert_eq!(quantile_by_replacement(&[part(&[1.0], &[])], 0.5), None);
        assert_eq!(quantile_by_replacement(&[], 0.5), None);
    }
}
