//! Readers that are kept between questions, and opened anew when an import or a revision came.

use std::sync::{Arc, Mutex, PoisonError};

use throughline_engine::{Linking, Reader, Result, Version};

use crate::cli::Moment;
use crate::context::Context;

/// Readers kept at most: each holds what it computed.
const MOST: usize = 4;

struct Kept {
    version: Version,
    as_of: Option<String>,
    linking: Linking,
    reader: Arc<Reader>,
}

/// Readers that were opened, the latest last.
#[derive(Default)]
pub(super) struct Readers {
    kept: Mutex<Vec<Kept>>,
}

impl Readers {
    /// A reader for a moment, of what is known now.
    pub fn open(&self, context: &Context, moment: &Moment) -> Result<Arc<Reader>> {
        let version = context.open()?.version(moment.working)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.version == version);
        let same = |one: &&Kept| one.as_of == moment.as_of && one.linking == moment.linking;
        if let Some(found) = kept.iter().find(same) {
            return Ok(found.reader.clone());
        }
        let reader = Arc::new(context.read(moment)?);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        kept.push(Kept { version, as_of: moment.as_of.clone(), linking: moment.linking, reader: reader.clone() });
        Ok(reader)
    }
}
