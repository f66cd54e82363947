//! Where a session gets its tables from.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::TableProvider;

use crate::Result;

/// The standard tables at one moment.
#[async_trait]
pub trait TableSource: Send + Sync {
    /// All versions of all rows of a standard table, in its stored schema; an empty table where nothing
    /// was ever written.
    async fn provider(&self, table: &str) -> Result<Arc<dyn TableProvider>>;
}
