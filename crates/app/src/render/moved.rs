//! What moved between two periods: a sentence, the way from one value to the other, and what happened in parts.

use jiff::Timestamp;
use throughline_engine::moved::{
    LateData, MeasureMoved, Redefined, Rest, Split, SplitPart, Way, WholeMoved, shown_difference,
};
use throughline_engine::scorecard::shown_score;
use throughline_model::Settings;
use throughline_model::definitions::Definitions;
use throughline_model::unit::Unit;

use super::instant::minute;
use super::style::{Ink, Style};
use super::table::Table;
use super::text::{count, wrap};
use crate::wire::explain::shift;
use crate::wire::plan::{edit, part};

/// Parts that a page shows; the others are told together.
const SHOWN: usize = 10;

/// What moved a measure, ending with a line break.
pub fn measure(moved: &MeasureMoved, definitions: &Definitions, style: &Style) -> String {
    let numbers = Numbers { unit: moved.measure.unit, currency: &moved.currency };
    let mut lines = wrap(&moved.sentence, style.width);
    let (before, now) = (&moved.before.label, &moved.now.label);
    lines.push(String::new());
    lines.push(style.paint(Ink::Strong, &format!("{} · {now} against {before}", moved.measure.name)));
    let told = moved.told.as_ref().and_then(|told| told.value);
    let told = (told, moved.known_at);
    let steps = Steps {
        told: (told.0.map(|value| numbers.value(value)), told.1),
        known: moved.reading_before.value.map(|value| numbers.value(value)),
        now: moved.reading_now.value.map(|value| numbers.value(value)),
        happened: moved.happened.map(|amount| numbers.difference(amount)),
        change: moved.change.map(|amount| numbers.difference(amount)),
    };
    let show = |amount: f64| numbers.difference(amount);
    lines.extend(way(&steps, (before, now), &moved.definitions, &moved.late, &show, &definitions.settings.zone, style));
    for (place, split) in moved.splits.iter().enumerate() {
        lines.push(String::new());
        lines.extend(self::split(split, place == 0, &numbers, moved, definitions, style));
    }
    lines.join("\n") + "\n"
}

/// What moved the whole scorecard, ending with a line break.
pub fn whole(moved: &WholeMoved, settings: &Settings, style: &Style) -> String {
    let mut lines = wrap(&moved.sentence, style.width);
    let (before, now) = (&moved.before.label, &moved.now.label);
    lines.push(String::new());
    lines.push(style.paint(Ink::Strong, &format!("The whole scorecard, in points · {now} against {before}")));
    let score = |score: Option<f64>| score.map(|score| format!("{score:.1}"));
    let steps = Steps {
        told: (score(moved.score_told), moved.known_at),
        known: score(moved.score_before),
        now: score(moved.score_now),
        happened: moved.happened.map(points),
        change: moved.change.map(points),
    };
    lines.extend(way(&steps, (before, now), &moved.definitions, &moved.late, &points, &settings.zone, style));
    if !moved.measures.is_empty() {
        lines.push(String::new());
        lines.extend(measures(moved).lines(0, style));
        lines.push(style.paint(Ink::Quiet, "`throughline moved MEASURE` opens one of them."));
    }
    lines.join("\n") + "\n"
}

fn measures(moved: &WholeMoved) -> Table {
    let mut table = Table::new().text("measure").number("before").number("now").number("score");
    table = table.number("definitions").optional().number("late data").optional().number("happened").number("points");
    let told = |amount: Option<f64>| amount.filter(|amount| *amount != 0.0).map_or(String::new(), points);
    for one in &moved.measures {
        let value =
            |value: Option<f64>| value.map_or("–".to_owned(), |value| one.unit.format(value, &moved.currency));
        let score = |score: Option<f64>| score.map_or("–".to_owned(), |score| format!("{:.0}", shown_score(score)));
        table.row([
            one.name.clone(),
            value(one.value_before),
            value(one.value_now),
            format!("{} → {}", score(one.score_before), score(one.score_now)),
            told(one.definitions),
            told(one.late),
            told(one.happened),
            points(one.contribution),
        ]);
    }
    table
}

