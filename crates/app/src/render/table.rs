//! Tables: aligned columns, a rule under the head, cells cut only where a terminal is too narrow.

use super::style::{Ink, Style};
use super::text::{fit, left, right, width};

/// Columns narrower than this are not cut further.
const LEAST: usize = 8;
const GAP: &str = "  ";

/// A table to be filled row by row.
#[derive(Debug, Clone, Default)]
pub struct Table {
    heads: Vec<Head>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
struct Head {
    name: String,
    numbers: bool,
    /// Whether the column is left out when all its cells are empty.
    optional: bool,
}

impl Table {
    /// A table without columns.
    pub fn new() -> Table {
        Table::default()
    }

    /// Adds a column of texts.
    #[must_use]
    pub fn text(self, name: &str) -> Table {
        self.column(name, false)
    }

    /// Adds a column of numbers, which stand to the right.
    #[must_use]
    pub fn number(self, name: &str) -> Table {
        self.column(name, true)
    }

    fn column(mut self, name: &str, numbers: bool) -> Table {
        self.heads.push(Head { name: name.to_owned(), numbers, optional: false });
        self
    }

    /// Leaves the column that was added last out when all its cells are empty.
    #[must_use]
    pub fn optional(mut self) -> Table {
        if let Some(last) = self.heads.last_mut() {
            last.optional = true;
        }
        self
    }

    /// Adds a row; cells beyond the columns are dropped and missing ones are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lines indented by `indent`. On a terminal the widest columns are cut until all fit.
    pub fn lines(&self, indent: usize, style: &Style) -> Vec<String> {
        let shown = self.without_empty();
        let widths = shown.widths(style.width.saturating_sub(indent), style.terminal);
        let lead = " ".repeat(indent);
        let heads: Vec<String> = shown.heads.iter().map(|head| head.name.clone()).collect();
        let rule: Vec<String> = widths.iter().map(|columns| "─".repeat(*columns)).collect();
        let mut lines = vec![
            format!("{lead}{}", style.paint(Ink::Strong, &shown.line(&heads, &widths))),
            format!("{lead}{}", style.paint(Ink::Quiet, rule.join(GAP).trim_end())),
        ];
        lines.extend(shown.rows.iter().map(|row| format!("{lead}{}", shown.line(row, &widths))));
        lines
    }

    fn without_empty(&self) -> Table {
        let cell = |row: &[String], at: usize| row.get(at).is_none_or(|cell| cell.is_empty());
        let keep = |at: usize, head: &Head| !head.optional || self.rows.iter().any(|row| !cell(row, at));
        let kept: Vec<usize> =
            self.heads.iter().enumerate().filter(|(at, head)| keep(*at, head)).map(|(at, _)| at).collect();
        let pick = |row: &Vec<String>| kept.iter().map(|at| row.get(*at).cloned().unwrap_or_default()).collect();
        Table {
            heads: kept.iter().filter_map(|at| self.heads.get(*at).cloned()).collect(),
            rows: self.rows.iter().map(pick).collect(),
        }
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let columns = self.heads.iter().zip(widths).enumerate();
        let padded: Vec<String> = columns
            .map(|(at, (head, columns))| {
                let cell = cells.get(at).map_or("", String::as_str);
                if head.numbers { right(cell, *columns) } else { left(cell, *columns) }
            })
            .collect();
        padded.join(GAP).trim_end().to_owned()
    }

    fn widths(&self, room: usize, cut: bool) -> Vec<usize> {
        let natural = |at: usize, head: &Head| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            cells.map(|cell| width(&fit(cell, usize::MAX))).max().unwrap_or(0).max(width(&head.name))
        };
        let mut widths: Vec<usize> = self.heads.iter().enumerate().map(|(at, head)| natural(at, head)).collect();
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        while cut && widths.iter().sum::<usize>() + gaps > room {
            let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > LEAST) else { break };
            *widest -= 1;
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new().text("name").number("n");
        table.row(["Größe".into(), "1 200".into()]);
        table.row(["a name that goes on and on\nand on".into(), "7".into()]);
        table
    }

    #[test]
    fn columns_are_aligned() {
        let expected = [
            "  name                                   n",
            "  ─────────────────────────────────  ─────",
            "  Größe                              1 200",
            "  a name that goes on and on and on      7",
        ];
        assert_eq!(table().lines(2, &Style::plain(100)), expected);
    }

    #[test]
    fn optional_columns_need_a_cell() {
        let mut table = Table::new().text("a").text("note").optional().text("b");
        table.row(["1".into(), String::new(), "2".into()]);
        assert_eq!(table.lines(0, &Style::plain(100)), ["a  b", "─  ─", "1  2"]);
        table.row(["3".into(), "x".into(), "4".into()]);
        assert_eq!(table.lines(0, &Style::plain(100))[0], "a  note  b");
    }

    #[test]
    fn only_terminals_cut() {
        let narrow = Style { width: 20, terminal: true, colour: false };
        let lines = table().lines(0, &narrow);
        assert_eq!(lines[3], "a name that …      7");
        assert!(lines.iter().all(|line| width(line) <= 20));
    }
}
