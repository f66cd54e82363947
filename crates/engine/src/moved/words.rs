//! What moved, in one sentence: how much, then why, the largest first.

use throughline_model::definitions::Definitions;
use throughline_model::formula::Shift;
use throughline_model::unit::Unit;

use super::LateRows;
use super::measure::MeasureMoved;
use super::split::{Split, SplitPart, Way};
use super::whole::WholeMoved;
use crate::scorecard::period_in_words;

/// Reasons told by name.
const TOLD: usize = 5;
/// Values of a dimension, inputs or measures told by name.
const NAMED: usize = 2;

/// A difference for people, without its sign: shares in points of a hundred.
pub fn shown_difference(unit: Unit, difference: f64, currency: &str) -> String {
    if unit != Unit::Percent {
        return unit.format(difference.abs(), currency);
    }
    let points = difference.abs() * 100.0;
    // Small differences matter more than their size: 0.08 points of a share of 6 % are not nothing.
    let text = if points < 0.995 { format!("{points:.2}") } else { format!("{points:.1}") };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "1" { "1 point".to_owned() } else { format!("{text} points") }
}

/// Whether a difference shows at all.
fn shows(text: &str) -> bool {
    text.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

/// One reason: how much, and the words for it where it goes with the change and where it goes against it.
struct Reason {
    amount: f64,
    with: String,
    against: String,
}

impl Reason {
    fn new(amount: f64, because: impl Into<String>, it: impl Into<String>) -> Reason {
        Reason { amount, with: because.into(), against: it.into() }
    }

    fn by(amount: f64, what: impl Into<String>) -> Reason {
        let what = what.into();
        Reason::new(amount, format!("by {what}"), what)
    }
}

/// The reasons, the largest first; those that do not show are left out.
fn reasons(mut reasons: Vec<Reason>, change: f64, show: &dyn Fn(f64) -> String) -> String {
    reasons.retain(|reason| shows(&show(reason.amount)));
    reasons.sort_by(|a, b| b.amount.abs().total_cmp(&a.amount.abs()));
    let told: Vec<String> = reasons
        .iter()
        .take(TOLD)
        .map(|reason| {
            let amount = show(reason.amount);
            match (change == 0.0, (reason.amount < 0.0) == (change < 0.0)) {
                (false, true) => format!("{amount} {}", reason.with),
                (false, false) => format!("{} took back {amount}", reason.against),
                (true, _) => {
                    format!("{} {} {amount}", reason.against, if reason.amount < 0.0 { "took" } else { "added" })
                }
            }
        })
        .collect();
    told.join("; ")
}

/// How much, then why.
fn sentence(change: f64, since: &str, found: Vec<Reason>, show: &dyn Fn(f64) -> String) -> String {
    let amount = show(change);
    let (opening, shown) = match (shows(&amount), change < 0.0) {
        (false, _) => (format!("As much as in {since}"), 0.0),
        (true, true) => (format!("Down {amount} from {since}"), change),
        (true, false) => (format!("Up {amount} from {since}"), change),
    };
    let reasons = reasons(found, shown, show);
    if reasons.is_empty() { format!("{opening}.") } else { format!("{opening}: {reasons}.") }
}

/// What moved a measure.
pub(super) fn measure_sentence(moved: &MeasureMoved, definitions: &Definitions) -> String {
    let since = period_in_words(&moved.before);
    let Some(change) = moved.change else {
        return moved.reason.clone().unwrap_or_else(|| format!("Nothing can be told about {since}."));
    };
    let (unit, currency) = (moved.measure.unit, moved.currency.as_str());
    let show = |difference: f64| shown_difference(unit, difference, currency);
    let mut found = Vec::new();
    match moved.splits.iter().find(|split| split.reason.is_none()) {
        Some(split) => found.extend(of_split(split, moved, definitions)),
        None => found.extend(moved.happened.map(|amount| Reason::by(amount, "what happened"))),
    }
    let late = late_words(moved.late.rows.as_ref());
    found.extend(moved.late.contribution.map(|amount| Reason::by(amount, late)));
    found.extend(moved.definitions.contribution.map(|amount| Reason::by(amount, "the changed definition")));
    let mut text = sentence(change, &since, found, &show);
    if !moved.reading_now.mature {
        let now = period_in_words(&moved.now);
        text.push_str(&format!(" Outcomes that are still to come can change {now}."));
    }
    text
}

fn late_words(rows: Option<&LateRows>) -> String {
    let Some(rows) = rows.filter(|rows| !rows.is_none()) else { return "late data".to_owned() };
    let told = [(rows.came, "late"), (rows.corrected, "corrected"), (rows.gone, "withdrawn")];
    let told: Vec<String> = told.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    format!("late data (rows: {})", told.join(", "))
}

fn of_split(split: &Split, moved: &MeasureMoved, definitions: &Definitions) -> Vec<Reason> {
    let (unit, currency) = (moved.measure.unit, moved.currency.as_str());
    let value = |value: Option<f64>| value.map_or("nothing".to_owned(), |value| unit.format(value, currency));
    let dimension = split.dimension.as_deref().unwrap_or_default().replace('_', " ");
    match split.way {
        Way::MixAndRate => {
            let mut found = Vec::new();
            if let Some(mix) = split.mix() {
                let most = leading(split, |part| part.mix, mix).map_or(String::new(), |part| {
                    let more = part.share_now > part.share_before;
                    format!(", mostly {} {}", if more { "more" } else { "less" }, part.name)
                });
                found.push(Reason::new(
                    mix,
                    format!("by another mix of {dimension}{most}"),
                    format!("another mix of {dimension}{most},"),
                ));
            }
            if let Some(rate) = split.rate() {
                let most = leading(split, |part| part.rate, rate).map_or(String::new(), |part| {
                    format!(", mostly in {} ({} → {})", part.name, value(part.value_before), value(part.value_now))
                });
                found.push(Reason::new(
                    rate,
                    format!("within each {dimension}{most}"),
                    format!("what changed within each {dimension}{most},"),
                ));
            }
            found
        }
        Way::Differences | Way::Replacement => {
            let named = split.parts.iter().take(NAMED);
            let mut found: Vec<Reason> = named
                .map(|part| {
                    let name = format!("{dimension} {}", part.name);
                    let from = format!("({} → {})", value(part.value_before), value(part.value_now));
                    Reason::by(part.contribution, format!("{name} {from}"))
                })
                .collect();
            let others = split.sum() - found.iter().map(|reason| reason.amount).sum::<f64>();
            if split.parts.len() > NAMED {
                found.push(Reason::by(others, "all others"));
            }
            found
        }
        Way::Inputs => split.parts.iter().map(|part| input(part, definitions, currency)).collect(),
    }
}

fn input(part: &SplitPart, definitions: &Definitions, currency: &str) -> Reason {
    let measure = definitions.measures.get(&part.name);
    let name = measure.map_or(part.name.as_str(), |measure| measure.name.as_str());
    let unit = measure.map_or(Unit::Number, |measure| measure.unit);
    let show = |value: Option<f64>| value.map_or("nothing".to_owned(), |value| unit.format(value, currency));
    let when = match part.shift {
        Some(Shift::Previous) => " of the period before",
        Some(Shift::YearBefore) => " of the year before",
        _ => "",
    };
    let told = format!("{name}{when} ({} → {})", show(part.value_before), show(part.value_now));
    Reason::by(part.contribution, told)
}

/// The value that did most of a sum, in its direction.
fn leading(split: &Split, of: fn(&SplitPart) -> Option<f64>, sum: f64) -> Option<&SplitPart> {
    let along = |part: &&SplitPart| of(part).is_some_and(|points| points * sum > 0.0);
    split.parts.iter().filter(along).max_by(|a, b| {
        let size = |part: &SplitPart| of(part).unwrap_or(0.0).abs();
        size(a).total_cmp(&size(b))
    })
}

/// What moved the whole scorecard.
pub(super) fn whole_sentence(moved: &WholeMoved) -> String {
    let since = period_in_words(&moved.before);
    let Some(change) = moved.change else {
        return moved.reason.clone().unwrap_or_else(|| format!("Nothing can be told about {since}."));
    };
    let show = |points: f64| {
        let text = format!("{:.1}", points.abs());
        if text == "1.0" { "1.0 point".to_owned() } else { format!("{text} points") }
    };
    let mut found = Vec::new();
    let mut named = 0.0;
    let mut by_size: Vec<_> = moved.measures.iter().filter_map(|one| Some((one.happened?, one))).collect();
    by_size.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    for (points, one) in by_size.iter().take(NAMED) {
        named += points;
        found.push(Reason::by(*points, one.name.clone()));
    }
    if by_size.len() > NAMED {
        let others = moved.happened.unwrap_or(named) - named;
        found.push(Reason::new(others, "by all other measures", "all other measures together"));
    }
    found.extend(moved.late.contribution.map(|points| Reason::by(points, "late data")));
    found.extend(moved.definitions.contribution.map(|points| Reason::by(points, "changed definitions")));
    sentence(change, &since, found, &show)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_shares_are_points() {
        for (difference, shown) in [
            (-0.1083, "10.8 points"),
            (0.01, "1 point"),
            (0.2, "20 points"),
            (0.00083, "0.08 points"),
            (0.0, "0 points"),
        ] {
            assert_eq!(shown_difference(Unit::Percent, difference, "EUR"), shown);
        }
        assert_eq!(shown_difference(Unit::Duration, -3600.0, "EUR"), "1 h");
    }
}
