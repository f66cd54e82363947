//! Failed checks as sentences that say what to do.

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use throughline_stats::MixChange;

use super::failed::{CheckKind, FailedCheck};
use super::profile::Profile;

/// What was seen of one check on some days in a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Seen {
    /// The days, the last one not included.
    pub(super) days: Range<i64>,
    /// Rows of these days.
    pub(super) rows: u64,
    pub(super) observed: f64,
    pub(super) expected: f64,
    pub(super) range: Option<(f64, f64)>,
    pub(super) value: Option<String>,
    /// The kind of rows, where it is only one.
    pub(super) kind: Option<String>,
    pub(super) change: Option<MixChange>,
    pub(super) moved: f64,
    /// Rows later than this many days are late.
    pub(super) late_days: i64,
    pub(super) p: f64,
}

impl Seen {
    /// Joins the days after it: numbers of rows add up, shares are those of all their rows; of a mix the week that
    /// moved furthest speaks.
    pub(super) fn add(&mut self, next: &Seen, kind: CheckKind) {
        let days = self.days.start..self.days.end.max(next.days.end);
        let rows = self.rows + next.rows;
        let kind_of_rows = self.kind.take().filter(|own| next.kind.as_ref() == Some(own));
        match kind {
            CheckKind::VolumeLow | CheckKind::VolumeHigh => {
                self.observed += next.observed;
                self.expected += next.expected;
                self.range = self.range.zip(next.range).map(|(a, b)| (a.0 + b.0, a.1 + b.1));
            }
            CheckKind::Mix if next.moved > self.moved => *self = next.clone(),
            CheckKind::Mix => {}
            _ => {
                let (own, other) = (self.rows as f64, next.rows as f64);
                let all = (own + other).max(1.0);
                self.observed = (self.observed * own + next.observed * other) / all;
                self.expected = (self.expected * own + next.expected * other) / all;
            }
        }
        (self.days, self.rows, self.p, self.kind) = (days, rows, self.p.min(next.p), kind_of_rows);
    }
}

/// The civil day of a number.
pub(super) fn civil(day: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add(i32::try_from(day).ok()?.days()).ok()
}

/// What was seen, as a failed check.
pub(super) fn failed(kind: CheckKind, profile: &Profile, column: Option<&str>, seen: Seen) -> FailedCheck {
    let (from, until) = (civil(seen.days.start), civil(seen.days.end - 1));
    let of_kind = seen.kind.as_ref().map_or(String::new(), |kind| format!(" ({kind})"));
    let when = format!("{}{of_kind}", when(from, until));
    let sentence = match kind {
        CheckKind::VolumeLow | CheckKind::VolumeHigh => volume(kind, profile, &seen, &when),
        CheckKind::Mix => mix(profile, column.unwrap_or_default(), &seen, &when),
        CheckKind::Lateness => format!(
            "{} of {}: {} of the rows {when} were recorded more than {} late, {} usually are: did a delivery fail and \
             come later?",
            profile.table,
            profile.source,
            percent(seen.observed),
            days(seen.late_days),
            percent(seen.expected),
        ),
        _ => format!(
            "{}.{} of {} is empty in {} of the rows {when}, usually in {}: did the export lose the column, or get \
             another name for it?",
            profile.table,
            column.unwrap_or_default(),
            profile.source,
            percent(seen.observed),
            percent(seen.expected),
        ),
    };
    FailedCheck {
        kind,
        source: profile.source.clone(),
        table: profile.table.clone(),
        column: column.map(str::to_owned),
        from,
        until,
        observed: seen.observed,
        expected: seen.expected,
        range: seen.range,
        moved: (kind == CheckKind::Mix).then_some(seen.moved),
        value: seen.value,
        p: Some(seen.p),
        sentence,
    }
}

fn volume(kind: CheckKind, profile: &Profile, seen: &Seen, when: &str) -> String {
    let question = match kind {
        CheckKind::VolumeLow => "was the export cut?",
        _ => "were rows delivered twice under new ids, or was there a campaign?",
    };
    let (low, high) = seen.range.unwrap_or((seen.expected, seen.expected));
    format!("{} of {}: {} {when}, {low} to {high} expected: {question}", profile.table, profile.source, seen.observed)
}

fn mix(profile: &Profile, column: &str, seen: &Seen, when: &str) -> String {
    let place = format!("{}.{column} of {}", profile.table, profile.source);
    let value = seen.value.as_deref().unwrap_or_default();
    let (now, before) = (percent(seen.observed), percent(seen.expected));
    match seen.change {
        Some(MixChange::Vanished) => {
            format!("{place}: `{value}` is gone {when}, {before} of the rows before: was it renamed, or not exported?")
        }
        Some(MixChange::Appeared) => {
            format!(
                "{place}: `{value}` is new and {now} of the rows {when}: is it another name of a value that was there?"
            )
        }
        _ => format!(
            "{place}: `{value}` is {now} of the rows {when}, {before} before: is a part of the records missing, or were \
             values renamed?"
        ),
    }
}

fn days(number: i64) -> String {
    if number == 1 { "a day".to_owned() } else { format!("{number} days") }
}

fn percent(share: f64) -> String {
    let points = share * 100.0;
    if points > 0.0 && points < 1.0 { format!("{points:.1} %") } else { format!("{points:.0} %") }
}

/// One day, or from one to another.
fn when(from: Option<Date>, until: Option<Date>) -> String {
    let (Some(from), Some(until)) = (from, until) else { return "for a while".to_owned() };
    let short = |day: Date| day.strftime("%a %-d %b %Y").to_string();
    if from == until { format!("on {}", short(from)) } else { format!("from {} to {}", short(from), short(until)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sentences_say_what_when_and_what_to_do() {
        let profile = Profile { source: "shop".into(), table: "orders".into(), ..Profile::default() };
        let seen = Seen {
            days: 20_515..20_516,
            rows: 12,
            observed: 12.0,
            expected: 208.0,
            range: Some((180.0, 240.0)),
            ..Seen::default()
        };
        let low = failed(CheckKind::VolumeLow, &profile, None, seen.clone());
        assert_eq!(low.sentence, "orders of shop: 12 on Tue 3 Mar 2026, 180 to 240 expected: was the export cut?");
        let mut two = seen.clone();
        two.add(&Seen { days: 20_516..20_517, ..seen }, CheckKind::VolumeLow);
        let low = failed(CheckKind::VolumeLow, &profile, None, two);
        assert!(
            low.sentence.starts_with("orders of shop: 24 from Tue 3 Mar 2026 to Wed 4 Mar 2026, 360 to 480 expected")
        );
        let empty = Seen { days: 20_515..20_516, rows: 50, observed: 1.0, expected: 0.004, ..Seen::default() };
        let empty = failed(CheckKind::Nulls, &profile, Some("channel"), empty);
        assert!(
            empty.sentence.starts_with(
                "orders.channel of shop is empty in 100 % of the rows on Tue 3 Mar 2026, usually in 0.4 %"
            )
        );
    }
}
