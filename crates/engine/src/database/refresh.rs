//! Refreshing a database: fetch, import, remember.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use throughline_model::layout::Layout;
use throughline_model::source::DatabaseSource;

use super::fetch::{Fetched, Fetching};
use super::state::SourceState;
use super::{Secrets, connect, file_name, layout};
use crate::intake::{Recognition, SourceFile};
use crate::workspace::Workspace;
use crate::{ImportReport, Progress, Result};

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

/// One refresh of a database, under the lock of its source.
pub(crate) struct Refresh<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) source: &'a DatabaseSource,
    pub(crate) now: Timestamp,
    pub(crate) remembered: &'a mut SourceState,
}

impl Refresh<'_> {
    /// Fetches, imports, and knows then what is to be remembered: what the queries brought, and the import, where there
    /// was anything new.
    pub(crate) async fn run(
        &mut self,
        whole: bool,
        secrets: &Secrets<'_>,
        progress: &mut (dyn FnMut(Refreshing) + Send),
    ) -> Result<(Vec<QueryReport>, Vec<ImportReport>)> {
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
        let imports = if news { vec![self.import(&fetched, &layouts, progress).await?] } else { Vec::new() };
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
        Ok((reports, imports))
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
