//! What a scorecard looks like as plain data, for whoever shows it.

use jiff::Timestamp;
use throughline_model::measure::{Direction, Role};
use throughline_model::period::{Grain, Period};
use throughline_model::reading::Interval;
use throughline_model::status::Status;
use throughline_model::unit::Unit;
use throughline_stats::{Rule, Side};

use crate::trust::Trust;

/// One scorecard for one period. Scores are points, 100 at target and 0 at the floor, cut to 0…120.
#[derive(Debug, Clone, PartialEq)]
pub struct ScorecardView {
    /// Name of the workspace.
    pub name: String,
    /// What the company wants to become.
    pub vision: Option<String>,
    /// Time zone that decides the periods.
    pub zone: String,
    /// Currency of all amounts.
    pub currency: String,
    /// What was recorded until this instant is known here.
    pub as_of: Timestamp,
    /// How long its periods are.
    pub every: Grain,
    /// The period that is shown.
    pub period: Period,
    /// The period it is compared with, the one before.
    pub previous: Period,
    /// Why this period, where none was asked for.
    pub chosen: Option<String>,
    /// The state of the whole in one sentence that can be read aloud.
    pub headline: String,
    /// A score from here on is close to its target.
    pub close_from: f64,
    /// The whole scorecard.
    pub whole: RollUp,
    /// Perspectives in the order of the definitions, also those with nothing in them.
    pub perspectives: Vec<PerspectiveView>,
    /// Stages of the journey by perspectives; every row has a cell for every perspective.
    pub grid: Vec<GridRow>,
    /// What changed since the previous period, the largest contribution to the whole first.
    pub moves: Vec<Move>,
}

/// The weighted mean of what lies below, level by level.
#[derive(Debug, Clone, PartialEq)]
pub struct RollUp {
    /// The score; `None` where less than half of the weight below has one.
    pub score: Option<f64>,
    /// Approximate 95 % interval of the score.
    pub interval: Option<Interval>,
    /// Share of the weight one level below that has a score, 0 to 1.
    pub coverage: f64,
    /// Status of the score.
    pub status: Status,
    /// The score in the previous period.
    pub before: Option<f64>,
    /// How many measures below take part with a score.
    pub scored: usize,
    /// How many measures there are below.
    pub measures: usize,
}

/// One perspective.
#[derive(Debug, Clone, PartialEq)]
pub struct PerspectiveView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its weight in the whole.
    pub weight: f64,
    /// Its score.
    pub result: RollUp,
    /// Its objectives in the order of the definitions.
    pub objectives: Vec<ObjectiveView>,
}

/// One strategic objective.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectiveView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its weight in the perspective.
    pub weight: f64,
    /// Its score.
    pub result: RollUp,
    /// Its measures in the order of the definitions.
    pub measures: Vec<MeasureView>,
}

/// One measure of one objective.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it says, in plain words.
    pub plain: String,
    /// The stage of the journey it watches.
    pub stage: Option<String>,
    /// Whether it runs ahead of results or follows them.
    pub role: Role,
    /// Its unit.
    pub unit: Unit,
    /// Which way is better.
    pub direction: Direction,
    /// Who answers for the objective it serves.
    pub owner: Option<String>,
    /// Its weight in the objective.
    pub weight: f64,
    /// The part of the whole score that it carries now, 0 to 1.
    pub share: f64,
    /// What it says about the period.
    pub now: Assessment,
    /// What it said about the period before.
    pub before: Assessment,
    /// Its value in the same period a year before.
    pub year_before: Option<f64>,
    /// What others reach.
    pub benchmarks: Vec<BenchmarkView>,
    /// Whether its latest values are a signal or noise; `None` with too few periods.
    pub trend: Option<Trend>,
    /// The periods up to this one, oldest first, also those without a value.
    pub history: Vec<Point>,
    /// Segments that have targets of their own; they do not take part in the roll-up.
    pub segments: Vec<SegmentView>,
    /// How far its inputs can be trusted, where somebody looked.
    pub trust: Option<Trust>,
}

/// A reading held against its target.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assessment {
    /// The value in the unit of the measure.
    pub value: Option<f64>,
    /// Rows that count.
    pub n: u64,
    /// The smallest n that is trusted without looking at the interval.
    pub minimum_n: u64,
    /// Numerator of a ratio.
    pub numerator: Option<f64>,
    /// Denominator of a ratio.
    pub denominator: Option<f64>,
    /// 95 % interval of the value.
    pub interval: Option<Interval>,
    /// Whether late outcomes can no longer change it.
    pub mature: bool,
    /// Rows that could not be used.
    pub left_out: u64,
    /// The target in force; `None` where there is none.
    pub target: Option<TargetView>,
    /// The score, also where there is too little data for it to take part.
    pub score: Option<f64>,
    /// 95 % interval of the score.
    pub score_interval: Option<Interval>,
    /// The status; `None` where there is nothing to judge: no target, or a period that is not mature.
    pub status: Option<Status>,
    /// Whether the score takes part in the roll-up.
    pub counted: bool,
    /// How much of the way from the baseline to the target is done; another number than the score.
    pub progress: Option<f64>,
    /// Why there is no value, no score or no status, as a sentence.
    pub reason: Option<String>,
}

impl Assessment {
    /// The score that takes part in roll-ups.
    pub fn counted_score(&self) -> Option<f64> {
        self.score.filter(|_| self.counted)
    }

