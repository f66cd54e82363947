//! What every question about journeys can be narrowed to and broken down by.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use jiff::Timestamp;
use throughline_journey::{Block, Grouping, Journey, Periods, Steps};
use throughline_model::Grain;
use throughline_model::diagnostic::hint_among;

use super::{Case, Journeys};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// What journeys can be broken down by.
const BREAKDOWNS: [&str; 6] = ["channel", "segment", "region", "acquisition_channel", "cohort", "known"];
/// No group.
const NONE: u16 = u16::MAX;
/// What a customer without an attribute is listed as.
const UNKNOWN: &str = "(unknown)";

/// Which journeys, and how they are broken down.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Whose journeys.
    pub case: Case,
    /// First instant asked for; what it narrows is the question's.
    pub from: Option<Timestamp>,
    /// End of the range, not included.
    pub to: Option<Timestamp>,
    /// One of: channel (of the first touchpoint), segment, region, acquisition_channel, cohort (month of the first
    /// order), known.
    pub by: Option<String>,
    /// Only customers known by name (`true`), or only visitors never linked to one (`false`).
    pub known: Option<bool>,
}

/// Journeys that a question walks, with its groups.
pub struct Asked {
    /// The journeys.
    pub journeys: Journeys,
    /// Which group each belongs to.
    pub grouping: Grouping,
    /// Names of the groups; one, `all`, where nothing is broken down.
    pub groups: Vec<String>,
    /// Until when things are known, in microseconds: the latest touchpoint up to the moment asked for.
    pub known_until: i64,
    /// The range in microseconds, half-open.
    pub range: Option<(i64, i64)>,
}

/// What an answer about journeys is about.
#[derive(Debug, Clone)]
pub struct About {
    /// What was asked.
    pub scope: Scope,
    /// Names of the groups, as the answer numbers them.
    pub groups: Vec<String>,
    /// The latest touchpoint up to the moment asked for; `None` without any.
    pub known_until: Option<Timestamp>,
    /// Touchpoints of all journeys.
    pub touchpoints: u64,
}

impl About {
    /// The name of a group.
    pub fn group(&self, group: usize) -> &str {
        self.groups.get(group).map_or(UNKNOWN, String::as_str)
    }
}

impl Asked {
    /// What the answer to a question of this scope is about.
    pub fn about(&self, scope: &Scope) -> About {
        let touchpoints: u64 = self
            .journeys
            .blocks()
            .iter()
            .map(|block| block.live_rows().iter().map(|rows| rows.len() as u64).sum::<u64>())
            .sum();
        let known_until = Timestamp::from_microsecond(self.known_until).ok().filter(|_| touchpoints > 0);
        About { scope: scope.clone(), groups: self.groups.clone(), known_until, touchpoints }
    }

    /// The same groups under other numbers: the first wanted is 0, the second 1; cases of all others are in none.
    pub fn only(&self, wanted: &[usize]) -> Grouping {
        self.regrouped(|_, group| wanted.iter().position(|one| *one == group))
    }

    /// The same groups without the journeys that begin outside the range.
    pub fn begun_in_range(&self) -> Grouping {
        let Some((from, until)) = self.range else { return self.grouping.clone() };
        let begun = |journey: &Journey<'_>| journey.at.first().is_some_and(|at| from <= *at && *at < until);
        self.regrouped(|journey, group| begun(journey).then_some(group))
    }

    /// Every group by itself, as its number and a grouping of its cases alone; without a breakdown the whole.
    pub fn each_group(&self) -> impl Iterator<Item = (usize, Grouping)> {
        let whole = self.groups.len() <= 1;
        let alone = move |group| (group, if whole { self.grouping.clone() } else { self.only(&[group]) });
        (0..self.groups.len()).map(alone)
    }

