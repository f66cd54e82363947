//! Errors as sentences on standard error, and as exit codes.

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;
use throughline_engine::{Error, ErrorKind};

use crate::context::Context;
use crate::render::style::{Ink, Style};
use crate::render::text::wrap;

/// Exit code of `check` and of commands that stop because of a definition.
pub const DEFINITION: u8 = 3;

/// The exit code of a kind of error. 2 is also what a wrong option or argument gives.
pub fn code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Internal => 1,
        ErrorKind::Input => 2,
        ErrorKind::Definition => DEFINITION,
        ErrorKind::Damaged => 4,
        ErrorKind::Busy => 5,
    }
}

/// The word of a kind of error.
pub fn name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Internal => "internal",
        ErrorKind::Input => "input",
        ErrorKind::Definition => "definition",
        ErrorKind::Damaged => "damaged",
        ErrorKind::Busy => "busy",
    }
}

#[derive(Serialize)]
struct Wire<'a> {
    error: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
}

/// Writes the error to standard error, as JSON where JSON was asked for, and gives its exit code.
pub fn report(error: &Error, context: &Context) -> ExitCode {
    let text = if context.json {
        let wire = Wire { error: name(error.kind), message: &error.message, hint: error.hint.as_deref() };
        serde_json::to_string(&wire).unwrap_or_else(|_| error.message.clone()) + "\n"
    } else {
        sentences(error, &context.errors)
    };
    // Nobody is left to tell if standard error is closed.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    ExitCode::from(code(error.kind))
}

/// The message, its hint, and for a defect where to report it. Line breaks of the message stay.
pub fn sentences(error: &Error, style: &Style) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (place, line) in error.message.lines().enumerate() {
        let lead = if place == 0 { "error: " } else { "" };
        let room = style.width.saturating_sub(lead.len());
        for (at, part) in wrap(line, room).iter().enumerate() {
            let lead = if at == 0 { style.paint(Ink::Bad, lead) } else { String::new() };
            lines.push(format!("{lead}{part}"));
        }
    }
    if let Some(hint) = &error.hint {
        lines.extend(wrap(&format!("hint: {hint}"), style.width));
    }
    if error.kind == ErrorKind::Internal {
        lines.push("This looks like a defect of the program or of the machine.".to_owned());
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sentences_with_hints() {
        let error = Error::input("There is no measure `cast`.").hint("did you mean `csat`?");
        let text = sentences(&error, &Style::plain(100));
        assert_eq!(text, "error: There is no measure `cast`.\nhint: did you mean `csat`?\n");
    }

    #[test]
    fn every_kind_has_its_code() {
        let kinds = [ErrorKind::Internal, ErrorKind::Input, ErrorKind::Definition, ErrorKind::Damaged, ErrorKind::Busy];
        assert_eq!(kinds.map(code), [1, 2, 3, 4, 5]);
    }
}
