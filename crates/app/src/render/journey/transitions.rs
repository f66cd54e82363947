//! Transitions as a page: a matrix where there are few steps, and the most frequent ones.

use throughline_engine::{GroupTransitions, TransitionsView};
use throughline_journey::{StepExits, Transition, Transitions};

use super::{bar, heading, nobody, nothing, noun, nouns, percent, quiet, sentence, time};
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::text::{count, wrap};

/// More steps make no matrix that fits on a page.
const MATRIX: usize = 7;

/// The whole answer with at most `top` transitions, ending with a line break.
pub fn page(found: &TransitionsView, top: usize, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return sentence(reason, style);
    }
    if found.groups.is_empty() {
        let none = match found.request.steps.as_str() {
            "stage" => "No touchpoint has a stage here: a rule in journey.toml gives a kind its stage.".to_owned(),
            "channel" => "No touchpoint has a channel here.".to_owned(),
            _ => nobody(&found.about),
        };
        return sentence(&none, style);
    }
    let mut lines = Vec::new();
    for group in &found.groups {
        lines.extend(heading(&found.about, group.group, style));
        lines.extend(one_group(group, found, top, style));
    }
    lines.push(String::new());
    lines.extend(quiet(&rules(found), style));
    lines.join("\n").trim_start_matches('\n').to_owned() + "\n"
}

fn one_group(group: &GroupTransitions, found: &TransitionsView, top: usize, style: &Style) -> Vec<String> {
    let transitions = &group.transitions;
    let mut lines = wrap(&headline(transitions), style.width);
    if transitions.transitions.is_empty() {
        return lines;
    }
    if transitions.steps.len() <= MATRIX {
        lines.push(String::new());
        lines.extend(matrix(transitions).lines(0, style));
    }
    lines.push(String::new());
    lines.extend(list(transitions, found, top).lines(0, style));
    let more = transitions.transitions.len().saturating_sub(top);
    if more > 0 {
        lines.extend(quiet(&format!("{} more, seen less often: --top shows them.", count(more as u64)), style));
    }
    if transitions.steps.len() > MATRIX {
        lines.push(String::new());
        lines.push(style.paint(Ink::Strong, "Where journeys end"));
        lines.extend(ends(transitions).lines(0, style));
    }
    lines
}

fn headline(found: &Transitions) -> String {
    let all: u64 = found.steps.iter().map(|step| step.exits).sum();
    let Some(first) = found.transitions.first() else {
        return "No touchpoint follows another one.".to_owned();
    };
    let onward = found.transitions.iter().find(|transition| transition.from != transition.to);
    let onward = onward.filter(|onward| *onward != first).map_or(String::new(), |onward| {
        let share = percent(onward.share.share);
        format!(" Between different steps it is {} → {}: {share} of {}.", onward.from, onward.to, count(onward.share.n))
    });
    let median = first.median.map_or(String::new(), |median| format!(", half of them within {}", time(Some(median))));
    format!(
        "{} transitions. The most frequent is {} → {}: {} times, {} of the {} ways on from there{median}.{onward}",
        count(all),
        first.from,
        first.to,
        count(first.share.count),
        percent(first.share.share),
        count(first.share.n),
    )
}

/// Which share of a step's exits goes to each step, and how often nothing follows it.
fn matrix(found: &Transitions) -> Table {
    let mut table = Table::new().text("from ↓  to →");
    for step in &found.steps {
        table = table.number(&step.step);
    }
    table = table.number("ways on").number("ends");
    for from in &found.steps {
        let to = |to: &StepExits| {
            let share = found.transitions.iter().find(|t| t.from == from.step && t.to == to.step)?.share.share?;
            Some(format!("{:.0} % {}", share * 100.0, shade(share)))
        };
        let shares = found.steps.iter().map(|step| to(step).unwrap_or_else(|| "·  ".to_owned()));
        let tail = [count(from.exits), percent(from.ends.share)];
        table.row(std::iter::once(from.step.clone()).chain(shares).chain(tail));
    }
    table
}

/// How much a share is, to look at.
fn shade(share: f64) -> char {
    match share {
        share if share < 0.05 => ' ',
        share if share < 0.2 => '░',
        share if share < 0.4 => '▒',
        share if share < 0.6 => '▓',
        _ => '█',
    }
}

fn list(found: &Transitions, view: &TransitionsView, top: usize) -> Table {
    let mut table = Table::new().text("from").text("to").number("times").number("of ways on").text("");
    table = table.number(nouns(&view.about)).number("median");
    if view.request.p90 {
        table = table.number("p90");
    }
    for transition in found.transitions.iter().take(top) {
        table.row(row(transition, view.request.p90));
    }
    table
}

fn row(transition: &Transition, p90: bool) -> Vec<String> {
    let mut cells = vec![
        transition.from.clone(),
        transition.to.clone(),
        count(transition.share.count),
        percent(transition.share.share),
        bar(transition.share.share, 10),
        transition.cases.map_or(String::new(), count),
        time(transition.median),
    ];
    cells.extend(p90.then(|| time(transition.p90)));
    cells
}

/// The steps after which most often nothing follows.
fn ends(found: &Transitions) -> Table {
    let mut steps: Vec<&StepExits> = found.steps.iter().filter(|step| step.ends.count > 0).collect();
    // Stable: the order of steps remains among equals.
    steps.sort_by_key(|step| std::cmp::Reverse(step.ends.count));
    let mut table = Table::new().text("step").number("ends").number("of its touchpoints").text("");
    for step in steps.into_iter().take(5) {
        let ends = &step.ends;
        table.row([step.step.clone(), count(ends.count), percent(ends.share), bar(ends.share, 10)]);
    }
    table
}

fn rules(found: &TransitionsView) -> String {
    let passed_over = match found.request.steps.as_str() {
        "kind" => String::new(),
        steps => format!(" Touchpoints without a {steps} are passed over."),
    };
    let cut = found.request.cut.map(|cut| time(Some(cut as f64)));
    let cut = cut.map_or(String::new(), |cut| format!(" A pause longer than {cut} ends a journey."));
    format!("A way on is the next touchpoint of the same {}, whenever it comes.{passed_over}{cut}", noun(&found.about))
}
