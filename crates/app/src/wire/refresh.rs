//! The JSON of `throughline sources list` and `throughline sources refresh`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{Error, QueryReport, RefreshReport, Result, SourceStatus};

use super::import;
use crate::failure;

/// All databases among the sources.
#[derive(Debug, Serialize)]
pub struct List {
    sources: Vec<Database>,
}

#[derive(Debug, Serialize)]
struct Database {
    source: String,
    file: String,
    database: String,
    every_seconds: Option<u64>,
    refreshed_at: Option<Timestamp>,
    due_at: Option<Timestamp>,
    problem: Option<String>,
}

impl From<&[SourceStatus]> for List {
    fn from(sources: &[SourceStatus]) -> List {
        let database = |one: &SourceStatus| Database {
            source: one.source.clone(),
            file: one.file.clone(),
            database: one.database.clone(),
            every_seconds: one.every.map(|every| every.as_secs()),
            refreshed_at: one.refreshed_at,
            due_at: one.due_at,
            problem: one.problem.clone(),
        };
        List { sources: sources.iter().map(database).collect() }
    }
}

/// What became of every source that was to be refreshed.
#[derive(Debug, Serialize)]
pub struct Refreshed {
    sources: Vec<Source>,
}

/// What became of a source.
#[derive(Debug, Serialize)]
pub struct Source {
    source: String,
    outcome: &'static str,
    queries: Vec<Query>,
    import: Option<import::Report>,
    problem: Option<Problem>,
}

#[derive(Debug, Serialize)]
struct Query {
    query: String,
    rows: u64,
    bytes: u64,
    from: Option<String>,
    cursor: Option<String>,
}

#[derive(Debug, Serialize)]
struct Problem {
    error: &'static str,
    message: String,
    hint: Option<String>,
}

impl From<&[(String, Result<RefreshReport>)]> for Refreshed {
    fn from(done: &[(String, Result<RefreshReport>)]) -> Refreshed {
        let source = |(name, result): &(String, Result<RefreshReport>)| match result {
            Ok(report) => Source::from(report),
            Err(error) => Source {
                source: name.clone(),
                outcome: "failed",
                queries: Vec::new(),
                import: None,
                problem: Some(Problem::from(error)),
            },
        };
        Refreshed { sources: done.iter().map(source).collect() }
    }
}

impl From<&RefreshReport> for Source {
    fn from(report: &RefreshReport) -> Source {
        Source {
            source: report.source.clone(),
            outcome: if report.import.is_some() { "imported" } else { "unchanged" },
            queries: report.queries.iter().map(Query::from).collect(),
            import: report.import.as_ref().map(import::Report::from),
            problem: None,
        }
    }
}

impl From<&QueryReport> for Query {
    fn from(one: &QueryReport) -> Query {
        Query {
            query: one.query.clone(),
            rows: one.rows,
            bytes: one.bytes,
            from: one.from.clone(),
            cursor: one.cursor.clone(),
        }
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Problem {
        Problem { error: failure::name(error.kind), message: error.message.clone(), hint: error.hint.clone() }
    }
}
