//! DataFusion sessions that read layouts' SQL: one partition (rows keep their order), bounded memory, spilling.

use std::path::Path;
use std::sync::Arc;

use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::Result;
use crate::session::functions::{bounded, json};

/// Sessions that share memory and scratch space, each with tables of its own.
pub(crate) struct Sessions {
    runtime: Arc<RuntimeEnv>,
}

impl Sessions {
    /// All operators together use about `memory_bytes` and spill to `spill_dir`.
    pub(crate) fn new(memory_bytes: usize, spill_dir: &Path) -> Result<Self> {
        let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![spill_dir.to_path_buf()]));
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(memory_bytes)))
            .with_disk_manager_builder(disk)
            .build_arc()?;
        Ok(Sessions { runtime })
    }

    /// A session without tables.
    pub(crate) fn session(&self) -> Result<SessionContext> {
        let config = SessionConfig::new().with_target_partitions(1).with_batch_size(super::raw::batch::ROWS);
        let session = SessionContext::new_with_config_rt(config, self.runtime.clone());
        bounded::bound(&mut *session.state_ref().write())?;
        json::functions().into_iter().for_each(|function| session.register_udf(function));
        Ok(session)
    }
}

/// What SQL of a layout may do: ask, and nothing else.
pub(crate) fn only_questions() -> SQLOptions {
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false)
}
