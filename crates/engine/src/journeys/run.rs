//! A run: journeys on disk, bucket by bucket, each case whole. Three Arrow files a part: cases, touchpoints and facts.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    ArrayRef, AsArray, Float64Array, Int64Array, PrimitiveArray, RecordBatch, StringArray, UInt8Array, UInt16Array,
    UInt32Array, UInt64Array,
};
use datafusion::arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Field, Float64Type, Int64Type, Schema, SchemaRef, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use datafusion::arrow::ipc::writer::FileWriter;
use throughline_journey::{Block, Facts, Ids, OwnedBlock};

use super::mapped;
use crate::{Error, Result};

/// Every run has this many buckets, whatever its size: a case stands in the same bucket of every run.
pub(super) const BUCKETS: usize = 128;
/// Files of a run that are written at once.
pub(super) const PARTS: usize = 2;

const CASES: &str = "cases";
const TOUCHPOINTS: &str = "touchpoints";
const FACTS: &str = "facts";

fn schema(columns: &[(&str, DataType)]) -> SchemaRef {
    let fields: Vec<Field> = columns.iter().map(|(name, kind)| Field::new(*name, kind.clone(), false)).collect();
    Arc::new(Schema::new(fields))
}

/// One row per case: its id, its first row in the bucket, its first order (`i64::MAX` without one).
static CASE_COLUMNS: LazyLock<SchemaRef> = LazyLock::new(|| {
    schema(&[("id", DataType::Utf8), ("first_row", DataType::UInt32), ("first_order_micros", DataType::Int64)])
});
/// One row per touchpoint in the one order. Codes are explained in the store's state.
static TOUCHPOINT_COLUMNS: LazyLock<SchemaRef> = LazyLock::new(|| {
    schema(&[
        ("at_micros", DataType::Int64),
        ("kind", DataType::UInt16),
        ("channel", DataType::UInt16),
        ("session_hash", DataType::UInt64),
        ("source_seq", DataType::Int64),
        ("fact", DataType::UInt32),
    ])
});
/// One row per touchpoint that carries more, in the same order.
static FACT_COLUMNS: LazyLock<SchemaRef> = LazyLock::new(|| {
    schema(&[
        ("amount_e4", DataType::Int64),
        ("score_share", DataType::Float64),
        ("order_hash", DataType::UInt64),
        ("ticket_hash", DataType::UInt64),
        ("promised_until_micros", DataType::Int64),
        ("flags", DataType::UInt8),
    ])
});

/// Writes one part of a run.
pub(super) struct PartWriter {
    cases: FileWriter<File>,
    touchpoints: FileWriter<File>,
    facts: FileWriter<File>,
}

fn file(folder: &Path, name: &str, part: usize) -> PathBuf {
    folder.join(format!("{name}-{part}.arrow"))
}

impl PartWriter {
    /// Begins a part in `folder`.
    pub(super) fn create(folder: &Path, part: usize) -> Result<PartWriter> {
        fs::create_dir_all(folder)?;
        let open = |name: &str, schema: &SchemaRef| -> Result<FileWriter<File>> {
            Ok(FileWriter::try_new(File::create(file(folder, name, part))?, schema)?)
        };
        Ok(PartWriter {
            cases: open(CASES, &CASE_COLUMNS)?,
            touchpoints: open(TOUCHPOINTS, &TOUCHPOINT_COLUMNS)?,
            facts: open(FACTS, &FACT_COLUMNS)?,
        })
    }

    /// Adds the next bucket of the part.
    pub(super) fn push(&mut self, block: OwnedBlock) -> Result<()> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(block.id_offsets));
        let ids = StringArray::try_new(offsets, Buffer::from_vec(block.id_bytes), None)?;
        let cases: Vec<ArrayRef> = vec![
            Arc::new(ids),
            Arc::new(UInt32Array::from(block.starts)),
            Arc::new(Int64Array::from(block.first_order)),
        ];
        self.cases.write(&RecordBatch::try_new(CASE_COLUMNS.clone(), cases)?)?;
        let touchpoints: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(block.at)),
            Arc::new(UInt16Array::from(block.kind)),
            Arc::new(UInt16Array::from(block.channel)),
            Arc::new(UInt64Array::from(block.session)),
            Arc::new(Int64Array::from(block.seq)),
            Arc::new(UInt32Array::from(block.fact)),
        ];
        self.touchpoints.write(&RecordBatch::try_new(TOUCHPOINT_COLUMNS.clone(), touchpoints)?)?;
        let facts: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(block.facts.amount)),
            Arc::new(Float64Array::from(block.facts.share)),
            Arc::new(UInt64Array::from(block.facts.order)),
            Arc::new(UInt64Array::from(block.facts.ticket)),
            Arc::new(Int64Array::from(block.facts.promised)),
            Arc::new(UInt8Array::from(block.facts.flags)),
        ];
        self.facts.write(&RecordBatch::try_new(FACT_COLUMNS.clone(), facts)?)?;
        Ok(())
    }

    /// Ends the part.
    pub(super) fn finish(self) -> Result<()> {
        for mut writer in [self.cases, self.touchpoints, self.facts] {
            writer.finish()?;
        }
        Ok(())
    }
}

