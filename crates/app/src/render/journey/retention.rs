//! Retention as a heat map: cohorts by periods after the first order.

use throughline_engine::{GroupAnswer, RetentionAnswer, pooled};
use throughline_journey::{Cohort, Retention, RetentionVariant, Share};

use super::{nothing, quiet, tenths};
use crate::render::style::{Ink, Style};
use crate::render::text::{count, counted, fit, left, right, width, wrap};

/// Cohorts shown; earlier ones stand in the JSON.
const ROWS: usize = 36;
/// Columns of a cell: a space, three for the number, one for its shade.
const CELL: usize = 5;
/// Cohorts of fewer customers do not set the scale of the shades.
const ENOUGH: u64 = 30;
const NUMBER: usize = 9;

/// The whole answer, ending with a line break.
pub fn page(found: &RetentionAnswer, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return format!("{reason}\n");
    }
    let groups: Vec<&GroupAnswer<Retention>> =
        found.groups.iter().filter(|group| !group.answer.cohorts.is_empty()).collect();
    let lines = match (groups.as_slice(), &found.about.scope.by) {
        ([], _) => wrap(none(found), style.width),
        ([only], None) => cohorts(found, &only.answer, style),
        (groups, by) => by_group(found, groups, by.as_deref().unwrap_or_default(), style),
    };
    lines.join("\n") + "\n"
}

fn none(found: &RetentionAnswer) -> &'static str {
    let scope = &found.about.scope;
    if scope.from.is_some() || scope.to.is_some() || scope.known.is_some() {
        "No customer asked for ordered first in these periods."
    } else {
        "No order that counts is known, so nobody can come back: orders live in the table orders, and cancelled ones \
         do not count."
    }
}

/// One line of the map: its name, how many customers, and their cells with whether each is complete.
struct Row {
    name: String,
    customers: u64,
    cells: Vec<(Share, bool)>,
}

impl Row {
    fn of(found: &RetentionAnswer, cohort: &Cohort) -> Row {
        let cells = cohort.cells.iter().skip(1).map(|cell| (cell.kept, cell.complete));
        // What lies wholly after the data end says nothing: all of it is incomplete, and none of it is kept.
        let mut cells: Vec<(Share, bool)> = cells.collect();
        while cells.last().is_some_and(|(share, complete)| !complete && share.count == 0) {
            cells.pop();
        }
        Row { name: found.label(cohort.period).to_owned(), customers: cohort.customers, cells }
    }

    fn pooled(name: &str, retention: &Retention) -> Row {
        let customers = retention.cohorts.iter().map(|cohort| cohort.customers).sum();
        let cells = pooled(retention).into_iter().skip(1).map(|share| (share, true));
        Row { name: name.to_owned(), customers, cells: cells.collect() }
    }
}

fn cohorts(found: &RetentionAnswer, retention: &Retention, style: &Style) -> Vec<String> {
    let all: Vec<Row> = retention.cohorts.iter().map(|cohort| Row::of(found, cohort)).collect();
    let shown = all.get(all.len().saturating_sub(ROWS)..).unwrap_or_default();
    let total = Row::pooled("all", retention);
    let mut lines = wrap(&sentence(found, retention, &total), style.width);
    lines.push(String::new());
    lines.extend(map("first order", shown, Some(&total), found, style));
    if shown.len() < all.len() {
        lines.extend(quiet(&format!("{} earlier cohorts stand in --json.", all.len() - shown.len()), style));
    }
    if retention.outside > 0 {
        lines.extend(quiet(&format!("{} ordered first outside these periods.", customers(retention.outside)), style));
    }
    lines
}

fn by_group(found: &RetentionAnswer, groups: &[&GroupAnswer<Retention>], by: &str, style: &Style) -> Vec<String> {
    let rows: Vec<Row> = groups.iter().map(|group| Row::pooled(&group.group, &group.answer)).collect();
    let first = rows.iter().filter(|row| row.customers >= ENOUGH).filter_map(|row| Some((row, row.cells.first()?.0)));
    let best = first.max_by(|a, b| a.1.share.unwrap_or(0.0).total_cmp(&b.1.share.unwrap_or(0.0)));
    let sentence = best.map_or_else(
        || format!("Retention by {by}: no group has enough customers to say who comes back most."),
        |(row, share)| {
            let (group, grain) = (&row.name, found.request.every);
            format!(
                "By {by}, {group} comes back most: of {} customers {} ordered again in {}.",
                count(share.n),
                tenths(share.share),
                after(found, &format!("the {grain} after their first order"))
            )
        },
    );
    let mut lines = wrap(&sentence, style.width);
    lines.push(String::new());
    lines.extend(map(by, &rows, None, found, style));
    lines.extend(quiet("Each group's cohorts stand in --json.", style));
    lines
}

fn customers(number: u64) -> String {
    counted(number, "customer")
}

/// The time meant, by variant.
fn after(found: &RetentionAnswer, when: &str) -> String {
    match found.request.variant {
        RetentionVariant::In => when.to_owned(),
        RetentionVariant::InOrAfter => format!("{when} or later"),
    }
}

