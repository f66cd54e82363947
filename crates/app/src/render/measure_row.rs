//! One measure of the scorecard: a row of numbers, and under it what the numbers rest on.

use throughline_engine::scorecard::{
    Assessment, BenchmarkView, Bounds, MeasureView, Rule, SegmentView, Side, Trend, TrendSignal, Verdict, shown_score,
};
use throughline_model::unit::Unit;

use super::bar::bar;
use super::columns::{Columns, INDENT};
use super::sparkline::{Dot, sparkline};
use super::style::{Ink, Style};
use super::text::{count, joined, left, right, wrap};
use super::trust::mark;

/// The lines of one measure.
pub fn measure_row(measure: &MeasureView, currency: &str, columns: &Columns, style: &Style) -> Vec<String> {
    let names = wrap(&measure.name, columns.name);
    let details = joined(&details(measure, currency), columns.line.saturating_sub(columns.detail_at()));
    let signal = measure.trend.as_ref().is_some_and(|trend| trend.verdict == Verdict::Signal);
    let first = names.first().map_or("", String::as_str);
    let dots: Vec<Dot> = measure.history.iter().map(dot).collect();
    let numbers = numbers(&measure.now, measure.unit, currency, columns, style);
    let mut lines = vec![format!(
        "{}{}{numbers}  {}",
        " ".repeat(INDENT),
        left(first, columns.name),
        sparkline(&dots, columns.spark)
    )];
    for line in 1..names.len().max(details.len() + 1) {
        let name = left(names.get(line).map_or("", String::as_str), columns.name);
        let detail = details.get(line - 1).map_or("", String::as_str);
        let detail = if signal && line == 1 { detail.to_owned() } else { style.paint(Ink::Quiet, detail) };
        lines.push(format!("{}{name}  {detail}", " ".repeat(INDENT)));
    }
    lines.extend(measure.segments.iter().map(|s| segment_row(s, measure.unit, currency, columns, style)));
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

fn segment_row(segment: &SegmentView, unit: Unit, currency: &str, columns: &Columns, style: &Style) -> String {
    let name = format!("  {} {}", segment.dimension, segment.segment);
    let numbers = numbers(&segment.now, unit, currency, columns, style);
    format!("{}{}{numbers}", " ".repeat(INDENT), style.paint(Ink::Quiet, &left(&name, columns.name)))
}

/// Value, target, status, score and bar.
fn numbers(found: &Assessment, unit: Unit, currency: &str, columns: &Columns, style: &Style) -> String {
    let value = found.value.map_or("–".to_owned(), |value| unit.format(value, currency));
    let ink = Ink::of(found.status);
    let status = left(&format!("{} {}", found.sign(), found.word()), columns.status);
    let score = found.score.map_or(String::new(), |score| format!("{:.0}", shown_score(score)));
    let mut text = format!(
        " {} {}  {} {}",
        right(&value, columns.value),
        style.paint(Ink::Quiet, &right(&target(found, unit, currency), columns.value)),
        style.paint(ink, &status),
        right(&score, columns.score)
    );
    if columns.bar {
        text.push_str("  ");
        text.push_str(&style.paint(ink, &bar(found.score, found.counted)));
    }
    text
}

fn target(found: &Assessment, unit: Unit, currency: &str) -> String {
    match found.target.as_ref().and_then(|t| t.bounds) {
        Some(Bounds::Point { target, .. }) => unit.format(target, currency),
        Some(Bounds::Band { target: (low, high), .. }) => {
            format!("{}…{}", unit.format(low, currency), unit.format(high, currency))
        }
        None => "–".to_owned(),
    }
}

fn dot(point: &throughline_engine::scorecard::Point) -> Dot {
    match point.value {
        Some(value) if point.mature => Dot::Value(value),
        Some(_) => Dot::Early,
        None => Dot::Gap,
    }
}

/// What a number must not stand without: signal or noise, what was before, n, interval, benchmark.
fn details(measure: &MeasureView, currency: &str) -> Vec<String> {
    let show = |value: f64| measure.unit.format(value, currency);
    let now = &measure.now;
    let mut items: Vec<String> = now.reason.iter().map(|r| r.trim_end_matches('.').to_owned()).collect();
    items.extend(measure.trend.as_ref().filter(|_| now.value.is_some()).map(trend_words));
    items.extend(measure.before.value.map(|value| format!("before {}", show(value))));
    items.extend(measure.year_before.map(|value| format!("year before {}", show(value))));
    if now.value.is_some() && now.n > 0 {
        items.push(format!("n {}", count(now.n)));
    }
    items.extend(now.interval.map(|i| format!("95 % {} to {}", show(i.low), show(i.high))));
    items.extend(measure.benchmarks.iter().map(|b| benchmark(b, measure.unit, currency)));
    items.extend(now.progress.map(|share| format!("{:.0} % of the way to the target", share * 100.0)));
    if now.left_out > 0 {
        items.push(format!("{} rows left out", count(now.left_out)));
    }
    items.extend(measure.trust.as_ref().and_then(mark));
    items
}

/// Signal or noise, in words.
pub fn trend_words(trend: &Trend) -> String {
    let few = if trend.periods < 12 { format!(" ({} periods)", trend.periods) } else { String::new() };
    match (trend.verdict, trend.signals.first()) {
        (Verdict::Signal, Some(signal)) => format!("signal: {}{few}", signal_words(signal)),
        (Verdict::Signal, None) => format!("signal: changed more than it usually does{few}"),
        (Verdict::Noise | Verdict::Provisional, _) => format!("noise{few}"),
    }
}

fn signal_words(signal: &TrendSignal) -> String {
    let place = match (signal.rule, signal.side) {
        (Rule::Outside, Side::Above) => "above its limits",
        (Rule::Outside, Side::Below) => "below its limits",
        (Rule::Run, Side::Above) => "eight in a row above the mean",
        (Rule::Run, Side::Below) => "eight in a row below the mean",
        (Rule::NearLimit, Side::Above) => "three of four near the upper limit",
        (Rule::NearLimit, Side::Below) => "three of four near the lower limit",
    };
    match signal.better {
        Some(true) => format!("{place}, better"),
        Some(false) => format!("{place}, worse"),
        None => place.to_owned(),
    }
}

fn benchmark(benchmark: &BenchmarkView, unit: Unit, currency: &str) -> String {
    let value = benchmark.value.map_or("unknown".to_owned(), |value| unit.format(value, currency));
    let date = benchmark.date.as_deref().map_or(String::new(), |date| format!(" {date}"));
    let sample = benchmark.sample.map_or(String::new(), |n| format!(", n {}", count(n)));
    format!("benchmark {value} ({}{date}{sample})", benchmark.source)
}
