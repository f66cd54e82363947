//! Who may come in.

use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion_postgres::pgwire::api::auth::{
    DefaultServerParameterProvider, StartupHandler, finish_authentication, protocol_negotiation,
    save_startup_parameters_to_metadata,
};
use datafusion_postgres::pgwire::api::{
    ClientInfo, ConnectionGuard, ConnectionHandle, ConnectionManager, METADATA_USER, PgWireConnectionState,
    PidSecretKeyGenerator, RandomPidSecretKeyGenerator,
};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::startup::Authentication;
use datafusion_postgres::pgwire::messages::{PgWireBackendMessage, PgWireFrontendMessage};
use futures::future::BoxFuture;
use futures::{Sink, SinkExt};

use super::refused;

/// Decides who may ask. The engine knows no users.
pub trait Gate: Send + Sync {
    /// Whether a password is asked for.
    fn asks_password(&self) -> bool;

    /// Lets a user in, or says why not in a sentence that tells nothing about users.
    fn admit<'a>(
        &'a self,
        user: &'a str,
        password: Option<&'a str>,
        from: SocketAddr,
    ) -> BoxFuture<'a, Result<(), String>>;
}

/// Stands in the session of a user who was let in. The protocol goes on after an error of its own, also after one
/// amid a login, so that every question asks for this.
struct Admitted;

/// Refuses a question of somebody who was not let in.
pub(super) fn must_be_admitted(client: &(impl ClientInfo + ?Sized)) -> PgWireResult<()> {
    let admitted = client.session_extensions().get::<Admitted>();
    admitted.map(drop).ok_or_else(|| refused::login("nobody is logged in".to_owned()))
}

/// Greets connections.
pub(super) struct Entrance {
    pub(super) gate: Arc<dyn Gate>,
    pub(super) connections: Arc<ConnectionManager>,
    pub(super) keys: RandomPidSecretKeyGenerator,
}

impl Entrance {
    async fn admit<C>(&self, client: &mut C, password: Option<&str>) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let user = client.metadata().get(METADATA_USER).cloned().unwrap_or_default();
        self.gate.admit(&user, password, client.socket_addr()).await.map_err(refused::login)?;
        let (number, secret) = self.keys.generate(client);
        let (handle, guard) = self.connections.register(number, secret.clone());
        client.set_pid_and_secret_key(number, secret);
        client.session_extensions().insert::<Arc<ConnectionHandle>>(handle);
        client.session_extensions().insert::<ConnectionGuard>(guard);
        client.session_extensions().insert(Admitted);
        let mut parameters = DefaultServerParameterProvider::default();
        parameters.is_superuser = false;
        parameters.default_transaction_read_only = true;
        finish_authentication(client, &parameters).await
    }
}

#[async_trait]
impl StartupHandler for Entrance {
    async fn on_startup<C>(&self, client: &mut C, message: PgWireFrontendMessage) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        match message {
            PgWireFrontendMessage::Startup(ref startup) => {
                protocol_negotiation(client, startup).await?;
                save_startup_parameters_to_metadata(client, startup);
                if !self.gate.asks_password() {
                    return self.admit(client, None).await;
                }
                client.set_state(PgWireConnectionState::AuthenticationInProgress);
                let ask = PgWireBackendMessage::Authentication(Authentication::CleartextPassword);
                Ok(client.send(ask).await?)
            }
            PgWireFrontendMessage::PasswordMessageFamily(told) => {
                let told = told.into_password()?;
                self.admit(client, Some(&told.password)).await
            }
            _ => Ok(()),
        }
    }
}
