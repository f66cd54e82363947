//! Records that look into other inputs: a left join with at most one row of each.

use std::sync::Arc;

use datafusion::common::{Column, DFSchema, TableReference};
use datafusion::functions_aggregate::expr_fn::last_value;
use datafusion::logical_expr::{Expr, JoinType, SortExpr};
use datafusion::prelude::{DataFrame, SessionContext, ident};
use throughline_model::layout::{Lookup, Record};

use super::compile::layout_error;
use super::raw::input::{FILE, InputFiles, LINE, SEQ};
use super::scan::{LayoutInputs, table};
use crate::{Error, Result};

/// The order of rows: files, then lines.
pub(crate) fn file_order() -> Vec<SortExpr> {
    [FILE, LINE, SEQ].into_iter().map(|name| ident(name).sort(true, false)).collect()
}

/// Raw rows of an input, each column qualified by the input's name.
pub(crate) fn raw_names(name: &str, files: &InputFiles) -> Result<DFSchema> {
    Ok(DFSchema::try_from_qualified_schema(TableReference::bare(name), &files.schema)?)
}

/// The rows of the record's input joined with its lookups, and the names by which expressions call the columns.
pub(crate) fn frame(
    session: &SessionContext,
    inputs: &LayoutInputs,
    record: &Record,
    from: usize,
    files: Arc<InputFiles>,
) -> Result<(DataFrame, DFSchema)> {
    let name = inputs.layout.inputs.get(from).map(|input| input.name.clone()).unwrap_or_default();
    let mut names = raw_names(&name, &files)?;
    let mut joined = session.read_table(table(files.clone()))?;
    for lookup in &record.lookups {
        let other = inputs.place(&lookup.input).ok_or_else(|| Error::internal("a lookup's input is missing"))?;
        let other = inputs.files(other, true, true)?;
        for (column, of) in [(&lookup.on, &files), (&lookup.to, &other)] {
            if of.schema.index_of(column).is_err() {
                return Err(layout_error(&inputs.layout, lookup.place, format!("there is no column \"{column}\"")));
            }
        }
        let (right, looked_up) = one_per_key(session, lookup, other)?;
        let on = ident(&lookup.on).eq(ident(flat(lookup, &lookup.to)));
        let kept: Vec<Expr> = joined.schema().columns().into_iter().map(Expr::Column).collect();
        let new = looked_up.iter().map(|column| ident(flat(lookup, column)));
        joined = joined.join_on(right, JoinType::Left, [on])?.select(kept.into_iter().chain(new))?;
        names = names.join(&qualified(lookup, &looked_up)?)?;
    }
    Ok((joined.sort(file_order())?, names))
}

/// `input.column` as one flat name, so that joined columns cannot be mistaken for each other.
fn flat(lookup: &Lookup, column: &str) -> String {
    format!("{}.{column}", lookup.input)
}

fn qualified(lookup: &Lookup, columns: &[String]) -> Result<DFSchema> {
    let schema = super::raw::input::raw_schema(columns);
    let fields = schema.fields().iter().take(columns.len());
    let fields = fields.map(|field| (Some(TableReference::bare(lookup.input.as_str())), field.clone())).collect();
    Ok(DFSchema::new_with_metadata(fields, Default::default())?)
}

/// The last row of each key, its columns flatly named.
fn one_per_key(session: &SessionContext, lookup: &Lookup, other: Arc<InputFiles>) -> Result<(DataFrame, Vec<String>)> {
    // The key itself is on the other side already, unless it has another name there.
    let all = other.schema.fields().iter().take(other.width()).map(|field| field.name().clone());
    let wanted: Vec<String> = all.filter(|name| *name != lookup.to || lookup.to != lookup.on).collect();
    let values = wanted.iter().filter(|name| **name != lookup.to);
    let last = values.map(|name| last_value(ident(name), file_order()).alias(flat(lookup, name))).collect();
    let key = Expr::Column(Column::from_name(&lookup.to));
    let grouped =
        session.read_table(table(other))?.filter(key.clone().is_not_null())?.aggregate(vec![key.clone()], last)?;
    let key_name = flat(lookup, &lookup.to);
    let mut columns = vec![key.alias(&key_name)];
    columns.extend(wanted.iter().filter(|name| **name != lookup.to).map(|name| ident(flat(lookup, name))));
    Ok((grouped.select(columns)?, wanted))
}
