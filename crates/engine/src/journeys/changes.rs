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

/// Customers whose earlier touchpoints depend on rows of these imports. Rows that are new only, and on which nothing
/// earlier depends, need no query.
fn customers(touched: &[&Touched], imports: &str) -> Vec<String> {
    let now = |alias: &str| format!("{alias}.import_id IN ({imports})");
    let before = |alias: &str| format!("{alias}.import_id NOT IN ({imports})");
    let has =
        |table: &str| touched.iter().any(|touched| touched.table == table && touched.added + touched.corrected > 0);
    let corrected = |table: &str| touched.iter().any(|touched| touched.table == table && touched.corrected > 0);
    let mut queries = Vec::new();
    for (table, key) in [
        ("interactions", "interaction_id"),
        ("orders", "order_id"),
        ("tickets", "ticket_id"),
        ("loyalty_events", "event_id"),
    ] {
        if corrected(table) {
            for side in ["n", "b"] {
                queries.push(format!(
                    "SELECT {side}.customer_ref FROM history.{table} AS n JOIN history.{table} AS b ON b.{key} = n.{key} \
                     WHERE {} AND {}",
                    now("n"),
                    before("b")
                ));
            }
        }
    }
    if corrected("exposures") {
        queries.push(format!("SELECT n.customer_ref FROM history.exposures AS n WHERE {}", now("n")));
    }
    if corrected("feedback") {
        let answers = format!(
            "SELECT b.feedback_id, b.customer_ref, b.about, b.about_id FROM history.feedback AS b \
             WHERE b.feedback_id IN (SELECT n.feedback_id FROM history.feedback AS n WHERE {})",
            now("n")
        );
        queries.push(format!("SELECT f.customer_ref FROM ({answers}) AS f"));
        for (table, about, key) in [("orders", "order", "order_id"), ("tickets", "ticket", "ticket_id")] {
            queries.push(format!(
                "SELECT t.customer_ref FROM ({answers}) AS f JOIN history.{table} AS t ON t.{key} = f.about_id \
                 WHERE f.customer_ref IS NULL AND f.about = '{about}'"
            ));
        }
    }
    // What an order is worth, or that it came back, is told by rows that may come after it.
    for (table, only) in
        [("order_lines", ""), ("payments", " AND n.kind = 'refund'"), ("tickets", " AND n.need = 'return'")]
    {
        if has(table) {
            queries.push(format!(
                "SELECT o.customer_ref FROM history.orders AS o JOIN history.{table} AS n ON n.order_id = o.order_id \
                 WHERE {} AND {}{only}",
                before("o"),
                now("n")
            ));
        }
    }
    // Rows that find their customer through an order or a ticket may have come before it.
    for (table, key, child, link) in [
        ("orders", "order_id", "payments", "c.order_id = n.order_id"),
        ("orders", "order_id", "feedback", "c.about_id = n.order_id AND c.about = 'order' AND c.customer_ref IS NULL"),
        ("tickets", "ticket_id", "ticket_events", "c.ticket_id = n.ticket_id"),
        (
            "tickets",
            "ticket_id",
            "feedback",
            "c.about_id = n.ticket_id AND c.about = 'ticket' AND c.customer_ref IS NULL",
        ),
    ] {
        if has(table) {
            let children = format!(
                "SELECT n.{key}, n.customer_ref FROM history.{table} AS n JOIN history.{child} AS c ON {link} \
                 WHERE {} AND {}",
                now("n"),
                before("c")
            );
            queries.push(format!("SELECT x.customer_ref FROM ({children}) AS x"));
        }
    }
    for (child, table, key) in [
        ("ticket_events", "tickets", "ticket_id"),
        ("payments", "orders", "order_id"),
        ("order_lines", "orders", "order_id"),
    ] {
        if corrected(child) {
            queries.push(format!(
                "SELECT t.customer_ref FROM history.{table} AS t JOIN history.{child} AS n ON n.{key} = t.{key} WHERE {}",
                now("n")
            ));
        }
    }
    queries
}

fn tickets(touched: &[&Touched], imports: &str) -> Vec<String> {
    let corrected = touched.iter().any(|touched| touched.corrected > 0);
    let query = format!("SELECT ticket_id FROM history.ticket_events WHERE import_id IN ({imports})");
    if corrected { vec![query] } else { Vec::new() }
}
