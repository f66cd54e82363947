//! What failed checks leave of a number: the bounds that the doubtful rows could move it to.
//!
//! Bounds of a mean of which rows are missing are those of Manski (2003), Partial Identification of Probability
//! Distributions, section 1.2; bounds of a mean among rows that do not belong are those of Horowitz and Manski (1995),
//! Econometrica 63, 281–302. Formulas are told in docs/data-checks.md.

use jiff::civil::Date;
use throughline_model::measure::Aggregate;
use throughline_model::reading::Interval;

use super::failed::{CheckKind, FailedCheck};
use super::known::DailyRows;

/// What is doubtful of the rows of a period, as parts of them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Doubt {
    /// Missing ones, as a part of those there should be.
    pub(crate) missing: f64,
    /// Ones too many, as a part of those there are.
    pub(crate) extra: f64,
    /// Ones whose values may be any others, as a part of those there are.
    pub(crate) moved: f64,
}

impl Doubt {
    /// What failed checks make doubtful of the days of a period. Doubts about several tables add up: the worst case.
    pub(crate) fn of<'a>(
        failed: impl Iterator<Item = (&'a FailedCheck, Option<&'a DailyRows>)>,
        period: (Date, Date),
    ) -> Doubt {
        let mut doubt = Doubt::default();
        for (check, rows) in failed {
            let own = one(check, rows, period).unwrap_or_default();
            doubt.missing = (doubt.missing + own.missing).min(1.0);
            doubt.extra = (doubt.extra + own.extra).min(1.0);
            doubt.moved = (doubt.moved + own.moved).min(1.0);
        }
        doubt
    }
}

/// Days from one to another, both included.
fn length(days: (Date, Date)) -> f64 {
    f64::from((days.1 - days.0).get_days() + 1)
}

fn one(check: &FailedCheck, rows: Option<&DailyRows>, period: (Date, Date)) -> Option<Doubt> {
    let none = Doubt::default();
    let own = (check.from.unwrap_or(period.0), check.until.unwrap_or(period.1));
    let shared = (own.0.max(period.0), own.1.min(period.1));
    let of_period = |days| {
        let rows = rows?;
        Some(rows.between(days) as f64 / rows.between(period).max(1) as f64)
    };
    let doubt = match check.kind {
        CheckKind::VolumeLow | CheckKind::VolumeHigh => {
            let off = (check.expected - check.observed) * length(shared) / length(own);
            let all = rows?.between(period) as f64;
            if off > 0.0 {
                Doubt { missing: off / (all + off), ..none }
            } else {
                Doubt { extra: -off / all.max(1.0), ..none }
            }
        }
        CheckKind::Nulls => Doubt { missing: (check.observed - check.expected) * of_period(shared)?, ..none },
        CheckKind::Mix => Doubt { moved: check.moved? * of_period(shared)?, ..none },
        // Days without rows are taken to have as many as the others.
        CheckKind::Freshness => Doubt { missing: length(shared) / length(period), ..none },
        CheckKind::Completeness | CheckKind::Validity => Doubt { missing: 1.0 - check.observed, ..none },
        CheckKind::Lateness | CheckKind::Uniqueness => none,
    };
    Some(doubt)
}

/// The bounds of a mean whose values lie in `support`: of the rows those too many go, some change, the missing come.
pub(crate) fn mean(value: Interval, support: Interval, doubt: Doubt) -> Option<Interval> {
    let Doubt { missing, extra, moved } = doubt;
    if extra >= 1.0 || missing >= 1.0 {
        return None;
    }
    let (least, most) = (support.low, support.high);
    let cut = |end: f64| end.min(most).max(least);
    let low = cut((value.low - extra * most) / (1.0 - extra));
    let high = cut((value.high - extra * least) / (1.0 - extra));
    let (low, high) = (cut(low - moved * (most - least)), cut(high + moved * (most - least)));
    Some(Interval { low: low * (1.0 - missing) + missing * least, high: high * (1.0 - missing) + missing * most })
}

/// The bounds of a number that grows with the rows: those too many go, as many as changed come or go, and the missing
/// come and are like the others.
pub(crate) fn total(value: Interval, doubt: Doubt) -> Option<Interval> {
    let Doubt { missing, extra, moved } = doubt;
    if missing >= 1.0 {
        return None;
    }
    let (less, more) = ((1.0 - extra) * (1.0 - moved), (1.0 + moved) / (1.0 - missing));
    let ends = [value.low * less, value.low * more, value.high * less, value.high * more];
    let fold = |pick: fn(f64, f64) -> f64, start: f64| ends.iter().copied().fold(start, pick);
    Some(Interval { low: fold(f64::min, f64::INFINITY), high: fold(f64::max, f64::NEG_INFINITY) })
}

