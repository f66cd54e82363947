//! The period a scorecard shows when nobody names one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use throughline_model::definitions::Definitions;
use throughline_model::period::{Calendar, Period};
use throughline_model::reading::Reading;

use super::readings::Readings;
use super::words::period_in_words;

/// A period and why it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The period.
    pub period: Period,
    /// Why, as a sentence; `None` where it is simply the last complete one.
    pub why: Option<String>,
}

/// The newest complete period that most measures can speak about; `None` if none has a value.
///
/// Complete means that it ended by `as_of`. A measure has a vote if it ever had enough data: a mature
/// value from at least its minimum n. The newest period in which at least three quarters of the voters have
/// enough is taken. So a month whose late outcomes are open, or the thin tail of an export, does not
/// become the scorecard. If no measure ever had enough, any value will do.
pub fn choose_period(
    definitions: &Definitions,
    readings: &Readings,
    calendar: &Calendar,
    as_of: Timestamp,
) -> Option<Choice> {
    let last = last_complete(definitions, calendar, as_of);
    let enough = |reading: &Reading, minimum: u64| reading.value.is_some() && reading.mature && reading.n >= minimum;
    let index = newest_with_majority(definitions, readings, last.index, enough)
        .or_else(|| newest_with_majority(definitions, readings, last.index, |r, _| r.value.is_some()))?;
    if index == last.index {
        return Some(Choice { period: last, why: None });
    }
    let period = calendar.period(last.grain, index);
    let why = format!(
        "{} is the last complete {} in which at least three quarters of the measures have enough mature data.",
        period_in_words(&period),
        period.grain
    );
    Some(Choice { period, why: Some(why) })
}

/// The last period that had ended by `as_of`.
pub fn last_complete(definitions: &Definitions, calendar: &Calendar, as_of: Timestamp) -> Period {
    calendar.previous(&calendar.containing(definitions.scorecard.every, as_of))
}

fn newest_with_majority(
    definitions: &Definitions,
    readings: &Readings,
    last: i32,
    enough: impl Fn(&Reading, u64) -> bool,
) -> Option<i32> {
    let uses = definitions.scorecard.objectives.iter().flat_map(|o| &o.measures);
    let used: BTreeSet<&str> = uses.map(|u| u.id.as_str()).collect();
    let mut votes: BTreeMap<i32, usize> = BTreeMap::new();
    let mut voters = 0;
    for measure in used.iter().filter_map(|id| definitions.measures.get(*id)) {
        let periods: Vec<i32> = readings
            .of(&measure.id)
            .filter(|r| r.period.index <= last && enough(r, measure.minimum_n))
            .map(|r| r.period.index)
            .collect();
        voters += usize::from(!periods.is_empty());
        for index in periods {
            *votes.entry(index).or_default() += 1;
        }
    }
    votes.into_iter().rev().find(|(_, count)| count * 4 >= voters * 3).map(|(index, _)| index)
}
