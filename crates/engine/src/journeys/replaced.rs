//! Which cases of earlier runs a run replaces.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, UInt32Type};
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;

use crate::Result;

const FILE: &str = "replaced.arrow";

/// A case of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Replaced {
    /// Number of the run.
    pub(super) run: u32,
    /// The bucket.
    pub(super) bucket: u32,
    /// Place in the bucket.
    pub(super) case: u32,
}

/// Writes them into a run's folder.
pub(super) fn write(folder: &Path, replaced: &[Replaced]) -> Result<()> {
    let field = |name: &str| Field::new(name, DataType::UInt32, false);
    let schema = Arc::new(Schema::new(vec![field("run"), field("bucket"), field("case")]));
    let column =
        |of: fn(&Replaced) -> u32| -> ArrayRef { Arc::new(UInt32Array::from_iter_values(replaced.iter().map(of))) };
    let columns = vec![column(|one| one.run), column(|one| one.bucket), column(|one| one.case)];
    let mut writer = FileWriter::try_new(File::create(folder.join(FILE))?, &schema)?;
    writer.write(&RecordBatch::try_new(schema, columns)?)?;
    Ok(writer.finish()?)
}

/// Those in a run's folder.
pub(super) fn read(folder: &Path) -> Result<Vec<Replaced>> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut replaced = Vec::new();
    for batch in FileReader::try_new(File::open(path)?, None)? {
        let batch = batch?;
        let column = |place: usize| batch.column(place).as_primitive::<UInt32Type>();
        let (runs, buckets, cases) = (column(0), column(1), column(2));
        replaced.extend((0..batch.num_rows()).map(|row| Replaced {
            run: runs.value(row),
            bucket: buckets.value(row),
            case: cases.value(row),
        }));
    }
    Ok(replaced)
}
