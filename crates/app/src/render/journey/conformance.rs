//! Conformance as a page: the map, who follows it, and where the others leave it.

use throughline_engine::ConformanceView;
use throughline_journey::{ConformanceGroup, Deviation, DeviationKind};

use super::{bar, cases, heading, interval, nobody, nothing, nouns, percent, quiet, sentence};
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::text::{count, wrap};

/// The whole answer with at most `top` deviations, ending with a line break.
pub fn page(found: &ConformanceView, top: usize, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return sentence(reason, style);
    }
    if found.stages.is_empty() {
        return sentence("No touchpoint is of a kind that has a stage: a rule in journey.toml gives it one.", style);
    }
    if found.groups.iter().all(|group| group.follow.n == 0) {
        return sentence(&nobody(&found.about), style);
    }
    let mut lines = Vec::new();
    let broken_down = found.about.scope.by.is_some();
    if let ([group], false) = (found.groups.as_slice(), broken_down) {
        lines.extend(wrap(&headline(group, found), style.width));
        lines.push(String::new());
    }
    lines.extend(map(found, style));
    for group in found.groups.iter().filter(|group| group.follow.n > 0) {
        lines.extend(heading(&found.about, group.group, style));
        if broken_down {
            lines.extend(wrap(&headline(group, found), style.width));
        }
        if !group.deviations.is_empty() {
            lines.push(String::new());
            lines.extend(deviations(group, found, top).lines(0, style));
            let more = group.deviations.len().saturating_sub(top);
            if more > 0 {
                lines.extend(quiet(
                    &format!("{} more ways, taken less often: --top shows them.", count(more as u64)),
                    style,
                ));
            }
        }
    }
    lines.join("\n").trim_start_matches('\n').to_owned() + "\n"
}

fn headline(group: &ConformanceGroup, found: &ConformanceView) -> String {
    let follow = &group.follow;
    let verb = if follow.count == 1 { "follows" } else { "follow" };
    let left = group.deviations.first().map_or(String::new(), |first| {
        format!(" Most of the others {} ({}).", words(first, found, Number::Many), percent(first.share.share))
    });
    let without = match group.without_stage {
        0 => String::new(),
        some => format!(" Left out: {} without a touchpoint in any stage.", cases(some, &found.about)),
    };
    format!(
        "{} of {} {verb} the map: {} (95 % {}).{left}{without}",
        count(follow.count),
        cases(follow.n, &found.about),
        percent(follow.share),
        interval(follow)
    )
}

/// The stages in order, and what is allowed beyond the order.
fn map(found: &ConformanceView, style: &Style) -> Vec<String> {
    let stage = |(id, name): &(String, String)| {
        let mut text = if found.may_skip.contains(id) { format!("({name})") } else { name.clone() };
        if found.loop_after.as_ref() == Some(id) {
            text.push_str(" ↺");
        }
        text
    };
    let stages: Vec<String> = found.stages.iter().map(stage).collect();
    let mut lines = wrap(&stages.join(" → "), style.width);
    for line in &mut lines {
        *line = style.paint(Ink::Strong, line);
    }
    lines.extend(quiet(&rules(found), style));
    lines
}

fn rules(found: &ConformanceView) -> String {
    let mut sentences = vec!["A journey need not come to the end.".to_owned()];
    let names = |ids: &[String]| ids.iter().map(|id| name(id, found)).collect::<Vec<_>>().join(", ");
    if !found.may_skip.is_empty() {
        sentences.push(format!("{} may be passed over.", names(&found.may_skip)));
    }
    if !found.may_return.is_empty() {
        sentences.push(format!("{} may be gone back to at any time.", names(&found.may_return)));
    }
    if let Some(stage) = &found.loop_after {
        sentences.push(format!("After {} (↺) going back begins the journey anew.", name(stage, found)));
    }
    if !found.unseen.is_empty() {
        let unseen: Vec<&str> = found.unseen.iter().map(|(_, name)| name.as_str()).collect();
        sentences.push(format!("Not on this map, for want of touchpoints: {}.", unseen.join(", ")));
    }
    if let [_] = found.stages.as_slice() {
        sentences.push("Nobody can leave a map of one stage.".to_owned());
    }
    sentences.join(" ")
}

fn name(id: &str, found: &ConformanceView) -> String {
    let stages = found.stages.iter().chain(&found.unseen);
    stages.into_iter().find(|(own, _)| own == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
}

fn deviations(group: &ConformanceGroup, found: &ConformanceView, top: usize) -> Table {
    let mut table = Table::new().text("where the others leave it first").number(nouns(&found.about)).number("share");
    table = table.text("95 %").text("");
    for deviation in group.deviations.iter().take(top) {
        let share = &deviation.share;
        table.row([
            words(deviation, found, Number::One),
            count(share.count),
            percent(share.share),
            interval(share),
            bar(share.share, 20),
        ]);
    }
    table
}

/// Whether one leaves the map or many do.
#[derive(Clone, Copy, PartialEq)]
enum Number {
    One,
    Many,
}

fn words(deviation: &Deviation, found: &ConformanceView, number: Number) -> String {
    let s = if number == Number::One { "s" } else { "" };
    let to = name(&deviation.to, found);
    let from = deviation.from.as_deref().map(|from| name(from, found)).unwrap_or_default();
    match &deviation.kind {
        DeviationKind::Started => format!("begin{s} at {to}"),
        DeviationKind::Skipped(stage) => {
            format!("pass{} over {} from {from} to {to}", if s.is_empty() { "" } else { "es" }, name(stage, found))
        }
        DeviationKind::Returned => format!("go{} back from {from} to {to}", if s.is_empty() { "" } else { "es" }),
    }
}
