//! The target in force for a measure and a period, with its formulas worked out.

use throughline_model::formula::{Formula, Shift};
use throughline_model::period::{Calendar, Period};
use throughline_model::reading::Reading;
use throughline_model::scorecard::{Goal, Scorecard, Target, TargetValue};

use super::need::single_dimension;
use super::readings::Readings;
use super::view::{Bounds, TargetView};

/// The last target of the file that names the measure, the segment and the period.
///
/// A target holds for periods that lie wholly between the start of `from` and the end of `until`.
pub(super) fn in_force<'a>(
    card: &'a Scorecard,
    calendar: &Calendar,
    measure: &str,
    segment: Option<(&str, &str)>,
    period: &Period,
) -> Option<&'a Target> {
    card.targets.iter().rev().find(|target| {
        let about = match segment {
            None => target.segment.is_empty(),
            Some(_) => single_dimension(target) == segment,
        };
        about && target.measure == measure && holds(target, calendar, period)
    })
}

fn holds(target: &Target, calendar: &Calendar, period: &Period) -> bool {
    let begun =
        target.from.as_deref().is_none_or(|label| calendar.parse(label).is_ok_and(|from| from.start <= period.start));
    let lasts =
        target.until.as_deref().is_none_or(|label| calendar.parse(label).is_ok_and(|until| period.end <= until.end));
    begun && lasts
}

/// The target with numbers for `period`; formulas read mature values only.
pub(super) fn resolve(target: &Target, readings: &Readings, calendar: &Calendar, period: &Period) -> TargetView {
    let number = |value: &TargetValue| match value {
        TargetValue::Number(number) => Ok(*number),
        TargetValue::Formula(formula) => evaluate(formula, readings, calendar, period),
    };
    let (bounds, formula) = match &target.goal {
        Goal::Point { target, floor } => {
            let bounds = number(target).and_then(|target| Ok(Bounds::Point { target, floor: number(floor)? }));
            (bounds, formula_text(target).or(formula_text(floor)))
        }
        Goal::Band { target, floor } => (Ok(Bounds::Band { target: *target, floor: *floor }), None),
    };
    let (bounds, reason) = match bounds {
        Ok(bounds) => (Some(bounds), None),
        Err(reason) => (None, Some(reason)),
    };
    TargetView { bounds, formula, baseline: target.baseline, reason }
}

fn formula_text(value: &TargetValue) -> Option<String> {
    match value {
        TargetValue::Formula(formula) => Some(formula.text.clone()),
        TargetValue::Number(_) => None,
    }
}

fn evaluate(formula: &Formula, readings: &Readings, calendar: &Calendar, period: &Period) -> Result<f64, String> {
    let mut missing = None;
    let value = formula.evaluate(&mut |id, shift| {
        let at = match shift {
            Shift::Same => period.clone(),
            Shift::Previous => calendar.previous(period),
            Shift::YearBefore => calendar.year_before(period),
        };
        let value = readings.at(id, &at).and_then(mature_value);
        if value.is_none() {
            missing = Some(format!("`{id}` has no mature value in {}", at.label));
        }
        value
    });
    let why = missing.unwrap_or_else(|| "its formula divides by zero".to_owned());
    value.ok_or_else(|| format!("The target has no value here: {why}."))
}

fn mature_value(reading: &Reading) -> Option<f64> {
    reading.value.filter(|_| reading.mature)
}
