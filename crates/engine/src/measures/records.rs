//! The records behind a reading, and what became of each.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, TimestampMicrosecondType};
use jiff::Timestamp;
use throughline_model::measure::{Aggregate, Measure};

use super::columns::{Row, texts};
use super::queries::{self, Scope};
use super::row_query::RowQuery;
use crate::Result;
use crate::session::Session;
use crate::store::schema;

/// From here on a number is too large to be added exactly.
const TOO_LARGE: f64 = 1e26;

/// One row of a row query.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Id of what is counted.
    pub key: Option<String>,
    /// The customer, where the row has one.
    pub customer_id: Option<String>,
    /// The instant that puts it into its period; the start of the day where the row has a day.
    pub at: Option<Timestamp>,
    /// The value, in the unit of the measure; flags are 1 and 0.
    pub value: Option<f64>,
    /// What a distinct count counts once.
    pub unit: Option<String>,
    /// Numerator of a ratio.
    pub numerator: Option<f64>,
    /// Denominator of a ratio; empty where every row counts as one.
    pub denominator: Option<f64>,
    /// Its dimensions in the order of the measure.
    pub dimensions: Vec<(String, Option<String>)>,
    /// Whether it adds to the number: to the numerator of a ratio, to the promoters of a score, else
    /// whether it was used at all.
    pub in_numerator: bool,
    /// Whether it is one of those that the number is divided by; `None` where nothing is divided.
    pub in_denominator: Option<bool>,
    /// Why it could not be used.
    pub left_out: Option<String>,
}

/// Records of a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// In the order of time, then key. Of a level those that make it up at the end of the period.
    pub rows: Vec<Record>,
    /// Whether there are more than were asked for.
    pub cut_off: bool,
}

/// Lists the first `most` records.
pub(crate) async fn list(
    session: &Session,
    measure: &Measure,
    rows: &RowQuery,
    scope: Scope<'_>,
    segment: Option<&str>,
    most: usize,
) -> Result<Records> {
    let sql = queries::records_sql(session, measure, rows, scope, segment);
    let plan = session.plan(&format!("{sql}\nLIMIT {}", most.saturating_add(1))).await?;
    let mut records = Vec::new();
    for batch in session.run(plan).await? {
        records.extend(read(session, measure, &batch)?);
    }
    let cut_off = records.len() > most;
    records.truncate(most);
    Ok(Records { rows: records, cut_off })
}

fn read(session: &Session, measure: &Measure, batch: &RecordBatch) -> Result<Vec<Record>> {
    let text = |name: &str| batch.column_by_name(name).map(texts).transpose();
    let number = |name: &str, row: usize| match batch.column_by_name(name) {
        Some(_) => Row { batch, number: row }.number(name),
        None => Ok(None),
    };
    let (keys, customers, units) = (text("key")?, text("customer_id")?, text("unit")?);
    let dimensions = measure.dimensions.iter().map(|name| Ok((name, text(name)?))).collect::<Result<Vec<_>>>()?;
    let times = batch.column_by_name("at").map(|column| instants(session, column)).transpose()?.unwrap_or_default();
    let mut records = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let mut record = Record {
            key: text_at(keys.as_ref(), row),
            customer_id: text_at(customers.as_ref(), row),
            at: times.get(row).copied().flatten(),
            value: number("value", row)?,
            unit: text_at(units.as_ref(), row),
            numerator: number("numerator", row)?,
            denominator: number("denominator", row)?,
            dimensions: dimensions
                .iter()
                .map(|(name, column)| ((*name).clone(), text_at(column.as_ref(), row)))
                .collect(),
            in_numerator: false,
            in_denominator: None,
            left_out: None,
        };
        judge(&mut record, measure, batch.column_by_name("denominator").is_some());
        records.push(record);
    }
    Ok(records)
}

fn text_at(column: Option<&ArrayRef>, row: usize) -> Option<String> {
    let column = column?.as_string::<i32>();
    column.is_valid(row).then(|| column.value(row).to_owned())
}

fn instants(session: &Session, column: &ArrayRef) -> Result<Vec<Option<Timestamp>>> {
    if matches!(column.data_type(), DataType::Date32 | DataType::Date64) {
        let days = cast(column, &DataType::Date32)?;
        let days = days.as_primitive::<Date32Type>();
        let start = |day: i32| session.calendar().start_of_day(crate::session::date(day));
        return Ok(days.iter().map(|day| day.map(start)).collect());
    }
    let instants = cast(column, &schema::instant())?;
    let instants = instants.as_primitive::<TimestampMicrosecondType>();
    Ok(instants.iter().map(|at| at.and_then(|at| Timestamp::from_microsecond(at).ok())).collect())
}

/// Says what became of a record, as the aggregate query does.
fn judge(record: &mut Record, measure: &Measure, has_denominator: bool) {
    let number = |number: Option<f64>, name: &str| match number {
        None => Err(format!("{name} is empty")),
        Some(number) if !number.is_finite() => Err(format!("{name} is no number")),
        Some(number) if number.abs() >= TOO_LARGE => Err(format!("{name} is too large")),
        Some(number) => Ok(number),
    };
    let text = |text: &Option<String>, name: &str| match text {
        Some(_) => Ok(()),
        None => Err(format!("{name} is empty")),
    };
    let judged = match &measure.aggregate {
        Aggregate::Count | Aggregate::Formula(_) => text(&record.key, "key").map(|()| (true, None)),
        Aggregate::Distinct => text(&record.unit, "unit").map(|()| (true, None)),
        Aggregate::Sum | Aggregate::Quantile(_) | Aggregate::Level => {
            number(record.value, "value").map(|_| (true, None))
        }
        Aggregate::Mean => number(record.value, "value").map(|_| (true, Some(true))),
        Aggregate::Nps => number(record.value, "value").and_then(|answer| match answer {
            answer if !(0.0..=10.0).contains(&answer) => {
                Err("the answer lies beyond the scale from 0 to 10".to_owned())
            }
            answer => Ok((answer >= 9.0, Some(true))),
        }),
        Aggregate::Ratio => number(record.numerator, "numerator").and_then(|above| {
            let below = if has_denominator { number(record.denominator, "denominator")? } else { 1.0 };
            Ok((above != 0.0, Some(below != 0.0)))
        }),
    };
    match judged {
        Ok((above, below)) => {
            record.in_numerator = above;
            record.in_denominator = below;
        }
        Err(reason) => {
            record.in_denominator =
                matches!(measure.aggregate, Aggregate::Mean | Aggregate::Nps | Aggregate::Ratio).then_some(false);
            record.left_out = Some(reason);
        }
    }
}
