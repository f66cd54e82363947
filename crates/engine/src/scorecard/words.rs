//! The sentences of the scorecard: the headline, and one for everything that moved.

use throughline_model::period::{Grain, Period};
use throughline_model::status::Status;
use throughline_model::unit::Unit;

use super::view::{Assessment, Bounds, MeasureView, Move, MoveKind, ScorecardView};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A period as people say it: `March 2026`, `the first quarter of 2026`, `week 7 of 2026`.
pub fn period_in_words(period: &Period) -> String {
    let label = period.label.as_str();
    let words = match period.grain {
        Grain::Month => label.split_once('-').and_then(|(year, month)| {
            let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
            Some(format!("{month} {year}"))
        }),
        Grain::Quarter => label.split_once("-Q").map(|(year, quarter)| {
            let which = match quarter {
                "1" => "first",
                "2" => "second",
                "3" => "third",
                _ => "fourth",
            };
            format!("the {which} quarter of {year}")
        }),
        Grain::Week => match label.split_once("-W") {
            Some((year, week)) => Some(format!("week {} of {year}", week.trim_start_matches('0'))),
            None => label.strip_suffix(" week").map(|day| format!("the week from {day}")),
        },
        Grain::Day | Grain::Year => None,
    };
    words.unwrap_or_else(|| label.to_owned())
}

/// A score as it is shown: whole points, cut and not rounded, so that 99.6 does not look like a target
/// that was reached.
pub fn shown_score(score: f64) -> f64 {
    const ROUNDING: f64 = 1e-9;
    (score + ROUNDING).floor()
}

/// The state of the whole in one sentence.
pub(super) fn headline(view: &ScorecardView) -> String {
    let period = period_in_words(&view.period);
    let measures: Vec<&MeasureView> =
        view.perspectives.iter().flat_map(|p| &p.objectives).flat_map(|o| &o.measures).collect();
    if measures.is_empty() {
        return "There is nothing on this scorecard yet: add objectives with measures to scorecard.toml.".to_owned();
    }
    if measures.iter().all(|m| m.now.value.is_none()) {
        return format!("There is no data for {period} yet.");
    }
    let Some(score) = view.whole.score else {
        let (scored, all) = (view.whole.scored, view.whole.measures);
        return format!(
            "{} has no score: only {scored} of {all} measures can be scored, less than half of the weight.",
            capital(&period)
        );
    };
    let mut text = format!("In {period} the scorecard stands at {:.0} of 100, ", shown_score(score));
    text.push_str(match view.whole.status {
        Status::OnTarget => "on target",
        Status::Close => "close to target",
        _ => "off target",
    });
    text.push_str(&since(view, score));
    text.push_str(&drag(&measures, &view.currency));
    text.push('.');
    text
}

fn since(view: &ScorecardView, score: f64) -> String {
    let Some(before) = view.whole.before else { return String::new() };
    // The difference of what is shown, so that the sentence and the numbers beside it agree.
    let points = shown_score(score) - shown_score(before);
    let grain = view.every;
    let unit = if points.abs() == 1.0 { "point" } else { "points" };
    if points == 0.0 {
        format!(", as the {grain} before")
    } else if points > 0.0 {
        format!(", {points:.0} {unit} higher than the {grain} before")
    } else {
        format!(", {:.0} {unit} lower than the {grain} before", -points)
    }
}

/// The measure that costs the whole most: the largest share times distance to 100.
fn drag(measures: &[&MeasureView], currency: &str) -> String {
    let cost = |m: &MeasureView| m.share * (100.0 - m.now.counted_score().unwrap_or(100.0));
    let mut worst: Option<&MeasureView> = None;
    for measure in measures.iter().filter(|m| cost(m) > 0.0) {
        if worst.is_none_or(|w| cost(measure) > cost(w)) {
            worst = Some(measure);
        }
    }
    match worst {
        Some(m) => format!("; “{}” holds it back most{}", m.name, against(m, currency)),
        None => "; every measure that has a score is on target".to_owned(),
    }
}

fn against(measure: &MeasureView, currency: &str) -> String {
    let show = |value: f64| measure.unit.format(value, currency);
    let bounds = measure.now.target.as_ref().and_then(|t| t.bounds);
    match (measure.now.value, bounds) {
        (Some(value), Some(Bounds::Point { target, .. })) => {
            format!(" ({} against a target of {})", show(value), show(target))
        }
        (Some(value), Some(Bounds::Band { target: (low, high), .. })) => {
            format!(" ({} against a band of {} to {})", show(value), show(low), show(high))
        }
        _ => String::new(),
    }
}

/// What happened to one measure, in a sentence.
pub(super) fn move_sentence(
    found: &Move,
    unit: Unit,
    currency: &str,
    now: Option<&Assessment>,
    previous: &Period,
) -> String {
    let name = &found.name;
    let show = |value: Option<f64>| value.map_or("no value".to_owned(), |v| unit.format(v, currency));
    let points = |score: Option<f64>| score.map_or("none".to_owned(), |s| format!("{:.0}", shown_score(s)));
    match found.kind {
        MoveKind::Appeared => format!(
            "{name} has a score now ({}, score {}); it had none in {}.",
            show(found.value_now),
            points(found.score_now),
            period_in_words(previous)
        ),
        MoveKind::Disappeared => format!(
            "{name} has no score now ({}); it was at {}, score {}, in {}.",
            now.map_or("it is no longer on the scorecard", Assessment::word),
            show(found.value_before),
            points(found.score_before),
            period_in_words(previous)
        ),
        MoveKind::Changed => {
            let (before, now) = (show(found.value_before), show(found.value_now));
            let change = match found.value_now.partial_cmp(&found.value_before) {
                _ if before == now => format!("stayed at {now}"),
                Some(std::cmp::Ordering::Less) => format!("fell from {before} to {now}"),
                _ => format!("rose from {before} to {now}"),
            };
            let scores = format!("score {} → {}", points(found.score_before), points(found.score_now));
            format!("{name} {change} ({scores}): {}{}.", judgement(found), share_change(found))
        }
    }
}

/// Where the share changed, because other measures came or went, it is part of the story.
fn share_change(found: &Move) -> String {
    let (before, now) = (found.share_before * 100.0, found.share_now * 100.0);
    if (now - before).abs() < 1.0 {
        return String::new();
    }
    format!("; it makes up {now:.0} % of the whole instead of {before:.0} %")
}

fn judgement(found: &Move) -> &'static str {
    match (found.by_chart, found.by_interval) {
        (Some(true), _) => "a signal, more than its usual variation",
        (Some(false), _) => "noise, within its usual variation",
        (None, Some(true)) => "more than chance explains",
        (None, Some(false)) => "no more than chance explains",
        (None, None) => "too few periods to tell signal from noise",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
