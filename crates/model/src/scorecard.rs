//! The balanced scorecard: vision, perspectives, objectives, targets, benchmarks, links, initiatives.

use std::collections::BTreeMap;

use crate::formula::Formula;
use crate::measure::WhenFailed;
use crate::period::{Calendar, Grain, Period};

/// The scorecard of a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// What the company wants to be.
    pub vision: Option<String>,
    /// The perspectives in the order shown.
    pub perspectives: Vec<Perspective>,
    /// The strategic objectives.
    pub objectives: Vec<Objective>,
    /// Targets in the order of the file; of those that fit, the last one holds.
    pub targets: Vec<Target>,
    /// What others reach.
    pub benchmarks: Vec<Benchmark>,
    /// The arrows of the strategy map; they form no loop.
    pub links: Vec<Link>,
    /// What is being done.
    pub initiatives: Vec<Initiative>,
    /// Score from which a measure is close to its target.
    pub close_from: f64,
    /// What happens to measures whose inputs failed a check, unless they say it themselves.
    pub when_failed: WhenFailed,
    /// Length of the periods it is read in.
    pub every: Grain,
}

/// One of the views on the company, classically four.
#[derive(Debug, Clone, PartialEq)]
pub struct Perspective {
    /// Its id.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// Weight in the whole, not negative.
    pub weight: f64,
    /// Line it stands in; 1 for the default four.
    pub line: usize,
}

/// Something the company wants to achieve.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its id.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// Id of its perspective.
    pub perspective: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Weight within its perspective, not negative.
    pub weight: f64,
    /// The measures that say how far it is reached.
    pub measures: Vec<MeasureUse>,
    /// File it is defined in.
    pub file: String,
    /// Line it begins in.
    pub line: usize,
}

/// A measure as used by an objective.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureUse {
    /// Id of the measure.
    pub id: String,
    /// Weight within the objective, not negative.
    pub weight: f64,
    /// Line it stands in.
    pub line: usize,
}

/// A value to be reached, fixed or computed from measures of the same period.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetValue {
    /// A fixed value in the unit of the measure.
    Number(f64),
    /// A formula over measures.
    Formula(Formula),
}

/// What a target asks for. The floor is the value that is no longer acceptable.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// Higher or lower is better; the floor lies on the worse side.
    Point {
        /// Value that scores 100.
        target: TargetValue,
        /// Value that scores 0.
        floor: TargetValue,
    },
    /// Best within a band: `floor.0 <= target.0 <= target.1 <= floor.1`.
    Band {
        /// Lower and upper end of the band that scores 100.
        target: (f64, f64),
        /// Lower and upper value that score 0.
        floor: (f64, f64),
    },
}

/// The target of a measure for some periods, and for everyone or one segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Id of the measure.
    pub measure: String,
    /// Label of the first period it holds for.
    pub from: Option<String>,
    /// Label of the last period it holds for.
    pub until: Option<String>,
    /// Dimension and value it holds for; empty means everyone.
    pub segment: BTreeMap<String, String>,
    /// What it asks for.
    pub goal: Goal,
    /// Where the measure stood before, for progress.
    pub baseline: Option<f64>,
    /// Line it begins in.
    pub line: usize,
}

/// What others reach: a fixed value or a series from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// Id of the measure.
    pub measure: String,
    /// A fixed value in the unit of the measure.
    pub value: Option<f64>,
    /// `series_id` of the table `outside_series`.
    pub series: Option<String>,
    /// Who says so.
    pub source: String,
    /// Day it is about, `2026-03-31`.
    pub date: Option<String>,
    /// How many were asked.
    pub sample: Option<u64>,
    /// Line it begins in.
    pub line: usize,
}

/// An arrow of the strategy map: a hypothesis to be tested.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Id of the objective that acts.
    pub cause: String,
    /// Id of the objective that follows.
    pub effect: String,
    /// What it is tested on, such as `customer`.
    pub unit: Option<String>,
    /// Seconds until the effect shows.
    pub lag_seconds: Option<i64>,
    /// What moves both and has to be held fast.
    pub confounders: Vec<String>,
    /// Line it begins in.
    pub line: usize,
}

/// Something that is done for an objective.
#[derive(Debug, Clone, PartialEq)]
pub struct Initiative {
    /// Its id.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// Id of the objective it serves.
    pub objective: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Amount as written, `12000 EUR`.
    pub budget: Option<String>,
    /// First day, `2026-02-01`.
    pub from: Option<String>,
    /// Last day.
    pub until: Option<String>,
    /// planned, running, done or stopped.
    pub status: Option<String>,
    /// Line it begins in.
    pub line: usize,
}

/// Score from which a measure is close, where the scorecard does not say (definitions: 70).
pub const CLOSE_FROM: f64 = 70.0;

/// The four perspectives of Kaplan and Norton (1992), equally weighted.
pub fn default_perspectives() -> Vec<Perspective> {
    let four = [
        ("financial", "Financial"),
        ("customer", "Customer"),
        ("internal_process", "Internal process"),
        ("learning_growth", "Learning and growth"),
    ];
    let perspective = |(id, name): (&str, &str)| Perspective { id: id.into(), name: name.into(), weight: 1.0, line: 1 };
    four.into_iter().map(perspective).collect()
}

impl Default for Scorecard {
    /// The default perspectives and nothing else.
    fn default() -> Scorecard {
        Scorecard {
            vision: None,
            perspectives: default_perspectives(),
            objectives: Vec::new(),
            targets: Vec::new(),
            benchmarks: Vec::new(),
            links: Vec::new(),
            initiatives: Vec::new(),
            close_from: CLOSE_FROM,
            when_failed: WhenFailed::default(),
            every: Grain::Month,
        }
    }
}

impl Scorecard {
    /// The target of a measure for a period and segment. A target holds for a segment when everything
    /// it names is so in the segment; of several that hold, the last one in the file wins.
    pub fn target_for(
        &self,
        calendar: &Calendar,
        measure: &str,
        period: &Period,
        segment: &BTreeMap<String, String>,
    ) -> Option<&Target> {
        self.targets.iter().rev().find(|target| {
            target.measure == measure
                && target.segment.iter().all(|(dimension, value)| segment.get(dimension) == Some(value))
                && target.holds_in(calendar, period)
        })
    }

    /// The measures that objectives use, each once, in the order of the file.
    pub fn used_measures(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for used in self.objectives.iter().flat_map(|objective| &objective.measures) {
            if !ids.contains(&used.id.as_str()) {
                ids.push(&used.id);
            }
        }
        ids
    }
}

impl Target {
    /// Whether a period begins within `from` to `until`, both included.
    pub fn holds_in(&self, calendar: &Calendar, period: &Period) -> bool {
        let bound = |label: &Option<String>| label.as_deref().map(|label| calendar.parse(label));
        let after = match bound(&self.from) {
            None => true,
            Some(from) => from.is_ok_and(|from| from.start <= period.start),
        };
        let before = match bound(&self.until) {
            None => true,
            Some(until) => until.is_ok_and(|until| period.start < until.end),
        };
        after && before
    }
}
