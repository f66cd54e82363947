//! Definitions and readings become a scorecard.

use std::collections::BTreeMap;

use jiff::Timestamp;
use throughline_model::definitions::Definitions;
use throughline_model::measure::{Direction, Measure, Role};
use throughline_model::period::{Calendar, Period};
use throughline_model::scorecard::{MeasureUse, Objective, Perspective};
use throughline_model::status::Status;
use throughline_model::unit::Unit;

use super::assess::assess;
use super::benchmark::{Series, benchmarks};
use super::choose::Choice;
use super::grid::grid;
use super::history::{history, trend};
use super::moved::{Pair, moves};
use super::need::single_dimension;
use super::readings::Readings;
use super::rollup::{Assessments, Summary, Tree, tree};
use super::target::{in_force, resolve};
use super::view::{Assessment, MeasureView, Move, ObjectiveView, PerspectiveView, RollUp, ScorecardView, SegmentView};
use super::words::{headline, move_sentence};

/// The definitions in force for a period, and what was read by them.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Definitions.
    pub definitions: &'a Definitions,
    /// Readings of the periods [`Need`](super::Need) asks for.
    pub readings: &'a Readings,
}

/// Everything a scorecard is computed from.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// What holds for the period that is shown.
    pub now: Standing<'a>,
    /// What holds for the period before; another revision may have been in force then.
    pub before: Standing<'a>,
    /// Zone, weeks and fiscal year.
    pub calendar: &'a Calendar,
    /// Outside series of the benchmarks.
    pub series: &'a Series,
    /// What was recorded until this instant is known.
    pub as_of: Timestamp,
    /// The period to show.
    pub choice: Choice,
}

/// Scores, statuses, roll-ups, trends, grid and moves for one period. Pure: the same input gives the
/// same view.
pub fn compute(input: &Input<'_>) -> ScorecardView {
    let period = &input.choice.period;
    let previous = input.calendar.previous(period);
    let now = Side::of(input.now, input.calendar, period);
    let before = Side::of(input.before, input.calendar, &previous);
    let Definitions { settings, scorecard: card, .. } = input.now.definitions;
    let mut view = ScorecardView {
        name: settings.name.clone(),
        vision: card.vision.clone(),
        zone: settings.zone.clone(),
        currency: settings.currency.clone(),
        as_of: input.as_of,
        every: period.grain,
        period: period.clone(),
        previous: previous.clone(),
        chosen: input.choice.why.clone(),
        headline: String::new(),
        close_from: card.close_from,
        whole: now.tree.whole.with(before.tree.whole.score()),
        perspectives: Vec::new(),
        grid: grid(input.now.definitions, now.pair(), before.pair()),
        moves: Vec::new(),
    };
    let builder = Builder { input, now: &now, before: &before };
    view.perspectives = card.perspectives.iter().map(|p| builder.perspective(p)).collect();
    view.moves = builder.moves(&view, &previous);
    view.headline = headline(&view);
    view
}

/// One of the two periods: every measure assessed, and the roll-up.
pub(crate) struct Side {
    pub(super) tree: Tree,
    pub(super) assessments: Assessments,
}

impl Side {
    pub(crate) fn of(standing: Standing<'_>, calendar: &Calendar, period: &Period) -> Side {
        let Standing { definitions, readings } = standing;
        let card = &definitions.scorecard;
        let mut assessments = BTreeMap::new();
        for used in card.objectives.iter().flat_map(|o| &o.measures) {
            let found = match definitions.measures.get(&used.id) {
                Some(measure) => {
                    let target = in_force(card, calendar, &measure.id, None, period);
                    let target = target.map(|t| resolve(t, readings, calendar, period));
                    let found = assess(measure, readings.at(&measure.id, period), target, card.close_from);
                    match readings.failure(&measure.id) {
                        Some(why) => Assessment { reason: Some(why.to_owned()), ..found },
                        None => found,
                    }
                }
                None => undefined(),
            };
            assessments.insert(used.id.clone(), found);
        }
        Side { tree: tree(card, &assessments), assessments }
    }

    /// The score of the whole.
    pub(crate) fn score(&self) -> Option<f64> {
        self.tree.whole.score()
    }

    /// The score of a measure, where it takes part.
    pub(crate) fn score_of(&self, id: &str) -> Option<f64> {
        self.assessments.get(id).and_then(Assessment::counted_score)
    }

    /// The value of a measure.
    pub(crate) fn value_of(&self, id: &str) -> Option<f64> {
        self.assessments.get(id).and_then(|found| found.value)
    }

    /// Ids of its measures, sorted.
    pub(crate) fn measures(&self) -> impl Iterator<Item = &str> {
        self.assessments.keys().map(String::as_str)
    }

    fn pair(&self) -> (&Tree, &Assessments) {
        (&self.tree, &self.assessments)
    }
}

fn undefined() -> Assessment {
    let reason = "This measure is not defined; `throughline check` says why.";
    Assessment { status: Some(Status::NoData), reason: Some(reason.to_owned()), ..Assessment::default() }
}

/// Puts the pieces of both periods together.
struct Builder<'a> {
    input: &'a Input<'a>,
    now: &'a Side,
    before: &'a Side,
}

