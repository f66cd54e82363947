//! The scorecard as a page of text: the answer first, then the table, the grid and what moved.

use jiff::tz::TimeZoneDatabase;
use throughline_engine::scorecard::{
    ObjectiveView, PerspectiveView, RollUp, ScorecardView, period_in_words, shown_score,
};
use throughline_model::status::Status;

use super::bar::bar;
use super::columns::{Columns, INDENT};
use super::grid::grid;
use super::measure_row::measure_row;
use super::moves::moves;
use super::style::{Ink, Style};
use super::text::{fit, left, right, width, wrap};

/// The whole page, ending with a line break.
pub fn scorecard(view: &ScorecardView, style: &Style) -> String {
    let columns = Columns::of(style.width);
    let mut lines = head(view, style);
    lines.push(String::new());
    lines.extend(table_head(view, &columns, style));
    for perspective in &view.perspectives {
        lines.extend(self::perspective(perspective, &view.currency, &columns, style));
    }
    lines.push(String::new());
    lines.extend(grid(view, style));
    lines.push(String::new());
    lines.extend(moves(view, style));
    lines.push(String::new());
    lines.extend(legend(view, style));
    let mut page = lines.join("\n");
    page.push('\n');
    page
}

/// The sentence, the name, the vision, and the whole in numbers.
fn head(view: &ScorecardView, style: &Style) -> Vec<String> {
    let mut lines = wrap(&view.headline, style.width);
    lines.push(String::new());
    lines.extend(title(view, style));
    lines.extend(view.vision.iter().flat_map(|vision| wrap(&format!("“{vision}”"), style.width)));
    if let Some(why) = &view.chosen {
        lines.extend(wrap(why, style.width).iter().map(|line| style.paint(Ink::Quiet, line)));
    }
    lines.push(String::new());
    let ink = Ink::of(Some(view.whole.status));
    let known = view.whole.score.is_some();
    let bar = if Columns::of(style.width).bar { format!("  {}", bar(view.whole.score, known)) } else { String::new() };
    let verdict = style.paint(ink, &format!("{}{bar}", verdict(&view.whole)));
    lines.push(format!("{verdict}  {}", facts(&view.whole)));
    lines
}

/// The name on the left and what was known when on the right, or below where it is too long.
fn title(view: &ScorecardView, style: &Style) -> Vec<String> {
    let title = fit(&format!("{} · scorecard of {}", view.name, period_in_words(&view.period)), style.width);
    let as_of = format!("as known on {}", local(view));
    let used = width(&title) + width(&as_of);
    let (title, as_of) = (style.paint(Ink::Strong, &title), style.paint(Ink::Quiet, &as_of));
    if used + 2 <= style.width {
        vec![format!("{title}{}{as_of}", " ".repeat(style.width - used))]
    } else {
        vec![title, as_of]
    }
}

