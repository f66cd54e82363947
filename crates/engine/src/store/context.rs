//! DataFusion sessions for writing: bounded memory, spilling beside the data.

use std::path::Path;
use std::sync::Arc;

use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionContext;
use deltalake::delta_datafusion::DeltaSessionContext;

use crate::Result;

/// A session whose operators share `memory_bytes` and spill to `spill_dir`.
///
/// Delta's write and merge plans need its own planner, so the session is Delta's.
pub fn writing_session(memory_bytes: usize, spill_dir: &Path) -> Result<SessionContext> {
    std::fs::create_dir_all(spill_dir)?;
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![spill_dir.to_path_buf()]));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(memory_bytes)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    Ok(DeltaSessionContext::with_runtime_env(runtime).into_inner())
}
