//! The change of a rate, split into what its parts weigh and what happens within them.

/// One value of a dimension: numerator and denominator of its rate, before and now.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stratum {
    /// Numerator before.
    pub numerator_before: f64,
    /// Denominator before; 0 where the value did not occur.
    pub denominator_before: f64,
    /// Numerator now.
    pub numerator_now: f64,
    /// Denominator now; 0 where the value does not occur.
    pub denominator_now: f64,
}

/// What one value of a dimension did to a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixRate {
    /// By weighing more or less.
    pub mix: f64,
    /// By its own rate being another.
    pub rate: f64,
}

/// The change of the rate `R = Σ numerator / Σ denominator`, split exactly over the values: with shares of the
/// denominator w and rates r, before and now,
/// `mix = (w′ − w) · ((r + r′)/2 − (R + R′)/2)` and `rate = (r′ − r) · (w + w′)/2`, which add up to R′ − R.
///
/// The decomposition of Kitagawa (1955), "Components of a difference between two rates", J. Am. Stat. Assoc. 50, its
/// composition effect told value by value against the mean rate, which changes no sum because shares add up to 1. A value
/// that occurs on one side only has the same rate on both, so that all it does is mix. A numerator without a denominator
/// counts as rate. `None` where a whole denominator is zero or a number is not finite.
pub fn mix_and_rate(strata: &[Stratum]) -> Option<Vec<MixRate>> {
    let sum = |of: fn(&Stratum) -> f64| strata.iter().map(of).sum::<f64>();
    let (below, below_now) = (sum(|s| s.denominator_before), sum(|s| s.denominator_now));
    let (whole, whole_now) = (sum(|s| s.numerator_before) / below, sum(|s| s.numerator_now) / below_now);
    if !whole.is_finite() || !whole_now.is_finite() {
        return None;
    }
    let center = (whole + whole_now) / 2.0;
    let one = |s: &Stratum| {
        let (share, share_now) = (s.denominator_before / below, s.denominator_now / below_now);
        let rate = (s.denominator_before != 0.0).then(|| s.numerator_before / s.denominator_before);
        let rate_now = (s.denominator_now != 0.0).then(|| s.numerator_now / s.denominator_now);
        let (r, r_now) = match (rate, rate_now) {
            (Some(r), Some(r_now)) => (r, r_now),
            (Some(r), None) | (None, Some(r)) => (r, r),
            (None, None) => (center, center),
        };
        // What a numerator without a denominator brings, which no rate can tell.
        let left = s.numerator_now / below_now - share_now * r_now - (s.numerator_before / below - share * r);
        let left = if rate.is_some() && rate_now.is_some() { 0.0 } else { left };
        MixRate {
            mix: (share_now - share) * ((r + r_now) / 2.0 - center),
            rate: (r_now - r) * (share + share_now) / 2.0 + left,
        }
    };
    Some(strata.iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn stratum(before: (f64, f64), now: (f64, f64)) -> Stratum {
        Stratum {
            numerator_before: before.0,
            denominator_before: before.1,
            numerator_now: now.0,
            denominator_now: now.1,
        }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    /// Simpson's paradox, by hand: web from 80 of 100 to 17 of 20, store from 10 of 20 to 54 of 100. Both rates rise by
    /// 0.05 and 0.04, the whole falls from 90/120 = 0.75 to 71/120. Shares move by 2/3 either way, the center is 161/240:
    /// mix of web −2/3 · (0.825 − 161/240), of store 2/3 · (0.52 − 161/240), together −2/3 · 0.305; rate 0.05/2 and 0.04/2.
    #[test]
    fn all_rates_rise_and_the_whole_falls() {
        let parts =
            mix_and_rate(&[stratum((80.0, 100.0), (17.0, 20.0)), stratum((10.0, 20.0), (54.0, 100.0))]).unwrap();
        let center = 161.0 / 240.0;
        assert!(near(parts[0].mix, -2.0 / 3.0 * (0.825 - center)) && near(parts[0].rate, 0.025));
        assert!(near(parts[1].mix, 2.0 / 3.0 * (0.52 - center)) && near(parts[1].rate, 0.02));
        let (mix, rate) = parts.iter().fold((0.0, 0.0), |(m, r), part| (m + part.mix, r + part.rate));
        assert!(near(mix, -2.0 / 3.0 * 0.305) && near(rate, 0.045));
        assert!(near(mix + rate, 71.0 / 120.0 - 0.75));
    }

    /// Half of 40 before; now 20 of 40 and 15 of 20 of a new value: from 0.5 to 35/60. All of it is mix.
    #[test]
    fn what_is_new_is_mix() {
        let parts = mix_and_rate(&[stratum((20.0, 40.0), (20.0, 40.0)), stratum((0.0, 0.0), (15.0, 20.0))]).unwrap();
        assert!(parts.iter().all(|part| part.rate == 0.0));
        assert!(near(parts.iter().map(|part| part.mix).sum(), 35.0 / 60.0 - 0.5));
    }

    /// A refund of 5 where nothing was sold has no rate of its own, and lowers the whole all the same.
    #[test]
    fn a_numerator_without_a_denominator_is_not_lost() {
        let parts = mix_and_rate(&[stratum((20.0, 40.0), (20.0, 40.0)), stratum((0.0, 0.0), (-5.0, 0.0))]).unwrap();
        assert!(near(parts[1].rate, -0.125) && near(parts[1].mix, 0.0) && near(parts[0].mix + parts[0].rate, 0.0));
    }

    #[test]
    fn nothing_to_divide_by_is_undefined() {
        assert_eq!(mix_and_rate(&[]), None);
        assert_eq!(mix_and_rate(&[stratum((1.0, 2.0), (0.0, 0.0))]), None);
        assert_eq!(mix_and_rate(&[stratum((1.0, 2.0), (f64::NAN, 1.0))]), None);
    }
}
