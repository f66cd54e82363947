//! Emotion: the mean of satisfaction, scores brought to −2…+2, with its n and interval.

use throughline_stats::{Interval, Moments};

/// The mean of scores, each brought from its own scale to −2…+2 (`share · 4 − 2`).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Emotion {
    /// How many scores.
    pub n: u64,
    /// Their mean, −2 to 2; `None` below the minimum asked for, and without any.
    pub mean: Option<f64>,
    /// Its 95 % interval (Student's t); `None` where there is no mean, and for a single score.
    pub interval: Option<Interval>,
}

/// Sums of scores. Shares are taken to a billionth, so that sums are whole numbers and depend on no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EmotionSums {
    n: u64,
    sum: i128,
    squares: i128,
}

/// One whole scale.
const WHOLE: f64 = 1e9;

impl EmotionSums {
    /// Adds a score as a share of its scale, 0 to 1; others are cut to that.
    pub fn add(&mut self, share: f64) {
        let share = (share.clamp(0.0, 1.0) * WHOLE).round() as i128;
        self.n += 1;
        self.sum += share;
        self.squares += share * share;
    }

    /// Adds other scores.
    pub fn merge(&mut self, other: &EmotionSums) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The mean of the scores, where there are at least `minimum`.
    pub fn emotion(&self, minimum: u64) -> Emotion {
        if self.n == 0 || self.n < minimum {
            return Emotion { n: self.n, ..Emotion::default() };
        }
        let n = i128::from(self.n);
        // Exact until here: no spread is lost between large sums.
        let deviations = (n * self.squares - self.sum * self.sum) as f64 / n as f64 / (WHOLE * WHOLE);
        let mean = self.sum as f64 / n as f64 / WHOLE * 4.0 - 2.0;
        let moments = Moments { n: self.n, mean, deviations: deviations * 16.0 };
        Emotion { n: self.n, mean: Some(mean), interval: moments.interval() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn agrees_with_moments_of_the_values() {
        let shares = [0.0, 0.25, 0.25, 0.75, 1.0, 1.0, 0.3];
        let mut sums = EmotionSums::default();
        shares.iter().for_each(|share| sums.add(*share));
        let values: Vec<f64> = shares.iter().map(|share| share * 4.0 - 2.0).collect();
        let expected = Moments::of(&values).unwrap();
        let found = sums.emotion(7);
        assert!((found.mean.unwrap() - expected.mean).abs() < 1e-9);
        let (found, expected) = (found.interval.unwrap(), expected.interval().unwrap());
        assert!((found.low - expected.low).abs() < 1e-8 && (found.high - expected.high).abs() < 1e-8);
        assert_eq!(sums.emotion(8), Emotion { n: 7, mean: None, interval: None });
    }

    #[test]
    fn no_scores_have_no_mean_and_one_no_interval() {
        assert_eq!(EmotionSums::default().emotion(0), Emotion::default());
        let mut sums = EmotionSums::default();
        sums.add(1.0);
        assert_eq!(sums.emotion(1), Emotion { n: 1, mean: Some(2.0), interval: None });
    }
}
