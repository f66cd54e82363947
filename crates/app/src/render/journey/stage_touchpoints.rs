//! What happens in each stage: the touchpoints that reach most people, what comes next, and how people feel.

use throughline_engine::Overview;
use throughline_journey::{Emotion, GroupMap, StageTouchpoint};

use super::{bar, cases, percent};
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::text::{count, width};

/// Columns for what comes next.
const NEXT: usize = 44;

/// At most `top` touchpoints of each stage.
pub fn touchpoints(map: &GroupMap, found: &Overview, top: usize, style: &Style) -> Vec<String> {
    let mut table = Table::new().text("stage").text("touchpoint").number("reach").text("").text("then").text("mood");
    table = table.optional();
    for stage in &map.stages {
        for (place, kind) in stage.kinds.iter().take(top).enumerate() {
            let name = if place == 0 { stage.name.as_str() } else { "" };
            table.row([
                name.to_owned(),
                kind.kind.clone(),
                percent(kind.reach.share),
                bar(kind.reach.share, 8),
                next(kind),
                mood(&kind.emotion),
            ]);
        }
    }
    let title = format!("What happens there (reach: share of {})", cases(map.cases, &found.about));
    let mut lines = vec![String::new(), style.paint(Ink::Strong, &title)];
    lines.extend(table.lines(0, style));
    lines
}

/// The touchpoints that come next most often, as many as there is room for; or that nothing does.
fn next(kind: &StageTouchpoint) -> String {
    let ends = (kind.ends.share, "end".to_owned());
    let mut ways: Vec<(Option<f64>, String)> =
        kind.next.iter().map(|next| (next.share.share, next.kind.clone())).collect();
    ways.push(ends);
    // Stable: the fold's order remains among equals.
    ways.sort_by(|a, b| b.0.unwrap_or(0.0).total_cmp(&a.0.unwrap_or(0.0)));
    let mut text = String::new();
    for (share, name) in ways.iter().filter(|(share, _)| share.is_some_and(|share| share > 0.0)) {
        let way = format!("{name} {:.0} %", share.unwrap_or(0.0) * 100.0);
        if text.is_empty() {
            text = way;
        } else if width(&text) + 2 + width(&way) <= NEXT {
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
