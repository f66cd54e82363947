//! The profiles of a source become the checks that failed. Pure: the same profiles give the same answer.

use std::collections::BTreeMap;
use std::ops::Range;

use throughline_stats::{Rhythm, Share, mix_shifts, share_rises, volume};

use super::failed::{CheckKind, FailedCheck};
use super::profile::{Kind, Profile, usual_most};
use super::words::{self, Seen};

/// False alarms per source and quarter that its checks of volume may give together if chance alone were at work, and
/// as many those of its columns, which are ten times as many questions but whose faults are plainer. Together half of
/// the one that is promised: days of real companies are less alike than chance has it.
const FALSE_ALARMS: f64 = 0.25;
/// Days where there are enough rows, else weeks.
const RHYTHMS: [Rhythm; 2] = [Rhythm::Days, Rhythm::Weeks];
/// Volume around the turn of the year is judged where the one before is known: so many days, and what an expectation
/// takes.
const YEAR: i64 = 364 + 56;
/// Usual rows of a day or week from which volume is judged.
const VOLUME_ROWS: [f64; 2] = [20.0, 20.0];
/// Usual rows of a day or week from which shares are; of a week from which mixes are.
const SHARE_ROWS: [f64; 2] = [100.0, 50.0];
/// Rows later than this part of the others are late.
const LATE: f64 = 0.95;
/// A week with so many times the rows of those around it is a wave; so many of them are no accident.
const WAVE: f64 = 3.0;
const WAVES: usize = 3;
const AROUND: usize = 4;
/// Days of a failed check that are no further apart are one.
const APART: i64 = 3;

/// The checks that failed of one source, oldest first. Nothing after `today` is judged, and neither are days whose
/// rows are usually not all there yet.
pub fn judge(profiles: &[Profile], today: i64) -> Vec<FailedCheck> {
    let Some(source_ends) = source_ends(profiles, today) else { return Vec::new() };
    let plans: Vec<Plan<'_>> = profiles.iter().map(|profile| Plan::of(profile, source_ends.min(today))).collect();
    let tests = |of: fn(&Plan<'_>) -> f64| plans.iter().map(of).sum::<f64>().max(1.0);
    let levels = Levels {
        volume: FALSE_ALARMS / tests(|plan| quarter(plan.volume)),
        columns: FALSE_ALARMS / tests(|plan| plan.tests_of_columns()),
    };
    let mut failed: Vec<FailedCheck> = plans.iter().flat_map(|plan| plan.failed(levels)).collect();
    failed.sort_by(|a, b| (a.from, &a.table, a.kind, &a.column).cmp(&(b.from, &b.table, b.kind, &b.column)));
    failed
}

/// The last day any table of the source tells of: a table that falls silent while others go on has lost rows.
fn source_ends(profiles: &[Profile], today: i64) -> Option<i64> {
    let last = |instants: bool| {
        let own = profiles.iter().filter(move |profile| profile.instants == instants);
        own.map(|profile| profile.last().min(today)).max()
    };
    last(true).or_else(|| last(false))
}

/// The two weeks that are like no others in most countries.
fn is_turn_of_the_year(day: i64) -> bool {
    words::civil(day).is_some_and(|day| matches!((day.month(), day.day()), (12, 20..) | (1, ..=6)))
}

fn week(day: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    (day + 3).div_euclid(7)
}

fn monday(week: i64) -> i64 {
    week * 7 - 3
}

/// The chance of one question to give a false alarm.
#[derive(Debug, Clone, Copy)]
struct Levels {
    volume: f64,
    columns: f64,
}

/// What is judged of one table: until which day, and in which rhythm.
struct Plan<'a> {
    profile: &'a Profile,
    /// Days before this one have all their rows.
    come: i64,
    /// Rows of days before this one are as they will stay.
    settled: i64,
    /// Rows of the kinds that come steadily.
    steady: Vec<u64>,
    volume: Option<Rhythm>,
    lateness: Option<Rhythm>,
    kinds: Vec<KindPlan<'a>>,
}

