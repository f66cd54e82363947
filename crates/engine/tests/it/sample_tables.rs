//! The sample company's source files as standard tables in memory, without an import: bad rows are left
//! out and of rows with the same key the newest counts.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, StringBuilder, new_null_array,
};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::MemTable;
use datafusion::prelude::SessionContext;
use throughline_engine::catalog;
use throughline_engine::store::schema::stored_schema;
use throughline_model::vocabulary::Table;

use crate::hand_tables::HandTables;

/// Loads every `TABLE.csv` of a folder.
pub async fn load(folder: &Path) -> HandTables {
    let mut tables = HandTables::default();
    for table in &catalog::vocabulary().unwrap().tables {
        let path = folder.join(format!("{}.csv", table.name));
        if path.exists() {
            tables.add(&table.name, Arc::new(in_force(table, &path).await));
        }
    }
    tables
}

fn read(table: &Table, path: &Path, schema: &SchemaRef) -> RecordBatch {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let mut columns: Vec<StringBuilder> = header.iter().map(|_| StringBuilder::new()).collect();
    let mut rows = 0;
    for record in reader.records().filter_map(|record| record.ok()).filter(|record| record.len() == header.len()) {
        rows += 1;
        for (column, value) in columns.iter_mut().zip(record.iter()) {
            column.append_option((!value.is_empty()).then_some(value));
        }
    }
    let texts: Vec<StringArray> = columns.iter_mut().map(StringBuilder::finish).collect();
    let columns = schema.fields().iter().map(|field| -> ArrayRef {
        if field.name() == "source_seq" {
            return Arc::new(Int64Array::from_iter_values(1..=rows));
        }
        let Some(place) = header.iter().position(|name| name == field.name()) else {
            return new_null_array(field.data_type(), rows as usize);
        };
        let domain = table.column(field.name()).map(|column| column.values.as_slice()).unwrap_or_default();
        if !domain.is_empty() {
            let known = texts[place].iter().map(|text| text.filter(|text| domain.iter().any(|value| value == text)));
            return Arc::new(known.collect::<StringArray>());
        }
        cast(&texts[place], field.data_type()).unwrap()
    });
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

async fn in_force(table: &Table, path: &Path) -> MemTable {
    let schema = stored_schema(table);
    let context = SessionContext::new();
    context.register_batch("delivered", read(table, path, &schema)).unwrap();
    let needed: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.required)
        .map(|column| format!("\"{}\" IS NOT NULL", column.name))
        .collect();
    let needed = if needed.is_empty() { "true".to_owned() } else { needed.join(" AND ") };
    let key: Vec<String> = table.key.iter().map(|name| format!("\"{name}\"")).collect();
    let sql = format!(
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY {} ORDER BY source_updated_at DESC NULLS LAST,
         recorded_at DESC NULLS LAST, source_seq DESC) AS place FROM delivered WHERE {needed}) WHERE place = 1",
        key.join(", ")
    );
    let batches = context.sql(&sql).await.unwrap().drop_columns(&["place"]).unwrap().collect().await.unwrap();
    // A copy of its own for each batch: slices would each count the memory of the whole.
    let whole = |batch: &RecordBatch| {
        let rows = Int64Array::from_iter_values(0..batch.num_rows() as i64);
        let copies = batch.columns().iter().map(|column| take(column, &rows, None).unwrap());
        RecordBatch::try_new(schema.clone(), copies.collect()).unwrap()
    };
    assert!(batches.iter().all(|batch| batch.column(0).as_string_opt::<i32>().is_some()));
    MemTable::try_new(schema.clone(), vec![batches.iter().map(whole).collect()]).unwrap()
}
