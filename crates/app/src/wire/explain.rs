//! The JSON of `throughline explain`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::measures as engine;
use throughline_model::formula::Shift;
use utoipa::ToSchema;

use super::measure::{Measure, Reading};
use super::trust::Trust;

/// The whole answer: a number, opened, and how far its inputs can be trusted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplanationWithTrust)]
pub struct Trusted {
    #[serde(flatten)]
    explanation: Explanation,
    trust: Trust,
}

impl Trusted {
    /// An explanation and the trust in its inputs.
    pub fn new(found: &engine::Explanation, trust: &throughline_engine::Trust) -> Trusted {
        Trusted { explanation: found.into(), trust: trust.into() }
    }
}

/// A number, opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    measure: Measure,
    reading: Reading,
    calculation: String,
    sql: Option<String>,
    inputs: Vec<Input>,
    records: Option<Records>,
    parts: Vec<Part>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplanationInput)]
struct Input {
    table: String,
    rows: u64,
    newest_at: Option<Timestamp>,
    newest_recorded_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplanationRecords)]
struct Records {
    rows: Vec<Record>,
    cut_off: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplanationRecord)]
struct Record {
    key: Option<String>,
    customer_id: Option<String>,
    at: Option<Timestamp>,
    value: Option<f64>,
    unit: Option<String>,
    numerator: Option<f64>,
    denominator: Option<f64>,
    #[schema(value_type = std::collections::BTreeMap<String, Option<String>>)]
    dimensions: serde_json::Map<String, serde_json::Value>,
    in_numerator: bool,
    in_denominator: Option<bool>,
    left_out: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FormulaPart)]
struct Part {
    id: String,
    shift: &'static str,
    #[schema(no_recursion)]
    explanation: Explanation,
}

impl From<&engine::Explanation> for Explanation {
    fn from(found: &engine::Explanation) -> Explanation {
        Explanation {
            measure: (&found.measure).into(),
            reading: (&found.reading).into(),
            calculation: found.calculation.clone(),
            sql: found.sql.clone(),
            inputs: found.inputs.iter().map(Input::from).collect(),
            records: found.records.as_ref().map(|records| Records {
                rows: records.rows.iter().map(Record::from).collect(),
                cut_off: records.cut_off,
            }),
            parts: found.parts.iter().map(Part::from).collect(),
        }
    }
}

impl From<&engine::Input> for Input {
    fn from(input: &engine::Input) -> Input {
        Input {
            table: input.table.clone(),
            rows: input.rows,
            newest_at: input.newest_at,
            newest_recorded_at: input.newest_recorded_at,
        }
    }
}

impl From<&engine::Record> for Record {
    fn from(record: &engine::Record) -> Record {
        Record {
            key: record.key.clone(),
            customer_id: record.customer_id.clone(),
            at: record.at,
            value: record.value,
            unit: record.unit.clone(),
            numerator: record.numerator,
            denominator: record.denominator,
            dimensions: record.dimensions.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect(),
            in_numerator: record.in_numerator,
            in_denominator: record.in_denominator,
            left_out: record.left_out.clone(),
        }
    }
}

/// The word of a shift: same, previous, year_before.
pub fn shift(shift: Shift) -> &'static str {
    match shift {
        Shift::Same => "same",
        Shift::Previous => "previous",
        Shift::YearBefore => "year_before",
    }
}

impl From<&engine::FormulaPart> for Part {
    fn from(part: &engine::FormulaPart) -> Part {
        Part { id: part.id.clone(), shift: shift(part.shift), explanation: (&part.explanation).into() }
    }
}