/// What is judged of the rows of one kind.
struct KindPlan<'a> {
    name: &'a str,
    kind: &'a Kind,
    shares: Option<Rhythm>,
    mixes: bool,
}

impl<'a> Plan<'a> {
    fn of(profile: &'a Profile, ends: i64) -> Plan<'a> {
        let ends = if profile.instants { ends } else { ends.min(profile.last()) };
        // The last day may not be over.
        let come = ends + 1 - profile.come_after().max(1);
        let settled = come.min(ends + 1 - profile.settled_after.max(1));
        let usual = |rows: &[u64], rhythm| usual(&sums(profile, rows, come, rhythm));
        let fit = |rows: &[u64], least: [f64; 2]| {
            RHYTHMS
                .into_iter()
                .zip(least)
                .find(|(rhythm, least)| usual(rows, *rhythm) >= *least)
                .map(|(rhythm, _)| rhythm)
        };
        let steady = profile.rows(|kind| is_steady(&sums(profile, &kind.rows, come, Rhythm::Weeks)));
        let kinds = profile.kinds.iter().map(|(name, kind)| KindPlan {
            name,
            kind,
            shares: fit(&kind.rows, SHARE_ROWS),
            mixes: usual(&kind.rows, Rhythm::Weeks) >= SHARE_ROWS[1],
        });
        let lateness = fit(&steady, SHARE_ROWS).filter(|_| !profile.lateness.is_empty());
        Plan { profile, come, settled, volume: fit(&steady, VOLUME_ROWS), lateness, kinds: kinds.collect(), steady }
    }

    /// How many questions are asked of the columns in a quarter.
    fn tests_of_columns(&self) -> f64 {
        let kinds = self.kinds.iter().map(|plan| {
            let mixes = if plan.mixes { quarter(Some(Rhythm::Weeks)) * plan.kind.values.len() as f64 } else { 0.0 };
            quarter(plan.shares) * plan.kind.present.len() as f64 + mixes
        });
        quarter(self.lateness) + quarter(Some(Rhythm::Weeks)) + kinds.sum::<f64>()
    }

    fn failed(&self, Levels { volume, columns: level }: Levels) -> Vec<FailedCheck> {
        let volume = self.volumes(volume);
        // Where rows are missing or too many, their values are another question with the same answer.
        let odd =
            |days: &Range<i64>| volume.iter().any(|seen| seen.days.start < days.end && days.start < seen.days.end);
        let mut found: Vec<(CheckKind, Option<&str>, Seen)> = self.of_kinds(level);
        found.extend(self.lateness(level).into_iter().map(|seen| (CheckKind::Lateness, None, seen)));
        if let Some(column) = &self.profile.kind_column {
            let seen = self.mix(&self.weeks_of_kinds(), level);
            found.extend(seen.into_iter().map(|seen| (CheckKind::Mix, Some(column.as_str()), seen)));
        }
        found.retain(|(_, _, seen)| !odd(&seen.days));
        found.extend(volume.iter().map(|seen| {
            let low = seen.observed < seen.expected;
            (if low { CheckKind::VolumeLow } else { CheckKind::VolumeHigh }, None, seen.clone())
        }));
        found.sort_by_key(|(_, _, seen)| seen.days.start);
        let mut merged: BTreeMap<(CheckKind, Option<&str>), Vec<Seen>> = BTreeMap::new();
        for (kind, column, seen) in found {
            let before = merged.entry((kind, column)).or_default();
            match before.last_mut().filter(|last| seen.days.start - last.days.end < APART) {
                Some(last) => last.add(&seen, kind),
                None => before.push(seen),
            }
        }
        let failed = merged.into_iter().flat_map(|(of, seen)| seen.into_iter().map(move |seen| (of, seen)));
        failed.map(|((kind, column), seen)| words::failed(kind, self.profile, column, seen)).collect()
    }

    /// Columns that lack values, and columns with other ones, kind by kind.
    fn of_kinds(&self, level: f64) -> Vec<(CheckKind, Option<&str>, Seen)> {
        let mut found = Vec::new();
        for plan in &self.kinds {
            let named = |mut seen: Seen| {
                seen.kind = Some(plan.name.to_owned()).filter(|name| !name.is_empty());
                seen
            };
            for (column, present) in plan.shares.iter().flat_map(|_| &plan.kind.present) {
                let seen = self.nulls(plan, present, level).into_iter();
                found.extend(seen.map(|seen| (CheckKind::Nulls, Some(column.as_str()), named(seen))));
            }
            for (column, values) in plan.kind.values.iter().filter(|_| plan.mixes) {
                let seen = self.mix(values, level).into_iter();
                found.extend(seen.map(|seen| (CheckKind::Mix, Some(column.as_str()), named(seen))));
            }
        }
        found
    }

    /// Rows of each week by kind, of the kinds that come steadily.
    fn weeks_of_kinds(&self) -> BTreeMap<String, Vec<u64>> {
        let weeks = |kind: &Kind| sums(self.profile, &kind.rows, self.come, Rhythm::Weeks);
        let steady = self.profile.kinds.iter().map(|(name, kind)| (name.clone(), weeks(kind)));
        let skipped = self.weeks(self.come).start;
        let steady = steady.filter(|(_, weeks)| is_steady(weeks));
        // Positions count from the week that holds the first day.
        steady.map(|(name, weeks)| (name, [vec![0; skipped], weeks].concat())).collect()
    }

    fn volumes(&self, level: f64) -> Vec<Seen> {
        let Some(rhythm) = self.volume else { return Vec::new() };
        let counts = sums(self.profile, &self.steady, self.come, rhythm);
        let signals = volume(&counts, rhythm, level).into_iter();
        let judged = signals.filter(|signal| {
            let days = self.days(signal.position, rhythm);
            days.start - YEAR >= self.profile.first
                || !(is_turn_of_the_year(days.start) || is_turn_of_the_year(days.end))
        });
        let seen = judged.map(|signal| Seen {
            days: self.days(signal.position, rhythm),
            rows: signal.observed,
            observed: signal.observed as f64,
            expected: signal.expected,
            range: Some((signal.range.low, signal.range.high)),
            p: signal.p,
            ..Seen::default()
        });
        seen.collect()
    }

    fn nulls(&self, plan: &KindPlan<'_>, present: &[u64], level: f64) -> Vec<Seen> {
        let Some(rhythm) = plan.shares else { return Vec::new() };
        let all = sums(self.profile, &plan.kind.rows, self.settled, rhythm);
        let present = sums(self.profile, present, self.settled, rhythm);
        let series: Vec<Share> = all
            .iter()
            .zip(present)
            .map(|(all, present)| Share { some: all.saturating_sub(present), all: *all })
            .collect();
        self.rises(&series, rhythm, level)
    }

    /// Rows later than most are: the share of them.
    fn lateness(&self, level: f64) -> Vec<Seen> {
        let Some(rhythm) = self.lateness else { return Vec::new() };
        let late = |of: &(i64, i64, u64)| (of.1, of.2);
        let Some(usual) = usual_most(self.profile.lateness.iter().map(late).collect(), LATE) else { return Vec::new() };
        let (mut all, mut some) = (vec![0; self.profile.days], vec![0; self.profile.days]);
        for (day, late, rows) in &self.profile.lateness {
            let at = usize::try_from(day - self.profile.first).unwrap_or(usize::MAX);
            let (Some(all), Some(some)) = (all.get_mut(at), some.get_mut(at)) else { continue };
            *all += rows;
            *some += if *late > usual { *rows } else { 0 };
        }
        let all = sums(self.profile, &all, self.come, rhythm);
        let some = sums(self.profile, &some, self.come, rhythm);
        let series: Vec<Share> = all.into_iter().zip(some).map(|(all, some)| Share { some, all }).collect();
        let mut seen = self.rises(&series, rhythm, level);
        seen.iter_mut().for_each(|seen| seen.late_days = usual);
        seen
    }

    fn rises(&self, series: &[Share], rhythm: Rhythm, level: f64) -> Vec<Seen> {
        let signals = share_rises(series, rhythm, level).into_iter();
        let seen = signals.map(|signal| Seen {
            days: self.days(signal.position, rhythm),
            rows: signal.observed.all,
            observed: signal.observed.value().unwrap_or(0.0),
            expected: signal.expected,
            p: signal.p,
            ..Seen::default()
        });
        seen.collect()
    }

    fn mix(&self, values: &BTreeMap<String, Vec<u64>>, level: f64) -> Vec<Seen> {
        let weeks = self.weeks(self.settled);
        let table: Vec<Vec<u64>> = weeks
            .clone()
            .map(|at| values.values().map(|counts| counts.get(at).copied().unwrap_or(0)).collect())
            .collect();
        let signals = mix_shifts(&table, level).into_iter();
        let seen = signals.map(|signal| Seen {
            days: self.days(signal.position, Rhythm::Weeks),
            rows: table.get(signal.position).map_or(0, |week| week.iter().sum()),
            observed: signal.observed,
            expected: signal.expected,
            value: values.keys().nth(signal.value).cloned(),
            change: Some(signal.change),
            moved: signal.distance,
            p: signal.p,
            ..Seen::default()
        });
        seen.collect()
    }

    /// Positions of the whole weeks before `end`.
    fn weeks(&self, end: i64) -> Range<usize> {
        whole_weeks(self.profile, end)
    }

    fn days(&self, position: usize, rhythm: Rhythm) -> Range<i64> {
        let position = i64::try_from(position).unwrap_or(0);
        match rhythm {
            Rhythm::Days => self.profile.first + position..self.profile.first + position + 1,
            Rhythm::Weeks => {
                let skipped = i64::try_from(self.weeks(i64::MAX / 8).start).unwrap_or(0);
                let week = week(self.profile.first) + skipped + position;
                monday(week)..monday(week + 1)
            }
        }
    }
}

/// The whole weeks of a profile before the day `end`, counted from the week that holds its first day.
fn whole_weeks(profile: &Profile, end: i64) -> Range<usize> {
    let base = week(profile.first);
    let first = if monday(base) == profile.first { base } else { base + 1 };
    let number = |week: i64| usize::try_from(week - base).unwrap_or(0);
    number(first)..number(week(end)).max(number(first))
}

/// The counts of the days, or of the whole weeks, before the day `end`. Days after the last row count 0.
fn sums(profile: &Profile, counts: &[u64], end: i64, rhythm: Rhythm) -> Vec<u64> {
    let days = usize::try_from(end - profile.first).unwrap_or(0);
    let at = |day: usize| counts.get(day).copied().unwrap_or(0);
    match rhythm {
        Rhythm::Days => (0..days).map(at).collect(),
        Rhythm::Weeks => {
            let base = monday(week(profile.first));
            let lead = usize::try_from(profile.first - base).unwrap_or(0);
            let days = |week: usize| (week * 7..week * 7 + 7).filter_map(|day| day.checked_sub(lead));
            whole_weeks(profile, end).map(|week| days(week).map(at).sum()).collect()
        }
    }
}

/// How many days or weeks a quarter has; none is no question.
fn quarter(rhythm: Option<Rhythm>) -> f64 {
    match rhythm {
        Some(Rhythm::Days) => 91.0,
        Some(Rhythm::Weeks) => 13.0,
        None => 0.0,
    }
}

/// Whether rows come week by week and not in waves, as surveys and mailings do: fewer than so many weeks with three
/// times the rows of the weeks around them.
fn is_steady(weeks: &[u64]) -> bool {
    let wave = |at: usize| {
        let around = weeks.get(at.saturating_sub(AROUND)..(at + AROUND + 1).min(weeks.len())).unwrap_or_default();
        weeks.get(at).is_some_and(|rows| *rows as f64 > WAVE * usual(around))
    };
    usual(weeks) > 0.0 && (0..weeks.len()).filter(|at| wave(*at)).count() < WAVES
}

/// The median of the newest half year.
fn usual(counts: &[u64]) -> f64 {
    let mut newest: Vec<u64> = counts.iter().rev().take(182).copied().collect();
    newest.sort_unstable();
    newest.get(newest.len() / 2).map_or(0.0, |middle| *middle as f64)
}