impl Builder<'_> {
    fn roll_up(&self, now: Option<&Summary>, before: Option<&Summary>) -> RollUp {
        let close_from = self.input.now.definitions.scorecard.close_from;
        now.unwrap_or(&Summary::nothing(close_from)).with(before.and_then(Summary::score))
    }

    fn perspective(&self, perspective: &Perspective) -> PerspectiveView {
        let objectives = self.input.now.definitions.scorecard.objectives.iter();
        let inside = objectives.filter(|o| o.perspective == perspective.id);
        PerspectiveView {
            id: perspective.id.clone(),
            name: perspective.name.clone(),
            weight: perspective.weight,
            result: self
                .roll_up(self.now.tree.perspective(&perspective.id), self.before.tree.perspective(&perspective.id)),
            objectives: inside.map(|o| self.objective(o)).collect(),
        }
    }

    fn objective(&self, objective: &Objective) -> ObjectiveView {
        ObjectiveView {
            id: objective.id.clone(),
            name: objective.name.clone(),
            owner: objective.owner.clone(),
            weight: objective.weight,
            result: self.roll_up(self.now.tree.objective(&objective.id), self.before.tree.objective(&objective.id)),
            measures: objective.measures.iter().map(|used| self.measure(objective, used)).collect(),
        }
    }

    fn measure(&self, objective: &Objective, used: &MeasureUse) -> MeasureView {
        let Input { calendar, series, choice, .. } = self.input;
        let Standing { definitions, readings } = self.input.now;
        let measure = definitions.measures.get(&used.id);
        let uses = self.now.tree.uses.iter();
        let mut share = uses.filter(|u| u.measure == used.id && u.objective == objective.id).map(|u| u.share);
        let assessed = |side: &Side| side.assessments.get(&used.id).cloned().unwrap_or_default();
        let direction = measure.map_or(Direction::Higher, |m| m.direction);
        let year_before = calendar.year_before(&choice.period);
        MeasureView {
            id: used.id.clone(),
            name: measure.map_or_else(|| used.id.clone(), |m| m.name.clone()),
            plain: measure.map_or_else(String::new, |m| m.plain.clone()),
            stage: measure.and_then(|m| m.stage.clone()),
            role: measure.map_or(Role::Lagging, |m| m.role),
            unit: measure.map_or(Unit::Number, |m| m.unit),
            direction,
            owner: objective.owner.clone(),
            weight: used.weight,
            share: share.next().unwrap_or(0.0),
            now: assessed(self.now),
            before: assessed(self.before),
            year_before: readings.at(&used.id, &year_before).and_then(|r| r.value),
            benchmarks: benchmarks(&definitions.scorecard.benchmarks, &used.id, series, calendar, &choice.period),
            trend: trend(readings, &used.id, direction, &choice.period),
            history: history(readings, calendar, &used.id, &choice.period),
            segments: measure.map_or_else(Vec::new, |m| self.segments(m)),
            trust: None,
        }
    }

    /// Segments that have a target in force, in the order of the file.
    fn segments(&self, measure: &Measure) -> Vec<SegmentView> {
        let Standing { definitions, readings } = self.input.now;
        let card = &definitions.scorecard;
        let (calendar, period) = (self.input.calendar, &self.input.choice.period);
        let mut found: Vec<SegmentView> = Vec::new();
        for target in card.targets.iter().filter(|t| t.measure == measure.id) {
            let Some((dimension, segment)) = single_dimension(target) else { continue };
            let known = found.iter().any(|s| s.dimension == dimension && s.segment == segment);
            let in_force = in_force(card, calendar, &measure.id, Some((dimension, segment)), period);
            let Some(in_force) = in_force.filter(|_| !known) else { continue };
            let reading = readings.segment_at(&measure.id, dimension, segment, period);
            let target = resolve(in_force, readings, calendar, period);
            found.push(SegmentView {
                dimension: dimension.to_owned(),
                segment: segment.to_owned(),
                now: assess(measure, reading, Some(target), card.close_from),
            });
        }
        found
    }

    fn moves(&self, view: &ScorecardView, previous: &Period) -> Vec<Move> {
        let measures = view.perspectives.iter().flat_map(|p| &p.objectives).flat_map(|o| &o.measures);
        let trends: BTreeMap<&str, &MeasureView> = measures.map(|m| (m.id.as_str(), m)).collect();
        let mut found = moves(self.now.pair(), self.before.pair(), |id| {
            let trend = trends.get(id).and_then(|m| m.trend.as_ref());
            Some(Pair {
                measure: self.defined(id)?,
                now: self.now.assessments.get(id),
                before: self.before.assessments.get(id),
                chart: trend.filter(|t| t.latest == view.period.label),
            })
        });
        for one in &mut found {
            let unit = self.defined(&one.measure).map_or(Unit::Number, |m| m.unit);
            let now = self.now.assessments.get(&one.measure);
            one.sentence = move_sentence(one, unit, &view.currency, now, previous);
        }
        found
    }

    /// The measure as it is defined now, or as it was before.
    fn defined(&self, id: &str) -> Option<&Measure> {
        let now = self.input.now.definitions.measures.get(id);
        now.or_else(|| self.input.before.definitions.measures.get(id))
    }
}
