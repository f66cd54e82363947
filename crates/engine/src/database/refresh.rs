//! Refreshing a source: fetch, import, remember.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use throughline_model::Level;
use throughline_model::diagnostic::hint_among;
use throughline_model::layout::Layout;
use throughline_model::source::DatabaseSource;

use super::fetch::{Fetched, Fetching};
use super::state::{self, SourceState};
use super::{Secrets, connect, file_name, layout};
use crate::intake::{Recognition, SourceFile};
use crate::workspace::Workspace;
use crate::{Error, ImportReport, Progress, Result};

/// Which source to refresh and how.
#[derive(Debug, Clone, Default)]
pub struct RefreshRequest {
    /// Name of the source.
    pub source: String,
    /// Fetch everything, not only what came after the last row seen.
    pub whole: bool,
}

/// How far a refresh is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshing {
    /// Rows are on their way.
    Fetching {
        /// The query.
        query: String,
        /// Bytes so far.
        bytes: u64,
    },
    /// They are being imported.
    Importing(Progress),
}

/// What a query brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryReport {
    /// The query.
    pub query: String,
    /// Rows fetched.
    pub rows: u64,
    /// Bytes fetched.
    pub bytes: u64,
    /// The cursor that the rows begin at; `None` where all were fetched.
    pub from: Option<String>,
    /// The cursor that the next refresh begins at.
    pub cursor: Option<String>,
}

/// What a refresh did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshReport {
    /// The source.
    pub source: String,
    /// Its queries.
    pub queries: Vec<QueryReport>,
    /// The import; `None` where the database told what it told the last time.
    pub import: Option<ImportReport>,
}

/// What is known of a source without asking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// Its name.
    pub source: String,
    /// The file that defines it.
    pub file: String,
    /// The database, as `user@host:port/database`.
    pub database: String,
    /// How often it is refreshed by itself.
    pub every: Option<Duration>,
    /// When it was last refreshed.
    pub refreshed_at: Option<Timestamp>,
    /// When it will be refreshed by itself.
    pub due_at: Option<Timestamp>,
    /// What went wrong the last time.
    pub problem: Option<String>,
}

impl Workspace {
    /// Fetches what is new in a database and imports it.
    ///
    /// # Errors
    /// Input: there is no such source, or the database refuses us. Definition: the source or one of its queries is
    /// wrong, with file, line and column. Busy: it is being refreshed, or the database is out of reach. In each case
    /// nothing was imported, and the next refresh begins where this one did.
    pub async fn refresh(
        &self,
        request: &RefreshRequest,
        secrets: &Secrets<'_>,
        now: Timestamp,
        progress: &mut (dyn FnMut(Refreshing) + Send),
    ) -> Result<RefreshReport> {
        let source = self.database_source(&request.source)?;
        let _lock = state::lock(self.folder(), &source.name)?;
        let mut remembered = state::load(self.folder(), &source.name)?;
        let mut refresh = Refresh { workspace: self, source: &source, now, remembered: &mut remembered };
        let done = refresh.run(request.whole, secrets, progress).await;
        remembered.tried_at = Some(now);
        match &done {
            Ok(_) => (remembered.refreshed_at, remembered.problem) = (Some(now), None),
            Err(error) => remembered.problem = Some(error.message.clone()),
        }
        state::store(self.folder(), &source.name, &remembered)?;
        done
    }

    /// All sources that are databases, by name.
    ///
    /// # Errors
    /// Definition: the file of one of them is wrong.
    pub fn database_sources(&self, now: Timestamp) -> Result<Vec<SourceStatus>> {
        let status = |source: DatabaseSource| {
            let state = state::load(self.folder(), &source.name)?;
            let connection = &source.connection;
            let (user, host, port) = (&connection.user, &connection.host, connection.port);
            Ok(SourceStatus {
                database: format!("{user}@{host}:{port}/{}", connection.database),
                every: source.every,
                refreshed_at: state.refreshed_at,
                due_at: source.every.map(|every| due_at(&state, every, now)),
                problem: state.problem,
                source: source.name,
                file: source.file,
            })
        };
        self.sound_sources()?.into_iter().map(status).collect()
    }

    /// Names of the sources that are to be refreshed by now. One that failed waits its time, too. A source whose file is
    /// wrong is never due: `check` tells why.
    pub fn due(&self, now: Timestamp) -> Result<Vec<String>> {
        let mut due = Vec::new();
        for source in self.source_definitions()?.0 {
            let Some(every) = source.every else { continue };
            if due_at(&state::load(self.folder(), &source.name)?, every, now) <= now {
                due.push(source.name);
            }
        }
        Ok(due)
    }

    fn database_source(&self, name: &str) -> Result<DatabaseSource> {
        let (sources, problems) = self.source_definitions()?;
        let file = format!("sources/{name}.toml");
        if let Some(source) = sources.iter().find(|source| source.name == name) {
            return Ok(source.clone());
        }
        if let Some(problem) = problems.iter().find(|problem| problem.file == file) {
            return Err(Error::definition(problem.to_string()).hint("Run `throughline check` to see all problems."));
        }
        let known: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        let hint = hint_among(name, known.iter().copied());
        Err(Error::input(format!("There is no source {name}."))
            .hint(hint.unwrap_or_else(|| format!("Define it in {file}; see docs/database.md."))))
    }

