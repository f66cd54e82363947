//! Stages by perspectives: where the scorecard looks and where it does not.

use throughline_engine::scorecard::{Cell, ScorecardView, shown_score};

use super::style::{Ink, Style};
use super::text::{left, wrap};

const STAGE: usize = 16;

/// The table with a heading; a cell is its sign, its score and how many measures are in it.
pub fn grid(view: &ScorecardView, style: &Style) -> Vec<String> {
    let columns = view.perspectives.len().max(1);
    let each = (style.width.saturating_sub(STAGE + 2) / columns).clamp(8, 22);
    let title = style.paint(Ink::Strong, "Stages by perspectives");
    let about = style.paint(Ink::Quiet, ": status, score, how many measures; · nothing is measured");
    let mut lines = vec![format!("{title}{about}"), String::new()];
    lines.extend(heading(view, each, style));
    let rule = "─".repeat(STAGE + each * columns);
    lines.push(format!("  {}", style.paint(Ink::Quiet, &rule)));
    for row in &view.grid {
        let cells: Vec<String> = row.cells.iter().map(|cell| self::cell(cell, each, style)).collect();
        lines.push(format!("  {}{}", left(&row.name, STAGE), cells.concat()));
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Names of the perspectives over as many lines as they need.
fn heading(view: &ScorecardView, each: usize, style: &Style) -> Vec<String> {
    let names: Vec<Vec<String>> = view.perspectives.iter().map(|p| wrap(&p.name, each - 1)).collect();
    let lines = names.iter().map(Vec::len).max().unwrap_or(0);
    (0..lines)
        .map(|line| {
            let part = |name: &Vec<String>| {
                // Short names stand on the last line, next to the table.
                let first = lines - name.len();
                let text = line.checked_sub(first).and_then(|at| name.get(at)).map_or("", String::as_str);
                left(text, each)
            };
            let parts: Vec<String> = names.iter().map(part).collect();
            format!("  {}{}", " ".repeat(STAGE), style.paint(Ink::Strong, &parts.concat()))
        })
        .collect()
}

fn cell(cell: &Cell, columns: usize, style: &Style) -> String {
    if cell.measures.is_empty() {
        return style.paint(Ink::Quiet, &left("·", columns));
    }
    let score = cell.result.score.map_or(String::new(), |score| format!(" {:.0}", shown_score(score)));
    let text = format!("{}{score} ({})", cell.result.status.sign(), cell.measures.len());
    style.paint(Ink::of(Some(cell.result.status)), &left(&text, columns))
}
