//! Columns without values, shared instead of made again for every batch.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use datafusion::arrow::array::{ArrayRef, new_null_array};
use datafusion::arrow::datatypes::DataType;

/// Rows of a column that is kept.
const ROWS: usize = 1 << 16;

static KEPT: LazyLock<Mutex<BTreeMap<String, ArrayRef>>> = LazyLock::new(Mutex::default);

/// `rows` nulls of a type.
pub(crate) fn nulls(kind: &DataType, rows: usize) -> ArrayRef {
    if rows > ROWS {
        return new_null_array(kind, rows);
    }
    match KEPT.lock() {
        Ok(mut kept) => kept.entry(kind.to_string()).or_insert_with(|| new_null_array(kind, ROWS)).slice(0, rows),
        Err(_) => new_null_array(kind, rows),
    }
}
