//! The standard tables: their names, keys, columns and domains, read from `catalog/tables.toml`.

use toml_edit::{Array, DocumentMut, InlineTable, Table as TomlTable};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// An instant, UTC, microseconds.
    Instant,
    /// A calendar day.
    Day,
    /// An exact decimal with four places.
    Money,
    /// A double.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Flag,
    /// Text holding JSON.
    Json,
}

impl ColumnType {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "instant" => Self::Instant,
            "day" => Self::Day,
            "money" => Self::Money,
            "number" => Self::Number,
            "integer" => Self::Integer,
            "flag" => Self::Flag,
            "json" => Self::Json,
            _ => return None,
        })
    }

    /// The name used in `tables.toml` and in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Instant => "instant",
            Self::Day => "day",
            Self::Money => "money",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Flag => "flag",
            Self::Json => "json",
        }
    }
}

/// A column of a standard table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name, a promise to users.
    pub name: String,
    /// What it holds.
    pub kind: ColumnType,
    /// A row without it takes part in nothing.
    pub required: bool,
    /// Personal data, masked where not needed.
    pub personal: bool,
    /// The values allowed; empty means any.
    pub values: Vec<String>,
    /// A named pattern the value must follow (`currency`).
    pub pattern: Option<String>,
    /// What it means.
    pub about: String,
}

/// A standard table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Name, a promise to users.
    pub name: String,
    /// What a row is.
    pub about: String,
    /// Columns that make a row the same row when it comes again.
    pub key: Vec<String>,
    /// Column that says when it happened.
    pub at: Option<String>,
    /// Column that names the customer as the source does.
    pub customer: Option<String>,
    /// Columns in their order.
    pub columns: Vec<Column>,
    /// Written by the engine itself: no source maps onto it.
    pub ledger: bool,
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// All standard tables in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Vocabulary {
    /// The tables.
    pub tables: Vec<Table>,
}

impl Vocabulary {
    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// Columns that the engine adds to every row.
pub const SYSTEM_COLUMNS: [&str; 6] =
    ["source", "import_id", "source_seq", "source_updated_at", "recorded_at", "recorded_until"];

/// Reads `tables.toml`. The message names the first thing that is wrong.
pub fn read(toml: &str) -> Result<Vocabulary, String> {
    let document: DocumentMut = toml.parse().map_err(|error| format!("tables.toml: {error}"))?;
    let tables = document.get("table").and_then(|item| item.as_array_of_tables()).ok_or("tables.toml: no [[table]]")?;
    let tables = tables.iter().map(read_table).collect::<Result<Vec<_>, _>>()?;
    Ok(Vocabulary { tables })
}

fn read_table(toml: &TomlTable) -> Result<Table, String> {
    let text = |key: &str| toml.get(key).and_then(|item| item.as_str()).map(str::to_owned);
    let name = text("name").ok_or("tables.toml: a table without a name")?;
    let in_table = |what: &str| format!("tables.toml: table {name}: {what}");
    let columns = toml.get("columns").and_then(|item| item.as_array()).ok_or_else(|| in_table("no columns"))?;
    let columns = columns
        .iter()
        .map(|value| value.as_inline_table().ok_or("a column that is no table".to_owned()).and_then(read_column))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|what| in_table(&what))?;
    let table = Table {
        about: text("about").ok_or_else(|| in_table("no about"))?,
        key: words(toml.get("key").and_then(|item| item.as_array())),
        at: text("at"),
        customer: text("customer"),
        columns,
        ledger: toml.get("ledger").and_then(|item| item.as_bool()).unwrap_or(false),
        name: name.clone(),
    };
    let named = table.key.iter().chain(&table.at).chain(&table.customer);
    match named.into_iter().find(|column| table.column(column).is_none()) {
        Some(column) => Err(in_table(&format!("{column} is not among its columns"))),
        None if table.key.is_empty() => Err(in_table("no key")),
        None => Ok(table),
    }
}

fn read_column(toml: &InlineTable) -> Result<Column, String> {
    let text = |key: &str| toml.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let flag = |key: &str| toml.get(key).and_then(|value| value.as_bool()).unwrap_or(false);
    let name = text("name").ok_or("a column without a name")?;
    let kind = text("type").and_then(|kind| ColumnType::parse(&kind)).ok_or(format!("{name} has no known type"))?;
    Ok(Column {
        kind,
        required: flag("required"),
        personal: flag("personal"),
        values: words(toml.get("values").and_then(|value| value.as_array())),
        pattern: text("pattern"),
        about: text("about").ok_or(format!("{name} has no about"))?,
        name,
    })
}

fn words(array: Option<&Array>) -> Vec<String> {
    array.map(|array| array.iter().filter_map(|value| value.as_str()).map(str::to_owned).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shipped_tables_are_whole() {
        let vocabulary = read(include_str!("../../../catalog/tables.toml")).unwrap();
        assert_eq!(vocabulary.tables.len(), 22);
        let orders = vocabulary.table("orders").unwrap();
        assert_eq!(orders.key, ["order_id"]);
        assert_eq!(orders.column("goods").unwrap().kind, ColumnType::Money);
        for table in &vocabulary.tables {
            for system in SYSTEM_COLUMNS {
                assert!(table.column(system).is_none(), "{} must not use {system}", table.name);
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (toml, expected) in [
            ("", "no [[table]]"),
            ("[[table]]\nname = \"t\"\nabout = \"a\"\nkey = [\"k\"]\ncolumns = []", "k is not among its columns"),
            (
                "[[table]]\nname = \"t\"\nabout = \"a\"\ncolumns = [{ name = \"c\", type = \"x\" }]",
                "c has no known type",
            ),
        ] {
            let message = read(toml).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
    }
}