/// The quantiles of the rows there are between which the quantile `p` of those there should be lies.
pub(crate) fn quantiles(p: f64, doubt: Doubt) -> Option<(f64, f64)> {
    let Doubt { missing, extra, moved } = doubt;
    if missing >= 1.0 {
        return None;
    }
    let (low, high) = (p * (1.0 - extra) - moved, extra + p * (1.0 - extra) + moved);
    let cut = |p: f64| p.clamp(0.0, 1.0);
    Some((cut((low - missing) / (1.0 - missing)), cut(high / (1.0 - missing))))
}

/// The values that rows of an aggregate can have: `None` where only the rows know.
pub(crate) fn support(aggregate: &Aggregate) -> Option<Interval> {
    match aggregate {
        Aggregate::Ratio => Some(Interval { low: 0.0, high: 1.0 }),
        Aggregate::Nps => Some(Interval { low: -100.0, high: 100.0 }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::date;

    fn at(value: f64) -> Interval {
        Interval { low: value, high: value }
    }

    #[track_caller]
    fn near(found: Option<Interval>, low: f64, high: f64) {
        let found = found.unwrap();
        assert!((found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9, "{found:?}");
    }

    const SHARE: Interval = Interval { low: 0.0, high: 1.0 };

    /// 72 of 90 that are there; of 10 that are missing none or all.
    #[test]
    fn missing_rows_are_all_bad_or_all_good() {
        let doubt = Doubt { missing: 0.1, ..Doubt::default() };
        near(mean(at(0.8), SHARE, doubt), 0.72, 0.82);
        near(total(at(90.0), doubt), 90.0, 100.0);
        near(total(at(-90.0), doubt), -100.0, -90.0);
        // The 5th of 10 is, of 9, the 4th or the 5th: (0.5 − 0.1) / 0.9 and 0.5 / 0.9.
        let (low, high) = quantiles(0.5, doubt).unwrap();
        assert!((low - 4.0 / 9.0).abs() < 1e-12 && (high - 5.0 / 9.0).abs() < 1e-12);
    }

    /// 60 of 100 of which 20 do not belong: 40 of 80, or 60 of 80.
    #[test]
    fn rows_too_many_are_all_good_or_all_bad() {
        let doubt = Doubt { extra: 0.2, ..Doubt::default() };
        near(mean(at(0.6), SHARE, doubt), 0.5, 0.75);
        near(total(at(100.0), doubt), 80.0, 100.0);
        assert_eq!(quantiles(0.5, doubt).map(|(low, high)| (low, (high * 10.0).round() / 10.0)), Some((0.4, 0.6)));
    }

    #[test]
    fn other_values_move_it_as_far_as_they_reach() {
        let doubt = Doubt { moved: 0.1, ..Doubt::default() };
        near(mean(at(0.95), SHARE, doubt), 0.85, 1.0);
        near(mean(at(10.0), Interval { low: 0.0, high: 50.0 }, doubt), 5.0, 15.0);
        near(total(at(100.0), doubt), 90.0, 110.0);
    }

    #[test]
    fn where_all_is_missing_nothing_is_known() {
        let all = Doubt { missing: 1.0, ..Doubt::default() };
        assert_eq!((mean(at(0.5), SHARE, all), total(at(5.0), all), quantiles(0.5, all)), (None, None, None));
        let nothing = Doubt::default();
        near(mean(at(0.5), SHARE, nothing), 0.5, 0.5);
        near(total(at(5.0), nothing), 5.0, 5.0);
    }

    #[test]
    fn a_check_makes_doubtful_what_it_shares_with_the_period() {
        let check = |kind, observed, expected| FailedCheck {
            kind,
            source: "shop".into(),
            table: "orders".into(),
            column: None,
            value: None,
            from: Some(date(2026, 3, 31)),
            until: Some(date(2026, 4, 1)),
            observed,
            expected,
            range: None,
            moved: Some(0.5),
            p: None,
            sentence: String::new(),
        };
        let march = (date(2026, 3, 1), date(2026, 3, 31));
        // 2026-03-01 is day 20513; ten rows a day, and none on the last.
        let rows = DailyRows { first: 20_513, rows: [vec![10; 30], vec![0, 0], vec![10; 20]].concat() };
        let doubt =
            |kind, observed, expected| Doubt::of([(&check(kind, observed, expected), Some(&rows))].into_iter(), march);
        assert_eq!(doubt(CheckKind::VolumeLow, 0.0, 40.0), Doubt { missing: 20.0 / 320.0, ..Doubt::default() });
        assert_eq!(doubt(CheckKind::VolumeHigh, 100.0, 40.0), Doubt { extra: 0.1, ..Doubt::default() });
        assert_eq!(doubt(CheckKind::Nulls, 1.0, 0.0).missing, 0.0);
        assert_eq!(doubt(CheckKind::Uniqueness, 0.5, 0.95), Doubt::default());
        let until_may = FailedCheck { until: None, ..check(CheckKind::Freshness, 9.0, 1.0) };
        let missing = Doubt::of([(&until_may, Some(&rows))].into_iter(), march).missing;
        assert!((missing - 1.0 / 31.0).abs() < 1e-12);
    }
}
