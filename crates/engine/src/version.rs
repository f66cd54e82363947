//! Which data and which definitions a workspace holds: what answers must be thrown away for.

use jiff::Timestamp;

use crate::revisions;
use crate::store::manifest;
use crate::workspace::Workspace;
use crate::{Result, Revision};

/// The state of a workspace; the same state gives the same answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    /// Number of the newest import; 0 before the first.
    pub data: u64,
    /// When it told what it told.
    pub imported_at: Option<Timestamp>,
    /// Names the definitions: those in force, or those in the files.
    pub definitions: String,
}

impl Workspace {
    /// The state now, by the definitions in force, or with `working` by those in the files. Quick: nothing is opened.
    ///
    /// # Errors
    /// Damaged: the newest manifest or the log of revisions cannot be read.
    pub fn version(&self, working: bool) -> Result<Version> {
        let manifest = manifest::latest(&self.folder().manifests())?;
        let revisions = if working { Vec::new() } else { self.revisions()? };
        let definitions = match revisions.last() {
            Some(last) => format!("{}-{}", last.number, last.content),
            None => revisions::content_name(&self.folder().definition_files()?),
        };
        Ok(Version { data: manifest.number, imported_at: manifest.at.parse().ok(), definitions })
    }

    /// The newest revision, and whether the definitions in the files differ from it.
    ///
    /// # Errors
    /// Damaged: the log of revisions cannot be read.
    pub fn unapplied(&self) -> Result<(Option<Revision>, bool)> {
        let last = self.revisions()?.pop();
        let content = revisions::content_name(&self.folder().definition_files()?);
        let changed = last.as_ref().is_none_or(|last| last.content != content);
        Ok((last, changed))
    }
}
