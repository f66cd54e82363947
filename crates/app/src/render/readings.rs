//! A measure over periods: a sentence, what the measure is, and a table.

use throughline_engine::Trust;
use throughline_engine::scorecard::period_in_words;
use throughline_model::measure::{Direction, Measure, Role};
use throughline_model::reading::Reading;

use super::sparkline::{Dot, sparkline};
use super::style::{Ink, Style};
use super::table::Table;
use super::text::{count, counted, wrap};
use super::trust;

/// The whole answer, ending with a line break.
pub fn readings(
    measure: &Measure,
    readings: &[Reading],
    trust: &Trust,
    by: Option<&str>,
    currency: &str,
    style: &Style,
) -> String {
    let mut lines = wrap(&sentence(measure, readings, by, currency), style.width);
    lines.push(String::new());
    lines.extend(wrap(&measure.plain, style.width));
    lines.extend(wrap(&facts(measure), style.width).iter().map(|line| style.paint(Ink::Quiet, line)));
    let trusted = trust::lines(trust).into_iter().flat_map(|line| wrap(&line, style.width));
    lines.extend(trusted.map(|line| style.paint(Ink::Quiet, &line)));
    lines.push(String::new());
    lines.extend(table(measure, readings, by, currency).lines(0, style));
    lines.extend(sparklines(readings, by, style));
    lines.join("\n") + "\n"
}

/// What it said last, and how that differs from the period before.
fn sentence(measure: &Measure, readings: &[Reading], by: Option<&str>, currency: &str) -> String {
    let name = &measure.name;
    let show = |value: f64| measure.unit.format(value, currency);
    if let Some(dimension) = by {
        let mut segments: Vec<&str> = readings.iter().filter_map(|r| r.segment.as_deref()).collect();
        segments.dedup();
        return format!(
            "{name} by {dimension}: {} in all.",
            counted(u64::try_from(segments.len()).unwrap_or(u64::MAX), "segment")
        );
    }
    let Some((at, last, value)) =
        readings.iter().enumerate().rev().find_map(|(at, r)| Some((at, r, r.value.filter(|_| r.mature)?)))
    else {
        return format!("{name} has no mature value in these periods.");
    };
    let before = at.checked_sub(1).and_then(|at| readings.get(at)).and_then(|r| r.value);
    let change = match before.map(|before| (show(before), value > before)) {
        None => String::new(),
        Some((before, _)) if before == show(value) => format!(", as the {} before", last.period.grain),
        Some((before, true)) => format!(", up from {before} the {} before", last.period.grain),
        Some((before, false)) => format!(", down from {before} the {} before", last.period.grain),
    };
    format!("{name} was {} in {}{change}.", show(value), period_in_words(&last.period))
}

fn facts(measure: &Measure) -> String {
    let better = match measure.direction {
        Direction::Higher => "higher is better",
        Direction::Lower => "lower is better",
        Direction::Band => "best within a band",
    };
    let role = match measure.role {
        Role::Leading => "leading",
        Role::Lagging => "lagging",
    };
    let stage = measure.stage.as_deref().unwrap_or("no stage");
    let dimensions =
        if measure.dimensions.is_empty() { String::new() } else { format!(" · by {}", measure.dimensions.join(", ")) };
    let definition = measure.definition.as_deref().map_or(String::new(), |text| format!(" · {}", text.trim()));
    format!("{} · {} · {stage} · {role} · {better}{dimensions}{definition}", measure.id, measure.perspective)
}

fn table(measure: &Measure, readings: &[Reading], by: Option<&str>, currency: &str) -> Table {
    let mut table = Table::new();
    if let Some(dimension) = by {
        table = table.text(dimension);
    }
    table = table.text("period").number("value").number("n").text("95 % interval").optional().text("").optional();
    let show = |value: f64| measure.unit.format(value, currency);
    for reading in readings {
        let interval = reading.interval.map(|i| format!("{} to {}", show(i.low), show(i.high)));
        let cells = [
            reading.period.label.clone(),
            reading.value.map_or("–".to_owned(), show),
            count(reading.n),
            interval.unwrap_or_default(),
            note(reading),
        ];
        table.row(by.map(|_| reading.segment.clone().unwrap_or_default()).into_iter().chain(cells));
    }
    table
}

/// What a reader must know about a number: too early, why it is missing, what was left out.
fn note(reading: &Reading) -> String {
    let mut notes = Vec::new();
    if reading.value.is_some() && !reading.mature {
        notes.push("too early".to_owned());
    }
    notes.extend(reading.empty.as_ref().map(|empty| empty.to_string().trim_end_matches('.').to_owned()));
    if reading.left_out > 0 {
        notes.push(format!("{} left out", counted(reading.left_out, "row")));
    }
    notes.join(", ")
}

fn sparklines(readings: &[Reading], by: Option<&str>, style: &Style) -> Vec<String> {
    if by.is_some() || readings.len() < 3 {
        return Vec::new();
    }
    let dots: Vec<Dot> = readings
        .iter()
        .map(|reading| match reading.value {
            Some(value) if reading.mature => Dot::Value(value),
            Some(_) => Dot::Early,
            None => Dot::Gap,
        })
        .collect();
    let line = sparkline(&dots, dots.len().min(style.width));
    vec![String::new(), line.trim_end().to_owned()]
}
