//! The queries that evaluate measures, as text: what is shown is what ran.

use jiff::Timestamp;
use throughline_model::measure::{Aggregate, Measure};

use super::aggregate;
use super::row_query::{Holds, RowQuery};
use crate::session::{Session, quote};

/// Name of the row query inside our queries.
const ROWS: &str = "measure_rows";

/// How the rows of a measure become numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pass {
    /// Grouped by period.
    Totals,
    /// Grouped by period and added up over all periods so far.
    Levels,
    /// Sorted within each period.
    Sorted,
}

impl Pass {
    pub(crate) fn of(aggregate: &Aggregate) -> Pass {
        match aggregate {
            Aggregate::Level => Pass::Levels,
            Aggregate::Quantile(_) => Pass::Sorted,
            _ => Pass::Totals,
        }
    }
}

/// Which rows a query looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// From when on; levels also count what was before.
    pub from: Timestamp,
    /// First instant that is too late.
    pub to: Timestamp,
    /// Dimension to break down by.
    pub by: Option<&'a str>,
}

/// Prefix of the columns of the `i`-th of several measures that share a query.
pub(crate) fn prefix(member: usize, members: usize) -> String {
    if members == 1 { String::new() } else { format!("m{member}_") }
}

/// The query of measures with the same row query and the same pass.
pub(crate) fn sql(session: &Session, pass: Pass, members: &[(&Measure, &RowQuery)], scope: Scope<'_>) -> String {
    let Some((_, rows)) = members.first() else { return String::new() };
    let from = (pass != Pass::Levels).then_some(scope.from);
    let within = rows.within(session, from, scope.to);
    let keys = keys(scope.by);
    let mut columns: Vec<String> = keys.iter().map(|(name, sql)| format!("{sql} AS {name}")).collect();
    let key_list = keys.iter().map(|(_, sql)| sql.as_str()).collect::<Vec<_>>().join(", ");
    let tail = match pass {
        Pass::Sorted => {
            let value = aggregate::double("value", rows.holds("value").unwrap_or(Holds::Nothing));
            columns.push(format!("{value} AS value"));
            let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
            format!("ORDER BY {}, value", names.join(", "))
        }
        Pass::Totals => {
            columns.push("COUNT(*) AS rows".to_owned());
            format!("GROUP BY {key_list}")
        }
        Pass::Levels => {
            columns.push("SUM(COUNT(*)) OVER running AS rows".to_owned());
            let partition = keys.get(1).map(|(_, sql)| format!("PARTITION BY {sql} ")).unwrap_or_default();
            let period = &keys[0].1;
            format!("GROUP BY {key_list}\nWINDOW running AS ({partition}ORDER BY {period})")
        }
    };
    if pass != Pass::Sorted {
        for (i, (measure, rows)) in members.iter().enumerate() {
            let parts = aggregate::columns(measure, rows, &prefix(i, members.len()));
            columns.extend(parts.into_iter().map(|(name, sql)| format!("{sql} AS {name}")));
        }
    }
    format!("SELECT\n  {}\nFROM (\n{}\n) AS {ROWS}\nWHERE {within}\n{tail}", columns.join(",\n  "), rows.sql)
}

/// What rows are grouped by: the period first, then the dimension.
fn keys(by: Option<&str>) -> Vec<(&'static str, String)> {
    let mut keys = vec![("period", "period_number(at)".to_owned())];
    if let Some(dimension) = by {
        keys.push(("segment", format!("CAST({} AS TEXT)", quote::name(dimension))));
    }
    keys
}

/// The query that lists the rows behind a period.
pub(crate) fn records_sql(
    session: &Session,
    measure: &Measure,
    rows: &RowQuery,
    scope: Scope<'_>,
    segment: Option<&str>,
) -> String {
    let mut wanted = vec!["key", "customer_id", "at", "value", "unit", "numerator", "denominator"];
    wanted.retain(|column| rows.holds(column).is_some());
    let mut columns: Vec<String> = wanted.iter().map(|column| (*column).to_owned()).collect();
    columns.extend(measure.dimensions.iter().map(|dimension| quote::name(dimension)));
    let from = (Pass::of(&measure.aggregate) != Pass::Levels).then_some(scope.from);
    let mut within = rows.within(session, from, scope.to);
    if let Some((dimension, segment)) = scope.by.zip(segment) {
        let dimension = format!("CAST({} AS TEXT)", quote::name(dimension));
        within.push_str(&match segment {
            super::NO_SEGMENT => format!(" AND {dimension} IS NULL"),
            segment => format!(" AND {dimension} = {}", quote::text(segment)),
        });
    }
    let mut sql = format!("SELECT {}\nFROM (\n{}\n) AS {ROWS}\nWHERE {within}", columns.join(", "), rows.sql);
    if Pass::of(&measure.aggregate) == Pass::Levels {
        // What makes up a level is what came in and has not gone out again.
        let value = aggregate::exact("value", rows.holds("value").unwrap_or(Holds::Nothing));
        let inside = format!(
            "SELECT key FROM (\n{}\n) AS changes\nWHERE {within}\nGROUP BY key HAVING SUM({value}) <> 0",
            rows.sql
        );
        sql.push_str(&format!("\nAND key IN (\n{inside}\n)"));
    }
    sql.push_str("\nORDER BY at, key");
    sql
}
