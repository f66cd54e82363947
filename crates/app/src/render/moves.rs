//! What moved since the period before.

use throughline_engine::scorecard::{Move, ScorecardView, period_in_words};

use super::style::{Ink, Style};
use super::text::{right, wrap};

const SHOWN: usize = 6;
const LEAD: usize = 9;

/// The largest moves as sentences, each with its points of the whole's change.
pub fn moves(view: &ScorecardView, style: &Style) -> Vec<String> {
    let title = format!("What moved since {}", period_in_words(&view.previous));
    let mut lines = vec![format!("{}{}", style.paint(Ink::Strong, &title), change(view)), String::new()];
    if view.moves.is_empty() {
        lines.push("  Nothing that can be compared.".to_owned());
        return lines;
    }
    let large: Vec<&Move> = view.moves.iter().filter(|one| is_large(one)).take(SHOWN).collect();
    for one in &large {
        lines.extend(sentence(one, style));
    }
    let rest = view.moves.len() - large.len();
    if rest > 0 {
        let word = if rest == 1 { "move" } else { "moves" };
        let text = format!("{}and {rest} smaller {word}, all of them in --json", " ".repeat(LEAD));
        lines.push(style.paint(Ink::Quiet, &text));
    }
    lines
}

/// What can be seen in the whole at one decimal, or is a signal all the same.
fn is_large(one: &Move) -> bool {
    one.more_than_noise == Some(true) || one.contribution.is_none_or(|points| points.abs() >= 0.05)
}

fn change(view: &ScorecardView) -> String {
    match (view.whole.before, view.whole.score) {
        (Some(before), Some(now)) => {
            format!(": the whole from {before:.1} to {now:.1} ({})", signed(tenths(now) - tenths(before)))
        }
        _ => String::new(),
    }
}

fn sentence(one: &Move, style: &Style) -> Vec<String> {
    let points = one.contribution.map_or("  ".to_owned(), signed);
    let ink = match one.contribution {
        Some(points) if points >= 0.05 => Ink::Good,
        Some(points) if points <= -0.05 => Ink::Bad,
        _ => Ink::Quiet,
    };
    let texts = wrap(&one.sentence, style.width.saturating_sub(LEAD));
    let mut lines = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        let lead = if place == 0 { right(&points, LEAD - 2) } else { " ".repeat(LEAD - 2) };
        lines.push(format!("{}  {text}", style.paint(ink, &lead)));
    }
    lines
}

/// As shown, so that a difference is the difference of what is shown.
fn tenths(score: f64) -> f64 {
    (score * 10.0).round() / 10.0
}

/// A number with its sign, one decimal; what rounds to zero has none.
fn signed(points: f64) -> String {
    let text = format!("{:.1}", points.abs());
    match text.as_str() {
        "0.0" => "±0.0".to_owned(),
        _ if points < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}
