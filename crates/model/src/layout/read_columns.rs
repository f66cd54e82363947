//! Reading how single columns are mapped.

use jiff::Zoned;
use jiff::fmt::strtime;

use super::read::{sql, zone};
use super::{Aggregate, ColumnMap, NumberStyle, Otherwise, ValueFrom};
use crate::diagnostic::hint_among;
use crate::toml_reader::{FieldValue, Place, Section};
use crate::vocabulary::{ColumnType, Table};

const NUMBERS: [(&str, NumberStyle); 2] = [("1,234.56", NumberStyle::Point), ("1.234,56", NumberStyle::Comma)];

const AGGREGATES: [(&str, Aggregate); 6] = [
    ("first", Aggregate::First),
    ("last", Aggregate::Last),
    ("sum", Aggregate::Sum),
    ("min", Aggregate::Min),
    ("max", Aggregate::Max),
    ("count", Aggregate::Count),
];

/// All keys of a table as columns of `table`.
pub(super) fn column_maps(section: Section<'_>, table: Option<&Table>, grouped: bool) -> Vec<ColumnMap> {
    let mut maps = Vec::new();
    for key in section.keys() {
        let column = table.map(|table| table.column(key));
        if let (Some(None), Some(table)) = (column, table) {
            section.has(key);
            let hint = hint_among(key, table.columns.iter().map(|column| column.name.as_str()));
            section.error(section.key_place(key), format!("`{}` has no column `{key}`", table.name), hint);
            continue;
        }
        let kind = column.flatten().map(|column| column.kind);
        let Some(map) = column_map(&section, key, kind) else { continue };
        if map.aggregate.is_some() && !grouped {
            section.error(map.place, "`aggregate` needs `group_by` in its record", None);
        }
        maps.push(map);
    }
    section.done();
    maps
}

/// The mapping under one key: a column name, or a table.
pub(super) fn column_map(section: &Section<'_>, key: &str, kind: Option<ColumnType>) -> Option<ColumnMap> {
    let place = section.at(key);
    match section.field(key)?.value {
        FieldValue::Text(_) => Some(plain(key, ValueFrom::Column(section.text(key)?), place)),
        FieldValue::Section(map) => detailed(map, key, kind, place),
        other => {
            let hint = Some("write the name of a column, or { column = \"...\", ... }".into());
            section.error(place, format!("`{key}` must be text or a table, not {}", other.kind()), hint);
            None
        }
    }
}

fn plain(name: &str, from: ValueFrom, place: Place) -> ColumnMap {
    ColumnMap {
        name: name.to_owned(),
        from,
        times: Vec::new(),
        zone: None,
        number: None,
        words: Vec::new(),
        otherwise: Otherwise::Keep,
        aggregate: None,
        place,
    }
}

fn detailed(map: Section<'_>, name: &str, kind: Option<ColumnType>, place: Place) -> Option<ColumnMap> {
    let sources = ["column", "sql", "value"].into_iter().filter(|key| map.has(key)).collect::<Vec<_>>();
    let from = match sources.as_slice() {
        ["column"] => map.text("column").map(ValueFrom::Column),
        ["sql"] => sql(&map, "sql").map(ValueFrom::Sql),
        ["value"] => value(&map).map(ValueFrom::Value),
        // Counting needs no column.
        [] if map.text("aggregate").as_deref() == Some("count") => Some(ValueFrom::Value("1".into())),
        _ => {
            map.error(place, format!("`{name}` needs one of `column`, `sql` and `value`"), None);
            None
        }
    };
    let times = times(&map, name, kind);
    let number = map.choice("number", &NUMBERS);
    if number.is_some()
        && kind.is_some_and(|kind| !matches!(kind, ColumnType::Money | ColumnType::Number | ColumnType::Integer))
    {
        map.error(map.at("number"), format!("`{name}` is no number"), None);
    }
    let read = ColumnMap {
        times,
        zone: zone(&map),
        number,
        words: words(&map),
        otherwise: otherwise(&map),
        aggregate: map.choice("aggregate", &AGGREGATES),
        ..plain(name, from.clone().unwrap_or(ValueFrom::Value(String::new())), place)
    };
    map.done();
    from.map(|_| read)
}

fn value(map: &Section<'_>) -> Option<String> {
    match map.field("value")?.value {
        FieldValue::Integer(number) => Some(number.to_string()),
        FieldValue::Float(number) => Some(number.to_string()),
        FieldValue::Flag(flag) => Some(flag.to_string()),
        FieldValue::Date(date) => Some(date),
        _ => map.text("value"),
    }
}

fn times(map: &Section<'_>, name: &str, kind: Option<ColumnType>) -> Vec<String> {
    let patterns = map.placed_texts("time");
    if let (Some((_, place)), Some(kind)) = (patterns.first(), kind)
        && !matches!(kind, ColumnType::Instant | ColumnType::Day)
    {
        map.error(*place, format!("`{name}` is no time"), None);
    }
    for (pattern, place) in &patterns {
        let named = matches!(pattern.as_str(), "iso" | "unix" | "unix_ms" | "unix_us");
        // A pattern that cannot be written cannot be read either.
        let written = named || strtime::format(pattern, &Zoned::default()).is_ok_and(|text| &text != pattern);
        if !written {
            let hint = Some("for instance \"%Y-%m-%d %H:%M:%S\", \"iso\", \"unix\" or \"unix_ms\"".into());
            map.error(*place, format!("\"{pattern}\" is no pattern of a time"), hint);
        }
    }
    patterns.into_iter().map(|(pattern, _)| pattern).collect()
}

fn words(map: &Section<'_>) -> Vec<(String, String)> {
    let Some(table) = map.section("words") else { return Vec::new() };
    let words = table.keys().into_iter().filter_map(|key| Some((key.to_owned(), table.text(key)?))).collect();
    table.done();
    words
}

fn otherwise(map: &Section<'_>) -> Otherwise {
    match map.text("otherwise").as_deref() {
        None | Some("keep") => Otherwise::Keep,
        Some("reject") => Otherwise::Reject,
        Some("empty") => Otherwise::Empty,
        Some(value) => Otherwise::Value(value.to_owned()),
    }
}
