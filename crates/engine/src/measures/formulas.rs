//! Measures that are formulas over other measures: which others they need, for which periods, and their
//! readings.

use std::collections::{BTreeMap, BTreeSet};

use throughline_model::formula::{Formula, Shift};
use throughline_model::measure::{Aggregate, Measure};
use throughline_model::period::{Calendar, Period};
use throughline_model::reading::{Empty, Reading};

use super::evaluate::Series;
use crate::session::Session;
use crate::{Error, Result};

/// The measures that a request needs, those that its formulas use included.
pub(crate) struct Needs<'a> {
    measures: BTreeMap<&'a str, &'a Measure>,
}

impl<'a> Needs<'a> {
    /// Collects them; what a formula names and nobody defines is told when its series is asked for.
    pub(crate) fn of(session: &'a Session, wanted: &[&'a Measure]) -> Needs<'a> {
        let mut measures = BTreeMap::new();
        let mut waiting = wanted.to_vec();
        while let Some(measure) = waiting.pop() {
            if measures.insert(measure.id.as_str(), measure).is_some() {
                continue;
            }
            if let Aggregate::Formula(formula) = &measure.aggregate {
                let known = &session.definitions().measures;
                waiting.extend(formula.measures().into_iter().filter_map(|id| known.get(id)));
            }
        }
        // What was asked for wins over a definition with the same id.
        measures.extend(wanted.iter().map(|measure| (measure.id.as_str(), *measure)));
        Needs { measures }
    }

    /// The measures that are no formulas, sorted by id.
    pub(crate) fn base(&self) -> impl Iterator<Item = &'a Measure> + '_ {
        self.measures.values().copied().filter(|measure| !matches!(measure.aggregate, Aggregate::Formula(_)))
    }

    /// The earliest period that the formulas look back to from `first`.
    pub(crate) fn earliest(&self, calendar: &Calendar, wanted: &[&Measure], first: &Period) -> Period {
        let reached = wanted.iter().map(|measure| self.reach(calendar, measure, first, &mut BTreeSet::new()));
        reached.min_by_key(|period| period.index).unwrap_or_else(|| first.clone())
    }

    fn reach(&self, calendar: &Calendar, measure: &Measure, from: &Period, above: &mut BTreeSet<String>) -> Period {
        let Aggregate::Formula(formula) = &measure.aggregate else { return from.clone() };
        if !above.insert(measure.id.clone()) {
            return from.clone();
        }
        let mut earliest = from.clone();
        for (id, shift) in formula.inputs() {
            let Some(input) = self.measures.get(id) else { continue };
            let reached = self.reach(calendar, input, &shifted(calendar, from, shift), above);
            if reached.index < earliest.index {
                earliest = reached;
            }
        }
        above.remove(&measure.id);
        earliest
    }
}

/// The period that a formula means.
pub(crate) fn shifted(calendar: &Calendar, period: &Period, shift: Shift) -> Period {
    match shift {
        Shift::Same => period.clone(),
        Shift::Previous => calendar.previous(period),
        Shift::YearBefore => calendar.year_before(period),
    }
}

/// The series of one measure; those of formulas are computed from `found` and added to it.
pub(crate) fn series(
    session: &Session,
    needs: &Needs<'_>,
    measure: &Measure,
    found: &mut BTreeMap<String, Result<Series>>,
) -> Result<Series> {
    compute(session, needs, measure, found, &mut Vec::new())?;
    match found.get(&measure.id) {
        Some(Ok(series)) => Ok(series.clone()),
        Some(Err(error)) => Err(Error { kind: error.kind, message: error.message.clone(), hint: error.hint.clone() }),
        None => Err(Error::internal(format!("{} was not evaluated.", measure.id))),
    }
}

fn compute(
    session: &Session,
    needs: &Needs<'_>,
    measure: &Measure,
    found: &mut BTreeMap<String, Result<Series>>,
    above: &mut Vec<String>,
) -> Result<()> {
    let Aggregate::Formula(formula) = &measure.aggregate else { return Ok(()) };
    if found.contains_key(&measure.id) {
        return Ok(());
    }
    if above.contains(&measure.id) {
        return Err(Error::definition(format!(
            "Formulas refer to each other in a circle: {} → {}.",
            above.join(" → "),
            measure.id
        )));
    }
    above.push(measure.id.clone());
    for id in formula.measures() {
        let Some(input) = needs.measures.get(id) else {
            let error = Error::definition(format!("{} uses the measure {id}, which does not exist.", measure.id));
            let known = session.definitions().measures.keys().map(String::as_str);
            return Err(match throughline_model::diagnostic::nearest(id, known) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            });
        };
        compute(session, needs, input, found, above)?;
        if let Some(Err(error)) = found.get(id) {
            let message = format!("{} cannot be computed: {}", measure.id, error.message);
            return Err(Error { kind: error.kind, message, hint: error.hint.clone() });
        }
    }
    above.pop();
    let series = combine(session, measure, formula, found);
    found.insert(measure.id.clone(), Ok(series));
    Ok(())
}

fn combine(
    session: &Session,
    measure: &Measure,
    formula: &Formula,
    found: &BTreeMap<String, Result<Series>>,
) -> Series {
    let inputs: BTreeMap<&str, &Series> =
        formula.measures().into_iter().filter_map(|id| Some((id, found.get(id)?.as_ref().ok()?))).collect();
    let segments: BTreeSet<&Option<String>> = inputs.values().flat_map(|series| series.keys()).collect();
    let mut combined = Series::new();
    for segment in segments {
        let mut readings = BTreeMap::new();
        for period in session.periods() {
            let of = |id: &str, shift| {
                let index = shifted(session.calendar(), period, shift).index;
                inputs.get(id)?.get(segment)?.get(&index)
            };
            let mut reading = formula_reading(session, formula, period, &of);
            reading.segment.clone_from(segment);
            reading.mature &= super::evaluate::is_mature(session, measure, period, None);
            readings.insert(period.index, reading);
        }
        combined.insert(segment.clone(), readings);
    }
    combined
}

/// The reading of a formula in one period: as many rows as the input with the fewest has.
fn formula_reading<'a>(
    session: &Session,
    formula: &Formula,
    period: &Period,
    of: &dyn Fn(&str, Shift) -> Option<&'a Reading>,
) -> Reading {
    let inputs = formula.inputs();
    let value = formula.evaluate(&mut |id, shift| of(id, shift)?.value);
    let mut reading = Reading { value, empty: None, ..Reading::without_rows(period.clone()) };
    let known: Vec<&Reading> = inputs.iter().filter_map(|(id, shift)| of(id, *shift)).collect();
    reading.n = known.iter().map(|input| input.n).min().unwrap_or(0);
    reading.left_out = known.iter().map(|input| input.left_out).sum();
    reading.mature = known.iter().all(|input| input.mature);
    if value.is_none() {
        let lacking = inputs.iter().find(|(id, shift)| of(id, *shift).is_none_or(|input| input.value.is_none()));
        reading.empty = Some(match lacking {
            None => Empty::DivisionByZero,
            Some((id, shift)) => {
                let label = shifted(session.calendar(), period, *shift).label;
                let why = of(id, *shift).and_then(|input| input.empty.clone()).unwrap_or(Empty::NoRows);
                Empty::Undefined(format!("{id} has no value for {label}: {why}"))
            }
        });
    }
    reading
}
