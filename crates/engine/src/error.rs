//! The engine's one error: a kind that says what the caller can do about it, and a sentence for people.

use std::fmt;
use std::io;
use std::path::Path;

/// What the caller should do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request or a file handed in must be changed.
    Input,
    /// A definition (measure, scorecard, layout, settings) must be changed.
    Definition,
    /// The workspace on disk is damaged or from a newer program.
    Damaged,
    /// Somebody else is at work; try again.
    Busy,
    /// A defect of the program or of the machine.
    Internal,
}

/// An error with a message that is a sentence, and a hint that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What the caller should do.
    pub kind: ErrorKind,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Result of everything in the engine.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), hint: None }
    }
    /// The request or a file must be changed.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }
    /// A definition must be changed.
    pub fn definition(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Definition, message)
    }
    /// The workspace on disk is damaged.
    pub fn damaged(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Damaged, message)
    }
    /// Somebody else is at work.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Busy, message)
    }
    /// A defect of the program or of the machine.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }
    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    /// Puts what was being done before the message.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<datafusion::error::DataFusionError> for Error {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        use datafusion::error::DataFusionError as D;
        match error.find_root() {
            D::External(inner) => match inner.downcast_ref::<Error>() {
                Some(ours) => Error { kind: ours.kind, message: ours.message.clone(), hint: ours.hint.clone() },
                None => Error::internal(error.strip_backtrace()),
            },
            D::Plan(_) | D::SchemaError(..) | D::SQL(..) => Error::input(error.strip_backtrace()),
            _ => Error::internal(error.strip_backtrace()),
        }
    }
}

impl From<Error> for datafusion::error::DataFusionError {
    fn from(error: Error) -> Self {
        datafusion::error::DataFusionError::External(Box::new(error))
    }
}

impl From<deltalake::DeltaTableError> for Error {
    fn from(error: deltalake::DeltaTableError) -> Self {
        Error::internal(error.to_string())
    }
}

impl From<datafusion::arrow::error::ArrowError> for Error {
    fn from(error: datafusion::arrow::error::ArrowError) -> Self {
        Error::internal(error.to_string())
    }
}

/// The error of reading or writing a file of the workspace: it names the file and says what to do.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |error| {
        let (file, kind) = (path.display(), error.kind());
        match kind {
            io::ErrorKind::NotFound => Error::damaged(format!("{file} is missing.")).hint(DOCTOR),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                Error::damaged(format!("{file} is damaged: {error}.")).hint(DOCTOR)
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Error::input(format!("{file} cannot be opened: {error}."))
                    .hint("It and its folder must belong to the user who runs the program.")
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Error::internal(format!("There is no room left on the disk to write {file}."))
                    .hint("Free some space, then do it again; nothing that was there is lost.")
            }
            _ => Error::internal(format!("{file} cannot be read or written: {error}.")),
        }
    }
}

/// What to do about a damaged file.
pub(crate) const DOCTOR: &str = "Run `throughline doctor`: it names what is damaged, what it means and what to do.";

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::internal(error.to_string())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::internal(error.to_string())
    }
}