/// Numbers of one measure.
struct Numbers<'a> {
    unit: Unit,
    currency: &'a str,
}

impl Numbers<'_> {
    fn value(&self, value: f64) -> String {
        self.unit.format(value, self.currency)
    }

    fn difference(&self, amount: f64) -> String {
        signed(amount, &shown_difference(self.unit, amount, self.currency))
    }
}

fn points(points: f64) -> String {
    signed(points, &format!("{:.1}", points.abs()))
}

/// With its sign; what rounds to zero has none.
fn signed(amount: f64, shown: &str) -> String {
    match (shown.bytes().any(|byte| (b'1'..=b'9').contains(&byte)), amount < 0.0) {
        (false, _) => format!("±{shown}"),
        (true, true) => format!("−{shown}"),
        (true, false) => format!("+{shown}"),
    }
}

/// The values on the way, as they are shown.
struct Steps {
    told: (Option<String>, Timestamp),
    known: Option<String>,
    now: Option<String>,
    happened: Option<String>,
    change: Option<String>,
}

/// The way from the value that was told to the one of now.
fn way(
    steps: &Steps,
    (before, now): (&str, &str),
    definitions: &Redefined,
    late: &LateData,
    show: &dyn Fn(f64) -> String,
    zone: &str,
    style: &Style,
) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let amount = |amount: Option<f64>| amount.map_or("–".to_owned(), show);
    let mut table = Table::new().text("").number("value").number("moved by").text("").optional();
    let row = |name: String, value: String, by: String, note: String| [name, value, by, note];
    let told = minute(steps.told.1, zone);
    table.row(row(format!("{before} as known {told}"), text(&steps.told.0), String::new(), String::new()));
    table.row(row(
        "  changed definitions".to_owned(),
        String::new(),
        amount(definitions.contribution),
        definitions.reason.clone().unwrap_or_else(|| edits(definitions)),
    ));
    table.row(row(
        "  late data".to_owned(),
        String::new(),
        amount(late.contribution),
        late.reason.clone().unwrap_or_else(|| rows(late)),
    ));
    table.row(row(format!("{before} as known now"), text(&steps.known), String::new(), String::new()));
    table.row(row("  what happened".to_owned(), String::new(), text(&steps.happened), String::new()));
    table.row(row(now.to_owned(), text(&steps.now), text(&steps.change), "altogether".to_owned()));
    table.lines(0, style)
}

/// What was changed, in words.
fn edits(redefined: &Redefined) -> String {
    let measures = redefined.edits.iter().map(|(id, edits)| {
        let words: Vec<&str> = edits.iter().map(|one| edit(*one)).collect();
        format!("{id} ({})", words.join(", "))
    });
    measures.chain(redefined.other.iter().map(|one| part(*one).to_owned())).collect::<Vec<_>>().join(", ")
}

fn rows(late: &LateData) -> String {
    let Some(rows) = late.rows else { return String::new() };
    let told = [(rows.came, "came late"), (rows.corrected, "corrected"), (rows.gone, "withdrawn")];
    let told: Vec<String> =
        told.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", count(*n))).collect();
    if told.is_empty() { "no rows".to_owned() } else { format!("rows: {}", told.join(", ")) }
}

fn split(
    split: &Split,
    open: bool,
    numbers: &Numbers<'_>,
    moved: &MeasureMoved,
    definitions: &Definitions,
    style: &Style,
) -> Vec<String> {
    let by = split.dimension.as_ref().map_or("by its inputs".to_owned(), |dimension| format!("by {dimension}"));
    if let Some(reason) = &split.reason {
        return wrap(&format!("What happened {by}: {reason}"), style.width);
    }
    let totals = match (split.mix(), split.rate()) {
        (Some(mix), Some(rate)) => {
            format!(": mix {}, within values {}", numbers.difference(mix), numbers.difference(rate))
        }
        _ => String::new(),
    };
    if !open {
        let most = split
            .parts
            .first()
            .map_or(String::new(), |part| format!("; most: {} {}", part.name, numbers.difference(part.contribution)));
        let hint = format!("What happened {by}{totals}{most}");
        return wrap(&hint, style.width).iter().map(|line| style.paint(Ink::Quiet, line)).collect();
    }
    let mut lines = wrap(&format!("What happened {by}{totals}"), style.width);
    lines.extend(parts(split, numbers, moved, definitions).lines(0, style));
    lines.extend(hints(split, style));
    lines
}

