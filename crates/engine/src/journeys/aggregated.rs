//! Attribution of paths that somebody else has added up: one row per path, from a file.

use std::path::Path;
use std::sync::Arc;

use csv::StringRecord;
use datafusion::arrow::compute::kernels::cast_utils::parse_decimal;
use datafusion::arrow::datatypes::Decimal128Type;
use throughline_journey::{AggregatedPath, Attribution, attribution_from_paths};

use crate::intake::open::{open, text_file};
use crate::{Error, Result};

/// Digits behind the point of values; further ones are cut.
const SCALE: i8 = 9;
/// What stands between the channels of a path.
const ARROW: char = '>';

/// Names of each column, ours first.
const COLUMNS: [&[&str]; 4] = [
    &["path"],
    &["conversions", "total_conversions"],
    &["value", "total_conversion_value", "conversion_value"],
    &["nulls", "total_null", "null"],
];

/// Attribution of the paths of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct PathsAnswer {
    /// How many rows the file has.
    pub rows: u64,
    /// Whether it has a column of values; without one all are 0.
    pub has_value: bool,
    /// What they add up to; money is in units of `1 / unit`.
    pub attribution: Attribution,
    /// How many of the attribution's units are one of the file's.
    pub unit: f64,
}

/// Attribution of the paths in a CSV file, plain, gzip or zstd, with the columns `path` (channels, first touch first,
/// joined by ` > `), `conversions`, and where it has them `value` (money of all these conversions) and `nulls` (how
/// often the path ended without one).
///
/// # Errors
/// Input: the file cannot be read, lacks a column, or holds what is no number; with file, line and column.
pub fn attribution_of_paths(path: &Path) -> Result<PathsAnswer> {
    let mut reader = csv::Reader::from_reader(open(&text_file(path)?, Arc::default())?);
    let unreadable = |error: &csv::Error| {
        Error::input(format!("{} cannot be read: {error}.", path.display()))
            .hint("paths come as CSV with a header: path,conversions,value,nulls")
    };
    let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let columns = Columns::of(&header, path)?;
    let mut paths = Vec::new();
    for record in reader.records() {
        paths.push(columns.read(&record.map_err(|error| unreadable(&error))?, path)?);
    }
    Ok(PathsAnswer {
        rows: paths.len() as u64,
        has_value: columns.value.is_some(),
        attribution: attribution_from_paths(&paths),
        unit: 10_f64.powi(i32::from(SCALE)),
    })
}

/// Places of the columns.
struct Columns {
    path: usize,
    conversions: usize,
    value: Option<usize>,
    nulls: Option<usize>,
}

impl Columns {
    fn of(header: &StringRecord, file: &Path) -> Result<Columns> {
        let place = |names: &[&str]| {
            let bears = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name.trim()));
            header.iter().position(bears)
        };
        let [path, conversions, value, nulls] = COLUMNS.map(place);
        let missing = |name: &str| {
            let found: Vec<&str> = header.iter().collect();
            Error::input(format!("{} has no column `{name}`.", file.display()))
                .hint(format!("paths come with path, conversions, value, nulls; the file has {}", found.join(", ")))
        };
        let path = path.ok_or_else(|| missing("path"))?;
        Ok(Columns { path, conversions: conversions.ok_or_else(|| missing("conversions"))?, value, nulls })
    }

    fn read(&self, record: &StringRecord, file: &Path) -> Result<AggregatedPath> {
        let cell = |place: usize| record.get(place).unwrap_or_default().trim();
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |place: usize, what: &str| {
            Error::input(format!(
                "{}, line {line}, column {}: \"{}\" is not {what}.",
                file.display(),
                place + 1,
                cell(place)
            ))
        };
        let count = |place: usize| match cell(place) {
            "" => Ok(0),
            text => text.parse::<u64>().map_err(|_| wrong(place, "a whole number from 0 on")),
        };
        let value = match self.value.map(|place| (place, cell(place))) {
            None | Some((_, "")) => 0,
            Some((place, text)) => {
                parse_decimal::<Decimal128Type>(text, 38, SCALE).map_err(|_| wrong(place, "an amount"))?
            }
        };
        let channels = cell(self.path).split(ARROW).map(str::trim).filter(|channel| !channel.is_empty());
        Ok(AggregatedPath {
            channels: channels.map(str::to_owned).collect(),
            conversions: count(self.conversions)?,
            value,
            ended: self.nulls.map(count).transpose()?.unwrap_or(0),
        })
    }
}