/// The as-of instant on the workspace's clock.
fn local(view: &ScorecardView) -> String {
    let zone = TimeZoneDatabase::bundled().get(&view.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    format!("{} {}", zone.to_datetime(view.as_of).strftime("%Y-%m-%d %H:%M"), view.zone)
}

fn verdict(result: &RollUp) -> String {
    let score = result.score.map_or(String::new(), |score| format!(" {:.0}", shown_score(score)));
    format!("{} {}{score}", result.status.sign(), result.status.word())
}

/// How sure a rolled-up score is, what it rests on, and what it was.
fn facts(result: &RollUp) -> String {
    let mut facts = Vec::new();
    let wide = result.interval.filter(|i| i.high - i.low >= 1.0);
    facts.extend(wide.map(|i| format!("{:.0} to {:.0}", i.low, i.high)));
    facts.extend(result.before.map(|before| format!("before {:.0}", shown_score(before))));
    facts.push(format!("{} of {} measures", result.scored, result.measures));
    if result.coverage < 1.0 {
        facts.push(format!("coverage {:.0} %", result.coverage.abs() * 100.0));
    }
    facts.join(" · ")
}

fn table_head(view: &ScorecardView, columns: &Columns, style: &Style) -> Vec<String> {
    let mut text = format!(
        "{}{} {} {}  {} {}",
        " ".repeat(INDENT),
        left("", columns.name),
        right("value", columns.value),
        right("target", columns.value),
        left("status", columns.status.saturating_sub(2)),
        right("score", columns.score + 2),
    );
    if columns.bar {
        text.push_str("  0        100 ");
    }
    let last = format!("{} {}s", columns.spark, view.every);
    let used = columns.line.saturating_sub(width(&last));
    vec![style.paint(Ink::Quiet, &format!("{} {last}", left(&text, used.saturating_sub(1))))]
}

fn perspective(perspective: &PerspectiveView, currency: &str, columns: &Columns, style: &Style) -> Vec<String> {
    let result = perspective_result(perspective, style);
    let name = fit(&perspective.name, style.width.saturating_sub(width(&result) + 4));
    let gap = style.width.saturating_sub(width(&name) + width(&result) + 2);
    let mut lines = vec![
        String::new(),
        format!(
            "{} {} {}",
            style.paint(Ink::Strong, &name),
            style.paint(Ink::Quiet, &"─".repeat(gap)),
            style.paint(Ink::of(Some(perspective.result.status)), &result)
        ),
    ];
    if perspective.objectives.is_empty() {
        let nothing = "  No objective yet: this perspective is missing weight.";
        lines.push(style.paint(Ink::Quiet, nothing));
    }
    for objective in &perspective.objectives {
        lines.push(String::new());
        lines.extend(objective_row(objective, columns, style));
        for measure in &objective.measures {
            lines.extend(measure_row(measure, currency, columns, style));
        }
    }
    lines
}

/// Everything about a perspective's score, or on a narrow line what matters most.
fn perspective_result(perspective: &PerspectiveView, style: &Style) -> String {
    let RollUp { scored, measures, .. } = perspective.result;
    let verdict = verdict(&perspective.result);
    let full = format!("{verdict} · {}", facts(&perspective.result));
    if width(&perspective.name) + width(&full) + 4 <= style.width {
        full
    } else {
        format!("{verdict} · {scored} of {measures} measures")
    }
}

/// Name and owner of an objective, on the columns of its measures.
fn objective_row(objective: &ObjectiveView, columns: &Columns, style: &Style) -> Vec<String> {
    let room = columns.before_status();
    let owner = objective.owner.as_deref().unwrap_or("nobody owns it");
    let name = fit(&objective.name, room);
    let inline = format!(" · {owner}");
    let fits = width(&name) + width(&inline) <= room;
    let rest = left(if fits { &inline } else { "" }, room.saturating_sub(width(&name)));
    let ink = Ink::of(Some(objective.result.status));
    let status = format!("{} {}", objective.result.status.sign(), objective.result.status.word());
    let score = objective.result.score.map_or(String::new(), |score| format!("{:.0}", shown_score(score)));
    let mut line = format!(
        "{}{}{}  {} {}",
        " ".repeat(INDENT),
        style.paint(Ink::Strong, &name),
        style.paint(Ink::Quiet, &rest),
        style.paint(ink, &left(&status, columns.status)),
        style.paint(Ink::Strong, &right(&score, columns.score)),
    );
    if columns.bar {
        let known = objective.result.score.is_some();
        line.push_str(&format!("  {}", style.paint(ink, &bar(objective.result.score, known))));
    }
    if objective.result.scored < objective.result.measures {
        let known = format!("{} of {}", objective.result.scored, objective.result.measures);
        let known = if columns.bar { format!("{known} known") } else { known };
        line.push_str(&format!("  {}", style.paint(Ink::Quiet, &known)));
    }
    let mut lines = vec![line.trim_end().to_owned()];
    if !fits {
        lines.push(format!("{}{}", " ".repeat(INDENT), style.paint(Ink::Quiet, &fit(owner, room))));
    }
    lines
}

fn legend(view: &ScorecardView, style: &Style) -> Vec<String> {
    let mut signs: Vec<String> = Vec::new();
    for status in Status::ALL {
        let from = if status == Status::Close { format!(" from {:.0}", view.close_from) } else { String::new() };
        signs.push(format!("{} {}{from}", status.sign(), status.word()));
    }
    let text = format!(
        "{} · bars run from 0 to 120 with │ at the target · in the small bars a space is no data and · too \
         early · intervals are 95 %, those of rolled-up scores approximate · signal or noise: natural limits of \
         the last 24 mature {}s · days and months of {}",
        signs.join("  "),
        view.every,
        view.zone
    );
    wrap(&text, style.width).iter().map(|line| style.paint(Ink::Quiet, line)).collect()
}
