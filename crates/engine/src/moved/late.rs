//! Rows that came, changed or went after an answer was given.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::TimestampMicrosecondType;
use jiff::Timestamp;
use throughline_model::Measure;
use throughline_model::measure::Aggregate;
use throughline_model::period::Period;

use super::Recorded;
use crate::Result;
use crate::measures::{contents, shifted};
use crate::reader::Reader;
use crate::session::quote;
use crate::store::schema;

/// Rows of a measure in one period, as known then and as known now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LateRows {
    /// Not known then.
    pub came: u64,
    /// Known then, and saying something else now.
    pub corrected: u64,
    /// Known then, and no longer there.
    pub gone: u64,
}

impl LateRows {
    /// Whether nothing came late.
    pub fn is_none(&self) -> bool {
        *self == LateRows::default()
    }
}

/// Formulas nest no deeper than definitions allow.
const DEEPEST: usize = 16;

/// Sets the rows of a measure in a period against each other; those of a formula are the rows of its inputs.
pub(super) async fn late_rows(then: &Reader, now: &Reader, measure: &Measure, period: &Period) -> Result<LateRows> {
    let mut bases = BTreeMap::new();
    collect(now, measure, period, 0, &mut bases);
    let mut rows = LateRows::default();
    for (measure, period) in bases.into_values() {
        let was = contents(then.session(), &measure, &period).await?;
        let is = contents(now.session(), &measure, &period).await?;
        rows.came += is.keys().filter(|key| !was.contains_key(key)).count() as u64;
        rows.gone += was.keys().filter(|key| !is.contains_key(key)).count() as u64;
        rows.corrected += was.iter().filter(|(key, said)| is.get(key).is_some_and(|now| now != *said)).count() as u64;
    }
    Ok(rows)
}

/// The measures with rows behind a measure, each with the period that is meant; those that share a row query count once.
fn collect(
    reader: &Reader,
    measure: &Measure,
    period: &Period,
    depth: usize,
    bases: &mut BTreeMap<(String, i32), (Measure, Period)>,
) {
    let Aggregate::Formula(formula) = &measure.aggregate else {
        let rows = measure.rows.clone().unwrap_or_default();
        bases.insert((rows, period.index), (measure.clone(), period.clone()));
        return;
    };
    for (id, shift) in formula.inputs() {
        if let Some(input) = reader.definitions().measures.get(id).filter(|_| depth < DEEPEST) {
            collect(reader, input, &shifted(reader.calendar(), period, shift), depth + 1, bases);
        }
    }
}

impl Reader {
    /// How much of these tables had been recorded by an instant.
    pub(super) async fn recorded(&self, tables: &BTreeSet<String>, at: Timestamp) -> Result<Recorded> {
        let (mut first, mut last) = (None, None);
        for table in tables.iter().filter(|table| self.holds_rows(table)) {
            let sql = format!(
                "SELECT min(recorded_at) AS first, max(recorded_at) AS last, max(recorded_until) AS ended \
                 FROM history.{}",
                quote::name(table)
            );
            for batch in self.session().rows(&sql).await? {
                let instant = |name: &str| -> Result<Option<Timestamp>> {
                    let Some(column) = batch.column_by_name(name) else { return Ok(None) };
                    let column = cast(column, &schema::instant())?;
                    let micros = column.as_primitive::<TimestampMicrosecondType>().iter().next().flatten();
                    Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
                };
                let began = instant("first")?;
                first = [first, began].into_iter().flatten().min();
                last = [last, instant("last")?, instant("ended")?].into_iter().flatten().max();
            }
        }
        Ok(match (first, last) {
            (_, None) => Recorded::Everything,
            (_, Some(last)) if last <= at => Recorded::Everything,
            (Some(first), _) if first > at => Recorded::Nothing,
            _ => Recorded::Some,
        })
    }
}