fn sentence(found: &RetentionAnswer, retention: &Retention, total: &Row) -> String {
    let grain = found.request.every;
    let span = match (retention.cohorts.first(), retention.cohorts.last()) {
        (Some(first), Some(last)) if first.period != last.period => {
            format!("from {} to {}", found.label(first.period), found.label(last.period))
        }
        (first, _) => format!("in {}", first.map_or("", |cohort| found.label(cohort.period))),
    };
    let lead = format!("{} ordered for the first time {span}", customers(total.customers));
    let Some((next, _)) = total.cells.first().filter(|(share, _)| share.n > 0) else {
        return format!("{lead}; no {grain} after that is over yet.");
    };
    let late = total.cells.iter().enumerate().skip(2).take(10).rev();
    let late = late.map(|(place, (share, _))| (place + 1, share)).find(|(_, share)| share.n >= ENOUGH);
    let next = format!("{} ordered again in {}", tenths(next.share), after(found, &format!("the {grain} after")));
    match late {
        None => format!("{lead}: {next}."),
        Some((offset, share)) => format!(
            "{lead}: {next}, and {} in the {} ({} whose {grain} {offset} is over).",
            tenths(share.share),
            after(found, &ordinal(offset)),
            count(share.n)
        ),
    }
}

fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The heat map with its head, a last row for all, and what the signs mean.
fn map(head: &str, rows: &[Row], total: Option<&Row>, found: &RetentionAnswer, style: &Style) -> Vec<String> {
    let name = rows.iter().map(|row| width(&row.name)).max().unwrap_or(0).max(width(head)).min(24);
    let longest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let room = style.width.saturating_sub(name + 2 + NUMBER) / CELL;
    let shown = longest.min(room);
    let scale = Scale::of(rows);
    let head = format!("{}  {}", left(head, name), right("customers", NUMBER));
    let offsets: String = (1..=shown).map(|offset| format!("{:>4} ", offset)).collect();
    let rule = format!("{}  {} {}", "─".repeat(name), "─".repeat(NUMBER), "─".repeat((CELL * shown).saturating_sub(1)));
    let mut lines =
        vec![style.paint(Ink::Strong, format!("{head}{offsets}").trim_end()), style.paint(Ink::Quiet, rule.trim_end())];
    for (place, row) in rows.iter().chain(total).enumerate() {
        if place == rows.len() {
            lines.push(style.paint(Ink::Quiet, rule.trim_end()));
        }
        let cells: String =
            row.cells.iter().take(shown).map(|(share, complete)| scale.cell(share, *complete)).collect();
        let lead = format!("{}  {}", left(&fit(&row.name, name), name), right(&count(row.customers), NUMBER));
        lines.push(format!("{lead}{cells}").trim_end().to_owned());
    }
    lines.push(String::new());
    lines.extend(quiet(&legend(found, &scale, longest - shown), style));
    lines
}

/// How shares become shades.
struct Scale {
    top: f64,
    decimals: usize,
}

impl Scale {
    /// Dark is the largest complete share of enough customers.
    fn of(rows: &[Row]) -> Scale {
        let shares = |enough: u64| {
            let cells = rows.iter().flat_map(|row| &row.cells).filter(move |(share, done)| *done && share.n >= enough);
            cells.filter_map(|(share, _)| share.share).fold(0.0, f64::max)
        };
        let top = if shares(ENOUGH) > 0.0 { shares(ENOUGH) } else { shares(1) };
        Scale { top, decimals: usize::from(top < 0.0995) }
    }

    fn cell(&self, share: &Share, complete: bool) -> String {
        let Some(value) = share.share else { return " ".repeat(CELL) };
        let number = format!("{:.*}", self.decimals, value * 100.0);
        let number = if number.len() > 3 { format!("{:.0}", value * 100.0) } else { number };
        let shade = match (complete, share.count) {
            (false, _) => '*',
            (true, 0) => ' ',
            _ => self.shade(value),
        };
        format!(" {number:>3}{shade}")
    }

    fn shade(&self, value: f64) -> char {
        let level = if self.top > 0.0 { (value / self.top * 4.0).ceil() } else { 1.0 };
        match level {
            level if level <= 1.0 => '░',
            level if level <= 2.0 => '▒',
            level if level <= 3.0 => '▓',
            _ => '█',
        }
    }
}

fn legend(found: &RetentionAnswer, scale: &Scale, cut: usize) -> String {
    let grain = found.request.every;
    let which = match found.request.variant {
        RetentionVariant::In => format!("an order in the k-th {grain} after the first order's"),
        RetentionVariant::InOrAfter => {
            format!(
                "an order in the k-th {grain} after the first order's or in any later one, which later orders can still raise"
            )
        }
    };
    let mut text = format!(
        "Per hundred customers of a row, those with {which}. Shades are quarters of {}: ░ ▒ ▓ █. * the {grain} is not \
         over, or not known to its end. Rows of many cohorts leave these out. Intervals stand in --json.",
        tenths(Some(scale.top))
    );
    if cut > 0 {
        text.push_str(&format!(" {cut} later columns do not fit: --json has them, and longer periods need fewer."));
    }
    text
}
