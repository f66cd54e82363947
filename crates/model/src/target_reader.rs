//! Reading targets and benchmarks, and finding those that no measure could ever reach.

use std::collections::BTreeMap;

use crate::diagnostic::hint_among;
use crate::measure::{Aggregate, Direction, Measure, read_formula};
use crate::period::parse_date;
use crate::scorecard::{Benchmark, Goal, Target, TargetValue};
use crate::scorecard_reader::Known;
use crate::toml_reader::{Field, FieldValue, Section};
use crate::unit::{Unit, parse_money};

/// Reads one `[[target]]`; `None` where it is wrong or its measure is.
pub(crate) fn read_target(section: Section<'_>, known: &Known<'_>) -> Option<Target> {
    let Some(measure) = known.measure(&section, "measure") else {
        section.ignore(&["from", "until", "segment", "target", "floor", "baseline"]);
        section.done();
        return None;
    };
    let periods = read_periods(&section, known);
    let segment = read_segment(&section, measure);
    let goal = read_goal(&section, measure, known);
    let baseline = section.field("baseline").map(|field| read_value(&section, &field, measure, known));
    let line = section.place().line;
    section.done();
    let (from, until) = periods?;
    if baseline == Some(None) {
        return None;
    }
    let baseline = baseline.flatten();
    Some(Target { measure: measure.id.clone(), from, until, segment: segment?, goal: goal?, baseline, line })
}

/// Reads one `[[benchmark]]`; `None` where it is wrong or its measure is.
pub(crate) fn read_benchmark(section: Section<'_>, known: &Known<'_>) -> Option<Benchmark> {
    let measure = known.measure(&section, "measure");
    let value = match measure {
        Some(measure) => section.field("value").and_then(|field| read_value(&section, &field, measure, known)),
        None => None,
    };
    let series = section.text("series");
    let one = match (section.has("value"), section.has("series")) {
        (true, true) => Err("a benchmark is either a `value` or a `series`, not both"),
        (false, false) => Err("a benchmark needs a `value` or a `series`"),
        _ => Ok(()),
    };
    if let Err(message) = one {
        section.error(section.place(), message, None);
    }
    let source = section.required_text("source");
    let date = read_day(&section, "date");
    let sample = section.integer("sample");
    let sample_fits = sample.is_none_or(|sample| sample > 0);
    if !sample_fits {
        section.error(section.at("sample"), "`sample` must be at least 1", None);
    }
    let line = section.place().line;
    section.done();
    let told = value.is_some() || series.is_some();
    (one.is_ok() && told && sample_fits).then_some(Benchmark {
        measure: measure?.id.clone(),
        value,
        series,
        source: source?,
        date: date?,
        sample: sample.map(i64::unsigned_abs),
        line,
    })
}

/// An optional day, `2026-03-31`; `None` where it is none.
pub(crate) fn read_day(section: &Section<'_>, key: &str) -> Option<Option<String>> {
    if !section.has(key) {
        return Some(None);
    }
    let text = section.date_text(key)?;
    if parse_date(&text).is_some() {
        return Some(Some(text));
    }
    section.error(section.at(key), format!("\"{text}\" is not a day; write 2026-03-31"), None);
    None
}

type Labels = (Option<String>, Option<String>);

fn read_periods(section: &Section<'_>, known: &Known<'_>) -> Option<Labels> {
    let read = |key: &str| {
        if !section.has(key) {
            return Some(None);
        }
        let text = section.date_text(key)?;
        match known.calendar.parse(&text) {
            Ok(period) => Some(Some(period)),
            Err(message) => {
                section.error(section.at(key), format!("`{key}`: {message}"), None);
                None
            }
        }
    };
    let (from, until) = (read("from"), read("until"));
    let (from, until) = (from?, until?);
    if let (Some(from), Some(until)) = (&from, &until)
        && until.end <= from.start
    {
        let message = format!("the target ends ({until}) before it begins ({from})");
        section.error(section.at("until"), message, None);
        return None;
    }
    Some((from.map(|period| period.label), until.map(|period| period.label)))
}