    fn sound_sources(&self) -> Result<Vec<DatabaseSource>> {
        let (sources, problems) = self.source_definitions()?;
        match problems.iter().find(|problem| problem.level == Level::Error) {
            None => Ok(sources),
            Some(problem) => {
                Err(Error::definition(problem.to_string()).hint("Run `throughline check` to see all problems."))
            }
        }
    }
}

/// The moment it is due at; now where it was never asked.
fn due_at(state: &SourceState, every: Duration, now: Timestamp) -> Timestamp {
    let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
    state.tried_at.map_or(now, |tried| tried.saturating_add(every).unwrap_or(Timestamp::MAX))
}

struct Refresh<'a> {
    workspace: &'a Workspace,
    source: &'a DatabaseSource,
    now: Timestamp,
    remembered: &'a mut SourceState,
}

impl Refresh<'_> {
    async fn run(
        &mut self,
        whole: bool,
        secrets: &Secrets<'_>,
        progress: &mut (dyn FnMut(Refreshing) + Send),
    ) -> Result<RefreshReport> {
        let folder = self.workspace.folder();
        let spool = spool_folder(&folder.staging(), &self.source.name)?;
        let nothing = SourceState::default();
        let before = if whole { &nothing } else { &*self.remembered };
        let mut connected = connect::connect(self.source, folder.root(), secrets).await?;
        let layouts = self.workspace.layouts()?;
        let fetching = Fetching { source: self.source, layouts: &layouts, before, folder: spool.path() };
        let fetched = fetching.all(&mut connected, progress).await?;
        drop(connected);
        let queries = || self.source.queries.iter().zip(&fetched);
        let news = queries().any(|(query, fetched)| whole || self.is_news(&query.name, fetched));
        let import = if news { Some(self.import(&fetched, &layouts, progress).await?) } else { None };
        let reports = queries().map(|(query, fetched)| QueryReport {
            query: query.name.clone(),
            rows: fetched.rows,
            bytes: fetched.spooled.bytes,
            from: fetched.from.clone(),
            cursor: fetched.state.cursor.clone(),
        });
        let reports = reports.collect();
        let states =
            self.source.queries.iter().zip(fetched).map(|(query, fetched)| (query.name.clone(), fetched.state));
        self.remembered.queries = states.collect();
        Ok(RefreshReport { source: self.source.name.clone(), queries: reports, import })
    }

    /// Imports what was fetched; all of it or nothing.
    async fn import(
        &self,
        fetched: &[Fetched],
        layouts: &[Arc<Layout>],
        progress: &mut (dyn FnMut(Refreshing) + Send),
    ) -> Result<ImportReport> {
        let queries = || self.source.queries.iter().zip(fetched);
        let all = queries().map(|(query, fetched)| (query.name.clone(), fetched.state.clone())).collect();
        let told = SourceState { queries: all, ..SourceState::default() };
        let own = layout::of_tables(&self.source.name, &told)?.map(Arc::new);
        let mut found = Recognition::default();
        for (query, fetched) in queries() {
            let display = file_name(&self.source.name, &query.name);
            let file = SourceFile::new(fetched.spooled.path.clone(), display);
            found.assigned.push(layout::assign(query, file, &fetched.state.columns, layouts, own.as_ref())?);
        }
        let mut importing = |now: Progress| progress(Refreshing::Importing(now));
        let mut report = self.workspace.import_found(&found, self.now, &mut importing).await?;
        report.notes.extend(self.vanished(fetched));
        Ok(report)
    }

    /// Whether a query brought rows, and not just those that it brought the last time.
    fn is_news(&self, query: &str, fetched: &Fetched) -> bool {
        let known = self.remembered.queries.get(query);
        let same =
            known.is_some_and(|known| known.question == fetched.state.question && known.digest == fetched.state.digest);
        !same && (fetched.rows > 0 || known.is_some_and(|known| known.cursor.is_none()))
    }

    /// Columns that came the last time and do not come any more.
    fn vanished(&self, fetched: &[Fetched]) -> Vec<String> {
        let mut notes = Vec::new();
        for (query, fetched) in self.source.queries.iter().zip(fetched) {
            let before = self.remembered.queries.get(&query.name).map(|known| known.columns.as_slice());
            let gone = before.unwrap_or_default().iter().filter(|column| !fetched.state.columns.contains(column));
            let gone: Vec<&str> = gone.map(String::as_str).collect();
            if !gone.is_empty() {
                notes.push(format!(
                    "the query {} brings no column {} any more; what is known of it stays",
                    query.name,
                    gone.join(", ")
                ));
            }
        }
        notes
    }
}

/// A folder for fetched rows that goes with the refresh; what a dead one left goes too. Under the source's lock.
fn spool_folder(staging: &Path, source: &str) -> Result<tempfile::TempDir> {
    std::fs::create_dir_all(staging)?;
    let prefix = format!("fetch-{source}.");
    for entry in std::fs::read_dir(staging)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(tempfile::Builder::new().prefix(&prefix).tempdir_in(staging)?)
}
