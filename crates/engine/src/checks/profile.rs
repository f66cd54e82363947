//! What a source told of a table, day by day: all that volume, mix, nulls and lateness are judged by.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};

/// Rows recorded on one day, of which half happened so many days before, were loaded: when they were recorded says
/// nothing of how late such rows are.
const LOADED_AFTER_DAYS: i64 = 30;
/// A day's rows count as all there when this part of them usually is.
const ALL: f64 = 0.98;

/// Counts by days. Days are numbered from 1970-01-01 in the zone of the workspace; weeks begin on Mondays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profile {
    /// The source.
    pub source: String,
    /// The standard table.
    pub table: String,
    /// The first day with rows.
    pub first: i64,
    /// How many days there are, to the last one with rows.
    pub days: usize,
    /// The column that says what kind of thing a row is, where the table has one.
    pub kind_column: Option<String>,
    /// Rows of one kind each, by the kind. What is steady in every kind changes in the whole as soon as one kind has a
    /// busy day, a survey or a mailing say; so each is judged for itself.
    pub kinds: BTreeMap<String, Kind>,
    /// Day that rows happened on, days until they were first recorded, and how many: those that were not loaded.
    pub lateness: Vec<(i64, i64, u64)>,
    /// So many days after it happened a row is as it will stay.
    pub settled_after: i64,
    /// Whether its rows happen at instants: whole days may lie in the future, a month ahead say.
    pub instants: bool,
}

/// Rows of one kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kind {
    /// Rows that happened on each day from the first of the table on.
    pub rows: Vec<u64>,
    /// Of these, the rows that have a value, by column.
    pub present: BTreeMap<String, Vec<u64>>,
    /// Rows of each week, from the one that holds the first day, by value of columns with few of them.
    pub values: BTreeMap<String, BTreeMap<String, Vec<u64>>>,
}

impl Profile {
    /// The last day with rows.
    pub fn last(&self) -> i64 {
        self.first + i64::try_from(self.days).unwrap_or(0) - 1
    }

    /// Rows that happened on each day, of the kinds that `counts` picks.
    pub fn rows(&self, counts: impl Fn(&Kind) -> bool) -> Vec<u64> {
        let mut rows = vec![0; self.days];
        for kind in self.kinds.values().filter(|kind| counts(kind)) {
            rows.iter_mut().zip(&kind.rows).for_each(|(sum, rows)| *sum += rows);
        }
        rows
    }

    /// So many days after it happened a row has come.
    pub fn come_after(&self) -> i64 {
        let counts = self.lateness.iter().map(|(_, late, rows)| (*late, *rows));
        usual_most(counts.collect(), ALL).unwrap_or(0)
    }
}

/// The number of days within which `part` of the rows lie; `None` without rows.
pub fn usual_most(mut counts: Vec<(i64, u64)>, part: f64) -> Option<i64> {
    counts.sort_unstable();
    let all: u64 = counts.iter().map(|(_, rows)| rows).sum();
    let mut seen = 0;
    let within = counts.iter().find(|(_, rows)| {
        seen += rows;
        seen as f64 >= part * all as f64
    });
    within.filter(|_| all > 0).map(|(days, _)| *days)
}

/// The number of a civil day.
pub fn number(day: Date) -> i64 {
    i64::from((day - date(1970, 1, 1)).get_days())
}

/// [`ALL`] of the rows are as they will stay after so many days; from the day rows happened on, the day they were
/// recorded on as they are now, the day of the last thing they tell of, and their number. When they were recorded
/// counts for those that were not loaded.
pub fn settled_after(changed: &[(i64, i64, i64, u64)]) -> i64 {
    let told: Vec<(i64, i64, u64)> = changed.iter().map(|(day, recorded, _, rows)| (*day, *recorded, *rows)).collect();
    let loaded = loaded(&told);
    let after = changed.iter().map(|(day, recorded, last, rows)| {
        let told = if loaded.contains(recorded) { *day } else { *recorded };
        ((told.max(*last) - day).max(0), *rows)
    });
    usual_most(after.collect(), ALL).unwrap_or(0)
}

/// The days of recording on which rows were loaded.
fn loaded(told: &[(i64, i64, u64)]) -> BTreeSet<i64> {
    let mut by_recording: BTreeMap<i64, Vec<(i64, u64)>> = BTreeMap::new();
    for (day, recorded, rows) in told {
        by_recording.entry(*recorded).or_default().push(((recorded - day).max(0), *rows));
    }
    let long_ago = |counts: Vec<(i64, u64)>| usual_most(counts, 0.5).is_some_and(|late| late > LOADED_AFTER_DAYS);
    by_recording.into_iter().filter(|(_, counts)| long_ago(counts.clone())).map(|(recorded, _)| recorded).collect()
}

/// Lateness from the day rows happened on, the day they were first recorded on, and their number; without what was
/// loaded.
pub fn lateness(told: &[(i64, i64, u64)]) -> Vec<(i64, i64, u64)> {
    let loaded = loaded(told);
    let live = told.iter().filter(|(_, recorded, _)| !loaded.contains(recorded));
    live.map(|(day, recorded, rows)| (*day, (recorded - day).max(0), *rows)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_loaded_says_nothing_of_lateness() {
        let loaded: Vec<(i64, i64, u64)> = (0..300).map(|day| (day, 300, 10)).collect();
        let live = [(301, 301, 90), (301, 302, 9), (302, 308, 1), (302, 302, 80)];
        let told: Vec<_> = loaded.into_iter().chain(live).collect();
        let late = lateness(&told);
        assert_eq!(late, [(301, 0, 90), (301, 1, 9), (302, 6, 1), (302, 0, 80)]);
        assert_eq!(Profile { lateness: late, ..Profile::default() }.come_after(), 1);
        let changed = [(1, 1, 1, 97), (1, 3, 10, 3), (1, 900, 1, 10)];
        assert_eq!((settled_after(&[]), settled_after(&changed)), (0, 9));
    }
}
