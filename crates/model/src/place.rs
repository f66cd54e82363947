//! Places in a text: line and column of a byte offset.

/// A place in a file; line and column (in characters) count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The first character of a file.
    pub const START: Place = Place { line: 1, column: 1 };

    /// The place of a byte offset in a text that begins here; exact while the text holds no escapes.
    pub fn within(self, text: &str, offset: usize) -> Place {
        let before = text.get(..offset).unwrap_or(text);
        let characters = |text: &str| text.chars().count();
        match before.rsplit_once('\n') {
            None => Place { line: self.line, column: self.column + characters(before) },
            Some((lines, rest)) => {
                Place { line: self.line + lines.matches('\n').count() + 1, column: characters(rest) + 1 }
            }
        }
    }
}

/// A text with the offsets at which its lines begin.
#[derive(Debug)]
pub(crate) struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    /// Looks for the line breaks once.
    pub fn new(text: &str) -> Lines {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines { text: text.to_owned(), starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// The text from a byte offset on; empty where there is none.
    pub fn from(&self, offset: usize) -> &str {
        self.text.get(offset..).unwrap_or_default()
    }

    /// The place of a byte offset; an offset inside a character counts as its beginning.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let in_line = self.from(start);
        let column = in_line
            .char_indices()
            .take_while(|(at, character)| start + at + character.len_utf8() <= offset)
            .filter(|(_, character)| *character != '\u{feff}')
            .count();
        Place { line, column: column + 1 }
    }
}
