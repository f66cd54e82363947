//! Which of many findings stand, if at most a given share of those named may be false.

/// Which hypotheses are rejected so that the expected share of false ones among them is at most `rate`; in the order
/// given. A p-value that is no number is never rejected and counts as one of those asked.
///
/// Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289–300: with the p-values
/// ascending, reject all up to the largest `i` with `p₍ᵢ₎ ≤ i/m · rate`.
pub fn benjamini_hochberg(p: &[f64], rate: f64) -> Vec<bool> {
    let mut sorted: Vec<f64> = p.iter().copied().filter(|p| !p.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let bound = |place: usize| (place + 1) as f64 / p.len() as f64 * rate;
    let last = sorted.iter().enumerate().rev().find(|(place, value)| **value <= bound(*place));
    let threshold = last.map(|(_, value)| *value);
    p.iter().map(|value| threshold.is_some_and(|threshold| *value <= threshold)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the paper, section 4: 15 p-values of a trial on thrombolysis; at 0.05 four are rejected.
    #[test]
    fn the_papers_example() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let rejected = benjamini_hochberg(&p, 0.05);
        assert_eq!(rejected.iter().filter(|rejected| **rejected).count(), 4);
        assert!(rejected.iter().take(4).all(|rejected| *rejected));
    }

    #[test]
    fn a_later_p_value_can_carry_earlier_ones() {
        assert_eq!(benjamini_hochberg(&[0.049, 0.04, 0.9], 0.05), [false, false, false]);
        assert_eq!(benjamini_hochberg(&[0.049, 0.04], 0.05), [true, true]);
        assert_eq!(benjamini_hochberg(&[f64::NAN, 0.02], 0.05), [false, true]);
        assert_eq!(benjamini_hochberg(&[], 0.05), Vec::<bool>::new());
    }
}
