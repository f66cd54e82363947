//! What happens in each stage: the touchpoints that reach most people, what comes next, and how people feel.

use throughline_engine::Overview;
use throughline_journey::{Emotion, GroupMap, StageTouchpoint};

use super::{bar, cases, percent};
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::text::{count, width};

/// Columns of bars.
const BAR: usize = 6;

/// The `top` touchpoints of each stage, and those with a mood.
pub fn touchpoints(map: &GroupMap, found: &Overview, top: usize, style: &Style) -> Vec<String> {
    let shown = shown(map, top);
    let room = room(&shown, style);
    let mut table = Table::new().text("stage").text("touchpoint").number("reach").text("").text("then").text("mood");
    table = table.optional();
    for (stage, kind) in shown {
        table.row([
            stage.to_owned(),
            kind.kind.clone(),
            percent(kind.reach.share),
            bar(kind.reach.share, BAR),
            next(kind, room),
            mood(&kind.emotion),
        ]);
    }
    let title = format!("What happens there (reach: share of {})", cases(map.cases, &found.about));
    let mut lines = vec![String::new(), style.paint(Ink::Strong, &title)];
    lines.extend(table.lines(0, style));
    lines
}

/// The touchpoints to list, the first of each stage with the stage's name.
fn shown(map: &GroupMap, top: usize) -> Vec<(&str, &StageTouchpoint)> {
    let mut shown = Vec::new();
    for stage in &map.stages {
        let kinds = stage.kinds.iter().enumerate();
        let kinds = kinds.filter(|(place, kind)| *place < top || kind.emotion.mean.is_some());
        let named = |(place, (_, kind))| (if place == 0 { stage.name.as_str() } else { "" }, kind);
        shown.extend(kinds.enumerate().map(named));
    }
    shown
}

/// Columns left for what comes next.
fn room(shown: &[(&str, &StageTouchpoint)], style: &Style) -> usize {
    let widest = |text: fn(&(&str, &StageTouchpoint)) -> usize| shown.iter().map(text).max().unwrap_or(0);
    let others = widest(|(stage, _)| width(stage))
        + widest(|(_, kind)| width(&kind.kind))
        + widest(|(_, kind)| width(&percent(kind.reach.share)))
        + BAR
        + widest(|(_, kind)| width(&mood(&kind.emotion)));
    // Two columns between each two of six.
    style.width.saturating_sub(others + 10)
}

/// The touchpoints that come next most often, as many as there is room for; or that nothing does.
fn next(kind: &StageTouchpoint, room: usize) -> String {
    let ends = (kind.ends.share, "end".to_owned());
    let mut ways: Vec<(Option<f64>, String)> =
        kind.next.iter().map(|next| (next.share.share, next.kind.clone())).collect();
    ways.push(ends);
    // Stable: the fold's order remains among equals.
    ways.sort_by(|a, b| b.0.unwrap_or(0.0).total_cmp(&a.0.unwrap_or(0.0)));
    let mut text = String::new();
    for (share, name) in ways.iter().filter(|(share, _)| share.is_some_and(|share| share >= 0.005)) {
        let way = format!("{name} {:.0} %", share.unwrap_or(0.0) * 100.0);
        if text.is_empty() {
            text = way;
        } else if width(&text) + 2 + width(&way) <= room {
            text = format!("{text}, {way}");
        } else {
            break;
        }
    }
    text
}

/// `+1.21 ± 0.08, n 204`; how many scores there are where they are too few; empty without any.
pub fn mood(emotion: &Emotion) -> String {
    let n = count(emotion.n);
    match (emotion.mean, emotion.interval) {
        (Some(mean), Some(interval)) => format!("{mean:+.2} ± {:.2}, n {n}", (interval.high - interval.low) / 2.0),
        (Some(mean), None) => format!("{mean:+.2}, n {n}"),
        (None, _) if emotion.n > 0 => format!("too few, n {n}"),
        (None, _) => String::new(),
    }
}
