//! The JSON of `throughline scorecard`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::scorecard as engine;
use utoipa::ToSchema;

use super::trust::Trust;
use super::{Between, Period, direction, role, status};

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scorecard {
    name: String,
    headline: String,
    vision: Option<String>,
    period: Period,
    previous: Period,
    why_this_period: Option<String>,
    as_of: Timestamp,
    zone: String,
    currency: String,
    close_from: f64,
    whole: RollUp,
    perspectives: Vec<Perspective>,
    grid: Vec<GridRow>,
    moves: Vec<Move>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RollUp {
    score: Option<f64>,
    interval: Option<Between>,
    status: &'static str,
    coverage: f64,
    score_before: Option<f64>,
    measures_scored: usize,
    measures: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardPerspective)]
struct Perspective {
    id: String,
    name: String,
    weight: f64,
    result: RollUp,
    objectives: Vec<Objective>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardObjective)]
struct Objective {
    id: String,
    name: String,
    owner: Option<String>,
    weight: f64,
    result: RollUp,
    measures: Vec<Measure>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardMeasure)]
struct Measure {
    id: String,
    name: String,
    plain: String,
    stage: Option<String>,
    role: &'static str,
    unit: String,
    direction: &'static str,
    owner: Option<String>,
    weight: f64,
    share_of_whole: f64,
    now: Assessment,
    before: Assessment,
    value_year_before: Option<f64>,
    benchmarks: Vec<Benchmark>,
    trend: Option<Trend>,
    history: Vec<Point>,
    segments: Vec<Segment>,
    trust: Option<Trust>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Assessment {
    value: Option<f64>,
    n: u64,
    minimum_n: u64,
    numerator: Option<f64>,
    denominator: Option<f64>,
    interval: Option<Between>,
    mature: bool,
    left_out: u64,
    target: Option<Target>,
    score: Option<f64>,
    score_interval: Option<Between>,
    status: Option<&'static str>,
    counted: bool,
    progress: Option<f64>,
    reason: Option<String>,
}

/// A point target has `target` and `floor`, a band the two pairs; all are null where a formula has no value.
#[derive(Debug, Serialize, ToSchema)]
struct Target {
    target: Option<f64>,
    floor: Option<f64>,
    target_band: Option<[f64; 2]>,
    floor_band: Option<[f64; 2]>,
    formula: Option<String>,
    baseline: Option<f64>,
    reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Benchmark {
    value: Option<f64>,
    source: String,
    date: Option<String>,
    sample: Option<u64>,
    series: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Trend {
    verdict: &'static str,
    periods: usize,
    latest: String,
    mean: f64,
    limits: Between,
    range_limit: f64,
    jumped: bool,
    crossed: bool,
    signals: Vec<Signal>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrendSignal)]
struct Signal {
    rule: &'static str,
    side: &'static str,
    better: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryPoint)]
struct Point {
    period: String,
    value: Option<f64>,
    n: u64,
    mature: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardSegment)]
struct Segment {
    dimension: String,
    segment: String,
    now: Assessment,
}

#[derive(Debug, Serialize, ToSchema)]
struct GridRow {
    stage: Option<String>,
    name: String,
    cells: Vec<Cell>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GridCell)]
struct Cell {
    perspective: String,
    measures: Vec<String>,
    result: RollUp,
}

#[derive(Debug, Serialize, ToSchema)]
struct Move {
    measure: String,
    name: String,
    kind: &'static str,
    value_before: Option<f64>,
    value_now: Option<f64>,
    score_before: Option<f64>,
    score_now: Option<f64>,
    share_before: f64,
    share_now: f64,
    contribution: Option<f64>,
    more_than_noise: Option<bool>,
    by_chart: Option<bool>,
    by_interval: Option<bool>,
    sentence: String,
}

impl From<&engine::ScorecardView> for Scorecard {
    fn from(view: &engine::ScorecardView) -> Scorecard {
        Scorecard {
            name: view.name.clone(),
            headline: view.headline.clone(),
            vision: view.vision.clone(),
            period: (&view.period).into(),
            previous: (&view.previous).into(),
            why_this_period: view.chosen.clone(),
            as_of: view.as_of,
            zone: view.zone.clone(),
            currency: view.currency.clone(),
            close_from: view.close_from,
            whole: (&view.whole).into(),
            perspectives: view.perspectives.iter().map(Perspective::from).collect(),
            grid: view.grid.iter().map(GridRow::from).collect(),
            moves: view.moves.iter().map(Move::from).collect(),
        }
    }
}

impl From<&engine::RollUp> for RollUp {
    fn from(result: &engine::RollUp) -> RollUp {
        RollUp {
            score: result.score,
            interval: result.interval.map(Between::from),
            status: status(result.status),
            coverage: result.coverage,
            score_before: result.before,
            measures_scored: result.scored,
            measures: result.measures,
        }
    }
}

impl From<&engine::PerspectiveView> for Perspective {
    fn from(view: &engine::PerspectiveView) -> Perspective {
        Perspective {
            id: view.id.clone(),
            name: view.name.clone(),
            weight: view.weight,
            result: (&view.result).into(),
            objectives: view.objectives.iter().map(Objective::from).collect(),
        }
    }
}

impl From<&engine::ObjectiveView> for Objective {
    fn from(view: &engine::ObjectiveView) -> Objective {
        Objective {
            id: view.id.clone(),
            name: view.name.clone(),
            owner: view.owner.clone(),
            weight: view.weight,
            result: (&view.result).into(),
            measures: view.measures.iter().map(Measure::from).collect(),
        }
    }
}

