//! Files on their way in: written to disk as they come, looked at, imported, and removed.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use futures::StreamExt;
use serde::Serialize;
use throughline_engine::intake::SourceFile;
use throughline_engine::{Error, Folder};
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

use super::problem::{Problem, Result};

/// How long a file is kept that nobody imports.
const LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long an upload may pause.
const PAUSE: Duration = Duration::from_secs(60);
/// Longest name of a file.
const NAME: usize = 120;

/// A file that was uploaded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Uploaded {
    /// Names the upload.
    pub upload: String,
    /// Name of the file.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// Where uploads lie.
#[derive(Debug, Clone)]
pub struct Uploads {
    root: PathBuf,
    handed_in: PathBuf,
}

/// Whether a name is that of a file or of a part of it.
fn is_or_part_of(name: &str, file: &str) -> bool {
    name.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with(", "))
}

impl Uploads {
    /// Those of a workspace.
    pub fn of(folder: &Folder) -> Uploads {
        Uploads { root: folder.root().join("data/uploads"), handed_in: folder.handed_in() }
    }

    /// A new folder of a name nobody can guess.
    ///
    /// # Errors
    /// Internal: the disk or the system's randomness fails.
    pub fn make(&self) -> Result<(String, PathBuf)> {
        let random = getrandom::u64().map_err(|error| Error::internal(error.to_string()))?;
        let id = format!("{random:016x}");
        let folder = self.root.join(&id);
        fs::create_dir_all(&folder).map_err(Error::from)?;
        Ok((id, folder))
    }

    /// Takes a file in. What is cut short or too long leaves nothing.
    ///
    /// # Errors
    /// Input: the name is none, or the body is too large or breaks off.
    pub async fn take(&self, name: &str, body: Body, most: u64) -> Result<Uploaded> {
        let name = file_name(name)?;
        self.forget();
        let (upload, folder) = self.make()?;
        // Removes what was written unless it is whole, also where the request is dropped.
        let guard = Removed { folder: Some(folder.clone()) };
        let bytes = write(&folder.join(&name), body, most).await?;
        guard.keep();
        Ok(Uploaded { upload, name, bytes })
    }

