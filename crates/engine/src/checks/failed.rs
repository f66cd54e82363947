//! A check that failed: what, where, from when to when, what was expected, and what to do.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use throughline_model::reading::Interval;

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// Fewer rows than the weekday and the season lead one to expect.
    VolumeLow,
    /// More rows than they do.
    VolumeHigh,
    /// The mix of a column's values shifted, or a value came or went.
    Mix,
    /// More rows than before lack a value.
    Nulls,
    /// More rows than before were recorded late.
    Lateness,
    /// The newest row is older than the source's own rhythm leads one to expect.
    Freshness,
    /// Required fields are missing.
    Completeness,
    /// Rows had to be set aside.
    Validity,
    /// Rows came more than once.
    Uniqueness,
}

impl CheckKind {
    /// All of them.
    pub const ALL: [CheckKind; 9] = [
        CheckKind::VolumeLow,
        CheckKind::VolumeHigh,
        CheckKind::Mix,
        CheckKind::Nulls,
        CheckKind::Lateness,
        CheckKind::Freshness,
        CheckKind::Completeness,
        CheckKind::Validity,
        CheckKind::Uniqueness,
    ];

    /// Its name in JSON and in tables.
    pub fn name(self) -> &'static str {
        match self {
            CheckKind::VolumeLow => "volume_low",
            CheckKind::VolumeHigh => "volume_high",
            CheckKind::Mix => "mix",
            CheckKind::Nulls => "nulls",
            CheckKind::Lateness => "lateness",
            CheckKind::Freshness => "freshness",
            CheckKind::Completeness => "completeness",
            CheckKind::Validity => "validity",
            CheckKind::Uniqueness => "uniqueness",
        }
    }
}

/// A check that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedCheck {
    /// What was checked.
    pub kind: CheckKind,
    /// The source.
    pub source: String,
    /// The standard table.
    pub table: String,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// The value that moved most, where it is about a mix.
    pub value: Option<String>,
    /// First local day it is about; `None` where it is about everything the source told.
    pub from: Option<Date>,
    /// Last local day it is about, included; `None` where it still goes on.
    pub until: Option<Date>,
    /// Volume: rows of these days. Freshness: seconds since the last row. Else a share, 0 to 1.
    pub observed: f64,
    /// What was expected instead, in the same unit; of completeness, validity and uniqueness the least that is enough.
    pub expected: f64,
    /// Where it was expected to lie; volume only.
    pub range: Option<(f64, f64)>,
    /// The part of the rows of these days whose values may be wrong, 0 to 1; mix only.
    pub moved: Option<f64>,
    /// The chance of something so far away, or further, if nothing is wrong; `None` where a fixed limit decides.
    pub p: Option<f64>,
    /// All of it as one sentence, with what to do.
    pub sentence: String,
}

impl FailedCheck {
    /// The range as an interval of the model.
    pub fn expected_range(&self) -> Option<Interval> {
        self.range.map(|(low, high)| Interval { low, high })
    }

    /// In a few words: `orders volume low`, `orders.channel nulls`.
    pub fn title(&self) -> String {
        let column = self.column.as_ref().map_or(String::new(), |column| format!(".{column}"));
        format!("{}{column} {}", self.table, self.kind.name().replace('_', " "))
    }
}
