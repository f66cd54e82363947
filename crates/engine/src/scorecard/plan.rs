//! What an edit of the definitions would change in the scores of past periods, were it to hold for them.

use std::collections::BTreeSet;

use throughline_model::definitions::Definitions;
use throughline_model::measure::Measure;
use throughline_model::period::{Calendar, Period};
use throughline_model::scorecard::{Scorecard, Target};
use throughline_model::unit::Unit;

use super::compute::{Side, Standing};
use super::view::Assessment;

/// What an edit would change, period by period.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The periods looked at, oldest first.
    pub periods: Vec<Period>,
    /// What it would change beyond single measures: zone, currency and the like, stages and their rules, perspectives and
    /// objectives.
    pub other: Vec<PlanPart>,
    /// The score of the whole, period by period.
    pub whole: Vec<Shift>,
    /// All measures of either scorecard: in the order of the edited one, then those it leaves out.
    pub measures: Vec<PlannedMeasure>,
}

/// Parts of the definitions that concern more than one measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanPart {
    /// `throughline.toml`.
    Settings,
    /// Stages and their rules.
    Journey,
    /// Perspectives and objectives: their weights, owners and names.
    Objectives,
}

/// A score before and after; `None` where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shift {
    /// By the definitions that were in force for the period.
    pub before: Option<f64>,
    /// By the edited ones.
    pub after: Option<f64>,
}

impl Shift {
    /// Whether it would be another score.
    pub fn changes(&self) -> bool {
        self.before != self.after
    }
}

/// What was done to a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// It comes onto the scorecard.
    Added,
    /// It leaves the scorecard.
    Removed,
    /// It is computed in another way.
    Definition,
    /// It has another target.
    Target,
    /// It has another weight, or serves another objective.
    Weight,
}

/// A measure under both definitions.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedMeasure {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// What was done to it since what is in force now.
    pub edits: Vec<Edit>,
    /// Before and after, period by period; `None` where it is not on that scorecard.
    pub periods: Vec<(Option<Assessment>, Option<Assessment>)>,
}

impl PlannedMeasure {
    /// Its score in each period.
    pub fn shifts(&self) -> impl DoubleEndedIterator<Item = Shift> {
        let score = |side: &Option<Assessment>| side.as_ref().and_then(|assessment| assessment.score);
        self.periods.iter().map(move |(before, after)| Shift { before: score(before), after: score(after) })
    }

    /// Whether it was edited, or anything about it would be different.
    pub fn changes(&self) -> bool {
        !self.edits.is_empty() || self.periods.iter().any(|(before, after)| before != after)
    }
}

/// Everything a plan is computed from.
pub(crate) struct PlanInput<'a> {
    /// Zone, weeks and fiscal year.
    pub(crate) calendar: &'a Calendar,
    /// The periods with what held for each.
    pub(crate) periods: &'a [(Period, Standing<'a>)],
    /// What is in force now.
    pub(crate) current: &'a Definitions,
    /// What would hold for all of them.
    pub(crate) edited: Standing<'a>,
}

/// Scores every period twice.
pub(crate) fn plan(input: &PlanInput<'_>) -> Plan {
    let sides: Vec<(Side, Side)> = input
        .periods
        .iter()
        .map(|(period, before)| {
            (Side::of(*before, input.calendar, period), Side::of(input.edited, input.calendar, period))
        })
        .collect();
    let edited = input.edited.definitions;
    let whole = |side: &Side| side.tree.whole.score();
    let measure = |id: &str| PlannedMeasure {
        id: id.to_owned(),
        name: defined(edited, input.current, id).map_or_else(|| id.to_owned(), |measure| measure.name.clone()),
        unit: defined(edited, input.current, id).map_or(Unit::Number, |measure| measure.unit),
        edits: edits(input.current, edited, id),
        periods: sides
            .iter()
            .map(|(before, after)| (before.assessments.get(id).cloned(), after.assessments.get(id).cloned()))
            .collect(),
    };
    Plan {
        periods: input.periods.iter().map(|(period, _)| period.clone()).collect(),
        other: other_edits(input.current, edited),
        whole: sides.iter().map(|(before, after)| Shift { before: whole(before), after: whole(after) }).collect(),
        measures: all_used(edited, input).into_iter().map(measure).collect(),
    }
}

