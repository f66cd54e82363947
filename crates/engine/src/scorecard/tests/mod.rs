//! A small scorecard, built by hand, that every test bends to its purpose.

#![allow(clippy::unwrap_used)]

mod assessing;
mod choosing;
mod moving;
mod planning;
mod rolling;

use std::collections::BTreeMap;

use throughline_model::definitions::Definitions;
use throughline_model::formula::Formula;
use throughline_model::journey::{Journey, Stage};
use throughline_model::measure::{Aggregate, Direction, Measure, Role};
use throughline_model::period::{Calendar, Grain};
use throughline_model::reading::{Empty, Interval, Reading};
use throughline_model::scorecard::{Goal, MeasureUse, Objective, Perspective, Scorecard, Target, TargetValue};
use throughline_model::settings::Settings;
use throughline_model::unit::Unit;

use super::*;

/// Index of March 2026, the period that is shown.
const MARCH: i32 = 56 * 12 + 2;

/// A scorecard under test: change the parts, then look at it.
pub(super) struct Bench {
    pub(super) definitions: Definitions,
    pub(super) readings: Readings,
    pub(super) series: Series,
    pub(super) calendar: Calendar,
}

impl Bench {
    /// Two perspectives of weight 1: money (revenue, margin) and people (csat).
    pub(super) fn new() -> Bench {
        let settings = Settings { name: "Shop".into(), ..Settings::default() };
        let calendar = Calendar::new(&settings).unwrap();
        let scorecard = Scorecard {
            perspectives: vec![perspective("money"), perspective("people")],
            objectives: vec![
                objective("grow", "money", &["revenue", "margin"]),
                objective("please", "people", &["csat"]),
            ],
            targets: vec![
                target("revenue", number(200.0), number(100.0)),
                target("margin", number(0.4), number(0.2)),
                target("csat", number(0.9), number(0.7)),
            ],
            close_from: 70.0,
            every: Grain::Month,
            ..Scorecard::default()
        };
        let measures = [
            measure("revenue", "purchase", Unit::Money, Aggregate::Sum),
            measure("margin", "purchase", Unit::Percent, Aggregate::Ratio),
            measure("csat", "support", Unit::Percent, Aggregate::Ratio),
        ];
        let stages = ["awareness", "purchase", "support"].map(|id| Stage {
            id: id.into(),
            name: id.into(),
            about: String::new(),
        });
        let definitions = Definitions {
            settings,
            journey: Journey { stages: stages.to_vec(), rules: Vec::new() },
            scorecard,
            measures: measures.into_iter().map(|m| (m.id.clone(), m)).collect(),
        };
        Bench { definitions, readings: Readings::default(), series: Series::new(), calendar }
    }

    /// A mature reading so many months before March 2026, from a thousand rows, without interval.
    pub(super) fn read(mut self, measure: &str, months_before: i32, value: f64) -> Bench {
        let found = self.reading(months_before, Some(value));
        self.readings.add(measure, [found]);
        self
    }

    pub(super) fn reading(&self, months_before: i32, value: Option<f64>) -> Reading {
        Reading {
            period: self.calendar.period(Grain::Month, MARCH - months_before),
            segment: None,
            value,
            n: 1_000,
            numerator: None,
            denominator: None,
            interval: value.map(|v| Interval { low: v, high: v }),
            mature: true,
            left_out: 0,
            empty: value.is_none().then_some(Empty::NoRows),
        }
    }

    pub(super) fn view(&self) -> ScorecardView {
        self.view_after(self)
    }

    /// This scorecard, compared with the period before by what was in force then.
    pub(super) fn view_after(&self, before: &Bench) -> ScorecardView {
        let choice = Choice { period: self.calendar.period(Grain::Month, MARCH), why: None };
        let as_of = choice.period.end;
        compute(&Input {
            now: Standing { definitions: &self.definitions, readings: &self.readings },
            before: Standing { definitions: &before.definitions, readings: &before.readings },
            calendar: &self.calendar,
            series: &self.series,
            as_of,
            choice,
        })
    }
}

impl ScorecardView {
    fn measure(&self, id: &str) -> &MeasureView {
        let all = self.perspectives.iter().flat_map(|p| &p.objectives).flat_map(|o| &o.measures);
        all.into_iter().find(|m| m.id == id).unwrap()
    }
}

fn perspective(id: &str) -> Perspective {
    Perspective { id: id.into(), name: id.into(), weight: 1.0, line: 1 }
}

fn objective(id: &str, perspective: &str, measures: &[&str]) -> Objective {
    let uses = measures.iter().map(|id| MeasureUse { id: (*id).into(), weight: 1.0, line: 1 });
    Objective {
        id: id.into(),
        name: id.into(),
        perspective: perspective.into(),
        owner: None,
        weight: 1.0,
        measures: uses.collect(),
        file: "scorecard.toml".into(),
        line: 1,
    }
}

fn measure(id: &str, stage: &str, unit: Unit, aggregate: Aggregate) -> Measure {
    Measure {
        id: id.into(),
        name: id.into(),
        plain: String::new(),
        perspective: "money".into(),
        stage: Some(stage.into()),
        role: Role::Lagging,
        unit,
        direction: Direction::Higher,
        rows: None,
        aggregate,
        mature_after_seconds: None,
        dimensions: Vec::new(),
        minimum_n: 30,
        when_failed: None,
        definition: None,
        file: "measures/x.toml".into(),
        line: 1,
        rows_line: 1,
        shipped: false,
    }
}

fn number(value: f64) -> TargetValue {
    TargetValue::Number(value)
}

fn formula(text: &str) -> TargetValue {
    TargetValue::Formula(Formula::parse(text).unwrap())
}

fn target(measure: &str, target: TargetValue, floor: TargetValue) -> Target {
    Target {
        measure: measure.into(),
        from: None,
        until: None,
        segment: BTreeMap::new(),
        goal: Goal::Point { target, floor },
        baseline: None,
        line: 1,
    }
}

fn near(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() < 1e-9)
}
