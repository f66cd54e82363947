//! Checking a measure without running it.

use throughline_model::diagnostic::{Diagnostic, Level};
use throughline_model::measure::{Aggregate, Measure};

use super::row_query::RowQuery;
use crate::session::Session;

/// What is wrong with the row query of a measure: SQL that cannot be read, tables, columns and functions
/// that do not exist, columns that its aggregate needs and does not find, values that are no numbers.
/// Plans the query and reads no data.
pub async fn check_measure(session: &Session, measure: &Measure) -> Vec<Diagnostic> {
    if matches!(measure.aggregate, Aggregate::Formula(_)) {
        return Vec::new();
    }
    let problems = match session.planning_only() {
        Ok(session) => RowQuery::read(&session, measure).await.err().unwrap_or_default(),
        Err(error) => {
            let message = error.message.trim_end_matches('.').to_owned();
            vec![super::row_query::Problem { message, hint: error.hint, line: None }]
        }
    };
    let diagnostics = problems.into_iter().map(|problem| Diagnostic {
        level: Level::Error,
        file: measure.file.clone(),
        line: problem.line.map_or(measure.rows_line, |line| measure.rows_line + line - 1),
        column: 1,
        message: problem.message,
        hint: problem.hint,
    });
    diagnostics.collect()
}
