//! Copies of files, called by a hash of their bytes: what is unchanged is there already, and files of an earlier backup
//! stay beside those of the next until its list is written.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use crate::error::at;
use crate::proof::each_chunk;
use crate::{Error, Result};

/// The folder of copies in a backup.
const FOLDER: &str = "files";

/// The copies of a backup.
pub(super) struct Copies {
    folder: PathBuf,
}

/// A copy that was made.
pub(super) struct Copy {
    /// Bytes.
    pub(super) size: u64,
    /// Its name.
    pub(super) xxh3: String,
    /// A shorter hash of the same bytes, as names of data files hold it.
    pub(super) short: u64,
}

impl Copies {
    /// Those in a backup's folder.
    pub(super) fn of(backup: &Path) -> Copies {
        Copies { folder: backup.join(FOLDER) }
    }

    /// Makes the folder ready for new copies; what a process left that died goes.
    pub(super) fn begin(&self) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(at(&self.folder))?;
        self.each(|path, name| if name.starts_with('.') { fs::remove_file(path) } else { Ok(()) })
    }

    /// Where a copy lies.
    pub(super) fn path(&self, xxh3: &str) -> PathBuf {
        self.folder.join(xxh3)
    }

    /// Whether a copy of that length is there.
    pub(super) fn has(&self, xxh3: &str, size: u64) -> bool {
        fs::metadata(self.path(xxh3)).is_ok_and(|data| data.len() == size)
    }

    /// Copies what a file holds now; `None` where it has vanished.
    pub(super) fn put_file(&self, path: &Path) -> Result<Option<Copy>> {
        match File::open(path) {
            Ok(mut file) => self.put(&mut file, path).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(path)(error)),
        }
    }

    /// Copies bytes; errors name `source`.
    pub(super) fn put(&self, bytes: &mut impl Read, source: &Path) -> Result<Copy> {
        let mut unfinished =
            tempfile::Builder::new().prefix(".new-").tempfile_in(&self.folder).map_err(at(&self.folder))?;
        let (mut long, mut short, mut size) = (Xxh3::new(), Xxh3::new(), 0);
        let file = unfinished.as_file_mut();
        let copied = each_chunk(bytes, |chunk| {
            long.update(chunk);
            short.update(chunk);
            size += chunk.len() as u64;
            file.write_all(chunk)
        });
        let copied = copied.and_then(|()| unfinished.as_file().sync_all());
        copied.map_err(|error| Error {
            message: format!("{} cannot be copied: {error}.", source.display()),
            ..at(source)(error)
        })?;
        let xxh3 = format!("{:032x}", long.digest128());
        // A copy that is there already may have been damaged since; this one was just written.
        unfinished.persist(self.path(&xxh3)).map_err(|error| at(&self.path(&xxh3))(error.error))?;
        Ok(Copy { size, xxh3, short: short.digest() })
    }

    /// Makes the names of new copies durable.
    pub(super) fn sync(&self) -> Result<()> {
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(at(&self.folder))
    }

    /// Removes copies that nobody names, and says how many.
    pub(super) fn keep_only(&self, named: &HashSet<&str>) -> Result<u64> {
        let mut removed = 0;
        self.each(|path, name| {
            if named.contains(name) {
                return Ok(());
            }
            removed += 1;
            fs::remove_file(path)
        })?;
        Ok(removed)
    }

    fn each(&self, mut take: impl FnMut(&Path, &str) -> std::io::Result<()>) -> Result<()> {
        for entry in fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            take(&path, &name).map_err(at(&path))?;
        }
        Ok(())
    }
}
