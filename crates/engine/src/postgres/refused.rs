//! Errors as drivers know them: a sentence, a hint, and an SQLSTATE.

use datafusion::common::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion_postgres::pgwire::error::{ErrorInfo, PgWireError};

use crate::session::hints;
use crate::{Error, ErrorKind};

const SYNTAX: &str = "42601";
const UNKNOWN: &str = "42000";
const MEMORY: &str = "53200";
const TOO_LONG: &str = "57014";
const DEFECT: &str = "XX000";
const READ_ONLY: &str = "25006";
const LOGIN: &str = "28P01";

/// An error with its SQLSTATE.
pub(super) fn error(code: &str, message: impl Into<String>, hint: Option<String>) -> PgWireError {
    let mut info = ErrorInfo::new("ERROR".to_owned(), code.to_owned(), message.into());
    info.hint = hint;
    PgWireError::UserError(Box::new(info))
}

/// Something would be written or changed.
pub(super) fn read_only(what: &str) -> PgWireError {
    let hint = "SELECT, EXPLAIN and SHOW are answered; data come in by `throughline import`.".to_owned();
    error(READ_ONLY, format!("cannot execute {what}: the workspace is read only here"), Some(hint))
}

/// A login failed; the connection ends.
pub(super) fn login(why: String) -> PgWireError {
    PgWireError::UserError(Box::new(ErrorInfo::new("FATAL".to_owned(), LOGIN.to_owned(), why)))
}

/// A query took longer than queries may.
pub(super) fn too_long(seconds: u64) -> PgWireError {
    error(TOO_LONG, format!("the query took longer than {seconds} s and was stopped"), None)
}

/// One of our own errors.
pub(super) fn ours(problem: Error) -> PgWireError {
    let code = match problem.kind {
        _ if hints::is_out_of_memory(&problem) => MEMORY,
        ErrorKind::Input if problem.message.starts_with("The SQL cannot be read") => SYNTAX,
        ErrorKind::Input | ErrorKind::Definition => UNKNOWN,
        ErrorKind::Damaged | ErrorKind::Busy | ErrorKind::Internal => DEFECT,
    };
    error(code, problem.message, problem.hint)
}

/// What the engine says, in our words.
pub(super) fn told(problem: PgWireError) -> PgWireError {
    let PgWireError::ApiError(inner) = problem else { return problem };
    let inner = match inner.downcast::<DataFusionError>() {
        Ok(error) => return ours(hints::running_error(&error)),
        Err(inner) => inner,
    };
    match inner.downcast::<ParserError>() {
        Ok(parser) => error(SYNTAX, format!("The SQL cannot be read: {parser}."), None),
        Err(other) => PgWireError::ApiError(other),
    }
}
