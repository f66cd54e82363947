//! A source that is asked rather than handed in: a database and its queries, or a folder, and how often.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::layout::Layout;
use crate::source_reader;
use crate::toml_reader::Place;
use crate::vocabulary::Vocabulary;

/// What one file `sources/NAME.toml` defines.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A database.
    Database(DatabaseSource),
    /// A folder that other programs write files into.
    Folder(FolderSource),
}

impl Source {
    /// Name: that of its file.
    pub fn name(&self) -> &str {
        match self {
            Source::Database(source) => &source.name,
            Source::Folder(source) => &source.name,
        }
    }

    /// How often it is refreshed by itself; never where absent.
    pub fn every(&self) -> Option<Duration> {
        match self {
            Source::Database(source) => source.every,
            Source::Folder(source) => source.every,
        }
    }

    /// File it was read from, as shown in messages.
    pub fn file(&self) -> &str {
        match self {
            Source::Database(source) => &source.file,
            Source::Folder(source) => &source.file,
        }
    }
}

/// A folder whose new and changed files are imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderSource {
    /// Name: that of its file.
    pub name: String,
    /// A folder, a file, or a pattern; relative to the workspace.
    pub path: String,
    /// Layout to read the files with, instead of recognising it.
    pub layout: Option<String>,
    /// How their text is encoded, instead of finding it by looking.
    pub encoding: Option<String>,
    /// How often it is looked into by itself; never where absent.
    pub every: Option<Duration>,
    /// File it was read from, as shown in messages.
    pub file: String,
}

/// A database and what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseSource {
    /// Name: that of its file.
    pub name: String,
    /// How to reach it.
    pub connection: Connection,
    /// How often it is refreshed by itself; never where absent.
    pub every: Option<Duration>,
    /// How long one query may take.
    pub timeout: Duration,
    /// What is asked, in the order of the file.
    pub queries: Vec<SourceQuery>,
    /// File it was read from, as shown in messages.
    pub file: String,
}

/// How to reach a PostgreSQL server. It holds no password, only where one is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Name or address, or the folder of a unix socket.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// User.
    pub user: String,
    /// Where the password is found.
    pub password: Password,
}

/// Where a password is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Password {
    /// The server asks for none.
    None,
    /// In an environment variable.
    Environment(String),
    /// In a file, relative to the workspace.
    File(String),
}

/// One query and where its rows go.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceQuery {
    /// Name, for messages and the ledger.
    pub name: String,
    /// One SELECT, without a semicolon at its end.
    pub sql: String,
    /// What its columns mean.
    pub target: QueryTarget,
    /// Only rows from the last one seen on.
    pub cursor: Option<Cursor>,
    /// Where its text begins.
    pub place: Place,
}

/// What the columns of a query mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryTarget {
    /// They are the columns of a standard table.
    Table(String),
    /// A layout knows them, as it knows those of a file.
    Layout(String),
}

/// A column that grows whenever a row is added or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The column, as the query names it.
    pub column: String,
    /// How far before the last one seen a refresh begins, for rows that were committed late.
    pub overlap: Duration,
    /// Where it stands.
    pub place: Place,
}

/// Whether a host is this machine: a folder of unix sockets, `localhost`, or a loopback address.
pub fn is_local(host: &str) -> bool {
    host.starts_with('/') || host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Reads one source. One with an error is not returned: half of it would fetch something else than was meant.
pub fn read(path: &str, text: &str, vocabulary: &Vocabulary, layouts: &[&Layout]) -> (Option<Source>, Vec<Diagnostic>) {
    source_reader::read(path, text, vocabulary, layouts)
}