impl From<&engine::MeasureView> for Measure {
    fn from(view: &engine::MeasureView) -> Measure {
        Measure {
            id: view.id.clone(),
            name: view.name.clone(),
            plain: view.plain.clone(),
            stage: view.stage.clone(),
            role: role(view.role),
            unit: view.unit.to_string(),
            direction: direction(view.direction),
            owner: view.owner.clone(),
            weight: view.weight,
            share_of_whole: view.share,
            now: (&view.now).into(),
            before: (&view.before).into(),
            value_year_before: view.year_before,
            benchmarks: view.benchmarks.iter().map(Benchmark::from).collect(),
            trend: view.trend.as_ref().map(Trend::from),
            history: view.history.iter().map(Point::from).collect(),
            segments: view.segments.iter().map(Segment::from).collect(),
            trust: view.trust.as_ref().map(Trust::from),
        }
    }
}

impl From<&engine::Assessment> for Assessment {
    fn from(found: &engine::Assessment) -> Assessment {
        Assessment {
            value: found.value,
            n: found.n,
            minimum_n: found.minimum_n,
            numerator: found.numerator,
            denominator: found.denominator,
            interval: found.interval.map(Between::from),
            mature: found.mature,
            left_out: found.left_out,
            target: found.target.as_ref().map(Target::from),
            score: found.score,
            score_interval: found.score_interval.map(Between::from),
            status: found.status.map(status),
            counted: found.counted,
            progress: found.progress,
            reason: found.reason.clone(),
        }
    }
}

impl From<&engine::TargetView> for Target {
    fn from(view: &engine::TargetView) -> Target {
        let (point, band) = match view.bounds {
            Some(engine::Bounds::Point { target, floor }) => (Some((target, floor)), None),
            Some(engine::Bounds::Band { target, floor }) => (None, Some((target, floor))),
            None => (None, None),
        };
        Target {
            target: point.map(|(target, _)| target),
            floor: point.map(|(_, floor)| floor),
            target_band: band.map(|(target, _)| target.into()),
            floor_band: band.map(|(_, floor)| floor.into()),
            formula: view.formula.clone(),
            baseline: view.baseline,
            reason: view.reason.clone(),
        }
    }
}

impl From<&engine::BenchmarkView> for Benchmark {
    fn from(view: &engine::BenchmarkView) -> Benchmark {
        Benchmark {
            value: view.value,
            source: view.source.clone(),
            date: view.date.clone(),
            sample: view.sample,
            series: view.series.clone(),
            reason: view.reason.clone(),
        }
    }
}

impl From<&engine::Trend> for Trend {
    fn from(trend: &engine::Trend) -> Trend {
        Trend {
            verdict: match trend.verdict {
                engine::Verdict::Signal => "signal",
                engine::Verdict::Noise => "noise",
                engine::Verdict::Provisional => "provisional",
            },
            periods: trend.periods,
            latest: trend.latest.clone(),
            mean: trend.mean,
            limits: trend.limits.into(),
            range_limit: trend.range_limit,
            jumped: trend.jumped,
            crossed: trend.crossed,
            signals: trend.signals.iter().map(Signal::from).collect(),
        }
    }
}

impl From<&engine::TrendSignal> for Signal {
    fn from(signal: &engine::TrendSignal) -> Signal {
        Signal {
            rule: match signal.rule {
                engine::Rule::Outside => "outside_limits",
                engine::Rule::Run => "eight_in_a_row",
                engine::Rule::NearLimit => "three_of_four_near_limit",
            },
            side: match signal.side {
                engine::Side::Above => "above",
                engine::Side::Below => "below",
            },
            better: signal.better,
        }
    }
}

impl From<&engine::Point> for Point {
    fn from(point: &engine::Point) -> Point {
        Point { period: point.period.clone(), value: point.value, n: point.n, mature: point.mature }
    }
}

impl From<&engine::SegmentView> for Segment {
    fn from(view: &engine::SegmentView) -> Segment {
        Segment { dimension: view.dimension.clone(), segment: view.segment.clone(), now: (&view.now).into() }
    }
}

impl From<&engine::GridRow> for GridRow {
    fn from(row: &engine::GridRow) -> GridRow {
        GridRow { stage: row.stage.clone(), name: row.name.clone(), cells: row.cells.iter().map(Cell::from).collect() }
    }
}

impl From<&engine::Cell> for Cell {
    fn from(cell: &engine::Cell) -> Cell {
        Cell { perspective: cell.perspective.clone(), measures: cell.measures.clone(), result: (&cell.result).into() }
    }
}

impl From<&engine::Move> for Move {
    fn from(one: &engine::Move) -> Move {
        Move {
            measure: one.measure.clone(),
            name: one.name.clone(),
            kind: match one.kind {
                engine::MoveKind::Changed => "changed",
                engine::MoveKind::Appeared => "appeared",
                engine::MoveKind::Disappeared => "disappeared",
            },
            value_before: one.value_before,
            value_now: one.value_now,
            score_before: one.score_before,
            score_now: one.score_now,
            share_before: one.share_before,
            share_now: one.share_now,
            contribution: one.contribution,
            more_than_noise: one.more_than_noise,
            by_chart: one.by_chart,
            by_interval: one.by_interval,
            sentence: one.sentence.clone(),
        }
    }
}
