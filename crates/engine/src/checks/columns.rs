//! Which columns of a standard table are looked at, and how.

use throughline_model::vocabulary::{Column, ColumnType, Table};

/// Columns that name people, things and campaigns: they come and go, and a mix of them shifts every week.
const COME_AND_GO: [&str; 15] = [
    "actor",
    "assignee",
    "reviewer",
    "author",
    "seller",
    "team",
    "campaign",
    "coupon",
    "question",
    "content",
    "referrer",
    "referred_by",
    "topic",
    "skill",
    "title",
];

/// The column that says what kind of thing a row is: the first required text that is no name of anything.
pub fn kind_column(table: &Table) -> Option<&str> {
    let kind =
        table.columns.iter().find(|column| column.required && column.kind == ColumnType::Text && !names(table, column));
    kind.map(|column| column.name.as_str())
}

/// Whether the mix of a column's values is worth a look: texts and flags that class rows, none that name something.
pub fn may_be_mixed(table: &Table, column: &Column) -> bool {
    let classes = matches!(column.kind, ColumnType::Text | ColumnType::Flag);
    let is_kind = kind_column(table) == Some(column.name.as_str());
    classes && !column.personal && !is_kind && !names(table, column) && !COME_AND_GO.contains(&column.name.as_str())
}

fn names(table: &Table, column: &Column) -> bool {
    let is_key = table.key.contains(&column.name) || table.customer.as_ref() == Some(&column.name);
    is_key || column.name.ends_with("_id") || column.name.ends_with("_ref")
}

/// Columns with more values than these are no classes.
pub const FEW_VALUES: usize = 40;
