//! OCEL 2.0 as an SQLite file: one table of events and of objects for each type.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use super::{Attribute, Item, Items, Relationship};
use crate::parts::{Part, Source};
use crate::spool::Spool;
use crate::{Problem, Result};

type Read<T> = std::result::Result<T, rusqlite::Error>;

/// The events and objects of a log.
pub(crate) fn parts(source: &Source<'_>, spool: &mut Spool) -> Result<Vec<Part>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let broken = |error: rusqlite::Error| source.unreadable(&error);
    let database = Connection::open_with_flags(source.path, flags).map_err(broken)?;
    if kinds(&database, "event").and_then(|_| kinds(&database, "object")).is_err() {
        return Err(Problem::new(format!("{} is a database of SQLite, but no log of OCEL 2.0.", source.display))
            .hint("Export its tables as CSV, JSON or Parquet."));
    }
    let mut items = Items::new(spool).map_err(|error| source.unreadable(&error))?;
    let mut wrong = None;
    for event in [true, false] {
        let mut line = 0;
        let mut take = |item: &Item| {
            line += 1;
            wrong = wrong.take().or(items.write(event, line, item).err());
        };
        each(&database, event, &mut take).map_err(broken)?;
    }
    match wrong {
        Some(error) => Err(source.unreadable(&error)),
        None => items.finish(source).map_err(|error| source.unreadable(&error)),
    }
}

/// The types of events or objects, each with what its table is called behind the underscore.
fn kinds(database: &Connection, of: &str) -> Read<Vec<(String, String)>> {
    let mut asked = database.prepare(&format!(
        "SELECT ocel_type, ocel_type_map FROM {of}_map_type WHERE ocel_type IN (SELECT ocel_type FROM {of}) ORDER BY 1"
    ))?;
    asked.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Hands out all events or objects, one type after another.
fn each(database: &Connection, event: bool, take: &mut dyn FnMut(&Item)) -> Read<()> {
    let of = if event { "event" } else { "object" };
    let related = if event {
        "SELECT ocel_object_id, ocel_qualifier FROM event_object WHERE ocel_event_id = ?1 ORDER BY 1, 2"
    } else {
        "SELECT ocel_target_id, ocel_qualifier FROM object_object WHERE ocel_source_id = ?1 ORDER BY 1, 2"
    };
    let mut related = database.prepare(related)?;
    for (kind, map) in kinds(database, of)? {
        let table = format!("{of}_{map}").replace('"', "\"\"");
        let mut asked = database.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY ocel_id, ocel_time"))?;
        let names: Vec<String> = asked.column_names().map(str::to_owned).collect();
        let mut rows = asked.query([])?;
        let mut open: Option<Item> = None;
        while let Some(row) = rows.next()? {
            let values = values(&names, row)?;
            let id = values.get("ocel_id").cloned().unwrap_or_default();
            if open.as_ref().is_none_or(|item| item.id != id) {
                open.iter().for_each(&mut *take);
                let relationships = related
                    .query_map([&id], |row| {
                        Ok(Relationship { object_id: text(row.get_ref(0)?), qualifier: text(row.get_ref(1)?) })
                    })?
                    .collect::<Read<_>>()?;
                let time = values.get("ocel_time").cloned().filter(|_| event);
                open = Some(Item { id, kind: kind.clone(), time, attributes: Vec::new(), relationships });
            }
            if let Some(item) = &mut open {
                add(item, &names, &values, event);
            }
        }
        open.iter().for_each(&mut *take);
    }
    Ok(())
}

/// The attributes that a row gives; a row of an object that changed gives the one that did.
fn add(item: &mut Item, names: &[String], values: &BTreeMap<&str, String>, event: bool) {
    let changed = values.get("ocel_changed_field");
    for name in names.iter().filter(|name| !name.starts_with("ocel_")) {
        let Some(value) = values.get(name.as_str()).filter(|_| changed.is_none_or(|changed| changed == name)) else {
            continue;
        };
        let time = values.get("ocel_time").cloned().filter(|_| !event);
        item.attributes.push(Attribute { name: name.clone(), value: value.clone(), time });
    }
}

/// What a row says, by column.
fn values<'a>(names: &'a [String], row: &Row<'_>) -> Read<BTreeMap<&'a str, String>> {
    let mut found = BTreeMap::new();
    for (place, name) in names.iter().enumerate() {
        let value = row.get_ref(place)?;
        if value != ValueRef::Null {
            found.insert(name.as_str(), text(value));
        }
    }
    Ok(found)
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
