//! Paths as a page: how many there are, the most frequent, and where two groups differ.

use throughline_engine::{GroupPaths, PathsView};
use throughline_journey::{Path, PathDifference, Paths};

use super::{arrows, bar, cases, heading, interval, nothing, noun, percent, quiet, sentence, time};
use crate::render::style::{Ink, Style};
use crate::render::text::{count, counted, right, wrap};

/// Columns of bars.
const BAR: usize = 24;
/// Columns before the steps of a path.
const INDENT: usize = 4;

/// The whole answer, ending with a line break.
pub fn page(found: &PathsView, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return sentence(reason, style);
    }
    if found.groups.iter().all(|group| group.paths.with_path == 0) {
        return sentence(&nobody(found), style);
    }
    let mut lines = Vec::new();
    for group in &found.groups {
        if found.request.compare.is_none() {
            lines.extend(heading(&found.about, group.group, style));
        }
        lines.extend(one_group(group, found, style));
    }
    lines.join("\n").trim_start_matches('\n').to_owned() + "\n"
}

fn nobody(found: &PathsView) -> String {
    match (&found.request.from, found.request.steps.as_str()) {
        (Some(from), _) => format!("No {} has a touchpoint {from} in what was asked for.", noun(&found.about)),
        (None, "stage") => "No touchpoint has a stage here: a rule in journey.toml gives a kind its stage.".to_owned(),
        (None, "channel") => "No touchpoint has a channel here.".to_owned(),
        (None, _) => super::nobody(&found.about),
    }
}

fn one_group(group: &GroupPaths, found: &PathsView, style: &Style) -> Vec<String> {
    let paths = &group.paths;
    let mut lines = wrap(&headline(paths, found), style.width);
    lines.extend(scattered(paths, found, style));
    if let Some([first, second]) = &found.request.compare {
        lines.push(String::new());
        lines.push(style.paint(Ink::Strong, &format!("Where {first} and {second} differ most")));
        lines.extend(differences(paths, [first, second], style));
        lines.push(String::new());
        lines.push(style.paint(Ink::Strong, "Paths of both"));
    } else {
        lines.push(String::new());
    }
    for (place, path) in paths.paths.iter().enumerate() {
        lines.extend(self::path(place + 1, path, found, style));
    }
    lines
}

fn headline(paths: &Paths, found: &PathsView) -> String {
    let about = &found.about;
    let (from, until) = (found.request.from.as_deref(), found.request.until.as_deref());
    let which = match (from, until) {
        (None, None) => String::new(),
        (Some(from), None) => format!(" from {from} on"),
        (None, Some(until)) => format!(" up to {until}"),
        (Some(from), Some(until)) => format!(" from {from} to {until}"),
    };
    let take = if paths.with_path == 1 { "takes" } else { "take" };
    let taken = paths.paths.first().map_or(String::new(), |first| {
        format!("; the most frequent is that of {} (95 % {})", percent(first.share.share), interval(&first.share))
    });
    let without = match paths.cases - paths.with_path {
        0 => String::new(),
        without => format!(" {} {} no such path.", cases(without, about), if without == 1 { "has" } else { "have" }),
    };
    let distinct = counted(paths.distinct, "different path");
    format!("{} {take} {distinct}{which}{taken}.{without}", cases(paths.with_path, about))
}

/// What to do where hardly two take the same path.
fn scattered(paths: &Paths, found: &PathsView, style: &Style) -> Vec<String> {
    let request = &found.request;
    if paths.distinct * 5 < paths.with_path || paths.with_path < 20 {
        return Vec::new();
    }
    let mut ways = Vec::new();
    ways.extend((request.steps == "kind").then_some("--steps stage"));
    ways.extend((!request.collapse).then_some("--collapse"));
    ways.extend(request.until.is_none().then_some("--until-step STEP"));
    ways.extend(request.from.is_none().then_some("--from-step STEP"));
    if ways.is_empty() {
        return Vec::new();
    }
    quiet(&format!("Hardly two take the same path: {} bring alike ones together.", ways.join(", ")), style)
}

/// A path on two lines or more: how many take it, and its steps.
fn path(place: usize, path: &Path, found: &PathsView, style: &Style) -> Vec<String> {
    let share = &path.share;
    let time = path
        .median
        .filter(|_| path.steps.len() > 1)
        .map_or(String::new(), |median| format!(", {} from first to last (median)", time(Some(median))));
    let mut lines = vec![format!(
        "{}  {} {}  {}{}",
        right(&place.to_string(), INDENT - 2),
        right(&percent(share.share), 7),
        bar(share.share, BAR),
        cases(share.count, &found.about),
        style.paint(Ink::Quiet, &time)
    )];
    lines.extend(steps(&path.steps, path.cut, style));
    lines
}

fn steps(steps: &[String], cut: bool, style: &Style) -> Vec<String> {
    let lines = arrows(steps, cut, style.width.saturating_sub(INDENT));
    lines.iter().map(|line| format!("{}{line}", " ".repeat(INDENT))).collect()
}

fn differences(paths: &Paths, groups: [&String; 2], style: &Style) -> Vec<String> {
    if paths.comparison.is_empty() {
        return wrap("One of the two has no path: there is nothing to compare.", style.width);
    }
    let mut lines = Vec::new();
    for path in &paths.comparison {
        lines.push(format!("    {}", difference(path, groups)));
        lines.extend(steps(&path.steps, path.cut, style).iter().map(|line| style.paint(Ink::Quiet, line)));
    }
    lines
}

fn difference(path: &PathDifference, groups: [&String; 2]) -> String {
    let share = |name: &str, share: &throughline_journey::Share| {
        format!("{name} {} (n {})", percent(share.share), count(share.n))
    };
    let shares = format!("{}, {}", share(groups[0], &path.first), share(groups[1], &path.second));
    let Some(difference) = path.difference else { return shares };
    let points = |value: f64| format!("{:+.1}", value * 100.0);
    let (low, high) = (difference.interval.low, difference.interval.high);
    let verdict = if low <= 0.0 && high >= 0.0 { ": no difference shown" } else { "" };
    format!("{} points (95 % {} to {}){verdict} · {shares}", points(difference.estimate), points(low), points(high))
}
