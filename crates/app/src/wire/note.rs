//! The JSON of notes on measures.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A note on a measure and a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Note {
    number: i64,
    measure: String,
    /// The day it is about, such as 2026-03-14.
    at: String,
    text: String,
    who: String,
    written_at: Timestamp,
}

impl From<&throughline_people::Note> for Note {
    fn from(note: &throughline_people::Note) -> Note {
        Note {
            number: note.number,
            measure: note.measure.clone(),
            at: note.at.to_string(),
            text: note.text.clone(),
            who: note.who.clone(),
            written_at: note.written_at,
        }
    }
}

/// The notes on a measure, by day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notes {
    notes: Vec<Note>,
}

impl From<&[throughline_people::Note]> for Notes {
    fn from(notes: &[throughline_people::Note]) -> Notes {
        Notes { notes: notes.iter().map(Note::from).collect() }
    }
}
