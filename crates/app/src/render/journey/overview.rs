//! The overview of stages as a page: the answer first, then the stages, the mood, and what happens in each.

use throughline_engine::Overview;
use throughline_journey::{Emotion, GroupMap, Onward, StageMap};

use super::stage_touchpoints::{mood, touchpoints};
use super::{bar, cases, elapsed, heading, interval, nobody, nothing, nouns, percent, quiet, sentence};
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::text::{count, counted, joined, left, width, wrap};

/// A drop-off of fewer is no headline.
const ENOUGH: u64 = 30;
/// Columns of the widest bar.
const BAR: usize = 40;

/// The whole answer with at most `top` touchpoints of each stage, ending with a line break.
pub fn page(found: &Overview, top: usize, style: &Style) -> String {
    let about = &found.about;
    if let Some(reason) = nothing(about) {
        return sentence(reason, style);
    }
    if found.maps.is_empty() {
        return sentence(&nobody(about), style);
    }
    if found.maps.iter().flat_map(|map| &map.stages).all(|stage| stage.touchpoints == 0) {
        return sentence(&without_stages(found), style);
    }
    let mut lines = Vec::new();
    if about.scope.by.is_some() && top == 0 {
        lines.extend(side_by_side(found, style));
    } else {
        for map in &found.maps {
            lines.extend(heading(about, map.group, style));
            lines.extend(wrap(&headline(map, found), style.width));
            lines.extend(one_map(map, found, top, style));
        }
    }
    lines.join("\n").trim_start_matches('\n').to_owned() + "\n"
}

