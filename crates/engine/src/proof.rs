//! Whether a file is still what was written: by its size and the time it was last changed, which is quick, else by a
//! hash of its bytes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::{Result, sealed};

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

/// What a file was when it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proof {
    /// Length in bytes.
    pub(crate) size: u64,
    /// Hash of the bytes: xxh3, 64 bits, hexadecimal.
    hash: String,
    /// When it was last changed, in nanoseconds since 1970.
    changed: u64,
}

impl Proof {
    /// Of the file at `path` as it lies there.
    pub(crate) fn of(path: &Path) -> io::Result<Proof> {
        let data = fs::metadata(path)?;
        Ok(Proof { size: data.len(), hash: format!("{:016x}", hash(path)?), changed: changed_ns(&data) })
    }

    /// Whether the file at `path` is still that one.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        let Ok(data) = fs::metadata(path) else { return false };
        data.len() == self.size && (changed_ns(&data) == self.changed || self.holds_by_bytes(path))
    }

    /// Whether the file at `path` holds the same bytes, whatever its time says.
    pub(crate) fn holds_by_bytes(&self, path: &Path) -> bool {
        hash(path).is_ok_and(|hash| format!("{hash:016x}") == self.hash)
    }

    /// Keeps the proof of a file that will lie at `path` beside it.
    pub(crate) fn keep(&self, path: &Path) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let unfinished = tempfile::Builder::new().prefix(".proof-").tempfile_in(folder)?;
        fs::write(unfinished.path(), sealed::line(self)?)?;
        unfinished.persist(beside(path)).map(drop).map_err(|error| error.error.into())
    }

    /// What was kept beside the file at `path`.
    pub(crate) fn kept(path: &Path) -> Option<Proof> {
        sealed::read_whole(&fs::read_to_string(beside(path)).ok()?)
    }
}

/// Whether the file at `path` is there and is what the proof beside it says.
pub(crate) fn is_proven(path: &Path) -> bool {
    Proof::kept(path).is_some_and(|proof| proof.holds(path))
}

/// Where the proof of a file lies.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".proof");
    name.into()
}

/// When a file was last changed, in nanoseconds since 1970.
pub(crate) fn changed_ns(data: &fs::Metadata) -> u64 {
    let since = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

/// When a file was last changed, in milliseconds since 1970.
pub(crate) fn changed_ms(data: &fs::Metadata) -> i64 {
    i64::try_from(changed_ns(data) / 1_000_000).unwrap_or_default()
}

/// Says that a file was last changed so many milliseconds after 1970.
pub(crate) fn set_changed_ms(path: &Path, ms: i64) -> io::Result<()> {
    set_changed(path, UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or_default()))
}

/// Says that a file was last changed then.
pub(crate) fn set_changed(path: &Path, then: SystemTime) -> io::Result<()> {
    File::options().write(true).open(path)?.set_modified(then)
}

/// A 64-bit hash of a file's bytes.
pub(crate) fn hash(path: &Path) -> io::Result<u64> {
    let mut sum = Xxh3::new();
    each_chunk(&mut File::open(path)?, |bytes| {
        sum.update(bytes);
        Ok(())
    })?;
    Ok(sum.digest())
}

/// All bytes that `file` holds from here on, some at a time.
pub(crate) fn each_chunk(file: &mut impl Read, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(buffer.get(..read).unwrap_or_default())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_changed_file_is_noticed_and_a_copied_one_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("a"), folder.path().join("b"));
        assert!(!is_proven(&path));
        fs::write(&path, vec![7; 3 * CHUNK + 1]).unwrap();
        let proof = Proof::of(&path).unwrap();
        assert!(!is_proven(&path), "nobody kept a proof");
        proof.keep(&path).unwrap();
        assert!(is_proven(&path) && Proof::kept(&path) == Some(proof.clone()));
        fs::copy(&path, &copy).unwrap();
        set_changed_ms(&copy, 5).unwrap();
        assert!(proof.holds(&copy));
        fs::write(&copy, vec![8; 3 * CHUNK + 1]).unwrap();
        assert!(!proof.holds(&copy));
        fs::write(beside(&path), "{").unwrap();
        assert!(!is_proven(&path));
    }
}
