//! Sources that are asked: refreshing one imports what is new there, and remembers how far it came.

mod folder;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use throughline_model::Level;
use throughline_model::diagnostic::hint_among;
use throughline_model::source::Source;

use crate::database::state::{self, SourceState};
use crate::database::{QueryReport, Refresh, Refreshing, Secrets};
use crate::workspace::Workspace;
use crate::{Error, ImportReport, Result};

/// Which source to refresh and how.
#[derive(Debug, Clone, Default)]
pub struct RefreshRequest {
    /// Name of the source.
    pub source: String,
    /// Take everything, not only what is new since the last time.
    pub whole: bool,
}

/// What a refresh did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshReport {
    /// The source.
    pub source: String,
    /// The queries of a database.
    pub queries: Vec<QueryReport>,
    /// The imports; none where there is nothing new. Files of a folder that cannot be read keep no others from it.
    pub imports: Vec<ImportReport>,
    /// Files of a folder that are perhaps still being written: the next refresh looks again.
    pub waiting: Vec<String>,
    /// Why files of a folder could not be read: the next refresh tries them again.
    pub problems: Vec<Error>,
}

impl RefreshReport {
    /// A refresh that did nothing yet.
    pub(crate) fn of(source: &str) -> RefreshReport {
        let source = source.to_owned();
        RefreshReport { source, queries: Vec::new(), imports: Vec::new(), waiting: Vec::new(), problems: Vec::new() }
    }
}

/// What is known of a source without asking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// Its name.
    pub source: String,
    /// The file that defines it.
    pub file: String,
    /// The database, as `user@host:port/database`, or the folder.
    pub place: String,
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
    /// Imports what is new in a source.
    ///
    /// # Errors
    /// Input: there is no such source, the database refuses us, or the folder is not there. Definition: the source or
    /// one of its queries is wrong, with file, line and column. Busy: it is being refreshed, or the database is out of
    /// reach. In each case nothing was imported, and the next refresh begins where this one did.
    pub async fn refresh(
        &self,
        request: &RefreshRequest,
        secrets: &Secrets<'_>,
        now: Timestamp,
        progress: &mut (dyn FnMut(Refreshing) + Send),
    ) -> Result<RefreshReport> {
        let source = self.defined_source(&request.source)?;
        let _lock = state::lock(self.folder(), source.name())?;
        let mut remembered = state::load(self.folder(), source.name())?;
        let done = match &source {
            Source::Database(source) => {
                let mut refresh = Refresh { workspace: self, source, now, remembered: &mut remembered };
                let done = refresh.run(request.whole, secrets, progress).await;
                done.map(|(queries, imports)| RefreshReport { queries, imports, ..RefreshReport::of(&source.name) })
            }
            Source::Folder(source) => {
                folder::refresh(self, source, request.whole, now, &mut remembered, progress).await
            }
        };
        remembered.tried_at = Some(now);
        let problem = match &done {
            Ok(report) => report.problems.first(),
            Err(error) => Some(error),
        };
        remembered.problem = problem.map(|error| error.message.clone());
        if remembered.problem.is_none() {
            remembered.refreshed_at = Some(now);
        }
        state::store(self.folder(), source.name(), &remembered)?;
        done
    }

    /// All sources that can be refreshed, by name.
    ///
    /// # Errors
    /// Definition: the file of one of them is wrong.
    pub fn refreshable_sources(&self, now: Timestamp) -> Result<Vec<SourceStatus>> {
        let (sources, problems) = self.source_definitions()?;
        if let Some(problem) = problems.iter().find(|problem| problem.level == Level::Error) {
            return Err(Error::definition(problem.to_string()).hint("Run `throughline check` to see all problems."));
        }
        sources.iter().map(|source| self.status(source, now)).collect()
    }

    fn status(&self, source: &Source, now: Timestamp) -> Result<SourceStatus> {
        let state = state::load(self.folder(), source.name())?;
        let place = match source {
            Source::Database(source) => {
                let connection = &source.connection;
                format!("{}@{}:{}/{}", connection.user, connection.host, connection.port, connection.database)
            }
            Source::Folder(source) => source.path.clone(),
        };
        Ok(SourceStatus {
            source: source.name().to_owned(),
            file: source.file().to_owned(),
            place,
            every: source.every(),
            refreshed_at: state.refreshed_at,
            due_at: source.every().map(|every| due_at(&state, every, now)),
            problem: state.problem,
        })
    }

    /// Names of the sources that are to be refreshed by now. One that failed waits its time, too. A source whose file is
    /// wrong is never due: `check` tells why.
    pub fn due(&self, now: Timestamp) -> Result<Vec<String>> {
        let mut due = Vec::new();
        for source in self.source_definitions()?.0 {
            let Some(every) = source.every() else { continue };
            if due_at(&state::load(self.folder(), source.name())?, every, now) <= now {
                due.push(source.name().to_owned());
            }
        }
        Ok(due)
    }

    fn defined_source(&self, name: &str) -> Result<Source> {
        let (sources, problems) = self.source_definitions()?;
        let file = format!("sources/{name}.toml");
        if let Some(source) = sources.iter().find(|source| source.name() == name) {
            return Ok(source.clone());
        }
        if let Some(problem) = problems.iter().find(|problem| problem.file == file) {
            return Err(Error::definition(problem.to_string()).hint("Run `throughline check` to see all problems."));
        }
        let hint = hint_among(name, sources.iter().map(Source::name));
        Err(Error::input(format!("There is no source {name}."))
            .hint(hint.unwrap_or_else(|| format!("Define it in {file}; see docs/sources.md."))))
    }
}

/// The moment it is due at; now where it was never asked.
fn due_at(state: &SourceState, every: Duration, now: Timestamp) -> Timestamp {
    let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
    state.tried_at.map_or(now, |tried| tried.saturating_add(every).unwrap_or(Timestamp::MAX))
}