fn defined<'a>(edited: &'a Definitions, current: &'a Definitions, id: &str) -> Option<&'a Measure> {
    edited.measures.get(id).or_else(|| current.measures.get(id))
}

/// Ids of the measures of a scorecard, in its order.
fn used(card: &Scorecard) -> impl Iterator<Item = &str> {
    card.objectives.iter().flat_map(|objective| &objective.measures).map(|used| used.id.as_str())
}

/// The measures of all scorecards, each once.
fn all_used<'a>(edited: &'a Definitions, input: &'a PlanInput<'a>) -> Vec<&'a str> {
    let before = input.periods.iter().map(|(_, standing)| &standing.definitions.scorecard);
    let cards = std::iter::once(&edited.scorecard).chain([&input.current.scorecard]).chain(before);
    let mut seen = BTreeSet::new();
    cards.flat_map(used).filter(|id| seen.insert(*id)).collect()
}

/// What was done to a measure of either scorecard.
pub(crate) fn edits(current: &Definitions, edited: &Definitions, id: &str) -> Vec<Edit> {
    let (was, is) = (uses(&current.scorecard, id), uses(&edited.scorecard, id));
    match (was.is_empty(), is.is_empty()) {
        (true, true) => return Vec::new(),
        (true, false) => return vec![Edit::Added],
        (false, true) => return vec![Edit::Removed],
        (false, false) => {}
    }
    let found = [
        (Edit::Definition, meaning_differs(current, edited, id)),
        (Edit::Target, targets(&current.scorecard, id) != targets(&edited.scorecard, id)),
        (Edit::Weight, was != is),
    ];
    found.into_iter().filter(|(_, differs)| *differs).map(|(edit, _)| edit).collect()
}

/// Whether a measure is computed in another way, wherever its file lies.
pub(crate) fn meaning_differs(current: &Definitions, edited: &Definitions, id: &str) -> bool {
    let meaning = |definitions: &Definitions| {
        let measure = definitions.measures.get(id);
        measure.map(|measure| Measure { file: String::new(), line: 0, rows_line: 0, ..measure.clone() })
    };
    meaning(current) != meaning(edited)
}

/// Where a measure is used, and with what weight.
fn uses<'a>(card: &'a Scorecard, id: &str) -> Vec<(&'a str, f64)> {
    let uses =
        card.objectives.iter().flat_map(|objective| objective.measures.iter().map(move |used| (objective, used)));
    uses.filter(|(_, used)| used.id == id).map(|(objective, used)| (objective.id.as_str(), used.weight)).collect()
}

fn targets(card: &Scorecard, id: &str) -> Vec<Target> {
    let own = card.targets.iter().filter(|target| target.measure == id);
    own.map(|target| Target { line: 0, ..target.clone() }).collect()
}

/// What changed beyond single measures.
pub(crate) fn other_edits(current: &Definitions, edited: &Definitions) -> Vec<PlanPart> {
    let objectives = |card: &Scorecard| -> Vec<(String, String, String, Option<String>, f64)> {
        let objective = card.objectives.iter();
        objective.map(|o| (o.id.clone(), o.name.clone(), o.perspective.clone(), o.owner.clone(), o.weight)).collect()
    };
    let perspectives = |card: &Scorecard| -> Vec<(String, String, f64)> {
        card.perspectives.iter().map(|p| (p.id.clone(), p.name.clone(), p.weight)).collect()
    };
    let (was, is) = (&current.scorecard, &edited.scorecard);
    let found = [
        (PlanPart::Settings, current.settings != edited.settings),
        (PlanPart::Journey, current.journey != edited.journey),
        (PlanPart::Objectives, objectives(was) != objectives(is) || perspectives(was) != perspectives(is)),
    ];
    found.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect()
}
