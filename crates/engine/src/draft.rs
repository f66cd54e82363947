//! Editing the definition files of a workspace: whole texts, checked before they are written.

use std::fs::{self, File};
use std::io::Write;

use throughline_model::toml_reader::TomlFile;
use throughline_model::{DefinitionFile, Diagnostic};
use xxhash_rust::xxh3::xxh3_128;

use crate::workspace::{Workspace, problems_of};
use crate::{Error, Result};

/// Longest text of a definition file.
const MOST_BYTES: usize = 1 << 20;

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Whether the file was written: only where it is TOML.
    pub saved: bool,
    /// Names the text.
    pub etag: String,
    /// Every problem of all definitions with the new text in place.
    pub problems: Vec<Diagnostic>,
}

/// Names a text by its content.
pub fn text_name(text: &str) -> String {
    format!("{:032x}", xxh3_128(text.as_bytes()))
}

impl Workspace {
    /// Puts a text in the place of a definition file, or makes the file. `expected` names the text that the edit began
    /// with; an empty one says that there was no file.
    ///
    /// # Errors
    /// Input: the path is no definition file's, or the text is too long. Busy: somebody changed the file meanwhile.
    pub fn save_definition(&self, path: &str, text: &str, expected: Option<&str>) -> Result<Draft> {
        if !is_definition(path) {
            let error = Error::input(format!("{path} is no definition file."));
            return Err(error.hint(
                "There are throughline.toml, journey.toml, scorecard.toml, measures/NAME.toml and layouts/NAME.toml.",
            ));
        }
        if text.len() > MOST_BYTES {
            return Err(Error::input(format!("{path} would be longer than {MOST_BYTES} bytes.")));
        }
        let mut files = self.folder().definition_files()?;
        let held = files.iter().find(|file| file.path == path).map(|file| text_name(&file.text));
        if expected.is_some_and(|expected| expected != held.as_deref().unwrap_or_default()) {
            let error = Error::busy(format!("{path} was changed by somebody else meanwhile."));
            return Err(error.hint("Read it again, and make the change in the new text."));
        }
        let broken = TomlFile::parse(path, text).into_problems();
        let saved = broken.is_empty();
        if saved {
            self.write_definition(path, text)?;
        }
        files.retain(|file| file.path != path);
        files.push(DefinitionFile { path: path.to_owned(), text: text.to_owned() });
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(Draft { saved, etag: text_name(text), problems: problems_of(&files)?.1 })
    }

    /// Visible whole or not at all.
    fn write_definition(&self, path: &str, text: &str) -> Result<()> {
        let target = self.folder().root().join(path);
        let folder = target.parent().ok_or_else(|| Error::internal(format!("{path} has no folder")))?;
        fs::create_dir_all(folder)?;
        let mut scratch = tempfile::Builder::new().prefix(".draft-").tempfile_in(folder)?;
        scratch.write_all(text.as_bytes())?;
        scratch.as_file().sync_all()?;
        if let Ok(held) = fs::metadata(&target) {
            fs::set_permissions(scratch.path(), held.permissions())?;
        }
        scratch.persist(&target).map_err(|error| Error::from(error.error))?;
        File::open(folder)?.sync_all()?;
        Ok(())
    }
}

/// Whether a path is that of a definition file; nothing else is ever written.
fn is_definition(path: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    match path.split_once('/') {
        None => ["throughline.toml", "journey.toml", "scorecard.toml"].contains(&path),
        Some(("measures" | "layouts", name)) => name.strip_suffix(".toml").is_some_and(plain),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_definition_files_are_written() {
        for path in ["scorecard.toml", "measures/nps.toml", "layouts/my-shop_2.toml"] {
            assert!(is_definition(path), "{path}");
        }
        for path in [
            "",
            "data/lock",
            "measures/../throughline.toml",
            "measures/a/b.toml",
            "layouts/.toml",
            "/etc/passwd",
            "measures/a.sql",
            "revisions/log.jsonl",
        ] {
            assert!(!is_definition(path), "{path}");
        }
    }
}
