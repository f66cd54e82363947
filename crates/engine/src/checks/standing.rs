//! The checks that fixed limits decide, from the health of a source.

use jiff::civil::Date;
use throughline_model::Calendar;

use super::failed::{CheckKind, FailedCheck};
use crate::sources::SourceHealth;

/// Below this share something is worth saying.
const ENOUGH: f64 = 0.95;

/// The checks that a source failed of freshness, completeness, validity and uniqueness.
pub(crate) fn failed(health: &SourceHealth, calendar: &Calendar) -> Vec<FailedCheck> {
    let shares = [
        (
            CheckKind::Completeness,
            health.completeness,
            "of its required fields are present: does the export leave fields out?",
        ),
        (
            CheckKind::Validity,
            health.validity,
            "of its rows could be used: `throughline rejects` says what is wrong with the others.",
        ),
        (CheckKind::Uniqueness, health.uniqueness, "of its rows came once: does the export repeat itself?"),
    ];
    let low = shares.into_iter().filter_map(|(kind, share, words)| {
        let share = share.filter(|share| *share < ENOUGH)?;
        let percent = (share * 1000.0).floor() / 10.0;
        let sentence = format!("{} of {}: {percent:.1} % {words}", health.table, health.source);
        Some(check(health, kind, (share, ENOUGH), None, sentence))
    });
    stale(health, calendar).into_iter().chain(low).collect()
}

fn stale(health: &SourceHealth, calendar: &Calendar) -> Option<FailedCheck> {
    let (age, rhythm) = (health.age_seconds?, health.rhythm_seconds?);
    let last = calendar.local_day(health.last.filter(|_| health.is_stale() == Some(true))?);
    let days = |seconds: f64| match (seconds / 86_400.0).round() {
        1.0 => "every day".to_owned(),
        days => format!("every {days} days"),
    };
    let sentence = format!(
        "{} of {}: nothing since {}, and usually something {}: has its delivery stopped?",
        health.table,
        health.source,
        last.strftime("%a %-d %b %Y"),
        days(rhythm)
    );
    Some(check(health, CheckKind::Freshness, (age, rhythm), last.tomorrow().ok(), sentence))
}

fn check(
    health: &SourceHealth,
    kind: CheckKind,
    (observed, expected): (f64, f64),
    from: Option<Date>,
    sentence: String,
) -> FailedCheck {
    FailedCheck {
        kind,
        source: health.source.clone(),
        table: health.table.clone(),
        column: None,
        value: None,
        from,
        until: None,
        observed,
        expected,
        range: None,
        moved: None,
        p: None,
        sentence,
    }
}
