//! What earlier passes found: an import that only adds rows, in sessions of its own, changes nothing about the others.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;
use datafusion::execution::SessionState;
use foldhash::fast::FixedState;
use futures::StreamExt;
use tokio::task::JoinSet;
use xxhash_rust::xxh3::xxh3_64;

use super::{Names, Rows, batch, hashes, names, query, text};
use crate::error::at;
use crate::proof::{self, Proof};
use crate::session::quote;
use crate::{Error, Result, catalog};

const FILE: &str = "names-in-sessions.arrow";
const MOMENT: &str = "moment";
/// The views that say what is found.
const VIEWS: [&str; 2] = ["views/session_strangers.sql", "views/_logins.sql"];

/// Hashes of sessions.
type Sessions = HashSet<u64, FixedState>;

/// The place where what was found is kept, and the moment that is asked for.
pub(crate) struct Kept {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// Number of the newest manifest.
    pub(crate) manifest: u64,
    /// When it was written.
    pub(crate) at: String,
}

impl Kept {
    /// The names, from what is kept and what has come since, or found anew.
    pub(super) async fn names(&self, state: &SessionState) -> Result<Names> {
        // What cannot be read is worth no more than nothing.
        let found = match self.read().ok().flatten() {
            Some((manifest, at, found)) if manifest == self.manifest && at == self.at => return Ok(found),
            Some((manifest, ..)) if manifest > self.manifest => return names(state, &Rows::of(None)).await,
            Some((manifest, _, found)) if manifest < self.manifest => self.since(state, manifest, found).await?,
            _ => None,
        };
        let found = match found {
            Some(found) => found,
            None => names(state, &Rows::of(None)).await?,
        };
        self.write(&found)?;
        Ok(found)
    }

    /// What was found at an earlier manifest, with what is new; `None` where more than new sessions have come.
    async fn since(&self, state: &SessionState, manifest: u64, mut found: Names) -> Result<Option<Names>> {
        let imports: Vec<String> = (manifest + 1..=self.manifest).map(|number| format!("import-{number:06}")).collect();
        let imports = quote::texts(&imports);
        let (new, old) = (format!("import_id IN ({imports})"), format!("import_id NOT IN ({imports})"));
        if changed(state, &new).await? {
            return Ok(None);
        }
        let mut sessions = Sessions::default();
        for sql in sessions_where(&new) {
            let mut stream = query(state, &sql).await?.execute_stream().await?;
            while let Some(batch) = stream.next().await {
                each_session(&batch?, |session| {
                    sessions.insert(session);
                })?;
            }
        }
        if any(state, sessions, &old).await? {
            return Ok(None);
        }
        for (session, names) in names(state, &Rows::of(Some(&new))).await? {
            found.entry(session).or_default().extend(names);
        }
        Ok(Some(found))
    }

    fn read(&self) -> Result<Option<(u64, String, Names)>> {
        let path = self.folder.join(FILE);
        if !proof::is_proven(&path) {
            return Ok(None);
        }
        let reader = FileReader::try_new(File::open(path)?, None)?;
        let moment = reader.schema().metadata().get(MOMENT).and_then(|text| parse_moment(text));
        let Some((manifest, at)) = moment else { return Ok(None) };
        let mut found = Names::new();
        for batch in reader {
            let batch = batch?;
            let (sessions, names) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
            for (session, name) in sessions.iter().flatten().zip(names.iter().flatten()) {
                found.entry(session.to_owned()).or_default().insert(name.to_owned());
            }
        }
        Ok(Some((manifest, at, found)))
    }

    fn write(&self, found: &Names) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        let rows = batch(found)?;
        let moment = format!("{} {} {}", format(), self.manifest, self.at);
        let schema = Schema::clone(&rows.schema()).with_metadata([(MOMENT.to_owned(), moment)].into());
        let unfinished = tempfile::NamedTempFile::new_in(&self.folder)?;
        let mut writer = FileWriter::try_new(unfinished.as_file(), &schema)?;
        writer.write(&RecordBatch::try_new(Arc::new(schema), rows.columns().to_vec())?)?;
        writer.finish()?;
        writer.get_ref().sync_all()?;
        drop(writer);
        let path = self.folder.join(FILE);
        // Where another process writes at the same time, the proof may be that of its file; then neither counts.
        Proof::of(unfinished.path()).map_err(at(&path))?.keep(&path)?;
        unfinished.persist(&path).map(drop).map_err(|error| at(&path)(error.error))
    }
}

/// What a file of other rules does not begin with.
fn format() -> String {
    let texts: String = VIEWS.iter().filter_map(|view| catalog::file(view)).collect();
    format!("{:016x}", xxh3_64(texts.as_bytes()))
}

fn parse_moment(text: &str) -> Option<(u64, String)> {
    let (manifest, at) = text.strip_prefix(&format())?.trim_start().split_once(' ')?;
    Some((manifest.parse().ok()?, at.to_owned()))
}

/// Whether some imports did more to sessions than add rows.
async fn changed(state: &SessionState, imports: &str) -> Result<bool> {
    let sql = format!(
        "SELECT 1 FROM import_tables WHERE {imports} AND target IN ('interactions', 'orders') \
         AND corrected + withdrawn > 0 LIMIT 1"
    );
    Ok(query(state, &sql).await?.collect().await?.iter().any(|batch| batch.num_rows() > 0))
}

/// The sessions of rows for which a condition holds.
fn sessions_where(condition: &str) -> [String; 2] {
    ["interactions", "orders"].map(|table| format!("SELECT session_id FROM {table} WHERE {condition}"))
}

/// Whether rows for which a condition holds lie in any of these sessions, as far as hashes tell.
async fn any(state: &SessionState, sessions: Sessions, condition: &str) -> Result<bool> {
    if sessions.is_empty() {
        return Ok(false);
    }
    let (sessions, found) = (Arc::new(sessions), Arc::new(AtomicBool::new(false)));
    let mut passes = JoinSet::new();
    for sql in sessions_where(condition) {
        for mut stream in query(state, &sql).await?.execute_stream_partitioned().await? {
            let (sessions, found) = (Arc::clone(&sessions), Arc::clone(&found));
            passes.spawn(async move {
                while let Some(batch) = stream.next().await
                    && !found.load(Ordering::Relaxed)
                {
                    each_session(&batch?, |session| {
                        if sessions.contains(&session) {
                            found.store(true, Ordering::Relaxed);
                        }
                    })?;
                }
                Ok::<(), Error>(())
            });
        }
    }
    while let Some(done) = passes.join_next().await {
        done.map_err(|error| Error::internal(format!("A pass over the sessions stopped: {error}.")))??;
    }
    Ok(found.load(Ordering::Relaxed))
}

fn each_session(rows: &RecordBatch, take: impl FnMut(u64)) -> Result<()> {
    let hashes = hashes(rows)?.into_iter();
    match text(rows, 0)?.nulls() {
        Some(nulls) => hashes.zip(nulls).filter_map(|(session, there)| there.then_some(session)).for_each(take),
        None => hashes.for_each(take),
    }
    Ok(())
}