fn read_segment(section: &Section<'_>, measure: &Measure) -> Option<BTreeMap<String, String>> {
    if !section.has("segment") {
        return Some(BTreeMap::new());
    }
    let inner = section.section("segment")?;
    let mut segment = BTreeMap::new();
    let mut whole = true;
    for dimension in inner.keys() {
        let value = inner.text(dimension);
        let fits = measure.dimensions.iter().any(|known| known == dimension);
        if !fits {
            let hint = hint_among(dimension, measure.dimensions.iter().map(String::as_str));
            let message = format!("`{}` cannot be broken down by `{dimension}`", measure.id);
            inner.error(inner.key_place(dimension), message, hint);
        }
        whole &= fits && value.is_some();
        segment.extend(value.map(|value| (dimension.to_owned(), value)));
    }
    whole.then_some(segment)
}

fn read_goal(section: &Section<'_>, measure: &Measure, known: &Known<'_>) -> Option<Goal> {
    let (target, floor) = (section.field("target"), section.field("floor"));
    for (key, field) in [("target", &target), ("floor", &floor)] {
        if field.is_none() {
            let hint = "`target` is what is wanted, `floor` what is no longer acceptable".to_owned();
            section.error(section.place(), format!("`{key}` is missing in `target`"), Some(hint));
        }
    }
    let place = floor.as_ref().map_or(section.place(), |field| field.place);
    let (wanted, problem) = if measure.direction == Direction::Band {
        let target = target.and_then(|field| read_pair(section, "target", field, measure, known));
        let floor = floor.and_then(|field| read_pair(section, "floor", field, measure, known));
        let (target, floor) = (target?, floor?);
        (Goal::Band { target, floor }, band_problem(target, floor))
    } else {
        let target = target.and_then(|field| read_target_value(section, &field, measure, known));
        let floor = floor.and_then(|field| read_target_value(section, &field, measure, known));
        let (target, floor) = (target?, floor?);
        let problem = match (&target, &floor) {
            (TargetValue::Number(target), TargetValue::Number(floor)) => {
                point_problem(measure.direction, *target, *floor)
            }
            _ => None,
        };
        (Goal::Point { target, floor }, problem)
    };
    match problem {
        None => Some(wanted),
        Some((message, hint)) => {
            section.error(place, message, Some(hint.to_owned()));
            None
        }
    }
}

type Problem = Option<(&'static str, &'static str)>;

fn point_problem(direction: Direction, target: f64, floor: f64) -> Problem {
    if target == floor {
        let hint = "the score runs from the floor (0) to the target (100); they must differ";
        return Some(("impossible target: the floor equals the target", hint));
    }
    match direction {
        Direction::Higher if floor > target => {
            Some(("impossible target: higher is better, but the floor lies above the target", "swap them"))
        }
        Direction::Lower if floor < target => {
            Some(("impossible target: lower is better, but the floor lies below the target", "swap them"))
        }
        _ => None,
    }
}

fn band_problem(target: (f64, f64), floor: (f64, f64)) -> Problem {
    if target.0 > target.1 || floor.0 > floor.1 {
        let hint = "write the lower end first: target = [2, 4], floor = [1, 6]";
        return Some(("impossible target: the band is inside out", hint));
    }
    if floor.0 > target.0 || floor.1 < target.1 {
        let hint = "the floors lie outside the band: target = [2, 4], floor = [1, 6]";
        return Some(("impossible target: a floor lies inside the band", hint));
    }
    if floor == target {
        return Some(("impossible target: the floors equal the band", "move at least one floor outwards"));
    }
    None
}

fn read_pair(
    section: &Section<'_>,
    key: &str,
    field: Field<'_>,
    measure: &Measure,
    known: &Known<'_>,
) -> Option<(f64, f64)> {
    let FieldValue::List(list) = &field.value else {
        let hint = Some(format!("{key} = [2, 4]"));
        let message = format!("`{}` is best within a band: `{key}` needs two values", measure.id);
        section.error(field.place, message, hint);
        return None;
    };
    if let [low, high] = list.as_slice() {
        let low = read_value(section, low, measure, known);
        let high = read_value(section, high, measure, known);
        return low.zip(high);
    }
    section.error(field.place, format!("`{key}` needs two values, not {}", list.len()), None);
    None
}

