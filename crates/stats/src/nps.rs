//! The Net Promoter Score and its interval.

use crate::{Interval, Z, wilson};

/// The score `100 · (promoters − detractors) / answers`, −100 to 100, and its 95 % interval; `None`
/// without answers.
///
/// The variance of the estimate is `100² · (p + d − (p − d)²) / n`, p and d the shares of promoters
/// (9–10) and detractors (0–6). It is zero where all answers fall into one group, which says nothing
/// about how few they are; there the interval comes from what the Wilson interval of that group
/// leaves to the other groups.
pub fn nps(promoters: u64, passives: u64, detractors: u64) -> Option<(f64, Interval)> {
    let n = promoters.checked_add(passives)?.checked_add(detractors)?;
    if n == 0 {
        return None;
    }
    if n == promoters || n == passives || n == detractors {
        return unanimous(promoters, detractors, n);
    }
    let count = n as f64;
    let (p, d) = (promoters as f64 / count, detractors as f64 / count);
    let score = 100.0 * (p - d);
    let variance = 100.0 * 100.0 * (p + d - (p - d) * (p - d)) / count;
    let interval = Interval::around(score, Z * variance.sqrt())?;
    Some((score, interval.cut(-100.0, 100.0)))
}

/// All `n` answers in one group: at most `other` of the share may belong elsewhere.
fn unanimous(promoters: u64, detractors: u64, n: u64) -> Option<(f64, Interval)> {
    let other = wilson(0, n)?.high;
    Some(if promoters == n {
        (100.0, Interval { low: 100.0 - 200.0 * other, high: 100.0 })
    } else if detractors == n {
        (-100.0, Interval { low: -100.0, high: 200.0 * other - 100.0 })
    } else {
        (0.0, Interval { low: -100.0 * other, high: 100.0 * other })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 50 promoters, 30 passives, 20 detractors: 30; variance 100² · (0.7 − 0.09) / 100 = 61.
    #[test]
    fn worked_by_hand() {
        let (score, i) = nps(50, 30, 20).unwrap();
        assert!((score - 30.0).abs() < 1e-12);
        let half = 1.959_963_984_540_054 * 61.0f64.sqrt();
        assert!((i.low - (30.0 - half)).abs() < 1e-10 && (i.high - (30.0 + half)).abs() < 1e-10);
    }

    #[test]
    fn swapping_promoters_and_detractors_mirrors() {
        let (a, i) = nps(7, 3, 12).unwrap();
        let (b, j) = nps(12, 3, 7).unwrap();
        assert!((a + b).abs() < 1e-12 && (i.low + j.high).abs() < 1e-12);
    }

    #[test]
    fn no_answers_are_undefined() {
        assert_eq!(nps(0, 0, 0), None);
        assert_eq!(nps(u64::MAX, 1, 0), None);
    }

    #[test]
    fn one_voice_is_not_certainty() {
        let (score, i) = nps(1, 0, 0).unwrap();
        assert_eq!((score, i.high), (100.0, 100.0));
        assert!(i.low < -50.0 && i.low >= -100.0, "{i:?}");
        let (score, i) = nps(0, 20, 0).unwrap();
        assert_eq!(score, 0.0);
        assert!((i.high - 16.11).abs() < 0.01 && i.low == -i.high, "{i:?}");
        assert_eq!(nps(0, 0, 20).unwrap().1.low, -100.0);
    }
}
