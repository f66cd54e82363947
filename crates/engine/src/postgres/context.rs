//! What a driver sees: our tables in the schema `public`, all their versions in `history`, and what PostgreSQL's own
//! tables of tables say about them.

use std::sync::Arc;

use datafusion::catalog::information_schema::InformationSchemaProvider;
use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, MemoryCatalogProviderList};
use datafusion::prelude::SessionContext;
use datafusion_postgres::datafusion_pg_catalog::pg_catalog::context::EmptyContextProvider;
use datafusion_postgres::datafusion_pg_catalog::pg_catalog::setup_pg_catalog;

use crate::session::{CATALOG, HISTORY, MAIN, Session};
use crate::{Error, Result};

/// The schema that drivers look into.
const PUBLIC: &str = "public";
const PG_CATALOG: &str = "pg_catalog";
const INFORMATION_SCHEMA: &str = "information_schema";

/// A context that answers drivers.
pub(super) struct Contexts {
    /// Answers queries.
    pub(super) asked: Arc<SessionContext>,
    /// Knows the columns of all tables without computing any view.
    described: SessionContext,
}

impl Contexts {
    pub(super) fn new(session: &Session) -> Result<Contexts> {
        let described = over(&session.planning_only()?)?;
        setup_pg_catalog(&described, CATALOG, EmptyContextProvider).map_err(|error| Error::from(*error))?;
        let asked = over(session)?;
        setup_pg_catalog(&asked, CATALOG, EmptyContextProvider).map_err(|error| Error::from(*error))?;
        let contexts = Contexts { asked: Arc::new(asked), described };
        let schemas = catalog(&contexts.asked)?;
        if let Some(tables) = catalog(&contexts.described)?.schema(PG_CATALOG) {
            // The one that was set up belongs to the tables that compute.
            schemas.register_schema(PG_CATALOG, tables)?;
        }
        let list = contexts.described.state().catalog_list().clone();
        schemas.register_schema(INFORMATION_SCHEMA, Arc::new(InformationSchemaProvider::new(list)))?;
        Ok(contexts)
    }
}

impl Drop for Contexts {
    /// The tables of tables hold the catalog that holds them.
    fn drop(&mut self) {
        for context in [&*self.asked, &self.described] {
            if let Ok(schemas) = catalog(context) {
                let _ = schemas.deregister_schema(PG_CATALOG, true);
                let _ = schemas.deregister_schema(INFORMATION_SCHEMA, true);
            }
        }
    }
}

fn catalog(context: &SessionContext) -> Result<Arc<dyn CatalogProvider>> {
    context.catalog(CATALOG).ok_or_else(|| Error::internal("the catalog of the session is gone"))
}

/// A context with the tables and functions of a session, its schemas called as drivers expect.
fn over(session: &Session) -> Result<SessionContext> {
    let held = catalog(session.context())?;
    let schemas = MemoryCatalogProvider::new();
    for (ours, theirs) in [(MAIN, PUBLIC), (HISTORY, HISTORY)] {
        let tables = held.schema(ours).ok_or_else(|| Error::internal(format!("the schema {ours} is gone")))?;
        schemas.register_schema(theirs, tables)?;
    }
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.catalogs.insert(CATALOG.to_owned(), Arc::new(schemas));
    let mut state = session.context().state();
    state.register_catalog_list(Arc::new(catalogs));
    let settings = &mut state.config_mut().options_mut().catalog;
    settings.default_schema = PUBLIC.to_owned();
    // The one built in would compute every view to learn its columns.
    settings.information_schema = false;
    Ok(SessionContext::new_with_state(state))
}
