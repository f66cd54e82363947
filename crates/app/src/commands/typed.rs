//! Passwords as people type them: without echo, or from a pipe. Never an argument, which others on the machine can see.

use std::io::Read;

use console::Term;
use throughline_engine::{Error, Result};
use throughline_people::LONGEST_PASSWORD;

/// More bytes than any password that will do, and its line break.
const MOST: u64 = 4 * LONGEST_PASSWORD as u64 + 3;

/// The password for a user, typed twice, or read from standard input.
///
/// # Errors
/// Input: there is no terminal, both are not the same, or the text is no UTF-8.
pub fn password(user: &str, from_input: bool) -> Result<String> {
    if from_input { piped() } else { typed(user) }
}

fn typed(user: &str) -> Result<String> {
    let term = Term::stderr();
    if !term.is_term() {
        return Err(Error::input("There is no terminal to type a password on.")
            .hint("Send it through a pipe and add --password-stdin."));
    }
    let ask = |prompt: String| -> Result<String> {
        term.write_str(&prompt)?;
        Ok(term.read_secure_line()?)
    };
    let first = ask(format!("Password for {}: ", user.trim()))?;
    if first == ask("The same again: ".to_owned())? {
        Ok(first)
    } else {
        Err(Error::input("The two passwords are not the same; nothing was changed."))
    }
}

fn piped() -> Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(MOST)
        .read_to_string(&mut text)
        .map_err(|error| Error::input(format!("The password cannot be read from standard input: {error}.")))?;
    Ok(without_line_break(&text).to_owned())
}

/// One line break at the end is the pipe's and not the password's.
fn without_line_break(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::without_line_break;

    #[test]
    fn only_the_last_line_break_goes() {
        assert_eq!(without_line_break("a b \n"), "a b ");
        assert_eq!(without_line_break("a\r\n"), "a");
        assert_eq!(without_line_break("a\n\n"), "a\n");
        assert_eq!(without_line_break("a"), "a");
    }
}
