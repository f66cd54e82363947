//! Records made by a query over inputs.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::logical_expr::cast;
use datafusion::prelude::{DataFrame, SessionContext, ident};
use throughline_model::layout::Sql;

use super::compile::layout_error;
use super::lookup::file_order;
use super::raw::input::{FILE, LINE, SEQ};
use super::scan::{LayoutInputs, table};
use super::session::only_questions;
use crate::Result;

/// Places of the inputs that a query reads.
///
/// # Errors
/// The query is no SQL, or reads something that is no input of the layout.
pub(crate) fn inputs_of(session: &SessionContext, inputs: &LayoutInputs, sql: &Sql) -> Result<Vec<usize>> {
    let wrong = |message: String| layout_error(&inputs.layout, sql.place, message);
    let state = session.state();
    let dialect = state.config().options().sql_parser.dialect;
    let statement = state.sql_to_statement(&sql.text, &dialect).map_err(|error| wrong(error.strip_backtrace()))?;
    let tables = state.resolve_table_references(&statement).map_err(|error| wrong(error.strip_backtrace()))?;
    let mut places = Vec::new();
    for reference in tables {
        let place = inputs.place(reference.table());
        places.push(place.ok_or_else(|| wrong(format!("the layout has no input `{}`", reference.table())))?);
    }
    if places.is_empty() {
        return Err(wrong("the query reads no input of the layout".into()));
    }
    places.sort_unstable();
    Ok(places)
}

/// The rows of a query over the inputs at `places`.
///
/// # Errors
/// The query is wrong: with file and line of the layout.
pub(crate) async fn frame(
    session: &SessionContext,
    inputs: &LayoutInputs,
    sql: &Sql,
    places: &[usize],
    with_kept: bool,
) -> Result<(DataFrame, DFSchema)> {
    let wrong = |message: String| layout_error(&inputs.layout, sql.place, message);
    for place in places {
        let name = inputs.layout.inputs.get(*place).map(|input| input.name.as_str()).unwrap_or_default();
        session.register_table(
            datafusion::common::TableReference::bare(name),
            table(inputs.files(*place, true, with_kept)?),
        )?;
    }
    let found = session.sql_with_options(&sql.text, only_questions()).await;
    let mut found = found.map_err(|error| wrong(error.strip_backtrace()))?;
    for (name, kind) in [(FILE, DataType::Int32), (LINE, DataType::Int64), (SEQ, DataType::Int64)] {
        if !found.schema().has_column_with_unqualified_name(name) {
            return Err(wrong(format!("the query must keep {FILE}, {LINE} and {SEQ} (there is no {name})")));
        }
        found = found.with_column(name, cast(ident(name), kind))?;
    }
    let names = DFSchema::try_from(found.schema().as_arrow().clone());
    let names = names.map_err(|error| wrong(error.strip_backtrace()))?;
    Ok((found.sort(file_order())?, names))
}
