//! Names of users and tokens.

use crate::actor::LOCAL;
use crate::{Error, Result};

/// Letters that a name may have at most.
pub const LONGEST_NAME: usize = 64;

/// The name as it is kept: without spaces around it.
pub(crate) fn checked(text: &str) -> Result<String> {
    let name = text.trim();
    let letters = name.chars().count();
    if letters == 0 || letters > LONGEST_NAME {
        return Err(Error::input(format!("A name has 1 to {LONGEST_NAME} letters; this one has {letters}.")));
    }
    if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(Error::input("A name cannot hold control characters or letters that are not seen."));
    }
    if name.contains(':') {
        return Err(Error::input(format!("A name cannot hold a colon, as `{name}` does.")));
    }
    if key(name) == LOCAL {
        return Err(Error::input(format!("`{LOCAL}` is the name of everybody where there is no login; take another.")));
    }
    Ok(name.to_owned())
}

/// What names are compared by: Anna and anna are one.
pub(crate) fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Letters without width, and those that turn the direction of writing: two names that look alike must be alike.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
