//! From journals into the tables.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::de::IgnoredAny;

use super::journal::Inbox;
use crate::import::{ImportReport, Progress};
use crate::intake::raw::input::Format;
use crate::intake::{Assigned, Recognition, SourceFile, catalog_layouts};
use crate::workspace::Workspace;
use crate::{Error, Result};

/// The shipped layout that reads journals.
const LAYOUT: &str = "events";
/// Bytes of journals that one import takes.
const AT_ONCE: u64 = 256 << 20;

/// What went from journals into the tables.
#[derive(Debug)]
pub struct Drained {
    /// Journals, deleted now.
    pub journals: usize,
    /// The import.
    pub report: ImportReport,
}

impl Workspace {
    /// Imports what the inbox holds, waiting for the workspace's lock where somebody else imports; None where it
    /// holds nothing. Journals are deleted when their import is durable.
    ///
    /// # Errors
    /// As for an import; the journals stay.
    pub async fn drain(
        &self,
        inbox: &Inbox,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<Drained>> {
        let journals = some(inbox.close()?);
        if journals.is_empty() {
            return Ok(None);
        }
        for path in &journals {
            drop_torn(path)?;
        }
        let (full, empty): (Vec<PathBuf>, Vec<PathBuf>) =
            journals.into_iter().partition(|path| fs::metadata(path).is_ok_and(|data| data.len() > 0));
        inbox.done_with(&empty)?;
        if full.is_empty() {
            return Ok(None);
        }
        let found = Recognition { assigned: assigned(&full)?, ..Recognition::default() };
        let report = self.import_found(&found, now, progress).await?;
        inbox.done_with(&full)?;
        Ok(Some(Drained { journals: full.len(), report }))
    }
}

/// The first journals, as many as one import takes.
fn some(journals: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut bytes = 0;
    let fits = |path: &PathBuf| {
        let before = bytes;
        bytes += fs::metadata(path).map_or(0, |data| data.len());
        before == 0 || bytes <= AT_ONCE
    };
    journals.into_iter().take_while(fits).collect()
}

/// Journals as files of the shipped layout with all its columns: they are not looked at first, because a column may be
/// named only in the last line, and because the workspace's own layouts have no say in it.
fn assigned(journals: &[PathBuf]) -> Result<Vec<Assigned>> {
    let layout = catalog_layouts()?.into_iter().find(|layout| layout.id == LAYOUT);
    let layout = layout.ok_or_else(|| Error::internal("the catalog has no layout for events"))?;
    let input = layout.inputs.first().ok_or_else(|| Error::internal("the layout for events has no input"))?;
    let header: Vec<String> = input.header.iter().chain(&input.optional).cloned().collect();
    let one = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let file = SourceFile::new(path, format!("data/inbox/{name}"));
        Assigned { file, layout: layout.clone(), input: 0, format: Format::JsonLines(0), header: header.clone() }
    };
    Ok(journals.iter().map(one).collect())
}

/// Cuts off what follows the last whole line. It was being written when the process or the machine died, so nobody was
/// told that it is kept; and everything that somebody was told stands before it.
fn drop_torn(path: &Path) -> Result<()> {
    let mut lines = BufReader::with_capacity(1 << 20, File::open(path)?);
    let (mut whole, mut line) = (0_u64, Vec::new());
    while lines.read_until(b'\n', &mut line)? > 0 {
        if !line.ends_with(b"\n") || serde_json::from_slice::<IgnoredAny>(&line).is_err() {
            let file = File::options().write(true).open(path)?;
            file.set_len(whole)?;
            file.sync_all()?;
            return Ok(());
        }
        whole += line.len() as u64;
        line.clear();
    }
    Ok(())
}
