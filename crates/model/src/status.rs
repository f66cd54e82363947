//! What a score amounts to: on target, close, off target, or not enough known to say.

use std::fmt;

use crate::reading::Interval;
use crate::score::REACHED;

/// Scores this close to a threshold have reached it: a target of 100 · 1.1 is 110.00000000000001 in
/// doubles, and a value of 110 is on target all the same.
const ROUNDING: f64 = 1e-9;

/// The status of a measure, an objective or a whole scorecard in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The score is 100 or more.
    OnTarget,
    /// The score is at least the threshold for close, 70 unless set otherwise.
    Close,
    /// The score is below that.
    OffTarget,
    /// There is a score, but its interval is too wide to say which of the three it is.
    TooLittleData,
    /// There is no score.
    NoData,
}

impl Status {
    /// All of them, best first.
    pub const ALL: [Status; 5] =
        [Status::OnTarget, Status::Close, Status::OffTarget, Status::TooLittleData, Status::NoData];

    /// One character that tells the status without colour.
    pub fn sign(self) -> &'static str {
        match self {
            Status::OnTarget => "▲",
            Status::Close => "●",
            Status::OffTarget => "▼",
            Status::TooLittleData => "?",
            Status::NoData => "–",
        }
    }

    /// The status in words.
    pub fn word(self) -> &'static str {
        match self {
            Status::OnTarget => "on target",
            Status::Close => "close",
            Status::OffTarget => "off target",
            Status::TooLittleData => "too little data",
            Status::NoData => "no data",
        }
    }

    /// Whether the score behind it counts in a roll-up; what does not is missing weight.
    pub fn is_known(self) -> bool {
        matches!(self, Status::OnTarget | Status::Close | Status::OffTarget)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The status of a score and its 95 % interval (both 0 to 120), measured on `n` rows.
///
/// Too little data: the interval covers two statuses and `n` is under `minimum_n`, or it covers all
/// three. Totals and levels have no interval and are taken as they are; a sampled value whose interval
/// is undefined should come with [`WHOLE_SCALE`](crate::score::WHOLE_SCALE). `close_from` is where
/// close begins; at 100 or more there is no close. A score that is not a number is no data.
pub fn status(score: f64, score_interval: Option<Interval>, n: u64, minimum_n: u64, close_from: f64) -> Status {
    if score.is_nan() {
        return Status::NoData;
    }
    let covered = score_interval.map_or(1, |i| covered(i, close_from));
    if covered > 2 || (covered == 2 && n < minimum_n) { Status::TooLittleData } else { standing(score, close_from) }
}

/// The status of a score taken as exact.
fn standing(score: f64, close_from: f64) -> Status {
    if score >= REACHED - ROUNDING {
        Status::OnTarget
    } else if score >= close_from - ROUNDING {
        Status::Close
    } else {
        Status::OffTarget
    }
}

/// How many of the three statuses the scores of an interval take.
fn covered(scores: Interval, close_from: f64) -> usize {
    if scores.low.is_nan() || scores.high.is_nan() {
        return 1;
    }
    match (standing(scores.low, close_from), standing(scores.high, close_from)) {
        (low, high) if low == high => 1,
        (Status::OffTarget, Status::OnTarget) if close_from < REACHED => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(score: f64, interval: Option<(f64, f64)>, n: u64, expected: Status) {
        let interval = interval.map(|(low, high)| Interval { low, high });
        assert_eq!(status(score, interval, n, 30, 70.0), expected, "{score} {interval:?} {n}");
    }

    #[test]
    fn the_score_alone() {
        check(120.0, None, 1, Status::OnTarget);
        check(100.0, None, 1, Status::OnTarget);
        check(99.9, None, 1, Status::Close);
        check(70.0, None, 1, Status::Close);
        check(69.9, None, 1, Status::OffTarget);
        check(0.0, None, 0, Status::OffTarget);
        check(f64::NAN, None, 100, Status::NoData);
    }

    #[test]
    fn one_status_covered_is_sure_with_few_rows() {
        check(110.0, Some((101.0, 120.0)), 3, Status::OnTarget);
        check(80.0, Some((70.0, 99.0)), 3, Status::Close);
        check(10.0, Some((0.0, 69.0)), 3, Status::OffTarget);
    }

    #[test]
    fn two_statuses_covered_need_the_minimum() {
        for (score, low, high, known) in [
            (90.0, 75.0, 105.0, Status::Close),
            (60.0, 50.0, 71.0, Status::OffTarget),
            (100.0, 99.0, 101.0, Status::OnTarget),
        ] {
            check(score, Some((low, high)), 29, Status::TooLittleData);
            check(score, Some((low, high)), 30, known);
        }
    }

    #[test]
    fn three_statuses_covered_are_never_enough() {
        check(90.0, Some((60.0, 101.0)), 1_000_000, Status::TooLittleData);
        check(90.0, Some((crate::score::LEAST, crate::score::GREATEST)), 1, Status::TooLittleData);
    }

    #[test]
    fn the_threshold_moves() {
        let at = |score, close_from| status(score, None, 99, 30, close_from);
        assert_eq!(at(80.0, 85.0), Status::OffTarget);
        assert_eq!(at(80.0, 50.0), Status::Close);
        // Without a close there are two statuses, and both can be covered.
        let wide = Some(Interval { low: 60.0, high: 110.0 });
        assert_eq!(at(99.0, 100.0), Status::OffTarget);
        assert_eq!(status(99.0, wide, 99, 30, 100.0), Status::OffTarget);
        assert_eq!(status(99.0, wide, 9, 30, 100.0), Status::TooLittleData);
    }

    #[test]
    fn rounding_does_not_miss_a_target() {
        let target = 100.0 * 1.1;
        assert!(target > 110.0);
        let score = crate::score::score(110.0, target, 50.0).unwrap_or(f64::NAN);
        assert!(score < 100.0);
        check(score, None, 100, Status::OnTarget);
    }

    #[test]
    fn an_interval_that_is_none_is_ignored() {
        check(90.0, Some((f64::NAN, 110.0)), 3, Status::Close);
    }

    #[test]
    fn signs_and_words_are_distinct() {
        let signs: Vec<_> = Status::ALL.iter().map(|s| s.sign()).collect();
        assert_eq!(signs.concat(), "▲●▼?–");
        assert_eq!(format!("[{:>12}]", Status::OffTarget), "[  off target]");
        let known: Vec<_> = Status::ALL.iter().map(|s| s.is_known()).collect();
        assert_eq!(known, [true, true, true, false, false]);
    }
}
