//! Keys as 64-bit hashes, sorted by their first byte into buckets, so that many can be compared in little memory.
//!
//! A hash that two keys share only makes a key looked at that need not be; what becomes of rows is decided by the
//! keys themselves.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::{Error, Result};

/// How many buckets there are: one for each first byte.
pub(crate) const BUCKETS: usize = 256;
/// Hashes held in memory; more go to disk.
const HELD: usize = 32 << 20;
/// What an empty part of a key is hashed as.
const EMPTY: [u8; 1] = [0xff];

/// The hash of each row's key. It is the same in every version of the program that can read kept hashes.
pub(crate) fn key_hashes(batch: &RecordBatch, key: &[String]) -> Result<Vec<u64>> {
    let mut hashes = vec![0; batch.num_rows()];
    for name in key {
        let column = batch.column_by_name(name).ok_or_else(|| Error::internal(format!("no key column {name}")))?;
        add_column(column, &mut hashes)?;
    }
    Ok(hashes)
}

fn add_column(column: &ArrayRef, hashes: &mut [u64]) -> Result<()> {
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            for (row, hash) in hashes.iter_mut().enumerate() {
                let bytes = if texts.is_null(row) { &EMPTY } else { texts.value(row).as_bytes() };
                *hash = xxh3_64_with_seed(bytes, *hash);
            }
        }
        DataType::Int64 => add_numbers(column.as_primitive::<Int64Type>(), hashes),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            add_numbers(column.as_primitive::<TimestampMicrosecondType>(), hashes);
        }
        DataType::Date32 => add_numbers(column.as_primitive::<Date32Type>(), hashes),
        _ => add_column(&cast(column, &DataType::Utf8)?, hashes)?,
    }
    Ok(())
}

fn add_numbers<T: ArrowPrimitiveType<Native: Into<i64>>>(values: &PrimitiveArray<T>, hashes: &mut [u64]) {
    for (row, hash) in hashes.iter_mut().enumerate() {
        let value: i64 = values.value(row).into();
        let bytes = if values.is_null(row) { &EMPTY[..] } else { &value.to_le_bytes() };
        *hash = xxh3_64_with_seed(bytes, *hash);
    }
}

/// The bucket of a hash.
pub(crate) fn bucket_of(hash: u64) -> usize {
    usize::from(hash.to_be_bytes()[0])
}

/// Hashes as they arrive.
#[derive(Debug)]
pub(crate) struct KeyBuckets {
    folder: PathBuf,
    held: Vec<Vec<u64>>,
    in_memory: usize,
    count: usize,
    spilled: bool,
}

impl KeyBuckets {
    /// None yet; `folder` is for those that do not fit in memory.
    pub(crate) fn new(folder: &Path) -> Self {
        KeyBuckets {
            folder: folder.to_path_buf(),
            held: vec![Vec::new(); BUCKETS],
            in_memory: 0,
            count: 0,
            spilled: false,
        }
    }

    /// How many were added.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Adds hashes.
    pub(crate) fn add(&mut self, hashes: &[u64]) -> Result<()> {
        for hash in hashes {
            if let Some(bucket) = self.held.get_mut(bucket_of(*hash)) {
                bucket.push(*hash);
            }
        }
        self.count += hashes.len();
        self.in_memory += hashes.len();
        if self.in_memory >= HELD { self.spill() } else { Ok(()) }
    }

    fn file(&self, bucket: usize) -> PathBuf {
        self.folder.join(format!("keys-{bucket:03}"))
    }

    fn spill(&mut self) -> Result<()> {
        for bucket in 0..self.held.len() {
            let hashes = self.held.get_mut(bucket).map(std::mem::take).unwrap_or_default();
            let mut file = File::options().create(true).append(true).open(self.file(bucket))?;
            file.write_all(&as_bytes(&hashes))?;
        }
        (self.in_memory, self.spilled) = (0, true);
        Ok(())
    }

    /// Sorts what is held in memory, on all cores.
    pub(crate) fn sort(&mut self) {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for some in self.held.chunks_mut(BUCKETS.div_ceil(workers)) {
                scope.spawn(|| some.iter_mut().for_each(|bucket| bucket.sort_unstable()));
            }
        });
    }

    /// Takes the hashes of a bucket, sorted, each as often as it was added.
    pub(crate) fn take(&mut self, bucket: usize) -> Result<Vec<u64>> {
        let mut hashes = self.held.get_mut(bucket).map(std::mem::take).unwrap_or_default();
        if self.spilled {
            let file = self.file(bucket);
            hashes.extend(from_bytes(&fs::read(&file)?));
            fs::remove_file(file)?;
        }
        hashes.sort_unstable();
        Ok(hashes)
    }
}

/// Hashes as they are kept on disk.
pub(crate) fn as_bytes(hashes: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(hashes.len() * 8);
    for hash in hashes {
        bytes.extend_from_slice(&hash.to_le_bytes());
    }
    bytes
}

/// Hashes as they were kept on disk.
pub(crate) fn from_bytes(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let (eights, _) = bytes.as_chunks::<8>();
    eights.iter().map(|eight| u64::from_le_bytes(*eight))
}

/// Sorted hashes that are quick to look into.
#[derive(Debug, Default)]
pub(crate) struct HashSet {
    hashes: Vec<u64>,
    /// For each first 16 bits: where they begin.
    starts: Vec<u32>,
}

impl HashSet {
    /// Of hashes in ascending order.
    pub(crate) fn of_sorted(hashes: Vec<u64>) -> Self {
        let mut starts = vec![0; (1 << 16) + 1];
        for hash in &hashes {
            if let Some(start) = starts.get_mut((hash >> 48) as usize + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        HashSet { hashes, starts }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Whether it is among them.
    pub(crate) fn contains(&self, hash: u64) -> bool {
        let at = (hash >> 48) as usize;
        let Some([from, to]) = self.starts.get(at..at + 2) else { return false };
        self.hashes.get(*from as usize..*to as usize).is_some_and(|range| range.binary_search(&hash).is_ok())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use datafusion::arrow::array::{Date32Array, StringArray, TimestampMicrosecondArray};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hashes_never_change_and_tell_parts_apart() {
        let batch = RecordBatch::try_from_iter_with_nullable([
            (
                "a",
                Arc::new(StringArray::from(vec![Some("x"), Some("x"), None, Some("ab"), Some("a")])) as ArrayRef,
                true,
            ),
            ("b", Arc::new(StringArray::from(vec![None, Some("x"), Some("x"), Some("c"), Some("bc")])), true),
            ("at", Arc::new(TimestampMicrosecondArray::from(vec![Some(1), None, Some(1), Some(1), Some(1)])), true),
            ("day", Arc::new(Date32Array::from(vec![1, 1, 1, 1, 1])), true),
        ])
        .unwrap();
        let hashes = key_hashes(&batch, &["a".into(), "b".into(), "at".into(), "day".into()]).unwrap();
        assert_eq!(hashes.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
        // Kept hashes are compared with those made later.
        assert_eq!(key_hashes(&batch, &["a".into()]).unwrap().first(), Some(&xxh3_64_with_seed(b"x", 0)));
    }

    proptest! {
        #[test]
        fn looking_up(hashes in prop::collection::vec(any::<u64>(), 0..200), other in any::<u64>()) {
            let mut sorted = hashes.clone();
            sorted.sort_unstable();
            let set = HashSet::of_sorted(sorted);
            prop_assert!(hashes.iter().all(|hash| set.contains(*hash)));
            prop_assert_eq!(set.contains(other), hashes.contains(&other));
        }
    }
}
