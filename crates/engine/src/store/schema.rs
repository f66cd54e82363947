//! Arrow schemas of the standard tables.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use throughline_model::vocabulary::{ColumnType, Table};

/// Arrow type of an instant: UTC, microseconds.
pub fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// Arrow type of a column of the vocabulary.
pub fn data_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text | ColumnType::Json => DataType::Utf8,
        ColumnType::Instant => instant(),
        ColumnType::Day => DataType::Date32,
        ColumnType::Money => DataType::Decimal128(18, 4),
        ColumnType::Number => DataType::Float64,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Flag => DataType::Boolean,
    }
}

fn business_fields(table: &Table) -> Vec<Field> {
    table.columns.iter().map(|column| Field::new(&column.name, data_type(column.kind), true)).collect()
}

/// The declared columns of a table, in their order.
pub fn business_schema(table: &Table) -> SchemaRef {
    Arc::new(Schema::new(business_fields(table)))
}

/// The columns as stored: the declared ones, then where the row came from and from when to when it was known.
pub fn stored_schema(table: &Table) -> SchemaRef {
    let mut fields = business_fields(table);
    fields.extend([
        Field::new("source", DataType::Utf8, true),
        Field::new("import_id", DataType::Utf8, true),
        Field::new("source_seq", DataType::Int64, true),
        Field::new("source_updated_at", instant(), true),
        Field::new("recorded_at", instant(), true),
        Field::new("recorded_until", instant(), true),
    ]);
    Arc::new(Schema::new(fields))
}