    fn regrouped(&self, group: impl Fn(&Journey<'_>, usize) -> Option<usize>) -> Grouping {
        let of = |journey: &Journey<'_>| self.grouping.of(journey).and_then(|own| group(journey, own));
        by_case(&self.journeys.blocks(), |journey| of(journey).and_then(|own| u16::try_from(own).ok()).unwrap_or(NONE))
    }

    /// How many threads a walk is worth: all there are.
    pub fn threads(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }
}

impl Journeys {
    /// Every kind as a step, every stage, or every channel.
    ///
    /// # Errors
    /// Input: `by` is none of kind, stage, channel.
    pub fn steps_by(&self, by: &str) -> Result<Steps> {
        match by {
            "kind" => Ok(Steps::kinds(self.kinds())),
            "stage" => Ok(Steps::stages(self.stages().clone())),
            "channel" => Ok(Steps::channels(self.kinds())),
            _ => Err(Error::input(format!("Steps cannot be by `{by}`.")).hint("kind, stage or channel")),
        }
    }

    /// Named steps: each is a kind, several kinds joined by `|`, or `name=kind|kind`.
    ///
    /// # Errors
    /// Input: a kind that no touchpoint bears; the hint names the nearest.
    pub fn steps_named(&self, steps: &[String]) -> Result<Steps> {
        let named = steps.iter().map(|step| self.named(step)).collect::<Result<Vec<_>>>()?;
        Ok(Steps::named(named, self.kinds()))
    }

    /// Name and kinds of a named step.
    pub(super) fn named(&self, step: &str) -> Result<(String, Vec<u16>)> {
        let (name, kinds) = step.split_once('=').unwrap_or((step, step));
        let mut codes = Vec::new();
        for kind in kinds.split('|').map(str::trim) {
            codes.extend(self.codes(kind)?);
        }
        Ok((name.trim().to_owned(), codes))
    }

    /// The codes of a kind.
    ///
    /// # Errors
    /// Input: no touchpoint bears it.
    pub fn codes(&self, kind: &str) -> Result<Vec<u16>> {
        let codes = self.kinds().named(kind);
        if codes.is_empty() {
            let names = self.kinds().names();
            let hint =
                hint_among(kind, names.iter().copied()).unwrap_or_else(|| format!("there are: {}", names.join(", ")));
            return Err(Error::input(format!("No touchpoint is of the kind `{kind}`.")).hint(hint));
        }
        Ok(codes)
    }
}

impl Session {
    /// Opens the journeys that a question is about.
    ///
    /// # Errors
    /// Input: an unknown breakdown, or one that does not fit the case.
    pub async fn ask(&self, scope: &Scope, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Asked> {
        if let Some(by) = scope.by.as_deref().filter(|by| !BREAKDOWNS.contains(by)) {
            let hint = hint_among(by, BREAKDOWNS).unwrap_or_else(|| BREAKDOWNS.join(", "));
            return Err(Error::input(format!("Journeys cannot be broken down by `{by}`.")).hint(hint));
        }
        let about_customers = scope.known.is_some() || scope.by.as_deref().is_some_and(|by| by != "channel");
        if scope.case == Case::Ticket && about_customers {
            return Err(Error::input("Journeys of tickets can be broken down by channel only.")
                .hint("leave --case out to ask about customers"));
        }
        let journeys = self.journeys(scope.case, progress).await?;
        let (grouping, groups) = self.grouping(&journeys, scope).await?;
        let known_until = latest(&journeys.blocks()).unwrap_or(i64::MIN).min(self.as_of().as_microsecond());
        let micros = |at: Option<Timestamp>| at.map(Timestamp::as_microsecond);
        let range = match (micros(scope.from), micros(scope.to)) {
            (None, None) => None,
            (from, to) => Some((from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX))),
        };
        Ok(Asked { journeys, grouping, groups, known_until, range })
    }

    async fn grouping(&self, journeys: &Journeys, scope: &Scope) -> Result<(Grouping, Vec<String>)> {
        let (grouping, names) = match scope.by.as_deref() {
            None => (Grouping::All, vec!["all".to_owned()]),
            Some("channel") => {
                let channels = journeys.kinds().channels.iter().cloned();
                (Grouping::FirstChannel, std::iter::once(UNKNOWN.to_owned()).chain(channels).collect())
            }
            Some("cohort") => {
                let (periods, labels) = self.periods_of(Grain::Month, &journeys.blocks());
                (Grouping::FirstOrder(periods), labels)
            }
            Some(column) => self.by_attribute(journeys, column).await?,
        };
        match scope.known {
            None => Ok((grouping, names)),
            Some(known) => Ok((self.only(journeys, &grouping, known).await?, names)),
        }
    }

