//! What can go wrong while a sample company is written.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why no sample company was written.
#[derive(Debug)]
pub enum Error {
    /// The options are impossible; every problem is listed.
    Options(Vec<String>),
    /// The folder holds something that is not an earlier sample company.
    NotEmpty(PathBuf),
    /// A file or folder could not be written.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Error {
        Error::Io { path: path.to_path_buf(), source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Options(problems) => write!(f, "{}", problems.join("; ")),
            Error::NotEmpty(path) => {
                write!(f, "{} is not empty and holds no earlier sample company; choose another folder", path.display())
            }
            Error::Io { path, source } => write!(f, "cannot write {}: {source}", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            Error::Options(_) | Error::NotEmpty(_) => None,
        }
    }
}
