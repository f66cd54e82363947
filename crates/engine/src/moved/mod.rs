//! What moved between two periods, and why: changed definitions, late data, and what really happened. The parts add up to the
//! change.

mod inputs;
mod late;
mod measure;
mod quantile;
mod split;
mod steps;
mod whole;
mod words;

use std::collections::BTreeSet;

use jiff::Timestamp;
use throughline_model::period::Period;

pub use late::LateRows;
pub use measure::MeasureMoved;
pub use split::{Rest, Split, SplitPart, Way};
pub use whole::{MeasureShare, WholeMoved};
pub use words::shown_difference;

use crate::reader::Reader;
use crate::scorecard::{Edit, PlanPart};
use crate::{Error, Result};

/// Which two periods to set against each other, and how.
#[derive(Debug, Clone, Default)]
pub struct MovedRequest {
    /// The later period; the one that would be shown where absent.
    pub period: Option<String>,
    /// The earlier period; the one before where absent.
    pub against: Option<String>,
    /// The only dimension to split by; all where absent.
    pub by: Option<String>,
    /// The moment whose answer about the earlier period is meant; the end of that period where absent.
    pub known_at: Option<Timestamp>,
}

/// What changed definitions did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Redefined {
    /// In the unit of the measure, or points of the scorecard; `None` where it cannot be told.
    pub contribution: Option<f64>,
    /// Why it cannot be told.
    pub reason: Option<String>,
    /// Measures that are defined in another way, with what was done to them.
    pub edits: Vec<(String, Vec<Edit>)>,
    /// What else changed.
    pub other: Vec<PlanPart>,
}

/// What data did that were recorded, or corrected, after the answer was given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LateData {
    /// In the unit of the measure, or points of the scorecard; `None` where it cannot be told.
    pub contribution: Option<f64>,
    /// Why it cannot be told.
    pub reason: Option<String>,
    /// Rows behind the measure in the earlier period; `None` for the scorecard, or where it cannot be told.
    pub rows: Option<LateRows>,
}

/// How much had been recorded when the answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recorded {
    Nothing,
    Some,
    Everything,
}

/// Readers of the answers, as far as they differ.
pub(super) struct Readers {
    pub(super) before: Period,
    pub(super) now: Period,
    pub(super) known_at: Timestamp,
    pub(super) recorded: Recorded,
    /// The definitions of then and the data of then.
    pub(super) told: Reader,
    /// The definitions of now and the data of then; `None` where the definitions are the same.
    pub(super) redefined: Option<Reader>,
    /// The definitions of then and the data of now; `None` where the definitions are the same.
    pub(super) recalled: Option<Reader>,
    /// The definitions and the data of now.
    pub(super) known: Reader,
}

impl Reader {
    /// The period that a label names.
    fn named(&self, label: &str) -> Result<Period> {
        self.calendar().parse(label).map_err(Error::input)
    }

    /// The earlier and the later period of a request.
    fn two_periods(&self, request: &MovedRequest, now: Period) -> Result<(Period, Period)> {
        let before = match &request.against {
            Some(label) => self.named(label)?,
            None => self.calendar().previous(&now),
        };
        if before.grain != now.grain {
            let message = format!("{} is a {} and {} a {}.", before.label, before.grain, now.label, now.grain);
            return Err(Error::input(message).hint("name two periods of the same length"));
        }
        if before.index >= now.index {
            let error = Error::input(format!("{} does not lie before {}.", before.label, now.label));
            return Err(error.hint("--against names the earlier period, --period the later one"));
        }
        Ok((before, now))
    }

    /// Opens the answers about two periods, for measures that read these tables.
    async fn answers(
        &self,
        request: &MovedRequest,
        (before, now): (Period, Period),
        tables: impl FnOnce(&Reader) -> Result<BTreeSet<String>>,
    ) -> Result<Readers> {
        let known_at = request.known_at.unwrap_or(before.end).min(self.known());
        let as_of = self.options().as_of;
        let present = as_of.unwrap_or(self.options().now);
        let definitions = self.definitions_of(&now, present)?;
        // Where no definitions had been applied by then, nobody was answered; those that hold for the period stand in.
        let then = self.definitions_of(&before, if self.applied_by(known_at)? { known_at } else { present })?;
        let known = self.at(as_of, definitions)?;
        let recorded = known.recorded(&tables(&known)?, known_at).await?;
        let late = if recorded == Recorded::Everything { as_of } else { Some(known_at) };
        let differ = then != *known.definitions();
        let told = known.at(late, then.clone())?;
        let redefined = differ.then(|| known.at(late, known.definitions().clone())).transpose()?;
        let recalled = differ.then(|| known.at(as_of, then)).transpose()?;
        Ok(Readers { before, now, known_at, recorded, told, redefined, recalled, known })
    }
}

/// Why the answer of then does not exist.
fn not_known_then(readers: &Readers) -> String {
    let day = readers.known.calendar().containing(throughline_model::Grain::Day, readers.known_at).label;
    match readers.recorded {
        Recorded::Nothing => format!("Nothing had been recorded by {day}."),
        _ => format!("There was no answer by what had been recorded by {day}."),
    }
}
