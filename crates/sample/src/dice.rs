//! Randomness: one ChaCha stream per entity and purpose, so that one change does not reshuffle the rest.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, Gamma, StandardNormal};

/// What a stream is for. Each customer has one stream per purpose.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Profile = 1,
    Process = 2,
    Delivery = 3,
    Support = 4,
    Voice = 5,
    Browsing = 6,
    Loyalty = 7,
    Campaign = 8,
    Referral = 9,
    Spend = 10,
    Anonymous = 11,
}

/// A stream of random draws.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of one customer for one purpose.
    pub(crate) fn of_customer(seed: u64, slot: u32, purpose: Purpose) -> Dice {
        Dice::stream(seed, (u64::from(slot) << 8) | purpose as u64)
    }

    /// The stream of something that is no customer; `name` is a small number of its own.
    pub(crate) fn of_company(seed: u64, name: u64) -> Dice {
        Dice::stream(seed, (1 << 63) | name)
    }

    fn stream(seed: u64, stream: u64) -> Dice {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Dice(rng)
    }

    /// Uniform in [0, 1) with 53 random bits.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Uniform in 0..n; 0 where n is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// Uniform between two seconds, the last excluded.
    pub(crate) fn seconds(&mut self, from: i64, until: i64) -> i64 {
        from + (self.uniform() * (until - from) as f64) as i64
    }

    pub(crate) fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// Exponential with the given mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        let draw: f64 = Exp1.sample(&mut self.0);
        draw * mean
    }

    /// Gamma with shape and rate (mean = shape / rate); 0 for parameters that are not positive.
    pub(crate) fn gamma(&mut self, shape: f64, rate: f64) -> f64 {
        match Gamma::new(shape, 1.0 / rate) {
            Ok(gamma) => gamma.sample(&mut self.0),
            Err(_) => 0.0,
        }
    }

    /// Beta(a, b) as a ratio of gammas.
    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a, 1.0), self.gamma(b, 1.0));
        if x + y > 0.0 { x / (x + y) } else { 0.5 }
    }

    /// Number of successes before the first failure, at most `most`.
    pub(crate) fn geometric(&mut self, continue_probability: f64, most: usize) -> usize {
        let mut count = 0;
        while count < most && self.chance(continue_probability) {
            count += 1;
        }
        count
    }

    /// One of the choices, all equally likely.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// An index drawn by weight.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut rest = self.uniform() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return at;
            }
            rest -= weight;
        }
        weights.len().saturating_sub(1)
    }
}

/// Probability from log odds.
pub(crate) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Log odds from a probability, kept finite.
pub(crate) fn logit(probability: f64) -> f64 {
    let p = probability.clamp(1e-9, 1.0 - 1e-9);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(n: usize, mut draw: impl FnMut(&mut Dice) -> f64) -> f64 {
        let mut dice = Dice::of_company(7, 1);
        (0..n).map(|_| draw(&mut dice)).sum::<f64>() / n as f64
    }

    #[test]
    fn means_are_those_of_the_distributions() {
        assert!((mean(40_000, |d| d.gamma(3.0, 1.5)) - 2.0).abs() < 0.03);
        assert!((mean(40_000, |d| d.beta(0.9, 2.1)) - 0.3).abs() < 0.01);
        assert!((mean(40_000, |d| d.exponential(4.0)) - 4.0).abs() < 0.1);
        assert!((mean(40_000, |d| d.weighted(&[1.0, 3.0]) as f64) - 0.75).abs() < 0.01);
        assert!((mean(40_000, |d| d.geometric(0.5, 50) as f64) - 1.0).abs() < 0.03);
    }

    #[test]
    fn logit_and_logistic_are_inverse() {
        for p in [0.001, 0.2, 0.5, 0.93] {
            assert!((logistic(logit(p)) - p).abs() < 1e-12);
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        let draw = |slot| Dice::of_customer(1, slot, Purpose::Process).uniform();
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }
}