    /// Periods of a grain that cover all touchpoints, and their labels.
    pub fn periods_of(&self, grain: Grain, blocks: &[Block<'_>]) -> (Periods, Vec<String>) {
        let first =
            blocks.iter().flat_map(|block| block.journeys()).filter_map(|journey| journey.at.first().copied()).min();
        let range = first.zip(latest(blocks)).and_then(|(first, last)| {
            Some((Timestamp::from_microsecond(first).ok()?, Timestamp::from_microsecond(last.saturating_add(1)).ok()?))
        });
        let periods = range.map(|(from, to)| self.calendar().range(grain, from, to)).unwrap_or_default();
        let ends = periods.last().map(|period| period.end.as_microsecond());
        let bounds = periods.iter().map(|period| period.start.as_microsecond()).chain(ends).collect();
        (Periods::new(bounds), periods.into_iter().map(|period| period.label).collect())
    }

    async fn by_attribute(&self, journeys: &Journeys, column: &str) -> Result<(Grouping, Vec<String>)> {
        let written = if column == "known" { "CASE WHEN known THEN 'known' ELSE 'visitor' END" } else { column };
        let values = self.customer_values(written).await?;
        let otherwise = if column == "known" { "visitor" } else { UNKNOWN };
        let mut names: Vec<String> = values.values().cloned().chain([otherwise.to_owned()]).collect();
        names.sort_unstable();
        names.dedup();
        let place = |name: &str| names.binary_search_by(|known| known.as_str().cmp(name)).ok();
        let group = |journey: &Journey<'_>| {
            let value = values.get(journey.id()).map_or(otherwise, String::as_str);
            place(value).and_then(|place| u16::try_from(place).ok()).unwrap_or(NONE)
        };
        Ok((by_case(&journeys.blocks(), group), names))
    }

    /// The same groups, without the journeys of customers who are not (or are) known by name.
    async fn only(&self, journeys: &Journeys, grouping: &Grouping, known: bool) -> Result<Grouping> {
        let values = self.customer_values("CASE WHEN known THEN 'known' END").await?;
        let group = |journey: &Journey<'_>| {
            if values.contains_key(journey.id()) != known {
                return NONE;
            }
            grouping.of(journey).and_then(|group| u16::try_from(group).ok()).unwrap_or(NONE)
        };
        Ok(by_case(&journeys.blocks(), group))
    }

    /// A text of every customer that has one.
    async fn customer_values(&self, expression: &str) -> Result<HashMap<String, String>> {
        let sql = format!("SELECT customer_id, {expression} AS value FROM customer_profiles");
        let mut values = HashMap::new();
        for batch in self.rows(&sql).await? {
            let (ids, texts) = (cast(batch.column(0), &DataType::Utf8)?, cast(batch.column(1), &DataType::Utf8)?);
            let (ids, texts) = (ids.as_string::<i32>(), texts.as_string::<i32>());
            for row in (0..batch.num_rows()).filter(|row| ids.is_valid(*row) && texts.is_valid(*row)) {
                values.insert(ids.value(row).to_owned(), texts.value(row).to_owned());
            }
        }
        Ok(values)
    }
}

fn by_case(blocks: &[Block<'_>], group: impl Fn(&Journey<'_>) -> u16) -> Grouping {
    let of_block = |block: &Block<'_>| (0..block.cases()).map(|case| group(&block.journey(case))).collect();
    Grouping::ByCase(blocks.iter().map(of_block).collect())
}

/// The latest touchpoint.
fn latest(blocks: &[Block<'_>]) -> Option<i64> {
    blocks.iter().flat_map(|block| block.journeys()).filter_map(|journey| journey.at.last().copied()).max()
}
