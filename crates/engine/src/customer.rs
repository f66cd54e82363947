//! One customer's time line over all tables.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimestampMicrosecondType};
use jiff::Timestamp;

use crate::identity::IdentityLink;
use crate::session::{Session, quote};
use crate::store::schema;
use crate::{Error, Result};

/// One dated contact between a customer and the company.
#[derive(Debug, Clone, PartialEq)]
pub struct Touchpoint {
    /// When.
    pub at: Timestamp,
    /// Stage of the journey; none where no rule matches.
    pub stage: Option<String>,
    /// What happened.
    pub kind: String,
    /// Over which channel.
    pub channel: Option<String>,
    /// Standard table that it stands in.
    pub table: String,
    /// Its key there.
    pub key: String,
    /// Place in its source.
    pub source_seq: Option<i64>,
    /// The customer as the source named it.
    pub customer_ref: String,
    /// Order it is about.
    pub order_id: Option<String>,
    /// Ticket it is about.
    pub ticket_id: Option<String>,
    /// Campaign that caused it.
    pub campaign: Option<String>,
    /// Product it is about.
    pub product_id: Option<String>,
    /// Amount in the currency of the workspace.
    pub amount: Option<f64>,
    /// Score as given.
    pub score: Option<f64>,
    /// What it was about in the source's words.
    pub content: Option<String>,
}

/// Everything dated that concerns one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeLine {
    /// The customer.
    pub customer_id: String,
    /// Names under which sources know the customer, sorted.
    pub aliases: Vec<String>,
    /// The links that make them the customer's.
    pub links: Vec<IdentityLink>,
    /// In the order (at, source_seq, table, key, kind).
    pub touchpoints: Vec<Touchpoint>,
}

/// A kind of touchpoint that no stage rule matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnstagedKind {
    /// Standard table.
    pub table: String,
    /// Its kind.
    pub kind: String,
    /// How many touchpoints.
    pub touchpoints: u64,
}

const COLUMNS: &str = "at, stage, kind, channel, table_name, key, source_seq, customer_ref, order_id, ticket_id, \
    campaign, product_id, amount, score, content";

impl Session {
    /// The time line of a customer, named by customer id or by any alias. An error where nobody of that
    /// name left a trace.
    pub async fn customer(&self, name: &str) -> Result<TimeLine> {
        let customer_id = self.customer_of(name).await?;
        let id = quote::text(&customer_id);
        let aliases = self.aliases_of(&customer_id).await?;
        let links = if aliases.is_empty() { Vec::new() } else { self.links_counting_for(&customer_id).await? };
        let sql = format!(
            "SELECT {COLUMNS} FROM touchpoints WHERE customer_id = {id} ORDER BY at, source_seq, table_name, key, kind"
        );
        let mut touchpoints = Vec::new();
        for batch in self.rows(&sql).await? {
            touchpoints.extend(read(&batch)?);
        }
        if touchpoints.is_empty() && aliases.is_empty() && !self.is_customer(&id).await? {
            return Err(Error::input(format!("There is no customer {name}."))
                .hint("give a customer_id, or any name that a source uses for the customer"));
        }
        Ok(TimeLine { customer_id, aliases, links, touchpoints })
    }

    /// Kinds of touchpoints that no rule of the journey gives a stage, most frequent first.
    pub async fn kinds_without_stage(&self) -> Result<Vec<UnstagedKind>> {
        let sql = "SELECT table_name, kind, count(*) AS touchpoints FROM touchpoints WHERE stage IS NULL \
            GROUP BY table_name, kind ORDER BY touchpoints DESC, table_name, kind";
        let mut kinds = Vec::new();
        for batch in self.rows(sql).await? {
            let columns = Columns { batch: &batch };
            for row in 0..batch.num_rows() {
                kinds.push(UnstagedKind {
                    table: columns.text("table_name", row)?.unwrap_or_default(),
                    kind: columns.text("kind", row)?.unwrap_or_default(),
                    touchpoints: columns.integer("touchpoints", row)?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
                });
            }
        }
        Ok(kinds)
    }

    async fn is_customer(&self, id: &str) -> Result<bool> {
        let sql = format!("SELECT customer_ref FROM customers WHERE customer_ref = {id} LIMIT 1");
        Ok(!self.texts(&sql).await?.is_empty())
    }

    /// The texts of the first column of a query.
    pub(crate) async fn texts(&self, sql: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for batch in self.rows(sql).await? {
            let column = cast(batch.column(0), &DataType::Utf8)?;
            found.extend(column.as_string::<i32>().iter().flatten().map(str::to_owned));
        }
        Ok(found)
    }
}

fn read(batch: &RecordBatch) -> Result<Vec<Touchpoint>> {
    let columns = Columns { batch };
    let mut touchpoints = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let Some(at) = columns.instant("at", row)? else { continue };
        touchpoints.push(Touchpoint {
            at,
            stage: columns.text("stage", row)?,
            kind: columns.text("kind", row)?.unwrap_or_default(),
            channel: columns.text("channel", row)?,
            table: columns.text("table_name", row)?.unwrap_or_default(),
            key: columns.text("key", row)?.unwrap_or_default(),
            source_seq: columns.integer("source_seq", row)?,
            customer_ref: columns.text("customer_ref", row)?.unwrap_or_default(),
            order_id: columns.text("order_id", row)?,
            ticket_id: columns.text("ticket_id", row)?,
            campaign: columns.text("campaign", row)?,
            product_id: columns.text("product_id", row)?,
            amount: columns.number("amount", row)?,
            score: columns.number("score", row)?,
            content: columns.text("content", row)?,
        });
    }
    Ok(touchpoints)
}

/// Cells of a small batch by name.
pub(crate) struct Columns<'a> {
    pub(crate) batch: &'a RecordBatch,
}

impl Columns<'_> {
    fn cell(&self, name: &str, row: usize, kind: &DataType) -> Result<Option<ArrayRef>> {
        let column = self.batch.column_by_name(name);
        let column = column.ok_or_else(|| Error::internal(format!("The query has no column {name}.")))?;
        let cell = cast(&column.slice(row, 1), kind)?;
        Ok(Some(cell).filter(|cell| cell.is_valid(0)))
    }

    pub(crate) fn text(&self, name: &str, row: usize) -> Result<Option<String>> {
        Ok(self.cell(name, row, &DataType::Utf8)?.map(|cell| cell.as_string::<i32>().value(0).to_owned()))
    }

    pub(crate) fn integer(&self, name: &str, row: usize) -> Result<Option<i64>> {
        Ok(self.cell(name, row, &DataType::Int64)?.map(|cell| cell.as_primitive::<Int64Type>().value(0)))
    }

    pub(crate) fn number(&self, name: &str, row: usize) -> Result<Option<f64>> {
        Ok(self.cell(name, row, &DataType::Float64)?.map(|cell| cell.as_primitive::<Float64Type>().value(0)))
    }

    pub(crate) fn flag(&self, name: &str, row: usize) -> Result<bool> {
        let cell = self.cell(name, row, &DataType::Boolean)?;
        Ok(cell.is_some_and(|cell| cell.as_boolean().value(0)))
    }

    pub(crate) fn instant(&self, name: &str, row: usize) -> Result<Option<Timestamp>> {
        let cell = self.cell(name, row, &schema::instant())?;
        let micros = cell.map(|cell| cell.as_primitive::<TimestampMicrosecondType>().value(0));
        Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
    }
}
