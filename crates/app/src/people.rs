//! The people of a workspace, as this program opens them: where the file lies, randomness, and errors.

use throughline_engine::{Check, Error, ErrorKind, Finding, Result, Workspace};
use throughline_people::{self as people, People};

/// Opens the people of a workspace; without a file, one with nobody in it is made.
///
/// # Errors
/// Damaged: the file is broken or from a newer program. Input: it cannot be opened.
pub fn open(workspace: &Workspace) -> Result<People> {
    let path = workspace.folder().people();
    if let Some(folder) = path.parent() {
        // A workspace that was cloned has no data folder yet.
        std::fs::create_dir_all(folder)?;
    }
    People::open(&path).map_err(error)
}

/// Looks at the people of a workspace; with `mend`, their file is made private again.
pub fn check(workspace: &Workspace, mend: bool) -> Check {
    let path = workspace.folder().people();
    let meaning = "Nobody can log in, and the server does not start; data and definitions do not depend on it.";
    let remedy = "Put the copy of a backup in its place, or move it away and add the users again.";
    let (mut said, mut findings) = ("no file of people", Vec::new());
    match people::soundness(&path) {
        Err(error) => {
            let remedy = error.hint.as_deref().unwrap_or(remedy);
            findings.push(Finding::problem(&error.message, meaning, remedy).about(&path));
        }
        Ok(None) => {}
        Ok(Some(sound)) => {
            said = "users, tokens, notes and the audit trail";
            if let Some(first) = sound.broken.first() {
                let what =
                    format!("{} is damaged in {} place(s); the first: {first}.", path.display(), sound.broken.len());
                findings.push(Finding::problem(what, meaning, remedy).about(&path));
            }
            if sound.open_to_others {
                let what = format!("Others than its owner may read {}.", path.display());
                let meaning = "It holds hashes of passwords and tokens.";
                let remedy = "`throughline doctor --mend` makes it private, as does every use of it.";
                let mut finding = Finding::problem(what, meaning, remedy).about(&path).mendable();
                // Opening it makes it private.
                finding.mended = mend && People::open(&path).is_ok();
                findings.push(finding);
            }
        }
    }
    Check::new("people", said, findings)
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
