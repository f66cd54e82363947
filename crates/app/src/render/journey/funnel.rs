//! A funnel as a page.

use throughline_engine::FunnelView;
use throughline_journey::{FunnelGroup, FunnelMode, FunnelStep, Repeat, Share};

use super::{bar, cases, interval, nothing, nouns, percent, quiet, sentence, time};
use crate::render::style::Style;
use crate::render::table::Table;
use crate::render::text::{count, counted, wrap};

/// Columns of bars, without and with times beside them.
const BARS: [usize; 2] = [26, 12];

/// The whole answer, ending with a line break.
pub fn page(found: &FunnelView, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return sentence(reason, style);
    }
    if found.groups.iter().all(|group| group.entered == 0) {
        return sentence(&nobody(found), style);
    }
    let mut lines = Vec::new();
    if found.about.scope.by.is_some() {
        lines.extend(wrap(&broken_down(found), style.width));
        lines.push(String::new());
        lines.extend(side_by_side(found).lines(0, style));
    } else {
        for group in &found.groups {
            lines.extend(wrap(&headline(group, found), style.width));
            lines.push(String::new());
            lines.extend(steps(group, found).lines(0, style));
        }
    }
    lines.push(String::new());
    lines.extend(quiet(&rules(found), style));
    lines.join("\n") + "\n"
}

/// Why nobody is in the funnel.
fn nobody(found: &FunnelView) -> String {
    let open: u64 = found.groups.iter().map(|group| group.open).sum();
    let first = entry(found);
    if open > 0 {
        return format!(
            "Nobody who entered with {first} can be counted yet: the window of all {} is still open where the data end. A \
             shorter --window or an earlier --to shows more.",
            counted_entries(open, found)
        );
    }
    format!("Nobody entered: no touchpoint of {first} lies in what was asked for.")
}

/// What an entry is.
fn entry(found: &FunnelView) -> String {
    match found.request.mode {
        FunnelMode::AnyOrder => found.steps.join(" or "),
        _ => found.steps.first().cloned().unwrap_or_default(),
    }
}

fn counted_entries(number: u64, found: &FunnelView) -> String {
    match found.request.repeat {
        Repeat::Every => {
            if number == 1 {
                "1 entry".to_owned()
            } else {
                format!("{} entries", count(number))
            }
        }
        _ => cases(number, &found.about),
    }
}

fn headline(group: &FunnelGroup, found: &FunnelView) -> String {
    let Some(last) = group.steps.last() else { return String::new() };
    let window = found.request.window.map_or(String::new(), |window| format!(" within {}", time(Some(window as f64))));
    let goal = match found.request.mode {
        FunnelMode::AnyOrder => format!("came to all {} steps", found.steps.len()),
        _ => format!("came to {}", last.name),
    };
    let reached = &last.overall;
    let (entered, first) = (counted_entries(group.entered, found), entry(found));
    let worst = group.steps.iter().skip(1).filter(|step| step.step.n > 0);
    let lost = |step: &&FunnelStep| step.step.n - step.step.count;
    let worst = worst.max_by_key(lost).filter(|step| lost(step) > 0 && group.steps.len() > 2);
    let worst = worst.map_or(String::new(), |step| {
        format!(" Most are lost before {}: {} of {}.", step.name, count(lost(&step)), count(step.step.n))
    });
    format!(
        "Of {entered} that began with {first}, {} {goal}{window}: {} (95 % {}).{worst}",
        count(reached.count),
        percent(reached.share),
        interval(reached)
    )
}

fn steps(group: &FunnelGroup, found: &FunnelView) -> Table {
    let times = found.request.times;
    let entries = if found.request.repeat == Repeat::Every { "entries" } else { nouns(&found.about) };
    let mut table =
        Table::new().text("step").number(entries).text("").number("of all").number("of the last").text("95 %");
    if times {
        table = table.number("median").number("p90");
    }
    for (place, step) in group.steps.iter().enumerate() {
        let before = |text: String| if place == 0 { String::new() } else { text };
        let mut cells = vec![
            step.name.clone(),
            count(step.overall.count),
            bar(step.overall.share, BARS[usize::from(times)]),
            percent(step.overall.share),
            before(percent(step.step.share)),
            before(interval(&step.step)),
        ];
        if let Some(elapsed) = step.time {
            cells.extend([time(elapsed.median), time(elapsed.p90)]);
        }
        table.row(cells);
    }
    table
}

fn broken_down(found: &FunnelView) -> String {
    let by = found.about.scope.by.as_deref().unwrap_or_default();
    let entered: u64 = found.groups.iter().map(|group| group.entered).sum();
    let reached: u64 = found.groups.iter().filter_map(|group| group.steps.last()).map(|step| step.overall.count).sum();
    let goal = match found.request.mode {
        FunnelMode::AnyOrder => "all steps".to_owned(),
        _ => found.steps.last().cloned().unwrap_or_default(),
    };
    let all = Share::of(reached, entered);
    format!(
        "{} of {} came to {goal}, {} (95 % {}); by {by}:",
        count(reached),
        counted_entries(entered, found),
        percent(all.share),
        interval(&all)
    )
}

/// Groups as rows: which share of those who entered came to each step.
fn side_by_side(found: &FunnelView) -> Table {
    let by = found.about.scope.by.as_deref().unwrap_or_default();
    let names = found.groups.first().map_or(&[][..], |group| group.steps.as_slice());
    let mut table = Table::new().text(by).number("entered");
    for step in names.iter().skip(1) {
        table = table.number(&step.name);
    }
    table = table.text("95 %").text("");
    for group in found.groups.iter().filter(|group| group.entered + group.open > 0) {
        let mut cells = vec![found.about.group(group.group).to_owned(), count(group.entered)];
        cells.extend(group.steps.iter().skip(1).map(|step| percent(step.overall.share)));
        if let Some(last) = group.steps.last() {
            cells.extend([interval(&last.overall), bar(last.overall.share, 12)]);
        }
        table.row(cells);
    }
    table
}

/// What was counted, in words.
fn rules(found: &FunnelView) -> String {
    let order = match found.request.mode {
        FunnelMode::Ordered => "Steps in this order, with anything between them",
        FunnelMode::Strict => "Steps in this order, with nothing between them",
        FunnelMode::AnyOrder => "Steps in any order",
    };
    let one = if nouns(&found.about) == "people" { "everybody counts" } else { "each counts" };
    let repeat = match found.request.repeat {
        Repeat::Best => format!("{one} once, by the entry that comes furthest"),
        Repeat::First => format!("{one} once, by the first entry"),
        Repeat::Every => "every entry counts".to_owned(),
    };
    let open: u64 = found.groups.iter().map(|group| group.open).sum();
    let open = match open {
        0 => String::new(),
        open => {
            let all = counted_entries(open, found);
            format!(" Left out: {all}, whose window is still open where the data end.")
        }
    };
    let nobody = found.groups.iter().filter(|group| group.entered + group.open == 0).count() as u64;
    let nobody = match (nobody, found.about.scope.by.is_some()) {
        (0, _) | (_, false) => String::new(),
        (groups, true) => format!(" In {} nobody entered.", counted(groups, "group")),
    };
    let times = match (found.request.times, found.about.scope.by.is_some()) {
        (true, true) => " The times of each group are in --json.",
        _ => "",
    };
    format!("{order}; {repeat}.{open}{nobody}{times}")
}