/// A run that is open: its columns lie in its files.
pub(super) struct Run {
    buckets: Vec<Bucket>,
}

struct Bucket {
    cases: RecordBatch,
    touchpoints: RecordBatch,
    facts: RecordBatch,
    replaced: Vec<u64>,
}

impl Run {
    /// Opens the run in `folder`.
    pub(super) fn open(folder: &Path) -> Result<Run> {
        let read = |name: &str| -> Result<Vec<RecordBatch>> {
            let parts =
                (0..PARTS).map(|part| mapped::batches(&file(folder, name, part))).collect::<Result<Vec<_>>>()?;
            // Buckets were dealt out to the parts in turn.
            let bucket = |bucket: usize| parts.get(bucket % PARTS)?.get(bucket / PARTS).cloned();
            Ok((0..BUCKETS).filter_map(bucket).collect())
        };
        let (cases, touchpoints, facts) = (read(CASES)?, read(TOUCHPOINTS)?, read(FACTS)?);
        if [cases.len(), touchpoints.len(), facts.len()] != [BUCKETS; 3] {
            return Err(Error::damaged(format!("The journeys in {} are not whole.", folder.display()))
                .hint("They can be built again: delete the folder data/cache and ask again."));
        }
        let parts = cases.into_iter().zip(touchpoints).zip(facts);
        let buckets = parts
            .map(|((cases, touchpoints), facts)| Bucket { cases, touchpoints, facts, replaced: Vec::new() })
            .collect();
        Ok(Run { buckets })
    }

    /// Marks a case of a bucket as replaced by a newer run.
    pub(super) fn replace(&mut self, bucket: usize, case: usize) {
        let Some(bucket) = self.buckets.get_mut(bucket) else { return };
        bucket.replaced.resize(bucket.cases.num_rows().div_ceil(64), 0);
        if let Some(word) = bucket.replaced.get_mut(case / 64) {
            *word |= 1 << (case % 64);
        }
    }

    /// The bucket of that number, as the block of that number.
    pub(super) fn block(&self, bucket: usize, number: usize) -> Block<'_> {
        self.buckets.get(bucket).map(|bucket| bucket.as_block(number)).unwrap_or_default()
    }
}

fn values<T: ArrowPrimitiveType>(batch: &RecordBatch, column: usize) -> &[T::Native] {
    batch.column(column).as_primitive_opt::<T>().map(PrimitiveArray::values).map(|values| &**values).unwrap_or_default()
}

impl Bucket {
    fn as_block(&self, number: usize) -> Block<'_> {
        let ids = self.cases.column(0).as_string_opt::<i32>();
        Block {
            number,
            ids: ids.map(|ids| Ids { offsets: ids.value_offsets(), bytes: ids.value_data() }).unwrap_or_default(),
            starts: values::<UInt32Type>(&self.cases, 1),
            first_order: values::<Int64Type>(&self.cases, 2),
            replaced: &self.replaced,
            at: values::<Int64Type>(&self.touchpoints, 0),
            kind: values::<UInt16Type>(&self.touchpoints, 1),
            channel: values::<UInt16Type>(&self.touchpoints, 2),
            session: values::<UInt64Type>(&self.touchpoints, 3),
            seq: values::<Int64Type>(&self.touchpoints, 4),
            fact: values::<UInt32Type>(&self.touchpoints, 5),
            facts: Facts {
                amount: values::<Int64Type>(&self.facts, 0),
                share: values::<Float64Type>(&self.facts, 1),
                order: values::<UInt64Type>(&self.facts, 2),
                ticket: values::<UInt64Type>(&self.facts, 3),
                promised: values::<Int64Type>(&self.facts, 4),
                flags: values::<UInt8Type>(&self.facts, 5),
            },
        }
    }
}
