//! The life cycle as bars: who is new, returns or comes back to life in each period, and who rests.

use throughline_engine::{GroupAnswer, LifecycleAnswer};
use throughline_journey::Lifecycle;

use super::{nothing, quiet};
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::text::{count, counted, left, right, width, wrap};

/// Periods shown; earlier ones stand in the JSON.
const ROWS: usize = 36;
/// Columns of a number.
const NUMBER: usize = 9;
const NEW: char = '█';
const RETURNING: char = '▒';
const RESURRECTED: char = '░';

/// The whole answer, ending with a line break.
pub fn page(found: &LifecycleAnswer, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return format!("{reason}\n");
    }
    let groups: Vec<&GroupAnswer<Vec<Lifecycle>>> =
        found.groups.iter().filter(|group| !group.answer.is_empty()).collect();
    let lines = match (groups.as_slice(), &found.about.scope.by) {
        ([], _) => wrap(&none(found), style.width),
        ([only], None) => periods(found, &only.answer, style),
        (groups, by) => by_group(found, groups, by.as_deref().unwrap_or_default(), style),
    };
    lines.join("\n") + "\n"
}

fn none(found: &LifecycleAnswer) -> String {
    if found.request.activity.is_empty() {
        "No customer asked for has placed an order that counts; --activity KIND asks about other touchpoints."
            .to_owned()
    } else {
        "No customer asked for was active in these periods.".to_owned()
    }
}

/// The last period that is over, else the last one.
fn latest(periods: &[Lifecycle]) -> Option<&Lifecycle> {
    periods.iter().rev().find(|one| one.complete).or(periods.last())
}

fn window(found: &LifecycleAnswer) -> String {
    counted(found.request.periods() as u64, &found.request.every.to_string())
}

/// `in one of the 3 months before`, `in the quarter before`.
fn recently(found: &LifecycleAnswer) -> String {
    match found.request.periods() {
        1 => format!("in the {} before", found.request.every),
        periods => format!("in one of the {periods} {}s before", found.request.every),
    }
}

fn sentence(found: &LifecycleAnswer, one: &Lifecycle) -> String {
    let verb = if found.request.activity.is_empty() { "ordered" } else { "were active" };
    format!(
        "In {}, {} {verb}: {} for the first time, {} again within {}, {} after a longer rest. {} pause and {} lie \
         dormant.",
        found.label(one.period),
        counted(one.active(), "customer"),
        count(one.new),
        count(one.returning),
        window(found),
        count(one.resurrected),
        count(one.paused),
        count(one.dormant),
    )
}

fn periods(found: &LifecycleAnswer, all: &[Lifecycle], style: &Style) -> Vec<String> {
    let mut lines = latest(all).map_or(Vec::new(), |one| wrap(&sentence(found, one), style.width));
    lines.push(String::new());
    let shown = all.get(all.len().saturating_sub(ROWS)..).unwrap_or_default();
    let name = shown.iter().map(|one| width(found.label(one.period)) + 1).max().unwrap_or(0).max(7);
    let bar = style.width.saturating_sub(name + 6 * (NUMBER + 1) + 2).min(40);
    let most = shown.iter().map(Lifecycle::active).max().unwrap_or(0);
    let numbers = |cells: [String; 6]| cells.map(|cell| format!("{} ", right(&cell, NUMBER))).concat();
    let heads = ["active", "new", "returning", "back", "paused", "dormant"].map(str::to_owned);
    let head = format!("{} {}{}", left("period", name), left("", bar + 1), numbers(heads));
    lines.push(style.paint(Ink::Strong, head.trim_end()));
    lines.push(style.paint(Ink::Quiet, &"─".repeat(name + bar + 1 + 6 * (NUMBER + 1))));
    for one in shown {
        let label = format!("{}{}", found.label(one.period), if one.complete { "" } else { "*" });
        let states = [one.active(), one.new, one.returning, one.resurrected, one.paused, one.dormant];
        let cells = numbers(states.map(count));
        lines.push(format!("{} {} {cells}", left(&label, name), stacked(one, most, bar)).trim_end().to_owned());
    }
    lines.push(String::new());
    if shown.len() < all.len() {
        lines.extend(quiet(&format!("{} earlier periods stand in --json.", all.len() - shown.len()), style));
    }
    lines.extend(quiet(&legend(found), style));
    lines
}

/// New, returning and resurrected customers as one bar of at most `columns`.
fn stacked(one: &Lifecycle, most: u64, columns: usize) -> String {
    let place = |number: u64| (number as f64 / most.max(1) as f64 * columns as f64).round() as usize;
    let ends = [one.new, one.new + one.returning, one.active()].map(place);
    let mut bar = String::new();
    let mut from = 0;
    for (end, sign) in ends.into_iter().zip([NEW, RETURNING, RESURRECTED]) {
        bar.extend(std::iter::repeat_n(sign, end.saturating_sub(from)));
        from = end.max(from);
    }
    left(&bar, columns)
}

fn by_group(found: &LifecycleAnswer, groups: &[&GroupAnswer<Vec<Lifecycle>>], by: &str, style: &Style) -> Vec<String> {
    let of_all = groups.iter().filter_map(|group| latest(&group.answer)).map(|one| one.period).max();
    let label = of_all.map_or("", |period| found.label(period));
    let mut table = Table::new().text(by).number("active").number("new").number("returning").number("back");
    table = table.number("paused").number("dormant");
    for group in groups {
        let Some(one) = group.answer.iter().find(|one| Some(one.period) == of_all) else { continue };
        let states = [one.active(), one.new, one.returning, one.resurrected, one.paused, one.dormant];
        table.row(std::iter::once(group.group.clone()).chain(states.map(count)));
    }
    let mut lines = wrap(&format!("The life cycle in {label} by {by}; --json has every period."), style.width);
    lines.push(String::new());
    lines.extend(table.lines(0, style));
    lines.push(String::new());
    lines.extend(quiet(&legend(found), style));
    lines
}

fn legend(found: &LifecycleAnswer) -> String {
    let (grain, recently) = (found.request.every, recently(found));
    let active = match found.request.activity.as_slice() {
        [] => "an order that counts".to_owned(),
        kinds => kinds.join(" or "),
    };
    format!(
        "{NEW} new: active for the first time. {RETURNING} returning: active {recently}, too. \
         {RESURRECTED} back: active before, but not so recently. active = new + returning + back. paused: not active, but \
         {recently}. dormant: earlier only. Active means {active}. * the {grain} is not over, or \
         not known to its end."
    )
}
