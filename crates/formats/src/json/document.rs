//! The lists of a JSON document, each as a file of lines.

use super::Text;
use super::scan::{LIMIT, Scanner, Stop};
use crate::parts::{Content, Part, Source};
use crate::spool::{Rows, Spool};
use crate::{Problem, Result};

/// Objects within objects in which lists are looked for.
const DEPTH: usize = 4;
/// Lists that a document may hold.
const MOST_LISTS: usize = 200;

/// What stops reading a document.
enum End {
    Stop(Stop),
    Problem(Problem),
}

impl<E: Into<Stop>> From<E> for End {
    fn from(error: E) -> Self {
        End::Stop(error.into())
    }
}

type Step<T> = std::result::Result<T, End>;

struct Document<'a> {
    source: Source<'a>,
    spool: &'a mut Spool,
    scanner: Scanner,
    lists: Vec<(String, Rows)>,
}

/// The lists of a document; None where it holds nothing but an object on one line, which is read as it is.
pub(super) fn parts(source: &Source<'_>, reader: Text, spool: &mut Spool) -> Result<Option<Vec<Part>>> {
    let scanner = Scanner::new(reader).map_err(|error| source.unreadable(&error))?;
    let mut document = Document { source: *source, spool, scanner, lists: Vec::new() };
    match document.read() {
        Ok(whole) => document.finish(whole).map(Some).map_err(|error| source.unreadable(&error)),
        Err(End::Problem(problem)) => Err(problem),
        Err(End::Stop(stop)) => Err(problem(source, stop)),
    }
}

fn problem(source: &Source<'_>, stop: Stop) -> Problem {
    let display = source.display;
    match stop {
        Stop::Io(error) => source.unreadable(&error),
        Stop::TooLong(line) => Problem::new(format!(
            "{display}, line {line}: a record is longer than {} MiB; a quote or bracket opened there is probably never \
             closed.",
            LIMIT >> 20
        )),
        Stop::CutOff(line) => Problem::new(format!("{display} is cut off: what begins on line {line} has no end."))
            .hint("Export or download the file again."),
        Stop::Unexpected(line, found, expected) => {
            Problem::new(format!("{display}, line {line}: there is {found:?} where {expected} should be."))
                .hint("The file is no valid JSON; export it again, or write one object per line.")
        }
    }
}

impl Document<'_> {
    /// Reads everything; the rows of the objects on the outermost level, which are read only where no list is.
    fn read(&mut self) -> Step<Option<Rows>> {
        let mut objects: Option<Rows> = None;
        let (mut first, mut too_long) = (true, None);
        while let Some(byte) = self.scanner.token()? {
            match byte {
                b'[' => self.list("")?,
                b'{' if std::mem::take(&mut first) => {
                    let line = self.scanner.line;
                    self.scanner.keep();
                    self.object("", 0)?;
                    match self.scanner.kept() {
                        Some(whole) => {
                            let mut rows = self.spool.rows()?;
                            rows.write(line, &whole)?;
                            objects = Some(rows);
                        }
                        None => too_long = Some(line),
                    }
                }
                b'{' if objects.is_some() => {
                    // Objects one after another are rows, whatever lists the first of them holds.
                    self.lists.clear();
                    let (line, mut row) = (self.scanner.line, Vec::new());
                    self.scanner.value(Some(&mut row))?;
                    if let Some(rows) = &mut objects {
                        rows.write(line, &row)?;
                    }
                }
                // An envelope may be as long as it likes, a row may not.
                b'{' => match too_long {
                    Some(line) => return Err(End::Stop(Stop::TooLong(line))),
                    None => self.object("", 0)?,
                },
                b',' => drop(self.scanner.next()?),
                other => return Err(unexpected(self.scanner.line, other, "a list or an object")),
            }
        }
        match too_long.filter(|_| self.lists.is_empty()) {
            Some(line) => Err(End::Stop(Stop::TooLong(line))),
            None => Ok(objects),
        }
    }

    fn finish(self, whole: Option<Rows>) -> std::io::Result<Vec<Part>> {
        let mut found = Vec::new();
        for (path, rows) in self.lists {
            found.push(self.source.part("list", &path, Content { path: rows.finish()?, columns: None }));
        }
        if let Some(rows) = whole {
            let part = self.source.part("", "", Content { path: rows.finish()?, columns: None });
            found.push(Part { fallback: !found.is_empty(), ..part });
        }
        Ok(found)
    }

    /// An object whose members may hold lists.
    fn object(&mut self, path: &str, depth: usize) -> Step<()> {
        let begin = self.scanner.line;
        self.scanner.next()?;
        loop {
            match self.scanner.token()? {
                None => return Err(End::Stop(Stop::CutOff(begin))),
                Some(b'}') => return self.scanner.next().map(drop).map_err(End::from),
                Some(b',') => drop(self.scanner.next()?),
                Some(b'"') => self.member(path, depth)?,
                Some(other) => return Err(unexpected(self.scanner.line, other, "a name")),
            }
        }
    }

    fn member(&mut self, path: &str, depth: usize) -> Step<()> {
        let mut key = Vec::new();
        self.scanner.value(Some(&mut key))?;
        let key: String = serde_json::from_slice(&key).unwrap_or_default();
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        match self.scanner.token()? {
            None => return Err(End::Stop(Stop::CutOff(self.scanner.line))),
            Some(b':') => drop(self.scanner.next()?),
            Some(other) => return Err(unexpected(self.scanner.line, other, "a colon")),
        }
        match self.scanner.token()? {
            Some(b'[') => self.list(&path),
            Some(b'{') if depth < DEPTH => self.object(&path, depth + 1),
            _ => Ok(self.scanner.value(None)?),
        }
    }

    /// A list: its elements are rows where the first is an object.
    fn list(&mut self, path: &str) -> Step<()> {
        let begin = self.scanner.line;
        self.scanner.next()?;
        let place = match self.scanner.token()? {
            Some(b'{') => Some(self.rows(path)?),
            Some(b']') | None => None,
            // A list of anything else on the outermost level is all there is: its rows will say what is wrong.
            Some(_) if path.is_empty() => Some(self.rows(path)?),
            Some(_) => None,
        };
        let mut row = Vec::new();
        loop {
            match self.scanner.token()? {
                None => return Err(End::Stop(Stop::CutOff(begin))),
                Some(b']') => return self.scanner.next().map(drop).map_err(End::from),
                Some(b',') => drop(self.scanner.next()?),
                Some(other @ (b'}' | b':')) => return Err(unexpected(self.scanner.line, other, "a record")),
                Some(_) => {
                    let line = self.scanner.line;
                    row.clear();
                    self.scanner.value(place.is_some().then_some(&mut row))?;
                    if let Some((_, rows)) = place.and_then(|place| self.lists.get_mut(place)) {
                        rows.write(line, &row)?;
                    }
                }
            }
        }
    }

    /// Where the rows of a list go; lists of one path go on where the last ended.
    fn rows(&mut self, path: &str) -> Step<usize> {
        if let Some(place) = self.lists.iter().position(|(known, _)| known == path) {
            return Ok(place);
        }
        if self.lists.len() == MOST_LISTS {
            let message = format!("{} holds more than {MOST_LISTS} lists.", self.source.display);
            return Err(End::Problem(Problem::new(message).hint("Write the records as one list, or one per line.")));
        }
        self.lists.push((path.to_owned(), self.spool.rows()?));
        Ok(self.lists.len() - 1)
    }
}

fn unexpected(line: u64, found: u8, expected: &'static str) -> End {
    End::Stop(Stop::Unexpected(line, char::from(found), expected))
}
