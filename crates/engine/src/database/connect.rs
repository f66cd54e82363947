//! Reaching a PostgreSQL server.

use std::path::Path;
use std::time::Duration;

use throughline_model::source::{Connection, DatabaseSource, Password};
use tokio::task::JoinHandle;
use tokio_postgres::config::{Config, SslMode};
use tokio_postgres::{Client, NoTls};

use super::{Secrets, refused};
use crate::{Error, Result};

const PATIENCE: Duration = Duration::from_secs(10);
/// A server that went away without a word is noticed after about a minute.
const IDLE: Duration = Duration::from_secs(30);
const PROBES: u32 = 3;

/// An open connection; it ends with this value.
pub(super) struct Connected {
    /// What is asked goes here.
    pub(super) client: Client,
    task: JoinHandle<()>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connects to the database of a source.
///
/// # Errors
/// Input: the password is not where the source says, or the server refuses the user. Busy: nobody answers.
pub(super) async fn connect(source: &DatabaseSource, root: &Path, secrets: &Secrets<'_>) -> Result<Connected> {
    let Connection { host, port, database, user, .. } = &source.connection;
    let mut config = Config::new();
    config.host(host).port(*port).dbname(database).user(user);
    config.application_name("throughline").connect_timeout(PATIENCE).ssl_mode(SslMode::Disable);
    config.keepalives_idle(IDLE).keepalives_interval(PATIENCE).keepalives_retries(PROBES);
    if let Some(password) = password(source, root, secrets)? {
        config.password(password);
    }
    let (client, connection) = config.connect(NoTls).await.map_err(|error| refused::connecting(source, &error))?;
    let task = tokio::spawn(async move {
        // Whatever ends it is told to those who wait for an answer.
        let _ = connection.await;
    });
    Ok(Connected { client, task })
}

fn password(source: &DatabaseSource, root: &Path, secrets: &Secrets<'_>) -> Result<Option<String>> {
    match &source.connection.password {
        Password::None => Ok(None),
        Password::Environment(name) => match secrets(name) {
            Some(password) => Ok(Some(password)),
            None => Err(Error::input(format!("{}: the environment variable {name} is not set.", source.file))
                .hint("Set it to the password of the database, or use `password_file`.")),
        },
        Password::File(name) => match std::fs::read_to_string(root.join(name)) {
            Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
            Err(error) => Err(Error::input(format!("{}: {name} cannot be read: {error}.", source.file))
                .hint("`password_file` is relative to the workspace.")),
        },
    }
}