fn without_stages(found: &Overview) -> String {
    let mut kinds: Vec<&str> = found.maps.iter().flat_map(|map| &map.unstaged).map(|kind| kind.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    format!(
        "No touchpoint is of a kind that has a stage: a rule in journey.toml gives it one. The kinds are {}.",
        kinds.join(", ")
    )
}

fn headline(map: &GroupMap, found: &Overview) -> String {
    let all = cases(map.cases, &found.about);
    let worst = map
        .stages
        .iter()
        .filter_map(|stage| Some((stage, stage.onward.as_ref()?)))
        .filter(|(stage, _)| stage.cases.count >= ENOUGH.min(map.cases))
        .max_by(|(_, a), (_, b)| a.dropped.share.unwrap_or(0.0).total_cmp(&b.dropped.share.unwrap_or(0.0)))
        .filter(|(_, onward)| onward.dropped.count > 0);
    let touchpoints: u64 = map.stages.iter().map(|stage| stage.touchpoints).sum::<u64>()
        + map.unstaged.iter().map(|kind| kind.touchpoints).sum::<u64>();
    let all = format!("{all}, {}", counted(touchpoints, "touchpoint"));
    match worst {
        None => format!("{all}."),
        Some((stage, onward)) => format!(
            "{all}. The largest drop-off is after {}: {} of {} go no further (95 % {}).",
            stage.name,
            percent(onward.dropped.share),
            cases(stage.cases.count, &found.about),
            interval(&onward.dropped)
        ),
    }
}

fn one_map(map: &GroupMap, found: &Overview, top: usize, style: &Style) -> Vec<String> {
    let names = map.stages.iter().map(|stage| width(&stage.name)).max().unwrap_or(0) + 2;
    let mut lines = vec![String::new()];
    for stage in &map.stages {
        lines.extend(self::stage(stage, found, names, style));
    }
    lines.extend(moods(map, names, style));
    if top > 0 {
        lines.extend(touchpoints(map, found, top, style));
    }
    if !map.unstaged.is_empty() {
        let kind =
            |kind: &throughline_journey::UnstagedTouchpoint| format!("{} ({})", kind.kind, count(kind.touchpoints));
        let kinds: Vec<String> = map.unstaged.iter().map(kind).collect();
        let text = format!("Without a stage: {}. A rule in journey.toml gives a kind its stage.", kinds.join(", "));
        lines.push(String::new());
        lines.extend(quiet(&text, style));
    }
    lines
}

/// A stage as a bar, and under it the way on.
fn stage(stage: &StageMap, found: &Overview, names: usize, style: &Style) -> Vec<String> {
    let name = left(&stage.name, names);
    if stage.touchpoints == 0 {
        return vec![format!("{name}{}", style.paint(Ink::Quiet, &format!("no touchpoint{}", skipped(stage, found))))];
    }
    let people = format!("{}, {}", cases(stage.cases.count, &found.about), percent(stage.cases.share));
    let mut lines = vec![format!("{}{}  {people}", style.paint(Ink::Strong, &name), bar(stage.cases.share, BAR))];
    let room = style.width.saturating_sub(names);
    for line in joined(&details(stage, found), room) {
        lines.push(format!("{}{}", " ".repeat(names), style.paint(Ink::Quiet, &line)));
    }
    lines
}

fn skipped(stage: &StageMap, found: &Overview) -> String {
    if stage.skipped == 0 { String::new() } else { format!(", passed over by {}", cases(stage.skipped, &found.about)) }
}

fn details(stage: &StageMap, found: &Overview) -> Vec<String> {
    let mut items = stage.onward.as_ref().map_or(Vec::new(), onward);
    if stage.returned.count > 0 {
        items.push(format!("{} came back to it", percent(stage.returned.share)));
    }
    if stage.skipped > 0 {
        items.push(format!("passed over by {}", cases(stage.skipped, &found.about)));
    }
    items.push(format!("last seen here {}", percent(stage.at_end.share)));
    items
}

fn onward(onward: &Onward) -> Vec<String> {
    let time = if onward.elapsed.n > 0 { format!(" after {}", elapsed(&onward.elapsed)) } else { String::new() };
    vec![
        format!("{} moved on{time}", percent(onward.moved_on.share)),
        format!("{} dropped off ({})", percent(onward.dropped.share), interval(&onward.dropped)),
    ]
}

/// Where between −2 and +2 the scores of each stage lie.
fn moods(map: &GroupMap, names: usize, style: &Style) -> Vec<String> {
    let scored: Vec<&StageMap> = map.stages.iter().filter(|stage| stage.emotion.mean.is_some()).collect();
    if scored.is_empty() {
        return Vec::new();
    }
    let title = format!("{}-2{}0{}+2", left("Mood", names), " ".repeat(GAUGE / 2 - 2), " ".repeat(GAUGE / 2 - 2));
    let mut lines = vec![String::new(), style.paint(Ink::Strong, &title)];
    let line =
        |stage: &&StageMap| format!("{}{}  {}", left(&stage.name, names), gauge(&stage.emotion), mood(&stage.emotion));
    lines.extend(scored.iter().map(line));
    lines
}

/// Columns of a gauge.
const GAUGE: usize = 41;

/// A mean on the line from −2 to +2, with its interval.
fn gauge(emotion: &Emotion) -> String {
    let place = |value: f64| (((value.clamp(-2.0, 2.0) + 2.0) / 4.0) * (GAUGE - 1) as f64).round() as usize;
    let ends = emotion.interval.map(|interval| (place(interval.low), place(interval.high)));
    let cell = |at: usize| match (emotion.mean.map(place), ends) {
        (Some(mean), _) if mean == at => '●',
        (_, Some((low, high))) if (low..=high).contains(&at) => '━',
        _ if at == GAUGE / 2 => '┼',
        _ => '─',
    };
    (0..GAUGE).map(cell).collect()
}

/// Groups as rows: people in each stage, and which share of them moved on.
fn side_by_side(found: &Overview, style: &Style) -> Vec<String> {
    let about = &found.about;
    let by = about.scope.by.as_deref().unwrap_or_default();
    let stages = found.maps.first().map_or(&[][..], |map| map.stages.as_slice());
    let all: u64 = found.maps.iter().map(|map| map.cases).sum();
    let mut lines = wrap(&format!("{} by {by}.", cases(all, about)), style.width);
    let table = |stages: &[StageMap]| {
        stages.iter().fold(Table::new().text(by).number("all"), |table, stage| table.number(&stage.name))
    };
    let (mut people, mut moved) = (table(stages), table(stages.split_last().map_or(&[][..], |(_, before)| before)));
    for map in &found.maps {
        let head = || [about.group(map.group).to_owned(), count(map.cases)].into_iter();
        people.row(head().chain(map.stages.iter().map(|stage| count(stage.cases.count))));
        let ways = map.stages.iter().filter_map(|stage| stage.onward.as_ref());
        moved.row(head().chain(ways.map(|way| percent(way.moved_on.share))));
    }
    for (title, table) in [
        (format!("How many {} touched each stage", nouns(about)), people),
        ("Moved on to a later stage, of those".to_owned(), moved),
    ] {
        lines.push(String::new());
        lines.push(style.paint(Ink::Strong, &title));
        lines.extend(table.lines(0, style));
    }
    lines.push(String::new());
    lines.extend(quiet(
        "With --top 4, or any other number, each group has a page of its own; --json has everything.",
        style,
    ));
    lines
}
