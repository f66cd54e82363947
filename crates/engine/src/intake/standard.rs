//! Our own standard tables as a source: a file whose columns are those of one table needs no layout.

use std::sync::Arc;

use throughline_model::layout::{ColumnMap, Input, Layout, Origin, Otherwise, Record, ValueFrom};
use throughline_model::toml_reader::Place;
use throughline_model::vocabulary::{Table, Vocabulary};

/// Id of the layout, which rows carry as their source.
pub(crate) const ID: &str = "standard";

/// Columns that a file may have besides those of its table.
const SYSTEM: [&str; 3] = ["recorded_at", "source_updated_at", "source_seq"];

/// The table whose file has these columns: all of its key and none that it does not know. Where several fit, the one
/// named like the file, else the one that misses the fewest required columns.
pub(crate) fn recognise<'a>(header: &[String], stem: &str, vocabulary: &'a Vocabulary) -> Option<&'a Table> {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let fits = |table: &&Table| {
        !table.ledger
            && table.key.iter().all(|key| has(key))
            && names.iter().all(|name| table.column(name).is_some() || SYSTEM.contains(&name.as_str()))
    };
    let missing = |table: &&Table| table.columns.iter().filter(|column| column.required && !has(&column.name)).count();
    let fitting: Vec<&Table> = vocabulary.tables.iter().filter(fits).collect();
    fitting.iter().copied().find(|table| stem == table.name).or_else(|| fitting.into_iter().min_by_key(missing))
}

/// The table that a header comes nearest to, with the columns that table does not know; for messages.
pub(crate) fn nearest<'a>(header: &[String], vocabulary: &'a Vocabulary) -> Option<(&'a Table, Vec<String>)> {
    let known =
        |table: &Table, name: &str| table.column(&name.trim().to_lowercase()).is_some() || SYSTEM.contains(&name);
    let tables = vocabulary.tables.iter().filter(|table| !table.ledger);
    let best = tables.max_by_key(|table| header.iter().filter(|name| known(table, name)).count())?;
    Some((best, header.iter().filter(|name| !known(best, name)).cloned().collect()))
}

/// The layout of a file of `table` with these columns.
pub(crate) fn layout(table: &Table, header: &[String]) -> Arc<Layout> {
    let names: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let maps = |names: &mut dyn Iterator<Item = &String>| names.map(|name| map(name)).collect::<Vec<_>>();
    let system = |name: &str| names.iter().any(|known| known == name).then(|| map(name));
    let record = Record {
        table: table.name.clone(),
        origin: Origin::Input(table.name.clone()),
        filter: None,
        lookups: Vec::new(),
        group_by: Vec::new(),
        key_by: None,
        columns: maps(&mut names.iter().filter(|name| table.column(name).is_some())),
        each: Vec::new(),
        source_seq: system("source_seq"),
        source_updated_at: system("source_updated_at"),
        recorded_at: system("recorded_at"),
        place: Place::START,
    };
    let input = Input {
        name: table.name.clone(),
        header: names.clone(),
        optional: Vec::new(),
        synonyms: Vec::new(),
        columns: Vec::new(),
        files: None,
        part: None,
        delimiter: None,
        encoding: None,
        header_lines: 1,
        quoted: None,
        missing: Vec::new(),
        skip: None,
        place: Place::START,
    };
    Arc::new(Layout {
        id: ID.into(),
        name: "Standard tables".into(),
        about: "Files whose columns are those of a standard table".into(),
        version_note: None,
        zone: None,
        inputs: vec![input],
        records: vec![record],
        file: "the standard tables".into(),
    })
}

fn map(name: &str) -> ColumnMap {
    mapped(name, name)
}

/// A column of a table, or of the system, as a column of the source has it.
pub(crate) fn mapped(name: &str, column: &str) -> ColumnMap {
    ColumnMap {
        name: name.to_owned(),
        from: ValueFrom::Column(column.to_owned()),
        times: Vec::new(),
        zone: None,
        number: None,
        words: Vec::new(),
        otherwise: Otherwise::Keep,
        aggregate: None,
        place: Place::START,
    }
}
