//! The JSON of `throughline sources list` and `throughline sources refresh`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{Error, QueryReport, RefreshReport, Result, SourceStatus};

use super::import;
use crate::failure;

/// All sources that can be refreshed.
#[derive(Debug, Serialize)]
pub struct List {
    sources: Vec<Status>,
}

#[derive(Debug, Serialize)]
struct Status {
    source: String,
    file: String,
    from: String,
    every_seconds: Option<u64>,
    refreshed_at: Option<Timestamp>,
    due_at: Option<Timestamp>,
    problem: Option<String>,
}

impl From<&[SourceStatus]> for List {
    fn from(sources: &[SourceStatus]) -> List {
        let status = |one: &SourceStatus| Status {
            source: one.source.clone(),
            file: one.file.clone(),
            from: one.place.clone(),
            every_seconds: one.every.map(|every| every.as_secs()),
            refreshed_at: one.refreshed_at,
            due_at: one.due_at,
            problem: one.problem.clone(),
        };
        List { sources: sources.iter().map(status).collect() }
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
    imports: Vec<import::Report>,
    /// Files that may still be written.
    waiting: Vec<String>,
    problems: Vec<Problem>,
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
                imports: Vec::new(),
                waiting: Vec::new(),
                problems: vec![Problem::from(error)],
            },
        };
        Refreshed { sources: done.iter().map(source).collect() }
    }
}

impl From<&RefreshReport> for Source {
    fn from(report: &RefreshReport) -> Source {
        let outcome = match (report.imports.is_empty(), report.problems.is_empty()) {
            (false, _) => "imported",
            (true, true) => "unchanged",
            (true, false) => "failed",
        };
        Source {
            source: report.source.clone(),
            outcome,
            queries: report.queries.iter().map(Query::from).collect(),
            imports: report.imports.iter().map(import::Report::from).collect(),
            waiting: report.waiting.clone(),
            problems: report.problems.iter().map(Problem::from).collect(),
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
