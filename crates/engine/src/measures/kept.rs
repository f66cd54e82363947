//! Readings that were computed once and are kept beside the data, under the name of everything they depend on: never
//! stale, and safe to delete.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use throughline_model::reading::{Empty, Interval, Reading};
use throughline_model::{Calendar, Grain};
use xxhash_rust::xxh3::xxh3_128;

use crate::{Result, sealed};

/// Answers that are kept; those written longest ago go first.
const MOST: usize = 512;

/// A reading as it is written. Numbers are written by their bits, so that they come back exactly as they were.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    period: i32,
    segment: Option<String>,
    value: Option<u64>,
    n: u64,
    numerator: Option<u64>,
    denominator: Option<u64>,
    interval: Option<(u64, u64)>,
    mature: bool,
    left_out: u64,
    empty: Option<KeptEmpty>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    readings: Vec<Kept>,
}

#[derive(Debug, Serialize, Deserialize)]
enum KeptEmpty {
    NoRows,
    DivisionByZero,
    NotMature,
    Undefined(String),
}

/// One answer's place.
pub(crate) struct KeptReadings {
    path: PathBuf,
    grain: Grain,
}

impl KeptReadings {
    /// The place, under `cache`, of the readings of a grain that depend on exactly `parts`.
    pub(crate) fn new(cache: &Path, grain: Grain, parts: &[&str]) -> Self {
        let text: String = parts.iter().map(|part| format!("{}\0{part}\0", part.len())).collect();
        let name = format!("{:032x}.json", xxh3_128(text.as_bytes()));
        KeptReadings { path: cache.join("readings").join(name), grain }
    }

    /// The readings, where they are kept and can be read.
    pub(crate) fn read(&self, calendar: &Calendar) -> Option<Vec<Reading>> {
        let answer: Answer = sealed::read_whole(&fs::read_to_string(&self.path).ok()?)?;
        Some(answer.readings.into_iter().map(|kept| kept.reading(calendar, self.grain)).collect())
    }

    /// Keeps readings: whole or not at all.
    pub(crate) fn write(&self, readings: &[Reading]) -> Result<()> {
        let Some(folder) = self.path.parent() else { return Ok(()) };
        fs::create_dir_all(folder)?;
        let answer = Answer { readings: readings.iter().map(Kept::of).collect() };
        let unfinished = tempfile::NamedTempFile::new_in(folder)?;
        fs::write(unfinished.path(), sealed::line(&answer)?)?;
        unfinished.persist(&self.path).map_err(|error| error.error)?;
        drop_old(folder);
        Ok(())
    }
}

/// Removes the oldest answers beyond the most that are kept. Failing to do so hurts nobody.
fn drop_old(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|entry| entry.ok())
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort();
    let surplus = files.len().saturating_sub(MOST);
    for (_, path) in files.iter().take(surplus) {
        let _ = fs::remove_file(path);
    }
}

impl Kept {
    fn of(reading: &Reading) -> Kept {
        Kept {
            period: reading.period.index,
            segment: reading.segment.clone(),
            value: reading.value.map(f64::to_bits),
            n: reading.n,
            numerator: reading.numerator.map(f64::to_bits),
            denominator: reading.denominator.map(f64::to_bits),
            interval: reading.interval.map(|interval| (interval.low.to_bits(), interval.high.to_bits())),
            mature: reading.mature,
            left_out: reading.left_out,
            empty: reading.empty.as_ref().map(|empty| match empty {
                Empty::NoRows => KeptEmpty::NoRows,
                Empty::DivisionByZero => KeptEmpty::DivisionByZero,
                Empty::NotMature => KeptEmpty::NotMature,
                Empty::Undefined(reason) => KeptEmpty::Undefined(reason.clone()),
            }),
        }
    }

    fn reading(self, calendar: &Calendar, grain: Grain) -> Reading {
        let number = |bits: Option<u64>| bits.map(f64::from_bits);
        Reading {
            period: calendar.period(grain, self.period),
            segment: self.segment,
            value: number(self.value),
            n: self.n,
            numerator: number(self.numerator),
            denominator: number(self.denominator),
            interval: self
                .interval
                .map(|(low, high)| Interval { low: f64::from_bits(low), high: f64::from_bits(high) }),
            mature: self.mature,
            left_out: self.left_out,
            empty: self.empty.map(|empty| match empty {
                KeptEmpty::NoRows => Empty::NoRows,
                KeptEmpty::DivisionByZero => Empty::DivisionByZero,
                KeptEmpty::NotMature => Empty::NotMature,
                KeptEmpty::Undefined(reason) => Empty::Undefined(reason),
            }),
        }
    }
}
