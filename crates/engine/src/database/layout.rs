//! How fetched rows are read: by the layout that the source names, or by one made from the columns of a table.

use std::sync::Arc;

use throughline_model::diagnostic::hint_among;
use throughline_model::layout::{Input, Layout, Origin, Record};
use throughline_model::source::{DatabaseSource, QueryTarget, SourceQuery};
use throughline_model::vocabulary::{SYSTEM_COLUMNS, Table};

use super::state::{QueryState, SourceState};
use super::{file_name, refused};
use crate::intake::{Assigned, SourceFile, as_input, mapped, table_layout};
use crate::{Error, Result, catalog};

/// System columns that a source may bring.
const BROUGHT: [&str; 3] = ["recorded_at", "source_updated_at", "source_seq"];

/// The layout of all queries of a source whose columns are those of standard tables; it is called like the source.
pub(super) fn of_tables(source: &str, state: &SourceState) -> Result<Option<Layout>> {
    let mut whole: Option<Layout> = None;
    for (name, query) in &state.queries {
        let Some(table) = &query.table else { continue };
        let table = catalog::vocabulary()?.table(table);
        let Some(table) = table else { continue };
        let layout = of_table(source, name, table, query);
        match &mut whole {
            None => whole = Some(layout),
            Some(whole) => {
                whole.inputs.extend(layout.inputs);
                whole.records.extend(layout.records);
            }
        }
    }
    Ok(whole)
}

fn of_table(source: &str, name: &str, table: &Table, query: &QueryState) -> Layout {
    let layout = Arc::unwrap_or_clone(table_layout(table, &query.columns));
    let input = |input: &Input| Input {
        name: name.to_owned(),
        files: Some(file_name(source, name)),
        header: query.columns.clone(),
        ..input.clone()
    };
    let record = |record: &Record| {
        let changed = query.changed_at.as_ref().map(|column| mapped("source_updated_at", column));
        Record {
            origin: Origin::Input(name.to_owned()),
            source_updated_at: record.source_updated_at.clone().or(changed),
            ..record.clone()
        }
    };
    Layout {
        id: source.to_owned(),
        name: source.to_owned(),
        about: "A database".to_owned(),
        inputs: layout.inputs.iter().map(input).collect(),
        records: layout.records.iter().map(record).collect(),
        file: format!("sources/{source}.toml"),
        ..layout
    }
}

/// The columns of a query are all of a table, with its key and what every row of it needs; the cursor may be one more.
pub(super) fn check_table(
    source: &DatabaseSource,
    query: &SourceQuery,
    table: &str,
    columns: &[String],
) -> Result<&'static Table> {
    let table =
        catalog::vocabulary()?.table(table).ok_or_else(|| Error::internal(format!("{table} is no standard table")))?;
    let wrong = |message: String, hint: Option<String>| Err(refused::at(source, query.place, message, hint));
    let cursor = query.cursor.as_ref().map(|cursor| cursor.column.as_str());
    let name = &query.name;
    for column in columns {
        if table.column(column).is_none() && !BROUGHT.contains(&column.as_str()) && cursor != Some(column.as_str()) {
            let known = table.columns.iter().map(|column| column.name.as_str()).chain(BROUGHT);
            let hint = hint_among(column, known).unwrap_or_else(|| "Rename it with AS, or leave it out.".to_owned());
            let message = format!("the query `{name}` has a column `{column}`, which {} does not know", table.name);
            return wrong(message, Some(hint));
        }
        if columns.iter().filter(|other| *other == column).count() > 1 {
            return wrong(format!("the query `{name}` has two columns `{column}`"), Some("Rename one with AS.".into()));
        }
    }
    let needed = table.columns.iter().filter(|column| column.required || table.key.contains(&column.name));
    let missing: Vec<&str> = needed.map(|column| column.name.as_str()).filter(|name| !has(columns, name)).collect();
    if !missing.is_empty() {
        let message = format!("the query `{name}` lacks columns that every row of {} needs", table.name);
        return wrong(format!("{message}: {}", missing.join(", ")), Some("Select them, renamed with AS.".into()));
    }
    debug_assert!(BROUGHT.iter().all(|column| SYSTEM_COLUMNS.contains(column)));
    Ok(table)
}

fn has(columns: &[String], name: &str) -> bool {
    columns.iter().any(|column| column == name)
}

/// Checks that the layout that a query names knows its columns.
pub(super) fn check_layout(
    source: &DatabaseSource,
    query: &SourceQuery,
    layout: &Arc<Layout>,
    columns: &[String],
) -> Result<()> {
    let file = SourceFile::new(file_name(&source.name, &query.name), "");
    if as_input(&file, layout, columns)?.is_some() {
        return Ok(());
    }
    let missing = |input: &Input| {
        let known = |column: &&String| columns.iter().any(|name| input.canonical(name) == Some(column.as_str()));
        input.header.iter().filter(|column| !known(column)).cloned().collect::<Vec<_>>()
    };
    let inputs = layout.inputs.iter().filter(|input| !input.header.is_empty());
    let nearest = inputs.map(|input| (input, missing(input))).min_by_key(|(_, missing)| missing.len());
    let hint = nearest.filter(|(_, missing)| !missing.is_empty()).map(|(input, missing)| {
        format!("The nearest is `{}`, for which {} is missing.", input.name, missing.join(", "))
    });
    let message = format!("the query `{}` is no input of layout `{}`", query.name, layout.id);
    Err(refused::at(source, query.place, message, hint))
}

/// The file of a query as the layout reads it.
pub(super) fn assign(
    query: &SourceQuery,
    file: SourceFile,
    columns: &[String],
    layouts: &[Arc<Layout>],
    own: Option<&Arc<Layout>>,
) -> Result<Assigned> {
    let layout = match &query.target {
        QueryTarget::Table(_) => own,
        QueryTarget::Layout(id) => layouts.iter().find(|layout| &layout.id == id),
    };
    let assigned = layout.map(|layout| as_input(&file, layout, columns)).transpose()?.flatten();
    assigned.ok_or_else(|| Error::internal(format!("{} has lost its layout", file.display)))
}
