//! What a command answers: text for standard output and an exit code.

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;
use throughline_engine::Result;

/// An answer that is ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Goes to standard output.
    pub body: String,
    /// Exit code, 0 when all is well.
    pub code: u8,
}

impl Reply {
    /// Text for people.
    pub fn text(body: impl Into<String>) -> Reply {
        Reply { body: body.into(), code: 0 }
    }

    /// JSON for programs, indented, with a line break at the end.
    pub fn json(wire: &impl Serialize) -> Result<Reply> {
        let mut body = serde_json::to_string_pretty(wire)?;
        body.push('\n');
        Ok(Reply { body, code: 0 })
    }

    /// The same answer with another exit code.
    pub fn with_code(self, code: u8) -> Reply {
        Reply { code, ..self }
    }

    /// Writes to standard output. A reader that has gone away (`| head`) is not an error.
    pub fn print(self) -> ExitCode {
        let mut out = std::io::stdout().lock();
        let written = out.write_all(self.body.as_bytes()).and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(1),
            _ => ExitCode::from(self.code),
        }
    }
}
