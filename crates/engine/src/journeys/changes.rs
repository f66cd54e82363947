//! What imports changed about journeys, from the ledger and the history of the tables.

use std::collections::BTreeSet;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};

use super::Case;
use crate::Result;
use crate::session::{Session, quote};

/// What the imports after a store was written changed.
pub(super) enum Changes {
    /// Too much, or something that only a new build follows.
    Everything,
    /// Some touchpoints are new, and those of some customers must be read again.
    Some {
        /// Touchpoints of these imports are new.
        imports: Vec<String>,
        /// Names of customers (or tickets) whose earlier touchpoints may be others now.
        revisited: BTreeSet<String>,
    },
}

/// What imports did to one table.
struct Touched {
    table: String,
    added: i64,
    corrected: i64,
    withdrawn: i64,
}

/// What the imports numbered after `from` up to `to` changed. `rows` is how many touchpoints the store holds.
pub(super) async fn between(session: &Session, case: Case, from: u64, to: u64, rows: u64) -> Result<Changes> {
    let imports: Vec<String> = (from + 1..=to).map(|number| format!("import-{number:06}")).collect();
    let listed = quote::texts(&imports);
    let touched = ledger(session, &listed).await?;
    let of = |table: &str| touched.iter().find(|touched| touched.table == table);
    let tables = case.tables();
    let relevant: Vec<&Touched> = touched.iter().filter(|touched| tables.contains(&touched.table.as_str())).collect();
    let added: i64 = relevant.iter().map(|touched| touched.added).sum();
    let much = u64::try_from(added).is_ok_and(|added| added.saturating_mul(2) > rows);
    if much || relevant.iter().any(|touched| touched.withdrawn > 0) || case.prices() && of("rates").is_some() {
        return Ok(Changes::Everything);
    }
    let queries = match case {
        Case::Customer => customers(&relevant, &listed),
        Case::Ticket => tickets(&relevant, &listed),
    };
    let mut revisited = BTreeSet::new();
    if !queries.is_empty() {
        for batch in session.rows(&queries.join("\nUNION ALL\n")).await? {
            let names = cast(batch.column(0), &DataType::Utf8)?;
            revisited.extend(names.as_string::<i32>().iter().flatten().map(str::to_owned));
        }
    }
    Ok(Changes::Some { imports, revisited })
}

async fn ledger(session: &Session, imports: &str) -> Result<Vec<Touched>> {
    let sql = format!(
        "SELECT target, CAST(sum(added) AS BIGINT) AS added, CAST(sum(corrected) AS BIGINT) AS corrected, \
         CAST(sum(withdrawn) AS BIGINT) AS withdrawn FROM import_tables WHERE import_id IN ({imports}) \
         GROUP BY target HAVING sum(added) + sum(corrected) + sum(withdrawn) > 0 ORDER BY target"
    );
    let mut touched = Vec::new();
    for batch in session.rows(&sql).await? {
        let tables = cast(batch.column(0), &DataType::Utf8)?;
        let number = |batch: &RecordBatch, column: usize, row: usize| {
            let column = batch.column(column).as_primitive::<Int64Type>();
            if column.is_valid(row) { column.value(row) } else { 0 }
        };
        touched.extend((0..batch.num_rows()).map(|row| Touched {
            table: tables.as_string::<i32>().value(row).to_owned(),
            added: number(&batch, 1, row),
            corrected: number(&batch, 2, row),
            withdrawn: number(&batch, 3, row),
        }));
    }
    Ok(touched)
}

/// What imports touched, as the conditions of queries.
struct Imports<'a> {
    touched: &'a [&'a Touched],
    listed: &'a str,
}

