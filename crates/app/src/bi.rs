//! The workspace for BI tools: who may ask in SQL over PostgreSQL's wire protocol, and for how long.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use throughline_engine::{Error, Gate, PostgresOptions, Result, Workspace, serve_postgres};
use throughline_people::{Attempt, Event, People, Role, Scope};
use tokio::net::TcpListener;

use crate::people;

/// How long a query may take.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Connections at a time.
const CONNECTIONS: usize = 64;

/// Listens on an address of this machine.
///
/// # Errors
/// Input: it is no address of this machine, or is taken.
pub async fn listen(address: SocketAddr) -> Result<TcpListener> {
    if !address.ip().is_loopback() {
        return Err(Error::input(format!(
            "SQL is not answered on {address}: passwords would cross the network readable."
        ))
        .hint("Use 127.0.0.1 or [::1], and a tunnel for other machines (docs/database.md)."));
    }
    let taken = |error| {
        Error::input(format!("{address} cannot be listened on: {error}."))
            .hint("A PostgreSQL server may be running; --postgres takes another port.")
    };
    TcpListener::bind(address).await.map_err(taken)
}

/// Answers until it is dropped.
///
/// # Errors
/// Those of opening the people of the workspace.
pub fn serve(
    listener: TcpListener,
    workspace: Workspace,
    clock: fn() -> Timestamp,
) -> Result<impl Future<Output = ()> + Send + 'static> {
    let gate = SqlGate { people: Arc::new(people::open(&workspace)?), clock };
    let options = PostgresOptions { time_limit: TIME_LIMIT, connections: CONNECTIONS, clock: Arc::new(clock) };
    Ok(serve_postgres(listener, workspace, Arc::new(gate), options))
}

/// Lets in analysts and above, by password, and programs by a token of the scope `sql`. Without users there is no
/// login.
struct SqlGate {
    people: Arc<People>,
    clock: fn() -> Timestamp,
}

impl Gate for SqlGate {
    fn asks_password(&self) -> bool {
        // Where it cannot be found out, nobody comes in without one.
        !self.people.is_empty().unwrap_or(false)
    }

    fn admit<'a>(
        &'a self,
        user: &'a str,
        password: Option<&'a str>,
        from: SocketAddr,
    ) -> BoxFuture<'a, std::result::Result<(), String>> {
        async move {
            if !self.asks_password() {
                return Ok(());
            }
            let (people, now, user) = (self.people.clone(), (self.clock)(), user.to_owned());
            let password = password.unwrap_or_default().to_owned();
            // A password is hashed, which takes its time.
            let admitted = tokio::task::spawn_blocking(move || admit(&people, &user, &password, from, now)).await;
            admitted.unwrap_or_else(|_| Err("The login cannot be checked.".to_owned()))
        }
        .boxed()
    }
}

fn admit(
    people: &People,
    user: &str,
    password: &str,
    from: SocketAddr,
    now: Timestamp,
) -> std::result::Result<(), String> {
    let told = |error: throughline_people::Error| error.message;
    let actor = match people.find_token(password, now).map_err(told)? {
        Some(holder) if !holder.allows(Scope::Sql) => return Err("The token has not the scope sql.".to_owned()),
        Some(holder) => holder.actor(),
        None => {
            let attempt = Attempt { name: user, password, address: Some(from.ip()) };
            let login = people.login(&attempt, now, &mut people::random).map_err(told)?;
            // The connection is the session.
            people.end_session(login.secret.expose(), now).map_err(told)?;
            login.session.actor()
        }
    };
    let may = actor.may(Role::Analyst);
    let event = if may { Event::done("sql.connect", "", "") } else { Event::refused("sql.connect", "", "") };
    people.record(&actor, event, now).map_err(told)?;
    if may { Ok(()) } else { Err(format!("{} may not ask in SQL; that needs the role analyst.", actor.name)) }
}
