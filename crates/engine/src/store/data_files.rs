//! The data files of a Delta table: which there are, and the commit that adds and removes some.

use std::fs;
use std::path::{Path, PathBuf};

use datafusion::parquet::basic::LogicalType;
use datafusion::parquet::data_type::ByteArray;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::statistics::{Statistics, ValueStatistics};
use deltalake::DeltaTable;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, LogicalFileView, Remove};
use deltalake::protocol::{DeltaOperation, SaveMode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::parquet_files::DataFile;
use crate::error::{DOCTOR, at};
use crate::{Error, Result, proof};

/// A data file that the table holds now.
pub(crate) struct HeldFile {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Its length in bytes.
    pub(crate) size: u64,
    /// When it was written, in milliseconds since 1970: the file says the same.
    written: i64,
    /// What the log keeps about its rows.
    pub(crate) stats: Option<String>,
    /// What takes it out of the table.
    pub(crate) remove: Remove,
}

/// What a commit changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Which rows there are.
    Rows,
    /// Only in which files they lie.
    Layout,
}

impl HeldFile {
    /// Whether it is what was written, as far as that is quickly told: one that tells its old size and time is
    /// believed, one of another time is read. True where it was read and is what was written.
    pub(crate) fn prove(&self) -> Result<bool> {
        let data = self.prove_size()?;
        if proof::changed_ms(&data) == self.written { Ok(false) } else { self.prove_by_bytes() }
    }

    /// Whether it is there and as long as it was.
    pub(crate) fn prove_size(&self) -> Result<fs::Metadata> {
        let data = fs::metadata(&self.path).map_err(at(&self.path))?;
        match data.len() == self.size {
            true => Ok(data),
            false => Err(self.damaged(&format!("it is {} bytes long instead of {}", data.len(), self.size))),
        }
    }

    /// What the log keeps about its rows, as JSON.
    pub(crate) fn kept_statistics(&self) -> Value {
        self.stats.as_deref().and_then(|stats| serde_json::from_str(stats).ok()).unwrap_or(Value::Null)
    }

    /// Reads the file; false where its name has no hash, as those of earlier programs do.
    pub(crate) fn prove_by_bytes(&self) -> Result<bool> {
        let Some(named) = hash_in_name(&self.path) else { return Ok(false) };
        match proof::hash(&self.path).map_err(at(&self.path))? == named {
            true => Ok(true),
            false => Err(self.damaged("its bytes are not those that were written")),
        }
    }

    pub(crate) fn damaged(&self, why: &str) -> Error {
        Error::damaged(format!("The data file {} is damaged: {why}.", self.path.display())).hint(DOCTOR)
    }
}

/// The hash of a data file's bytes, which is the last part of its name.
pub(crate) fn hash_in_name(path: &Path) -> Option<u64> {
    let (_, last) = path.file_stem()?.to_str()?.rsplit_once('-')?;
    if last.len() == 16 { u64::from_str_radix(last, 16).ok() } else { None }
}

/// Rows in a data file, as the log tells it.
pub(crate) fn rows(file: &HeldFile) -> u64 {
    file.kept_statistics().get("numRecords").and_then(Value::as_u64).unwrap_or_default()
}

/// Whether all data files of a table are what was written. With `note`, those that had to be read get their time back,
/// so that they need not be read the next time: for who has the workspace's lock, because the time of a file that was
/// replaced says when.
pub(crate) async fn prove(delta: &DeltaTable, note: bool) -> Result<()> {
    let files = held_files(delta)?;
    let prove = move || -> Result<()> {
        for file in &files {
            if file.prove()? && note {
                // Where that cannot be noted, it is read again.
                let _ = proof::set_changed_ms(&file.path, file.written);
            }
        }
        Ok(())
    };
    let done = tokio::task::spawn_blocking(prove).await;
    done.map_err(|error| Error::internal(format!("Data files could not be looked at: {error}.")))?
}

/// A hash of what a table's log says: files, what it keeps about them, columns.
pub(crate) fn log_hash(delta: &DeltaTable) -> Result<String> {
    let mut sum = Xxh3::new();
    for file in held_files(delta)? {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        sum.update(format!("{name}\0{}\0{}\0", file.size, file.written).as_bytes());
        sum.update(file.stats.unwrap_or_default().as_bytes());
    }
    sum.update(serde_json::to_string(&delta.snapshot()?.schema())?.as_bytes());
    Ok(format!("{:016x}", sum.digest()))
}

fn folder(delta: &DeltaTable) -> Result<PathBuf> {
    delta.table_url().to_file_path().map_err(|()| Error::internal("a table lies in no folder"))
}

/// The data files of a table, sorted by name.
pub(crate) fn held_files(delta: &DeltaTable) -> Result<Vec<HeldFile>> {
    let folder = folder(delta)?;
    let views = delta.snapshot()?.log_data().into_iter();
    let file = |view: LogicalFileView| HeldFile {
        path: folder.join(&*view.path()),
        size: u64::try_from(view.size()).unwrap_or_default(),
        written: view.modification_time(),
        stats: view.stats(),
        remove: view.remove_action(true),
    };
    let mut files: Vec<HeldFile> = views.map(file).collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

/// A hash of the names of a table's data files, which are never used twice: it changes with the rows.
pub(crate) fn state(files: &[HeldFile]) -> u64 {
    let mut text = String::new();
    for name in files.iter().filter_map(|file| file.path.file_name()) {
        text.push_str(&name.to_string_lossy());
        text.push('\n');
    }
    xxh3_64(text.as_bytes())
}

/// Who changes a table, and when.
pub(crate) struct Author<'a> {
    /// The import; its files are named after it.
    pub(crate) import_id: &'a str,
    /// When it began.
    pub(crate) at: Timestamp,
}

