//! One row of an output file, built field by field in the order of the columns.

use std::io::Write;

use crate::table::{Table, Version};
use crate::timestamp::{push_day, push_padded};

/// A row under construction. Fields that are left out at the end stay empty.
pub(crate) struct Row<'t> {
    table: &'t mut Table,
}

impl<'t> Row<'t> {
    pub(crate) fn new(table: &'t mut Table) -> Row<'t> {
        Row { table }
    }

    pub(crate) fn text(self, value: &str) -> Self {
        self.table.record.push_field(value.as_bytes());
        self
    }

    /// Leaves `count` columns empty.
    pub(crate) fn skip(self, count: usize) -> Self {
        for _ in 0..count {
            self.table.record.push_field(b"");
        }
        self
    }

    pub(crate) fn instant(self, seconds: i64) -> Self {
        self.table.push_instant(seconds);
        self
    }

    pub(crate) fn instant_if(self, seconds: Option<i64>) -> Self {
        match seconds {
            Some(seconds) => self.instant(seconds),
            None => self.skip(1),
        }
    }

    /// A day counted from 1970-01-01.
    pub(crate) fn day(self, days: i64) -> Self {
        self.table.scratch.clear();
        push_day(&mut self.table.scratch, days);
        self.table.record.push_field(&self.table.scratch);
        self
    }

    pub(crate) fn day_if(self, days: Option<i64>) -> Self {
        match days {
            Some(days) => self.day(days),
            None => self.skip(1),
        }
    }

    /// Hundredths of the currency unit.
    pub(crate) fn money(self, cents: i64) -> Self {
        let scratch = &mut self.table.scratch;
        scratch.clear();
        if cents < 0 {
            scratch.push(b'-');
        }
        push_padded(scratch, cents.abs() / 100, 1);
        scratch.push(b'.');
        push_padded(scratch, cents.abs() % 100, 2);
        self.table.record.push_field(&self.table.scratch);
        self
    }

    pub(crate) fn integer(self, value: i64) -> Self {
        self.table.scratch.clear();
        push_padded(&mut self.table.scratch, value, 1);
        self.table.record.push_field(&self.table.scratch);
        self
    }

    pub(crate) fn integer_if(self, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.integer(value),
            None => self.skip(1),
        }
    }

    /// A number in its shortest form.
    pub(crate) fn number(self, value: f64) -> Self {
        self.table.scratch.clear();
        // Writing to a Vec cannot fail.
        let _ = write!(self.table.scratch, "{value}");
        self.table.record.push_field(&self.table.scratch);
        self
    }

    pub(crate) fn flag(self, value: bool) -> Self {
        self.text(if value { "true" } else { "false" })
    }

    /// Finishes a row that happened `at` and was known `lag` seconds later. What lies past the end of
    /// the window is dropped: nobody knew it yet.
    pub(crate) fn end(self, at: i64, lag: i64, version: Version) {
        self.table.end(at, lag, version);
    }
}
