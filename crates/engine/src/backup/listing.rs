//! What a backup holds: the list that makes a folder of copies a backup, written last.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::at;
use crate::sealed::{self, Doubt};
use crate::store::manifest::newer;
use crate::{Error, Result};

const FORMAT: u32 = 1;
/// The list's file.
pub(super) const FILE: &str = "backup.json";

/// A backup, file by file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listing {
    format: u32,
    /// Version of the program that made it.
    pub(super) program: String,
    /// Name of the workspace.
    pub(super) workspace: String,
    /// Tells this workspace from all others: hash of its first revision; `None` where it has none.
    pub(super) identity: Option<String>,
    /// When it was begun.
    pub(super) at: Timestamp,
    /// Number of the newest import in it; 0 before the first.
    pub(super) import: u64,
    /// Sorted by path.
    pub(super) files: Vec<Entry>,
}

/// A file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Where it lies in the workspace, with slashes.
    pub(super) path: String,
    /// Bytes.
    pub(super) size: u64,
    /// Hash of its bytes (xxh3, 128 bits, hexadecimal), which is the name of its copy.
    pub(super) xxh3: String,
    /// When it was last changed, in nanoseconds since 1970.
    pub(super) changed: u64,
    /// Whether only its owner may read it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) private: bool,
}

impl Listing {
    /// A list of files.
    pub(super) fn new(
        workspace: String,
        identity: Option<String>,
        at: Timestamp,
        import: u64,
        files: Vec<Entry>,
    ) -> Listing {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Listing { format: FORMAT, program, workspace, identity, at, import, files }
    }

    /// The list in `folder`; `None` where there is none.
    ///
    /// # Errors
    /// Damaged: it is not what was written, or a newer program wrote it.
    pub(super) fn read(folder: &Path) -> Result<Option<Listing>> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = fs::read(&path).map_err(at(&path))?;
        let damaged = |why: &str| {
            Error::damaged(format!("The list of the backup, {}, is damaged: {why}.", path.display()))
                .hint("Use another backup, or make a new one in another folder.")
        };
        match sealed::read::<Listing>(&String::from_utf8_lossy(&bytes), FORMAT) {
            Ok((listing, true)) => Ok(Some(listing)),
            Ok((_, false)) => Err(damaged("it has no checksum")),
            Err(Doubt::Broken(why)) => Err(damaged(&why)),
            Err(Doubt::Newer(format)) => Err(newer(&path, format, FORMAT)),
        }
    }

    /// Makes it the list of `folder`: whole or not at all, and durable on return.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE);
        let text = sealed::page(self)?;
        let written = || {
            let unfinished = folder.join(".backup.json.tmp");
            let mut file = File::create(&unfinished)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            File::open(folder)?.sync_all()
        };
        written().map_err(at(&path))
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}