fn read_target_value(
    section: &Section<'_>,
    field: &Field<'_>,
    measure: &Measure,
    known: &Known<'_>,
) -> Option<TargetValue> {
    match &field.value {
        FieldValue::Section(inner) => read_target_formula(inner, known),
        FieldValue::List(_) => {
            let message = format!("`{}` has one target, not a band", measure.id);
            let hint = "only measures with direction = \"band\" take two values".to_owned();
            section.error(field.place, message, Some(hint));
            None
        }
        _ => read_value(section, field, measure, known).map(TargetValue::Number),
    }
}

fn read_target_formula(inner: &Section<'_>, known: &Known<'_>) -> Option<TargetValue> {
    let formula = read_formula(inner);
    for key in inner.keys().into_iter().filter(|key| *key != "formula") {
        inner.error(inner.key_place(key), format!("unknown key `{key}` beside `formula`"), None);
    }
    let formula = formula?;
    let mut whole = true;
    for id in formula.measures() {
        let offset = formula.offset_of(id).unwrap_or(0);
        let place = inner.text_start("formula").within(&formula.text, offset);
        whole &= known.measure_named(inner, id, place).is_some();
    }
    whole.then_some(TargetValue::Formula(formula))
}

/// A value in the unit of a measure: a number in its stored form, or text as people write it.
fn read_value(section: &Section<'_>, field: &Field<'_>, measure: &Measure, known: &Known<'_>) -> Option<f64> {
    let value = match &field.value {
        FieldValue::Integer(number) => Ok(*number as f64),
        FieldValue::Float(number) if number.is_finite() => Ok(*number),
        FieldValue::Float(number) => Err(format!("{number} is not a finite number")),
        FieldValue::Text(text) if measure.unit == Unit::Money => known.amount(text),
        FieldValue::Text(text) => measure.unit.parse_value(text),
        other => Err(format!("expected a value of the unit {}, not {}", measure.unit, other.kind())),
    };
    let message = match value {
        Ok(value) if measure.unit != Unit::Percent => return Some(value),
        Ok(value) => match percent_problem(measure, value, &field.value) {
            None => return Some(value),
            Some(message) => message,
        },
        Err(message) => message,
    };
    section.error(field.place, message, percent_hint(measure, &field.value));
    None
}

/// A share lies between 0 and 1. Formulas (growth, margin, return) may go beyond, but then a number
/// without a percent sign is more likely a slip: 86 for 86 %.
fn percent_problem(measure: &Measure, value: f64, written: &FieldValue<'_>) -> Option<String> {
    let formula = matches!(measure.aggregate, Aggregate::Formula(_));
    let signed = matches!(written, FieldValue::Text(text) if text.trim_end().ends_with('%'));
    if (0.0..=1.0).contains(&value) || formula && (signed || value.abs() <= 1.0) {
        return None;
    }
    let shown = Unit::Percent.format(value, "");
    Some(format!("impossible value: {shown} is not a share between 0 % and 100 %"))
}

fn percent_hint(measure: &Measure, written: &FieldValue<'_>) -> Option<String> {
    let number = match written {
        FieldValue::Integer(number) => *number as f64,
        FieldValue::Float(number) => *number,
        _ => return None,
    };
    let meant = measure.unit == Unit::Percent && (1.0..=100.0).contains(&number);
    meant.then(|| format!("write \"{number}%\""))
}

/// Whether a budget such as `12000 EUR` is an amount; what is wrong is noted.
pub(crate) fn read_budget(section: &Section<'_>) -> Option<Option<String>> {
    if !section.has("budget") {
        return Some(None);
    }
    let text = section.text("budget")?;
    match parse_money(&text) {
        Ok((amount, _)) if amount >= 0.0 => return Some(Some(text)),
        Ok(_) => section.error(section.at("budget"), "a budget cannot be negative", None),
        Err(message) => section.error(section.at("budget"), message, None),
    }
    None
}
