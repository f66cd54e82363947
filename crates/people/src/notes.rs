//! Notes: what people have to say about a measure on a day.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::audit::{Event, record};
use crate::store::{At, Day, Step};
use crate::{Actor, Error, People, Result, Role};

/// Letters that a note may have at most.
pub const LONGEST_NOTE: usize = 2000;
const LONGEST_MEASURE: usize = 200;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its number; later ones are larger.
    pub number: i64,
    /// Id of the measure.
    pub measure: String,
    /// The day it is about.
    pub at: Date,
    /// What it says.
    pub text: String,
    /// Who wrote it.
    pub who: String,
    /// When it was written.
    pub written_at: Timestamp,
}

/// A note to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewNote<'a> {
    /// Id of the measure; whether there is such a measure is for the caller to know.
    pub measure: &'a str,
    /// The day it is about.
    pub at: Date,
    /// What it says: 1 to 2000 letters.
    pub text: &'a str,
}

const COLUMNS: &str = "number, measure, at, text, who, written_at";

impl People {
    /// Writes a note.
    ///
    /// # Errors
    /// Input: the text is empty or too long.
    pub fn add_note(&self, by: &Actor, new: &NewNote<'_>, now: Timestamp) -> Result<Note> {
        let text = checked(new.text)?;
        let letters = new.measure.chars().count();
        if letters == 0 || letters > LONGEST_MEASURE {
            return Err(Error::input("A note needs the id of a measure."));
        }
        self.write(|connection| {
            connection.execute(
                "INSERT INTO notes (measure, at, text, who, written_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![new.measure, Day(new.at), text, by.name, At(now)],
            )?;
            let note = by_number(connection, connection.last_insert_rowid())?;
            record(connection, by, Event::done("note.add", &note.measure, &spoken(&note)), now)?;
            Ok(note)
        })
    }

    /// The notes on a measure by day, those of one day in the order they were written.
    pub fn notes(&self, measure: &str) -> Result<Vec<Note>> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM notes WHERE measure = ?1 ORDER BY at, number");
            let mut statement = connection.prepare(&sql)?;
            let notes = statement.query_map([measure], note)?;
            Ok(notes.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Deletes a note: its author may, and editors.
    ///
    /// # Errors
    /// NotFound: there is no such note. Forbidden: it is somebody else's, and the actor is no editor.
    pub fn delete_note(&self, by: &Actor, number: i64, now: Timestamp) -> Result<Note> {
        self.write(|connection| {
            let note = by_number(connection, number)?;
            if note.who != by.name && !by.may(Role::Editor) {
                return Err(Error::forbidden("A note is deleted by who wrote it, or by an editor.").into());
            }
            connection.execute("DELETE FROM notes WHERE number = ?1", [number])?;
            record(connection, by, Event::done("note.delete", &note.measure, &spoken(&note)), now)?;
            Ok(note)
        })
    }
}

/// The text without space around it. Line breaks stay; other control characters are refused.
fn checked(text: &str) -> Result<String> {
    let text = text.trim().replace("\r\n", "\n");
    let letters = text.chars().count();
    if letters == 0 || letters > LONGEST_NOTE {
        return Err(Error::input(format!("A note has 1 to {LONGEST_NOTE} letters; this one has {letters}.")));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Error::input("A note cannot hold control characters."));
    }
    Ok(text)
}

fn by_number(connection: &Connection, number: i64) -> Step<Note> {
    let sql = format!("SELECT {COLUMNS} FROM notes WHERE number = ?1");
    let found = connection.query_row(&sql, [number], note).optional()?;
    found.ok_or_else(|| Error::not_found(format!("There is no note {number}.")).into())
}

fn note(row: &Row<'_>) -> rusqlite::Result<Note> {
    Ok(Note {
        number: row.get(0)?,
        measure: row.get(1)?,
        at: row.get::<_, Day>(2)?.0,
        text: row.get(3)?,
        who: row.get(4)?,
        written_at: row.get::<_, At>(5)?.0,
    })
}

/// For the trail: which note, not what it says.
fn spoken(note: &Note) -> String {
    format!("note {} on {} by {}", note.number, note.at, note.who)
}
