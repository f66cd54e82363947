//! What is known of failed checks, and which of them touch a reading.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use throughline_model::{Calendar, Period};

use super::failed::{CheckKind, FailedCheck};

/// Rows of a table by day, all its sources together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DailyRows {
    /// The first day, numbered from 1970-01-01.
    pub(crate) first: i64,
    /// Rows of each day from then on.
    pub(crate) rows: Vec<u64>,
}

impl DailyRows {
    /// Rows from one day to another, both included.
    pub(crate) fn between(&self, days: (Date, Date)) -> u64 {
        let at = |day: Date| i64::from((day - date(1970, 1, 1)).get_days()) - self.first;
        let (from, until) = (at(days.0).max(0), at(days.1));
        let rows = (from..=until).filter_map(|day| self.rows.get(usize::try_from(day).ok()?));
        rows.sum()
    }

    /// Adds the rows of another source.
    pub(crate) fn add(&mut self, first: i64, rows: &[u64]) {
        if self.rows.is_empty() {
            *self = DailyRows { first, rows: rows.to_vec() };
            return;
        }
        if first < self.first {
            let before = usize::try_from(self.first - first).unwrap_or(0);
            self.rows.splice(0..0, std::iter::repeat_n(0, before));
            self.first = first;
        }
        for (day, count) in (first - self.first..).zip(rows) {
            let at = usize::try_from(day).unwrap_or(0);
            if self.rows.len() <= at {
                self.rows.resize(at + 1, 0);
            }
            if let Some(sum) = self.rows.get_mut(at) {
                *sum += count;
            }
        }
    }
}

/// What the data say about their checks, whatever the time is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// Rows by day, by table.
    pub(crate) rows: BTreeMap<String, DailyRows>,
    /// Checks of volume, nulls, mix and lateness that failed, by source and day.
    pub(crate) failed: Vec<FailedCheck>,
}

/// The columns that a measure reads, by standard table.
pub(crate) type Columns = BTreeMap<String, BTreeSet<String>>;

/// First and last local day of a period.
pub(crate) fn days(period: &Period, calendar: &Calendar) -> (Date, Date) {
    let first = calendar.local_day(period.start);
    let end = calendar.local_day(period.end);
    (first, end.yesterday().unwrap_or(end).max(first))
}

impl FailedCheck {
    /// Whether it is about some of these days.
    pub(crate) fn touches(&self, (first, last): (Date, Date)) -> bool {
        self.from.is_none_or(|from| from <= last) && self.until.is_none_or(|until| until >= first)
    }

    /// Whether it is about rows, or about a column that is read; of tables nobody knows the columns of all are.
    pub(crate) fn is_read(&self, columns: &Columns) -> bool {
        let Some(column) = &self.column else { return true };
        columns.get(&self.table).is_none_or(|read| read.contains(column))
    }

    /// Whether a number can be wrong for it: rows that came late or twice count once all the same.
    pub(crate) fn touches_numbers(&self) -> bool {
        !matches!(self.kind, CheckKind::Lateness | CheckKind::Uniqueness)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_sources_add_up_day_by_day() {
        let mut rows = DailyRows::default();
        rows.add(10, &[1, 2]);
        rows.add(8, &[5, 5, 5]);
        rows.add(12, &[7]);
        assert_eq!(rows, DailyRows { first: 8, rows: vec![5, 5, 6, 2, 7] });
        assert_eq!(rows.between((date(1970, 1, 10), date(1970, 1, 12))), 13);
        assert_eq!(rows.between((date(1969, 1, 1), date(1980, 1, 1))), 25);
    }
}
