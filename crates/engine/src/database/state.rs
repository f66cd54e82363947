//! What is remembered of a source: when it was asked, how far each query came, and the columns it brought.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use throughline_model::layout::Layout;
use throughline_model::source::{DatabaseSource, QueryTarget, SourceQuery};
use xxhash_rust::xxh3::Xxh3;

use super::{file_name, layout};
use crate::error::at;
use crate::folder::Folder;
use crate::import::Looks;
use crate::lock::{self, Lock};
use crate::sealed::{self, Doubt};
use crate::store::manifest::newer;
use crate::{Error, Result};

const FORMAT: u32 = 1;

/// What is remembered of a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SourceState {
    /// Layout of this file.
    pub(super) format: u32,
    /// When it was last asked.
    pub(crate) tried_at: Option<Timestamp>,
    /// When it was last asked and all went well.
    pub(crate) refreshed_at: Option<Timestamp>,
    /// What went wrong the last time.
    pub(crate) problem: Option<String>,
    /// The queries of a database, by name.
    #[serde(default)]
    pub(super) queries: BTreeMap<String, QueryState>,
    /// Files of a folder that were imported.
    #[serde(default)]
    pub(crate) files: Looks,
    /// Files of a folder that may still be written.
    #[serde(default)]
    pub(crate) waiting: Looks,
}

/// What is remembered of a query.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct QueryState {
    /// Names the question: a cursor counts only for the same question to the same database.
    pub(super) question: String,
    /// The standard table that its columns are those of.
    pub(super) table: Option<String>,
    /// Columns as they came, in order.
    pub(super) columns: Vec<String>,
    /// The column among them that says when a row changed, where it is no column of the table.
    pub(super) changed_at: Option<String>,
    /// The largest value of the cursor column.
    pub(super) cursor: Option<String>,
    /// Checksum of what came last: the same again is no news.
    pub(super) digest: String,
}

/// Names a question by everything that decides on its answer.
pub(super) fn question(source: &DatabaseSource, query: &SourceQuery) -> String {
    let connection = &source.connection;
    let (kind, target) = match &query.target {
        QueryTarget::Table(name) => ("table", name),
        QueryTarget::Layout(name) => ("layout", name),
    };
    let port = connection.port.to_string();
    let cursor = query.cursor.as_ref().map_or("", |cursor| cursor.column.as_str());
    let mut hash = Xxh3::new();
    for part in [&*connection.host, &*port, &*connection.database, &*query.sql, kind, &**target, cursor] {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    format!("{:032x}", hash.digest128())
}

/// Where it lies.
pub(super) fn path(folder: &Folder, source: &str) -> PathBuf {
    folder.sources().join(format!("{source}.json"))
}

/// What is remembered of a source; nothing at first.
pub(crate) fn load(folder: &Folder, source: &str) -> Result<SourceState> {
    let path = path(folder, source);
    if !path.exists() {
        return Ok(SourceState::default());
    }
    let bytes = fs::read(&path).map_err(at(&path))?;
    let state = sealed::read(&String::from_utf8_lossy(&bytes), FORMAT).map_err(|doubt| match doubt {
        Doubt::Newer(format) => newer(&path, format, FORMAT),
        Doubt::Broken(why) => Error::damaged(format!("{} is damaged: {why}.", path.display())).hint(
            "Without this file the source is fetched whole the next time: `throughline doctor --mend` puts it aside.",
        ),
    })?;
    Ok(state.0)
}

/// Remembers: durable on return, and never half of it.
pub(crate) fn store(folder: &Folder, source: &str, state: &SourceState) -> Result<()> {
    fs::create_dir_all(folder.sources()).map_err(at(&folder.sources()))?;
    let mut file = tempfile::Builder::new().prefix(".state-").tempfile_in(folder.sources())?;
    let text = sealed::page(&SourceState { format: FORMAT, ..state.clone() })?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path(folder, source)).map_err(|error| Error::from(error.error))?;
    File::open(folder.sources())?.sync_all()?;
    Ok(())
}

/// Takes the lock of a source, which the system gives back when the process ends, however it ends.
///
/// # Errors
/// Busy: somebody else refreshes it.
pub(crate) fn lock(folder: &Folder, source: &str) -> Result<Lock> {
    lock::alone_or(&folder.sources().join(format!("{source}.lock")), || {
        Error::busy(format!("The source {source} is being refreshed already.")).hint("Try again later.")
    })
}

/// The sources of which anything is remembered, by name.
fn names(folder: &Folder) -> Result<Vec<String>> {
    let folder = folder.sources();
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(at(&folder))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        found.extend(name.strip_suffix(".json").filter(|name| !name.starts_with('.')).map(str::to_owned));
    }
    found.sort();
    Ok(found)
}

fn remembered(folder: &Folder) -> Result<Vec<(String, SourceState)>> {
    names(folder)?.into_iter().map(|source| load(folder, &source).map(|state| (source, state))).collect()
}

/// Files of what is remembered that cannot be believed, each with its error.
pub(crate) fn problems(folder: &Folder) -> Result<Vec<(PathBuf, Error)>> {
    let wrong = |source: String| load(folder, &source).err().map(|error| (path(folder, &source), error));
    Ok(names(folder)?.into_iter().filter_map(wrong).collect())
}

/// The layouts by which queries were read whose columns are those of a standard table: rows of theirs that were set
/// aside come back by them.
pub(crate) fn fetched_layouts(folder: &Folder) -> Result<Vec<Arc<Layout>>> {
    let layouts = remembered(folder)?.into_iter().map(|(source, state)| layout::of_tables(&source, &state));
    Ok(layouts.filter_map(Result::transpose).collect::<Result<Vec<_>>>()?.into_iter().map(Arc::new).collect())
}

/// The columns of a file that a database source made, in their order.
pub(crate) fn columns_of(folder: &Folder, file: &str) -> Result<Option<Vec<String>>> {
    let mut states = remembered(folder)?.into_iter();
    Ok(states.find_map(|(source, state)| {
        state.queries.into_iter().find(|(query, _)| file_name(&source, query) == file).map(|(_, query)| query.columns)
    }))
}
