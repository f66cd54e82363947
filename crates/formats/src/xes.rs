//! XES: every event of every trace is a row, with the attributes of its trace before it as `case:` and the key.

use std::sync::Arc;

use encoding_rs::Encoding;
use quick_xml::events::Event;

use crate::parts::{Content, Part, Source};
use crate::spool::{Spool, push_text};
use crate::xml::{attributes, log, next};
use crate::{Result, encoding};

/// Attributes as they stand, key and value.
type Values = Vec<(String, String)>;

/// The events of a log.
pub(crate) fn parts(source: &Source<'_>, encoding: &'static Encoding, spool: &mut Spool) -> Result<Vec<Part>> {
    let text = encoding::open(source.path, encoding, Arc::default()).map_err(|error| source.unreadable(&error))?;
    let mut rows = spool.rows().map_err(|error| source.unreadable(&error))?;
    let (mut log, mut buffer) = (log(text), Vec::new());
    let mut place = Place::default();
    loop {
        let (line, event) = next(source, &mut log, &mut buffer)?;
        match event {
            Event::Start(element) => {
                place.depth += 1;
                let name = element.name().into_inner();
                match name {
                    "trace" if place.trace.is_none() => place.trace = Some((place.depth, Vec::new())),
                    "event" if place.event.is_none() => place.event = Some((line, place.depth, Vec::new())),
                    _ => place.attribute(attributes(source, line, &element)?),
                }
            }
            Event::End(_) => {
                if let Some(row) = place.end() {
                    rows.write(row.0, &row.1).map_err(|error| source.unreadable(&error))?;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let path = rows.finish().map_err(|error| source.unreadable(&error))?;
    Ok(vec![source.part("", "", Content { path, columns: None })])
}

/// Where in the log we are.
#[derive(Default)]
struct Place {
    depth: usize,
    /// Depth of the trace and its attributes.
    trace: Option<(usize, Values)>,
    /// Line and depth of the event, and its attributes.
    event: Option<(u64, usize, Values)>,
}

impl Place {
    /// An element that is neither trace nor event: an attribute of the one it stands in, not of another attribute.
    fn attribute(&mut self, read: Values) {
        let of = |name: &str| read.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let (Some(key), Some(value)) = (of("key"), of("value")) else { return };
        match (&mut self.event, &mut self.trace) {
            (Some((_, depth, values)), _) if *depth + 1 == self.depth => values.push((key, value)),
            (None, Some((depth, values))) if *depth + 1 == self.depth => values.push((format!("case:{key}"), value)),
            _ => {}
        }
    }

    /// An element ends; the row that it was, if it was one.
    fn end(&mut self) -> Option<(u64, Vec<u8>)> {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if let Some((line, _, values)) = self.event.take_if(|(_, begun, _)| *begun == depth) {
            let case = self.trace.as_ref().map_or(&[][..], |(_, values)| values);
            return Some((line, row(case.iter().chain(&values))));
        }
        self.trace.take_if(|(begun, _)| *begun == depth);
        None
    }
}

fn row<'a>(values: impl Iterator<Item = &'a (String, String)>) -> Vec<u8> {
    let mut line = vec![b'{'];
    for (key, value) in values {
        if line.len() > 1 {
            line.push(b',');
        }
        push_text(&mut line, key);
        line.push(b':');
        push_text(&mut line, value);
    }
    line.push(b'}');
    line
}
