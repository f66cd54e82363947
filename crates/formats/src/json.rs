//! JSON: documents become lines, one for each element of their lists; lines become leaves with names.
//!
//! Numbers keep their digits on all ways.

mod document;
mod flat;
mod nesting;
mod scan;
mod text;

use std::io::Read;
use std::sync::Arc;

use encoding_rs::Encoding;

use crate::encoding;
use crate::parts::{Part, Source};
use crate::spool::Spool;
use crate::{Result, source};

pub use flat::flatten;
pub use text::{elements, value_at};

/// Bytes within which the first line of JSON lines ends.
const FIRST_LINE: usize = 4 << 20;

/// Whether a text begins as an object or a list of objects does. `[Date],[Total]` is a header of columns.
pub(crate) fn is_json(text: &[u8]) -> bool {
    let mut letters = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (letters.next(), letters.next()) {
        (Some(b'{'), next) => matches!(next, Some(b'"' | b'}') | None),
        (Some(b'['), next) => matches!(next, Some(b'{' | b'[' | b']')),
        _ => false,
    }
}

/// The lists of a document; None where the file holds JSON lines.
pub(crate) fn parts(source: &Source<'_>, encoding: &'static Encoding, spool: &mut Spool) -> Result<Option<Vec<Part>>> {
    let reader = || encoding::open(source.path, encoding, Arc::default()).map_err(|error| source.unreadable(&error));
    let mut head = vec![0; FIRST_LINE];
    let length = source::fill(&mut reader()?, &mut head).map_err(|error| source.unreadable(&error))?;
    head.truncate(length);
    match scan::shape(&head) {
        scan::Shape::Lines => Ok(None),
        scan::Shape::Document => match document::parts(source, reader()?, spool) {
            // Lines whose first is broken are lines still.
            Err(_) if scan::has_line(&head) => Ok(None),
            found => found,
        },
    }
}

/// A reader of text.
type Text = Box<dyn Read + Send>;