fn hints(split: &Split, style: &Style) -> Vec<String> {
    let text = match split.way {
        Way::Inputs => "Shapley values of the inputs; `throughline moved INPUT` opens one of them.",
        Way::Replacement => {
            "A quantile has no shares: values were replaced one after the other, and the split depends on the order."
        }
        Way::MixAndRate => "mix: what weighs more or less; within: what its own value did.",
        Way::Differences => return Vec::new(),
    };
    wrap(text, style.width).iter().map(|line| style.paint(Ink::Quiet, line)).collect()
}

fn parts(split: &Split, numbers: &Numbers<'_>, moved: &MeasureMoved, definitions: &Definitions) -> Table {
    let mixed = split.way == Way::MixAndRate;
    let mut table = Table::new().text(split.dimension.as_deref().unwrap_or("input"));
    table = table.number("share before").optional().number("now").optional().number("value before").optional();
    table = table.number("now").optional().number("mix").optional().number("within").optional().number("together");
    let told = |amount: Option<f64>| amount.map_or(String::new(), |amount| numbers.difference(amount));
    for part in split.parts.iter().take(SHOWN) {
        table.row(part_row(part, numbers, &moved.currency, split, definitions));
    }
    let beyond = split.parts.iter().skip(SHOWN);
    let start = split.rest.unwrap_or_default();
    let rest = beyond.fold(start, |rest, part| Rest {
        values: rest.values + 1,
        mix: Some(rest.mix.unwrap_or(0.0) + part.mix.unwrap_or(0.0)).filter(|_| mixed),
        rate: Some(rest.rate.unwrap_or(0.0) + part.rate.unwrap_or(0.0)).filter(|_| mixed),
        contribution: rest.contribution + part.contribution,
    });
    let empty = || [String::new(), String::new(), String::new(), String::new()];
    if rest.values > 0 {
        let sums = [told(rest.mix), told(rest.rate), numbers.difference(rest.contribution)];
        table.row([format!("{} others", rest.values)].into_iter().chain(empty()).chain(sums));
    }
    if let Some(overlap) = split.overlap.filter(|overlap| *overlap != 0.0) {
        let sums = [String::new(), String::new(), numbers.difference(overlap)];
        table.row(["counted in several".to_owned()].into_iter().chain(empty()).chain(sums));
    }
    table
}

fn part_row(
    part: &SplitPart,
    numbers: &Numbers<'_>,
    currency: &str,
    split: &Split,
    definitions: &Definitions,
) -> [String; 8] {
    let unit = match split.way {
        Way::Inputs => definitions.measures.get(&part.name).map_or(Unit::Number, |measure| measure.unit),
        _ => numbers.unit,
    };
    let share = |share: Option<f64>| match split.way {
        Way::Differences => String::new(),
        _ => share.map_or(String::new(), |share| Unit::Percent.format(share, currency)),
    };
    let value = |value: Option<f64>| value.map_or("–".to_owned(), |value| unit.format(value, currency));
    let told = |amount: Option<f64>| amount.map_or(String::new(), |amount| numbers.difference(amount));
    let name = match part.shift.map(shift) {
        Some("same") | None => part.name.clone(),
        Some(word) => format!("{word}({})", part.name),
    };
    [
        name,
        share(part.share_before),
        share(part.share_now),
        value(part.value_before),
        value(part.value_now),
        told(part.mix),
        told(part.rate),
        numbers.difference(part.contribution),
    ]
}
