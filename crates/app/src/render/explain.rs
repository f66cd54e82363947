//! A number, opened: what it is, how it was made, from which tables and records.

use throughline_engine::Trust;
use throughline_engine::measures::{Explanation, Input, Record, Records};
use throughline_engine::scorecard::period_in_words;
use throughline_model::measure::Measure;
use throughline_model::settings::Settings;

use super::instant::minute;
use super::style::{Ink, Style};
use super::table::Table;
use super::text::{count, wrap};
use super::trust;

/// The whole answer, ending with a line break.
pub fn page(explanation: &Explanation, trust: &Trust, settings: &Settings, style: &Style) -> String {
    let mut lines = wrap(&sentence(explanation, settings), style.width);
    let trusted = trust::lines(trust).into_iter().flat_map(|line| wrap(&line, style.width));
    lines.extend(trusted.map(|line| style.paint(Ink::Quiet, &line)));
    lines.extend(part(explanation, settings, style));
    for input in &explanation.parts {
        let reading = &input.explanation.reading;
        lines.push(String::new());
        let title = format!("{} in {}", input.id, reading.period.label);
        lines.push(style.paint(Ink::Strong, &title));
        lines.extend(wrap(&sentence(&input.explanation, settings), style.width));
        lines.extend(part(&input.explanation, settings, style));
    }
    lines.join("\n") + "\n"
}

/// The number in a sentence, with what must not be missing beside it.
fn sentence(explanation: &Explanation, settings: &Settings) -> String {
    let Explanation { measure, reading, .. } = explanation;
    let show = |value: f64| measure.unit.format(value, &settings.currency);
    let segment = reading.segment.as_deref().map_or(String::new(), |segment| format!(" for {segment}"));
    let place = format!("{}{segment} in {}", measure.name, period_in_words(&reading.period));
    let Some(value) = reading.value else {
        let why = reading.empty.as_ref().map_or(String::new(), |empty| format!(" {empty}"));
        return format!("{place} has no value.{why}");
    };
    let mut text = format!("{place} is {}", show(value));
    if let (Some(numerator), Some(denominator)) = (reading.numerator, reading.denominator) {
        text.push_str(&format!(", {} of {}", plain(numerator), plain(denominator)));
    }
    text.push_str(&format!(", from {} rows", count(reading.n)));
    if let Some(interval) = reading.interval {
        text.push_str(&format!("; the 95 % interval runs from {} to {}", show(interval.low), show(interval.high)));
    }
    if reading.left_out > 0 {
        text.push_str(&format!("; {} rows could not be used", count(reading.left_out)));
    }
    if !reading.mature {
        text.push_str("; outcomes that are still to come can change it");
    }
    text.push('.');
    text
}

fn plain(number: f64) -> String {
    throughline_model::unit::Unit::Number.format(number, "")
}

/// Words, SQL, inputs and records of one measure.
fn part(explanation: &Explanation, settings: &Settings, style: &Style) -> Vec<String> {
    let mut lines = vec![String::new()];
    lines.extend(wrap(&words(&explanation.measure), style.width));
    lines.extend(wrap(&format!("Calculated as: {}", explanation.calculation), style.width));
    if let Some(sql) = &explanation.sql {
        lines.extend(section("The SQL that ran", style));
        lines.extend(sql.lines().map(|line| format!("  {line}")));
    }
    if !explanation.inputs.is_empty() && explanation.parts.is_empty() {
        lines.extend(section("Inputs", style));
        lines.extend(inputs(&explanation.inputs, &settings.zone).lines(2, style));
    }
    if let Some(records) = &explanation.records {
        lines.extend(section("Records", style));
        lines.extend(self::records(records, &explanation.measure, settings, style));
    }
    lines
}

fn section(title: &str, style: &Style) -> [String; 2] {
    [String::new(), style.paint(Ink::Strong, title)]
}

/// Plain words, then the exact definition.
fn words(measure: &Measure) -> String {
    let definition = measure.definition.as_deref().map_or(String::new(), |text| format!(" {}", text.trim()));
    format!("{}{definition}", measure.plain)
}

fn inputs(inputs: &[Input], zone: &str) -> Table {
    let mut table = Table::new().text("table").number("rows").text("newest happened").text("newest recorded");
    for input in inputs {
        let at = |at: Option<jiff::Timestamp>| at.map_or("–".to_owned(), |at| minute(at, zone));
        table.row([input.table.clone(), count(input.rows), at(input.newest_at), at(input.newest_recorded_at)]);
    }
    table
}

fn records(records: &Records, measure: &Measure, settings: &Settings, style: &Style) -> Vec<String> {
    if records.rows.is_empty() {
        return vec!["  None.".to_owned()];
    }
    let ratio = records.rows.iter().any(|r| r.in_denominator.is_some());
    let mut table = Table::new().text("").text("key").text("customer").optional().text("at");
    table = if ratio { table.number("numerator").number("denominator").optional() } else { table.number("value") };
    for dimension in &measure.dimensions {
        table = table.text(dimension).optional();
    }
    let mut table = table.text("left out because").optional();
    for record in &records.rows {
        table.row(cells(record, ratio, measure, settings));
    }
    let mut lines = table.lines(2, style);
    if records.cut_off {
        let note = format!("  Only the first {}; --rows N lists more.", records.rows.len());
        lines.push(style.paint(Ink::Quiet, &note));
    }
    let signs = if ratio {
        "  ● in numerator and denominator, ○ in the denominator only, × left out"
    } else {
        "  ● counted, × left out"
    };
    lines.push(style.paint(Ink::Quiet, signs));
    lines
}

fn cells(record: &Record, ratio: bool, measure: &Measure, settings: &Settings) -> Vec<String> {
    let sign = match (record.left_out.is_some(), record.in_numerator) {
        (true, _) => "×",
        (false, true) => "●",
        (false, false) => "○",
    };
    let number =
        |value: Option<f64>| value.map_or("–".to_owned(), |value| measure.unit.format(value, &settings.currency));
    let part = |value: Option<f64>| value.map_or(String::new(), plain);
    let mut cells = vec![
        sign.to_owned(),
        record.key.clone().unwrap_or_default(),
        record.customer_id.clone().unwrap_or_default(),
        record.at.map_or(String::new(), |at| minute(at, &settings.zone)),
    ];
    if ratio {
        let value = record.numerator.or(record.value);
        cells.extend([part(value), part(record.denominator)]);
    } else {
        cells.push(record.unit.clone().unwrap_or_else(|| number(record.value)));
    }
    cells.extend(record.dimensions.iter().map(|(_, value)| value.clone().unwrap_or_default()));
    cells.push(record.left_out.clone().unwrap_or_default());
    cells
}