impl Imports<'_> {
    /// Rows of these imports.
    fn now(&self, alias: &str) -> String {
        format!("{alias}.import_id IN ({})", self.listed)
    }

    /// Rows of earlier imports.
    fn before(&self, alias: &str) -> String {
        format!("{alias}.import_id NOT IN ({})", self.listed)
    }

    fn touch(&self, table: &str) -> bool {
        self.touched.iter().any(|touched| touched.table == table && touched.added + touched.corrected > 0)
    }

    fn correct(&self, table: &str) -> bool {
        self.touched.iter().any(|touched| touched.table == table && touched.corrected > 0)
    }

    /// Customers of rows that were corrected, before and after.
    fn corrected_rows(&self) -> Vec<String> {
        let (now, before) = (self.now("n"), self.before("b"));
        let keys = [
            ("interactions", "interaction_id"),
            ("orders", "order_id"),
            ("tickets", "ticket_id"),
            ("loyalty_events", "event_id"),
        ];
        let corrected = keys.into_iter().filter(|(table, _)| self.correct(table));
        let both = corrected.flat_map(|(table, key)| ["n", "b"].map(|side| (table, key, side)));
        let query = |(table, key, side)| {
            format!(
                "SELECT {side}.customer_ref FROM history.{table} AS n JOIN history.{table} AS b ON b.{key} = n.{key} \
                 WHERE {now} AND {before}"
            )
        };
        let mut queries: Vec<String> = both.map(query).collect();
        if self.correct("exposures") {
            queries.push(format!("SELECT n.customer_ref FROM history.exposures AS n WHERE {now}"));
        }
        queries
    }

    /// Customers of answers that were corrected: named by the answer, or by what it is about.
    fn corrected_answers(&self) -> Vec<String> {
        if !self.correct("feedback") {
            return Vec::new();
        }
        let answers = format!(
            "SELECT b.feedback_id, b.customer_ref, b.about, b.about_id FROM history.feedback AS b \
             WHERE b.feedback_id IN (SELECT n.feedback_id FROM history.feedback AS n WHERE {})",
            self.now("n")
        );
        let through =
            [("orders", "order", "order_id"), ("tickets", "ticket", "ticket_id")].map(|(table, about, key)| {
                format!(
                    "SELECT t.customer_ref FROM ({answers}) AS f JOIN history.{table} AS t ON t.{key} = f.about_id \
                 WHERE f.customer_ref IS NULL AND f.about = '{about}'"
                )
            });
        std::iter::once(format!("SELECT f.customer_ref FROM ({answers}) AS f")).chain(through).collect()
    }

    /// Customers of earlier orders: what an order is worth, or that it came back, is told by rows that come after it.
    fn orders_told_of(&self) -> Vec<String> {
        let told = [("order_lines", ""), ("payments", " AND n.kind = 'refund'"), ("tickets", " AND n.need = 'return'")];
        let query = |(table, only): (&str, &str)| {
            format!(
                "SELECT o.customer_ref FROM history.orders AS o JOIN history.{table} AS n ON n.order_id = o.order_id \
                 WHERE {} AND {}{only}",
                self.before("o"),
                self.now("n")
            )
        };
        told.into_iter().filter(|(table, _)| self.touch(table)).map(query).collect()
    }

    /// Customers of orders and tickets whose own rows came before them.
    fn late_parents(&self) -> Vec<String> {
        let children = [
            ("orders", "payments", "c.order_id = n.order_id"),
            ("orders", "feedback", "c.about_id = n.order_id AND c.about = 'order' AND c.customer_ref IS NULL"),
            ("tickets", "ticket_events", "c.ticket_id = n.ticket_id"),
            ("tickets", "feedback", "c.about_id = n.ticket_id AND c.about = 'ticket' AND c.customer_ref IS NULL"),
        ];
        let query = |(table, child, link): (&str, &str, &str)| {
            format!(
                "SELECT n.customer_ref FROM history.{table} AS n JOIN history.{child} AS c ON {link} WHERE {} AND {}",
                self.now("n"),
                self.before("c")
            )
        };
        children.into_iter().filter(|(table, _, _)| self.touch(table)).map(query).collect()
    }

    /// Customers of orders and tickets whose own rows were corrected.
    fn corrected_children(&self) -> Vec<String> {
        let children = [
            ("ticket_events", "tickets", "ticket_id"),
            ("payments", "orders", "order_id"),
            ("order_lines", "orders", "order_id"),
        ];
        let query = |(child, table, key): (&str, &str, &str)| {
            format!(
                "SELECT t.customer_ref FROM history.{table} AS t JOIN history.{child} AS n ON n.{key} = t.{key} WHERE {}",
                self.now("n")
            )
        };
        children.into_iter().filter(|(child, _, _)| self.correct(child)).map(query).collect()
    }
}

/// Customers whose earlier touchpoints depend on rows of these imports. Rows that are new only, and on which nothing
/// earlier depends, need no query.
fn customers(touched: &[&Touched], listed: &str) -> Vec<String> {
    let imports = Imports { touched, listed };
    [
        imports.corrected_rows(),
        imports.corrected_answers(),
        imports.orders_told_of(),
        imports.late_parents(),
        imports.corrected_children(),
    ]
    .concat()
}

fn tickets(touched: &[&Touched], imports: &str) -> Vec<String> {
    let corrected = touched.iter().any(|touched| touched.corrected > 0);
    let query = format!("SELECT ticket_id FROM history.ticket_events WHERE import_id IN ({imports})");
    if corrected { vec![query] } else { Vec::new() }
}
