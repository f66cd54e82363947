//! Many small data files become few: an import adds a file to every table that it touches, and a table of a thousand files
//! is slow to open and to read. Rows stay as they are, and in their order.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use deltalake::DeltaTable;
use deltalake::checkpoints::create_checkpoint;
use deltalake::kernel::Remove;
use throughline_model::vocabulary::Table;

use super::conform::conform;
use super::contest::ROWS;
use super::data_files::{self, Author, Change, HeldFile, held_files};
use super::encode::{Encoder, FILE_ROWS, wrong};
use super::parquet_files::{DataFile, DataFiles};
use super::schema::stored_schema;
use crate::Result;
use crate::error::at;

/// So many files of one size become one of the next size: a row is written again once for each size that it passes.
const FAN: usize = 8;

/// Merges files until no size has too many.
pub(crate) async fn merge(
    table: &Table,
    mut delta: DeltaTable,
    author: &Author<'_>,
    scratch: &Path,
) -> Result<DeltaTable> {
    let mut merged_any = false;
    loop {
        let held = held_files(&delta)?;
        let rows: Vec<u64> = held.iter().map(data_files::rows).collect();
        let chosen = chosen(&rows);
        if chosen.is_empty() {
            if merged_any {
                // Else opening the table reads every commit since its last checkpoint.
                create_checkpoint(&delta, None).await?;
            }
            return Ok(delta);
        }
        merged_any = true;
        let chosen = |place: &usize| chosen.contains(place);
        let (some, _): (Vec<_>, Vec<_>) = held.into_iter().enumerate().partition(|(place, _)| chosen(place));
        let some: Vec<HeldFile> = some.into_iter().map(|(_, file)| file).collect();
        let merged = rewrite(table, &some, scratch)?;
        let removed: Vec<Remove> = some.into_iter().map(|file| file.remove).collect();
        delta = data_files::commit(delta, author, &merged, removed, Change::Layout).await?;
    }
}

/// Sizes of files: each is [`FAN`] times the one before. None for files that are large enough.
fn size(rows: u64) -> Option<u32> {
    (rows < FILE_ROWS as u64 / 2).then(|| rows.max(1).ilog(FAN as u64))
}

/// Places of the files to be merged: where a size has too many, all of that size and the smaller ones.
fn chosen(rows: &[u64]) -> Vec<usize> {
    let full = |wanted: u32| rows.iter().filter(|rows| size(**rows) == Some(wanted)).count() >= FAN;
    let largest = (0..=u64::BITS).rev().find(|size| full(*size));
    let goes = |rows: u64| largest.zip(size(rows)).is_some_and(|(largest, size)| size <= largest);
    rows.iter().enumerate().filter(|(_, rows)| goes(**rows)).map(|(place, _)| place).collect()
}

fn rewrite(table: &Table, files: &[HeldFile], scratch: &Path) -> Result<Vec<DataFile>> {
    let schema = stored_schema(table);
    let mut encoder = Encoder::new(table, Arc::new(|batch: &RecordBatch| Ok((batch.clone(), ()))))?;
    let mut merged = DataFiles::new(table, &scratch.join("merged"));
    for file in files {
        let opened = File::open(&file.path).map_err(at(&file.path))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(opened).map_err(wrong)?;
        for batch in reader.with_batch_size(ROWS).build().map_err(wrong)? {
            encoder.write(&conform(&batch?, &schema)?, &mut |group| merged.append(group))?;
        }
    }
    encoder.finish(&mut |group| merged.append(group))?;
    merged.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_merged_when_they_are_many() {
        let cases: [(&[u64], &[usize]); 6] = [
            (&[], &[]),
            (&[20; 7], &[]),
            (&[20; 8], &[0, 1, 2, 3, 4, 5, 6, 7]),
            // The large file stays; what is smaller than the full size comes along.
            (&[500_000, 20, 20, 20, 20, 20, 20, 20, 20, 3], &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
            // The largest full size decides.
            (
                &[5, 5, 5, 5, 5, 5, 5, 5, 100, 100, 100, 100, 100, 100, 100, 100],
                &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
            ),
            // Large enough.
            (&[2_000_000; 9], &[]),
        ];
        for (rows, expected) in cases {
            assert_eq!(chosen(rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn a_thousand_imports_leave_few_files_and_write_few_rows_again() {
        let (mut files, mut written) = (Vec::new(), 0);
        for _ in 0..1_000 {
            files.push(20);
            loop {
                let places = chosen(&files);
                if places.is_empty() {
                    break;
                }
                let rows: u64 = places.iter().filter_map(|place| files.get(*place)).sum();
                files = files
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| !places.contains(place))
                    .map(|(_, rows)| *rows)
                    .collect();
                files.push(rows);
                written += rows;
            }
            assert!(files.len() < 4 * FAN, "{files:?}");
        }
        assert_eq!(files.iter().sum::<u64>(), 20_000);
        assert!(written <= 4 * 20_000, "{written}");
    }
}
