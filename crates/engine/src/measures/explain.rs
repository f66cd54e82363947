//! Where a number comes from: words, the SQL that ran, its inputs, and the records behind it.

use throughline_model::formula::Shift;
use throughline_model::measure::{Aggregate, Measure};
use throughline_model::period::Period;
use throughline_model::reading::Reading;

use super::evaluate::{Request, evaluate};
use super::formulas::shifted;
use super::inputs::{self, Input};
use super::queries::{self, Pass, Scope};
use super::records::{self, Records};
use super::row_query::{RowQuery, error_of};
use crate::session::Session;
use crate::{Error, Result};

/// What to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainRequest {
    /// The period.
    pub period: Period,
    /// Dimension and segment; everyone without.
    pub segment: Option<(String, String)>,
    /// How many records to list; none without.
    pub records: Option<usize>,
}

/// An input of a formula, explained.
#[derive(Debug, Clone, PartialEq)]
pub struct FormulaPart {
    /// Id of the measure.
    pub id: String,
    /// Which period the formula means.
    pub shift: Shift,
    /// Where its number comes from.
    pub explanation: Explanation,
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The measure: its plain words, its exact definition, its row query.
    pub measure: Measure,
    /// How the rows become the number, in words.
    pub calculation: String,
    /// The SQL that ran; `None` for a formula, whose parts have theirs.
    pub sql: Option<String>,
    /// The standard tables behind it, sorted by name.
    pub inputs: Vec<Input>,
    /// The number itself.
    pub reading: Reading,
    /// The records behind it, where asked for; a formula's are those of its parts.
    pub records: Option<Records>,
    /// The inputs of a formula.
    pub parts: Vec<FormulaPart>,
}

/// Explains one reading of a measure. Errors are those of [`evaluate`], and a segment that does not occur
/// is explained as one without rows.
pub async fn explain(session: &Session, measure: &Measure, request: &ExplainRequest) -> Result<Explanation> {
    explain_part(session.clone(), measure.clone(), request.clone(), 0).await
}

/// Formulas nest, and so does this; no deeper than definitions allow.
const DEEPEST: usize = 16;

fn explain_part(
    session: Session,
    measure: Measure,
    request: ExplainRequest,
    depth: usize,
) -> std::pin::Pin<Box<dyn Future<Output = Result<Explanation>> + Send>> {
    Box::pin(async move {
        if depth > DEEPEST {
            return Err(Error::definition(format!("The formulas under {} are nested too deeply.", measure.id)));
        }
        let reading = reading(&session, &measure, &request).await?;
        let Aggregate::Formula(formula) = measure.aggregate.clone() else {
            return explain_rows(&session, measure, &request, reading).await;
        };
        let mut parts = Vec::new();
        for (id, shift) in formula.inputs() {
            let Some(input) = session.definitions().measures.get(id).cloned() else { continue };
            let period = shifted(session.calendar(), &request.period, shift);
            let request = ExplainRequest { period, ..request.clone() };
            let explanation = explain_part(session.clone(), input, request, depth + 1).await?;
            parts.push(FormulaPart { id: id.to_owned(), shift, explanation });
        }
        let mut inputs: Vec<Input> = parts.iter().flat_map(|part| part.explanation.inputs.clone()).collect();
        inputs.sort_by(|a, b| a.table.cmp(&b.table));
        inputs.dedup();
        let calculation = calculation(&measure);
        Ok(Explanation { measure, calculation, sql: None, inputs, reading, records: None, parts })
    })
}

async fn reading(session: &Session, measure: &Measure, request: &ExplainRequest) -> Result<Reading> {
    let ExplainRequest { period, segment, .. } = request;
    let by = segment.as_ref().map(|(dimension, _)| dimension.clone());
    let wanted = Request { grain: period.grain, from: period.start, to: period.end, by };
    let name = segment.as_ref().map(|(_, segment)| segment.as_str());
    let readings = evaluate(session, measure, &wanted).await?;
    let known = readings.iter().filter_map(|reading| reading.segment.clone()).collect::<Vec<_>>();
    readings.into_iter().find(|reading| reading.segment.as_deref() == name).ok_or_else(|| {
        let (dimension, segment) = segment.clone().unwrap_or_default();
        let error = Error::input(format!("{} has no rows of {dimension} {segment} in {}.", measure.id, period.label));
        match known.as_slice() {
            [] => error,
            known => error.hint(format!("there are {}", known.join(", "))),
        }
    })
}

async fn explain_rows(
    session: &Session,
    measure: Measure,
    request: &ExplainRequest,
    reading: Reading,
) -> Result<Explanation> {
    let ExplainRequest { period, segment, .. } = request;
    let session = session.with_grain(period.grain, period.start, period.end)?;
    let rows = RowQuery::read(&session, &measure).await.map_err(|problems| error_of(&measure, &problems))?;
    let by = segment.as_ref().map(|(dimension, _)| dimension.as_str());
    let scope = Scope { from: period.start, to: period.end, by };
    let sql = queries::sql(&session, Pass::of(&measure.aggregate), &[(&measure, &rows)], scope);
    let inputs = inputs::inputs(&session, &rows.sql).await?;
    let records = match request.records {
        Some(most) => {
            let segment = segment.as_ref().map(|(_, segment)| segment.as_str());
            Some(records::list(&session, &measure, &rows, scope, segment, most).await?)
        }
        None => None,
    };
    let calculation = calculation(&measure);
    Ok(Explanation { measure, calculation, sql: Some(sql), inputs, reading, records, parts: Vec::new() })
}

/// How the rows become the number.
fn calculation(measure: &Measure) -> String {
    match &measure.aggregate {
        Aggregate::Count => "The number of rows.".to_owned(),
        Aggregate::Distinct => "How many different units the rows have.".to_owned(),
        Aggregate::Sum => "The sum of the values.".to_owned(),
        Aggregate::Mean => "The sum of the values over their number.".to_owned(),
        Aggregate::Ratio => "The sum of the numerators over the sum of the denominators (sum over divisor).".to_owned(),
        Aggregate::Nps => "100 times promoters less detractors, over all answers.".to_owned(),
        Aggregate::Quantile(p) => {
            format!(
                "The value at {} % of the way through the sorted values, linear between neighbours.",
                shown(p * 100.0)
            )
        }
        Aggregate::Level => "The sum of all changes up to the end of the period.".to_owned(),
        Aggregate::Formula(formula) => format!("{formula}."),
    }
}

/// A number without the noise of its last binary digit.
fn shown(number: f64) -> String {
    let rounded = (number * 1e6).round() / 1e6;
    rounded.to_string()
}