    /// The file of an upload, under its own name.
    ///
    /// # Errors
    /// Not found: there is no such upload.
    pub fn find(&self, id: &str) -> Result<SourceFile> {
        let missing = || {
            Problem::not_found(format!("There is no upload {id}."))
                .hint("Uploads are removed when they are imported, or after a day.")
        };
        if id.len() != 16 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(missing());
        }
        let mut entries = fs::read_dir(self.root.join(id)).map_err(|_| missing())?.flatten();
        let file = entries.find(|entry| entry.path().is_file()).ok_or_else(missing)?;
        Ok(SourceFile::new(file.path(), file.file_name().to_string_lossy()))
    }

    /// Removes an upload.
    ///
    /// # Errors
    /// Not found: there is no such upload.
    pub fn remove(&self, id: &str) -> Result<()> {
        self.find(id)?;
        Ok(fs::remove_dir_all(self.root.join(id)).map_err(Error::from)?)
    }

    /// Removes uploads that were imported. Files named in `to_mend` stay where mended rows find them again.
    pub fn end(&self, ids: &[String], to_mend: &[String]) {
        for id in ids {
            if let Ok(file) = self.find(id)
                && to_mend.iter().any(|name| is_or_part_of(name, &file.display))
            {
                // Without the file, rows are exported under the columns of the layout.
                let _ = fs::create_dir_all(&self.handed_in);
                let _ = fs::rename(&file.path, self.handed_in.join(&file.display));
            }
            // What stays is removed after a day.
            let _ = fs::remove_dir_all(self.root.join(id));
        }
    }

    /// A problem that names files as they were given, not where the server put them.
    pub fn plain(&self, mut problem: Problem) -> Problem {
        let root = format!("{}/", self.root.display());
        while let Some(start) = problem.detail.find(&root) {
            let rest = problem.detail.get(start + root.len()..).unwrap_or_default();
            // Behind the root stand the folder of the upload and, of mended rows, their number.
            let id = rest.split_once('/').map_or(0, |(id, _)| id.len() + 1);
            problem.detail.replace_range(start..start + root.len() + id, "");
        }
        problem
    }

    /// Removes what nobody imported.
    pub fn forget(&self) {
        let Ok(entries) = fs::read_dir(&self.root) else { return };
        for entry in entries.flatten() {
            let written = entry.metadata().and_then(|metadata| metadata.modified());
            let age = written.ok().and_then(|written| SystemTime::now().duration_since(written).ok());
            if age.is_some_and(|age| age > LIFE) {
                // What stays is found again next time.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

struct Removed {
    folder: Option<PathBuf>,
}

impl Removed {
    fn keep(mut self) {
        self.folder = None;
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

async fn write(path: &std::path::Path, body: Body, most: u64) -> Result<u64> {
    let mut file = tokio::fs::File::create(path).await.map_err(Error::from)?;
    let (mut chunks, mut bytes) = (body.into_data_stream(), 0u64);
    loop {
        let chunk = tokio::time::timeout(PAUSE, chunks.next()).await;
        let chunk = chunk.map_err(|_| Problem::input("The upload paused for too long."))?;
        let Some(chunk) = chunk else { break };
        let chunk = chunk.map_err(|_| Problem::input("The upload broke off."))?;
        bytes += chunk.len() as u64;
        if bytes > most {
            return Err(
                Problem::too_large(most).hint("Start the server with a larger --upload-limit, or split the file.")
            );
        }
        file.write_all(&chunk).await.map_err(Error::from)?;
    }
    if bytes == 0 {
        return Err(Problem::input("The file is empty."));
    }
    file.sync_all().await.map_err(Error::from)?;
    Ok(bytes)
}

/// The last part of a name, with nothing in it that means something to a file system or a pattern.
pub fn file_name(name: &str) -> Result<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = |c: char| if c.is_alphanumeric() || "._- ".contains(c) { c } else { '_' };
    let plain: String = last.trim().trim_start_matches('.').chars().map(safe).take(NAME).collect();
    if plain.len() > 255 || plain.trim_matches(['_', '.', ' ']).is_empty() {
        return Err(Problem::input(format!("`{name}` is no name of a file.")).hint("Send ?name=orders.csv"));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        for (given, kept) in [
            ("orders.csv", "orders.csv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\data\\Bestellungen März.csv", "Bestellungen März.csv"),
            (".hidden.csv", "hidden.csv"),
            ("a*b?[c].csv", "a_b__c_.csv"),
        ] {
            assert_eq!(file_name(given).unwrap(), kept);
        }
        for given in ["", "..", "/", "a/", "***", " "] {
            assert!(file_name(given).is_err(), "{given}");
        }
    }

    #[tokio::test]
    async fn what_is_too_large_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let uploads = Uploads::of(&Folder::at(root.path()).unwrap());
        let taken = uploads.take("a.csv", Body::from("a,b\n1,2\n"), 100).await.unwrap();
        assert_eq!((taken.bytes, uploads.find(&taken.upload).unwrap().display.as_str()), (8, "a.csv"));
        let refused = uploads.take("a.csv", Body::from("a,b\n1,2\n"), 5).await.unwrap_err();
        assert_eq!(refused.status, 413);
        assert!(uploads.take("a.csv", Body::empty(), 5).await.is_err());
        assert_eq!(fs::read_dir(root.path().join("data/uploads")).unwrap().count(), 1);
        assert_eq!(uploads.find("../../secret").unwrap_err().status, 404);
        uploads.remove(&taken.upload).unwrap();
        assert_eq!(uploads.find(&taken.upload).unwrap_err().status, 404);
    }
}