/// Adds files, which are moved into the table's folder, and removes others: all in one commit.
pub(crate) async fn commit(
    mut delta: DeltaTable,
    author: &Author<'_>,
    added: &[DataFile],
    removed: Vec<Remove>,
    change: Change,
) -> Result<DeltaTable> {
    if added.is_empty() && removed.is_empty() {
        return Ok(delta);
    }
    let folder = folder(&delta)?;
    let version = delta.version().map_or(0, |version| version + 1);
    let data_change = change == Change::Rows;
    let operation = match change {
        Change::Layout => DeltaOperation::Optimize { predicate: None, target_size: 0 },
        Change::Rows if removed.is_empty() => {
            DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None }
        }
        Change::Rows => DeltaOperation::Update { predicate: None },
    };
    let removed = removed.into_iter().map(|remove| Remove { data_change, ..remove });
    let mut actions: Vec<Action> = removed.map(Action::Remove).collect();
    let written = author.at.as_millisecond();
    for (number, file) in added.iter().enumerate() {
        // A version that was rolled back is not used again, and so no name is. The hash lets every file prove itself.
        let hash = proof::hash(&file.path).map_err(at(&file.path))?;
        let name = format!("{}-v{version}-{number:05}-{hash:016x}.parquet", author.import_id);
        let path = folder.join(&name);
        shift(&file.path, &path).and_then(|()| proof::set_changed_ms(&path, written)).map_err(at(&path))?;
        let size = fs::metadata(&path).map_err(at(&path))?.len();
        actions.push(Action::Add(Add {
            path: name,
            size: i64::try_from(size).unwrap_or(i64::MAX),
            modification_time: written,
            data_change,
            stats: Some(statistics(&file.metadata).to_string()),
            ..Add::default()
        }));
    }
    let build = CommitBuilder::from(CommitProperties::default()).with_actions(actions);
    build.build(Some(delta.snapshot()?), delta.log_store(), operation).await?;
    delta.update_state().await?;
    Ok(delta)
}

/// Moves a file, also to another file system.
fn shift(from: &Path, to: &Path) -> std::io::Result<()> {
    if fs::rename(from, to).is_err() {
        fs::copy(from, to)?;
        fs::remove_file(from)?;
    }
    Ok(())
}

/// What Delta keeps about a file: rows, nulls, and the least and greatest value of columns where they are exact.
pub(crate) fn statistics(metadata: &ParquetMetaData) -> Value {
    let (mut least, mut greatest, mut nulls) = (Map::new(), Map::new(), Map::new());
    let columns = metadata.file_metadata().schema_descr().columns();
    for (place, column) in columns.iter().enumerate() {
        let chunks = || metadata.row_groups().iter().map(move |group| group.column(place).statistics());
        let count: Option<u64> = chunks().map(|chunk| chunk.and_then(Statistics::null_count_opt)).sum();
        if let Some(count) = count {
            nulls.insert(column.name().to_owned(), count.into());
        }
        if let Some((low, high)) = range(chunks(), column.logical_type_ref()) {
            least.insert(column.name().to_owned(), low);
            greatest.insert(column.name().to_owned(), high);
        }
    }
    let rows = metadata.file_metadata().num_rows();
    json!({"numRecords": rows, "minValues": least, "maxValues": greatest, "nullCount": nulls})
}

/// The range of a column over all row groups; None where one does not tell it exactly.
fn range<'a>(
    chunks: impl Iterator<Item = Option<&'a Statistics>>,
    kind: Option<&LogicalType>,
) -> Option<(Value, Value)> {
    let mut range: Option<(Exact, Exact)> = None;
    for chunk in chunks {
        let chunk = chunk?;
        let (low, high) = match chunk {
            // A row group that holds nothing but nulls.
            _ if chunk.min_bytes_opt().is_none() => continue,
            _ if !chunk.min_is_exact() || !chunk.max_is_exact() => return None,
            Statistics::Int64(values) if matches!(kind, None | Some(LogicalType::Timestamp { .. })) => {
                (Exact::Number(*values.min_opt()?), Exact::Number(*values.max_opt()?))
            }
            Statistics::ByteArray(values) if matches!(kind, Some(LogicalType::String)) => texts(values)?,
            _ => return None,
        };
        range = Some(match range {
            Some((least, greatest)) => (least.min(low), greatest.max(high)),
            None => (low, high),
        });
    }
    let (low, high) = range?;
    Some((low.shown(kind)?, high.shown(kind)?))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Exact {
    Number(i64),
    Text(String),
}

fn texts(values: &ValueStatistics<ByteArray>) -> Option<(Exact, Exact)> {
    let text = |value: &ByteArray| String::from_utf8(value.data().to_vec()).ok().map(Exact::Text);
    Some((text(values.min_opt()?)?, text(values.max_opt()?)?))
}

impl Exact {
    fn shown(self, kind: Option<&LogicalType>) -> Option<Value> {
        Some(match self {
            Exact::Text(text) => text.into(),
            Exact::Number(number) if kind.is_none() => number.into(),
            Exact::Number(micros) => format!("{:.6}", Timestamp::from_microsecond(micros).ok()?).into(),
        })
    }
}
