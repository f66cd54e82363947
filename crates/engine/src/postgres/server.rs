//! Answers on a port.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast::Statement;
use datafusion_postgres::Parser;
use datafusion_postgres::pgwire::api::auth::StartupHandler;
use datafusion_postgres::pgwire::api::cancel::{CancelHandler, DefaultCancelHandler};
use datafusion_postgres::pgwire::api::portal::{Format, Portal};
use datafusion_postgres::pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use datafusion_postgres::pgwire::api::results::{FieldInfo, Response};
use datafusion_postgres::pgwire::api::stmt::QueryParser;
use datafusion_postgres::pgwire::api::store::PortalStore;
use datafusion_postgres::pgwire::api::{
    ClientInfo, ClientPortalStore, ConnectionManager, PgWireServerHandlers, RandomPidSecretKeyGenerator, Type,
};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::PgWireBackendMessage;
use datafusion_postgres::pgwire::tokio::process_socket;
use futures::Sink;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::current::{Newest, parser};
use super::entrance::{Entrance, Gate, must_be_admitted};
use super::limit::Deadline;
use super::refused;
use crate::workspace::Workspace;

/// Tells the present moment.
pub(super) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A question as the library keeps it.
type Asked = (String, Option<(Statement, LogicalPlan)>);

/// Pause after a connection could not be taken, so that a machine out of files is not kept busy with that.
const PAUSE: Duration = Duration::from_millis(100);

/// How BI tools are served.
#[derive(Clone)]
pub struct PostgresOptions {
    /// How long one query may take.
    pub time_limit: Duration,
    /// How many connections there may be at a time; further ones are closed at once.
    pub connections: usize,
    /// Tells the present moment.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

/// Answers SQL over PostgreSQL's wire protocol until it is dropped. Passwords are not encrypted on the way, so only this
/// machine is answered, whatever the listener listens on.
pub async fn serve_postgres(
    listener: TcpListener,
    workspace: Workspace,
    gate: Arc<dyn Gate>,
    options: PostgresOptions,
) {
    let connections = Arc::new(ConnectionManager::new());
    let handlers = Arc::new(Handlers {
        asker: Arc::new(Asker {
            newest: Newest::new(workspace, options.clock),
            time_limit: options.time_limit,
            known: Mutex::default(),
        }),
        entrance: Arc::new(Entrance {
            gate,
            connections: connections.clone(),
            keys: RandomPidSecretKeyGenerator::default(),
        }),
        cancel: Arc::new(DefaultCancelHandler::new(connections)),
    });
    let room = Arc::new(Semaphore::new(options.connections));
    let mut tasks = JoinSet::new();
    loop {
        while tasks.try_join_next().is_some() {}
        let Ok((socket, from)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let Ok(permit) = room.clone().try_acquire_owned() else { continue };
        if !from.ip().to_canonical().is_loopback() {
            continue;
        }
        let handlers = handlers.clone();
        tasks.spawn(async move {
            // A connection that breaks concerns nobody else.
            let _ = process_socket(socket, None, handlers).await;
            drop(permit);
        });
    }
}

struct Handlers {
    asker: Arc<Asker>,
    entrance: Arc<Entrance>,
    cancel: Arc<DefaultCancelHandler>,
}

impl PgWireServerHandlers for Handlers {
    fn simple_query_handler(&self) -> Arc<impl SimpleQueryHandler> {
        self.asker.clone()
    }

    fn extended_query_handler(&self) -> Arc<impl ExtendedQueryHandler> {
        Arc::new(Extended(self.asker.clone()))
    }

    fn startup_handler(&self) -> Arc<impl StartupHandler> {
        self.entrance.clone()
    }

    fn cancel_handler(&self) -> Arc<impl CancelHandler> {
        self.cancel.clone()
    }
}

/// Asks the newest data. A prepared question keeps the data that it was prepared with.
struct Asker {
    newest: Newest,
    time_limit: Duration,
    /// Tells types of questions; any parser does.
    known: Mutex<Option<Arc<Parser>>>,
}

struct Extended(Arc<Asker>);

#[async_trait]
impl SimpleQueryHandler for Asker {
    async fn do_query<C>(&self, client: &mut C, query: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        must_be_admitted(client)?;
        let current = self.newest.get().await.map_err(refused::ours)?;
        let deadline = Deadline::of(client, self.time_limit);
        deadline.wait(SimpleQueryHandler::do_query(&current.service, client, query)).await
    }
}

#[async_trait]
impl ExtendedQueryHandler for Extended {
    type Statement = Asked;
    type QueryParser = Asker;

    fn query_parser(&self) -> Arc<Asker> {
        self.0.clone()
    }

    async fn do_query<C>(&self, client: &mut C, portal: &Portal<Asked>, max_rows: usize) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Asked>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        must_be_admitted(client)?;
        let current = self.0.newest.get().await.map_err(refused::ours)?;
        let deadline = Deadline::of(client, self.0.time_limit);
        deadline.wait(ExtendedQueryHandler::do_query(&current.service, client, portal, max_rows)).await
    }
}

impl Asker {
    fn known(&self) -> Option<Arc<Parser>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl QueryParser for Asker {
    type Statement = Asked;

    async fn parse_sql<C>(&self, client: &C, sql: &str, types: &[Option<Type>]) -> PgWireResult<Option<Asked>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        must_be_admitted(client)?;
        let current = self.newest.get().await.map_err(refused::ours)?;
        let parser = parser(&current);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(parser.clone());
        parser.parse_sql(client, sql, types).await.map_err(refused::told)
    }

    fn get_parameter_types(&self, asked: &Asked) -> PgWireResult<Vec<Type>> {
        self.known().map_or_else(|| Ok(Vec::new()), |parser| parser.get_parameter_types(asked))
    }

    fn get_result_schema(&self, asked: &Asked, format: Option<&Format>) -> PgWireResult<Vec<FieldInfo>> {
        self.known().map_or_else(|| Ok(Vec::new()), |parser| parser.get_result_schema(asked, format))
    }
}