    /// The sign of the status; the one of no data where there is nothing to judge.
    pub fn sign(&self) -> &'static str {
        self.status.unwrap_or(Status::NoData).sign()
    }

    /// The status in a word or two: also "too early" and "no target".
    pub fn word(&self) -> &'static str {
        match self.status {
            Some(status) => status.word(),
            None if self.value.is_some() && !self.mature => "too early",
            None if self.target.is_none() => "no target",
            None => "no score",
        }
    }
}

/// A target with its formulas worked out for a period.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetView {
    /// The numbers; `None` where a formula has no value, see `reason`.
    pub bounds: Option<Bounds>,
    /// The formula of the target as written.
    pub formula: Option<String>,
    /// Where the way to the target began.
    pub baseline: Option<f64>,
    /// Why there are no numbers.
    pub reason: Option<String>,
}

/// The numbers of a target, in the unit of the measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bounds {
    /// Reach `target`; `floor` is no longer acceptable.
    Point {
        /// Score 100.
        target: f64,
        /// Score 0.
        floor: f64,
    },
    /// Stay within `target`; beyond `floor` is no longer acceptable.
    Band {
        /// Both ends of the band that scores 100.
        target: (f64, f64),
        /// Where the score has fallen to 0 on either side.
        floor: (f64, f64),
    },
}

/// What others reach.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchmarkView {
    /// The value in the unit of the measure.
    pub value: Option<f64>,
    /// Who says so.
    pub source: String,
    /// When it was said, or the day of the observation of a series.
    pub date: Option<String>,
    /// How many were asked.
    pub sample: Option<u64>,
    /// The outside series it comes from.
    pub series: Option<String>,
    /// Why there is no value.
    pub reason: Option<String>,
}

/// One period of a measure's history.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Label of the period.
    pub period: String,
    /// The value, where there is one.
    pub value: Option<f64>,
    /// Whether late outcomes can no longer change it.
    pub mature: bool,
    /// Rows that count.
    pub n: u64,
}

/// The XmR chart over the last 24 mature periods, as far as it concerns the latest of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// Values in the chart.
    pub periods: usize,
    /// Label of the latest mature period, the one that is judged.
    pub latest: String,
    /// The central line.
    pub mean: f64,
    /// Natural process limits.
    pub limits: Interval,
    /// Upper limit of the change from one period to the next.
    pub range_limit: f64,
    /// The rules the latest period takes part in.
    pub signals: Vec<TrendSignal>,
    /// Whether the last change alone is larger than the chart's ranges allow.
    pub jumped: bool,
    /// Whether the latest value has just crossed a natural limit: the one before was not beyond it.
    pub crossed: bool,
    /// Signal or noise.
    pub verdict: Verdict,
}

/// One rule that the latest period takes part in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendSignal {
    /// The rule.
    pub rule: Rule,
    /// The side of the central line.
    pub side: Side,
    /// Whether that side is the better one; `None` for measures with a band.
    pub better: Option<bool>,
}

/// What the chart says about the latest period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Something changed.
    Signal,
    /// Nothing that the usual variation does not explain.
    Noise,
    /// The limits rest on fewer than eight periods and nothing stands out; do not lean on them.
    Provisional,
}

/// One segment with a target of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentView {
    /// The dimension.
    pub dimension: String,
    /// Its value.
    pub segment: String,
    /// What the measure says about it.
    pub now: Assessment,
}

/// One stage of the journey across the perspectives.
#[derive(Debug, Clone, PartialEq)]
pub struct GridRow {
    /// Id of the stage; `None` for measures that belong to none.
    pub stage: Option<String>,
    /// Its name.
    pub name: String,
    /// One cell for every perspective, in their order.
    pub cells: Vec<Cell>,
}

/// Where a stage and a perspective meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Id of the perspective.
    pub perspective: String,
    /// Ids of the measures there, in the order of the definitions; none is a gap in the scorecard.
    pub measures: Vec<String>,
    /// Their score together, by their weight in the whole.
    pub result: RollUp,
}

/// What one measure did to the whole score since the previous period.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Id of the measure.
    pub measure: String,
    /// Its name.
    pub name: String,
    /// Whether it changed, came or went.
    pub kind: MoveKind,
    /// Value before.
    pub value_before: Option<f64>,
    /// Value now.
    pub value_now: Option<f64>,
    /// Score before, where it took part.
    pub score_before: Option<f64>,
    /// Score now, where it takes part.
    pub score_now: Option<f64>,
    /// The part of the whole score that it carried before, 0 to 1.
    pub share_before: f64,
    /// The part of the whole score that it carries now.
    pub share_now: f64,
    /// Points of the change of the whole score that are due to it; together they are the change.
    /// `None` where the whole has no score in one of the two periods.
    pub contribution: Option<f64>,
    /// Whether the change itself is a signal by the XmR chart: larger than its ranges allow, or across a
    /// limit; `None` with fewer than eight periods. What has been beyond a limit for longer has not moved.
    pub by_chart: Option<bool>,
    /// Whether the intervals of both values rule out that nothing changed; `None` without intervals.
    pub by_interval: Option<bool>,
    /// The judgement: by the chart, else by the intervals, else none.
    pub more_than_noise: Option<bool>,
    /// All of this in a sentence.
    pub sentence: String,
}

/// Why a measure stands among what moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MoveKind {
    /// It has a score in both periods.
    Changed,
    /// It has a score now and had none before.
    Appeared,
    /// It had a score and has none now.
    Disappeared,
}
