//! The newest data and definitions, opened once for all connections and again when they change.

use std::sync::Arc;

use datafusion_postgres::{DfSessionService, Parser};
use tokio::sync::Mutex;

use super::context::Contexts;
use super::hooks;
use super::server::Clock;
use crate::reader::{ReadOptions, Reader};
use crate::store::manifest;
use crate::workspace::Workspace;
use crate::{Error, Result};

/// The workspace at one moment.
pub(super) struct Current {
    /// Answers queries.
    pub(super) service: DfSessionService,
    version: (u64, usize),
    // Plans find their session through it.
    _reader: Reader,
    _contexts: Contexts,
}

/// Opens the workspace again whenever it has changed.
pub(super) struct Newest {
    workspace: Workspace,
    clock: Clock,
    held: Mutex<Option<Arc<Current>>>,
}

impl Newest {
    pub(super) fn new(workspace: Workspace, clock: Clock) -> Newest {
        Newest { workspace, clock, held: Mutex::default() }
    }

    /// The workspace as it is now.
    pub(super) async fn get(&self) -> Result<Arc<Current>> {
        let version =
            (manifest::latest(&self.workspace.folder().manifests())?.number, self.workspace.revisions()?.len());
        let mut held = self.held.lock().await;
        if let Some(current) = held.as_ref().filter(|current| current.version == version) {
            return Ok(current.clone());
        }
        let (workspace, now) = (self.workspace.clone(), (self.clock)());
        let opened = tokio::task::spawn_blocking(move || open(&workspace, ReadOptions::at(now), version)).await;
        let current = Arc::new(opened.map_err(|error| Error::internal(error.to_string()))??);
        *held = Some(current.clone());
        Ok(current)
    }
}

fn open(workspace: &Workspace, options: ReadOptions, version: (u64, usize)) -> Result<Current> {
    let reader = workspace.reader(options)?;
    let contexts = Contexts::new(reader.session())?;
    let service = DfSessionService::new_with_hooks(contexts.asked.clone(), hooks::all());
    Ok(Current { service, version, _reader: reader, _contexts: contexts })
}

/// The library's parser, which is kept alive by what it belongs to.
pub(super) fn parser(current: &Current) -> Arc<Parser> {
    use datafusion_postgres::pgwire::api::query::ExtendedQueryHandler;
    current.service.query_parser()
}
