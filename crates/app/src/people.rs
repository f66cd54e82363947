//! The people of a workspace, as this program opens them: where the file lies, randomness, and errors.

use throughline_engine::{Error, ErrorKind, Result, Workspace};
use throughline_people::{self as people, People};

/// Where the file lies in the folder of a workspace.
const FILE: &str = "data/people.sqlite";

/// Opens the people of a workspace; without a file, one with nobody in it is made.
///
/// # Errors
/// Damaged: the file is broken or from a newer program. Input: it cannot be opened.
pub fn open(workspace: &Workspace) -> Result<People> {
    let path = workspace.folder().root().join(FILE);
    if let Some(folder) = path.parent() {
        // A workspace that was cloned has no data folder yet.
        std::fs::create_dir_all(folder)?;
    }
    People::open(&path).map_err(error)
}

/// Random bytes of the system, for secrets and salts.
///
/// # Errors
/// Internal: the system has none.
pub fn random(bytes: &mut [u8]) -> people::Result<()> {
    getrandom::fill(bytes)
        .map_err(|error| people::Error::internal(format!("The system gives no random numbers: {error}.")))
}

/// An error of this room as one of the program.
pub fn error(error: people::Error) -> Error {
    use people::ErrorKind as Kind;
    let kind = match error.kind {
        Kind::Input | Kind::NotFound | Kind::Unauthenticated | Kind::Forbidden | Kind::TooMany { .. } => {
            ErrorKind::Input
        }
        Kind::Damaged => ErrorKind::Damaged,
        Kind::Busy => ErrorKind::Busy,
        Kind::Internal => ErrorKind::Internal,
    };
    Error { kind, message: error.message, hint: error.hint }
}
