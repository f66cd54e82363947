//! The hashes of all keys of a table, kept beside the data so that an import need not read them again.
//!
//! A list names the files ("runs") that hold the hashes of the keys of one state of the table; it is called by a hash
//! of the names of that state's data files, which are never used twice, so that a list can be absent but never stale.
//! Runs carry checksums. Deleting all of it is always safe: the keys are read from the table again.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::keys::{BUCKETS, KeyBuckets, as_bytes, from_bytes};
use crate::error::at;
use crate::{Error, Result};

/// The first bytes of a run; they change whenever hashes are made differently.
const MAGIC: &[u8; 8] = b"TLKEYS\x00\x01";
const HEAD: usize = MAGIC.len() + BUCKETS * 16;
/// A run at most so many times the size of the next is merged with it.
const RATIO: u64 = 4;

/// The sorted hashes of some keys of a table.
#[derive(Debug)]
struct Run {
    name: String,
    file: File,
    /// Per bucket: how many hashes there are, and their checksum.
    buckets: Vec<(u64, u64)>,
}

fn damaged(what: &str) -> Error {
    Error::damaged(format!("Kept keys are damaged ({what})."))
}

impl Run {
    fn open(folder: &Path, name: &str) -> Result<Run> {
        let mut file = File::open(folder.join(name))?;
        let mut head = vec![0; HEAD];
        file.read_exact(&mut head)?;
        if name != run_name(&head) {
            return Err(damaged(name));
        }
        let numbers: Vec<u64> = from_bytes(head.get(MAGIC.len()..).unwrap_or_default()).collect();
        let buckets = numbers.as_chunks::<2>().0.iter().map(|[count, checksum]| (*count, *checksum)).collect();
        Ok(Run { name: name.to_owned(), file, buckets })
    }

    fn count(&self) -> u64 {
        self.buckets.iter().map(|(count, _)| count).sum()
    }

    fn bucket(&mut self, bucket: usize) -> Result<Vec<u64>> {
        let before: u64 = self.buckets.iter().take(bucket).map(|(count, _)| count).sum();
        let (count, checksum) = self.buckets.get(bucket).copied().unwrap_or_default();
        let mut bytes = vec![0; count as usize * 8];
        self.file.seek(SeekFrom::Start(HEAD as u64 + before * 8))?;
        self.file.read_exact(&mut bytes)?;
        if xxh3_64(&bytes) != checksum {
            return Err(damaged(&self.name));
        }
        Ok(from_bytes(&bytes).collect())
    }
}

fn run_name(head: &[u8]) -> String {
    format!("run-{:016x}", xxh3_64(head))
}

/// Writes a run bucket by bucket.
struct RunWriter {
    path: PathBuf,
    file: BufWriter<File>,
    head: Vec<u8>,
}

impl RunWriter {
    fn create(folder: &Path) -> Result<Self> {
        let path = folder.join(".run.tmp");
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        file.write_all(&[0; HEAD])?;
        Ok(RunWriter { path, file, head: MAGIC.to_vec() })
    }

    fn add(&mut self, hashes: &[u64]) -> Result<()> {
        let bytes = as_bytes(hashes);
        self.head.extend((hashes.len() as u64).to_le_bytes());
        self.head.extend(xxh3_64(&bytes).to_le_bytes());
        Ok(self.file.write_all(&bytes)?)
    }

    fn finish(mut self, folder: &Path) -> Result<String> {
        self.file.flush()?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&self.head)?;
        self.file.flush()?;
        let name = run_name(&self.head);
        fs::rename(&self.path, folder.join(&name))?;
        Ok(name)
    }
}

/// The hashes of all keys that a table holds, or more.
pub(crate) struct KeyIndex {
    folder: PathBuf,
    runs: Vec<Run>,
}

impl KeyIndex {
    /// Of a table without rows.
    pub(crate) fn empty(folder: PathBuf) -> Self {
        KeyIndex { folder, runs: Vec::new() }
    }

    /// What was kept for a state of the table, where it is there and whole.
    pub(crate) fn open(folder: PathBuf, state: u64) -> Option<Self> {
        let list = fs::read_to_string(folder.join(list_name(state))).ok()?;
        let runs = listed(&list)?.lines().map(|name| Run::open(&folder, name)).collect::<Result<_>>().ok()?;
        Some(KeyIndex { folder, runs })
    }

    /// Of the hashes of all keys of a table.
    pub(crate) fn build(folder: PathBuf, mut keys: KeyBuckets) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        keys.sort();
        let mut writer = RunWriter::create(&folder)?;
        for bucket in 0..BUCKETS {
            let mut hashes = keys.take(bucket)?;
            hashes.dedup();
            writer.add(&hashes)?;
        }
        let name = writer.finish(&folder)?;
        Ok(KeyIndex { runs: vec![Run::open(&folder, &name)?], folder })
    }

    /// Adds the keys of new rows. `contested` hears, in ascending order, of every hash that occurs twice among them
    /// or that the table holds.
    pub(crate) fn extend(&mut self, mut new: KeyBuckets, contested: &mut dyn FnMut(u64)) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        new.sort();
        let merged = self.merged(new.len());
        let mut writer = RunWriter::create(&self.folder)?;
        let mut known: Vec<Vec<u64>> = Vec::new();
        for bucket in 0..BUCKETS {
            let mut hashes = new.take(bucket)?;
            known.clear();
            for run in &mut self.runs {
                known.push(run.bucket(bucket)?);
            }
            tell(&mut hashes, &known, contested);
            let apart = known.len() - merged;
            if merged > 0 {
                hashes.extend(known.drain(apart..).flatten());
                hashes.sort_unstable();
                hashes.dedup();
            }
            writer.add(&hashes)?;
        }
        let name = writer.finish(&self.folder)?;
        self.runs.truncate(self.runs.len() - merged);
        self.runs.push(Run::open(&self.folder, &name)?);
        Ok(())
    }

    /// How many of the last runs become one with `new` hashes.
    fn merged(&self, new: usize) -> usize {
        let mut size = new as u64;
        let fits = |run: &&Run| {
            let fits = run.count() <= size.saturating_mul(RATIO);
            size += run.count();
            fits
        };
        self.runs.iter().rev().take_while(fits).count()
    }

    /// Keeps the hashes for a state of the table, and nothing else.
    pub(crate) fn keep(&self, state: u64) -> Result<()> {
        let names: Vec<&str> = self.runs.iter().map(|run| run.name.as_str()).collect();
        let list = list_name(state);
        let temporary = self.folder.join(".list.tmp");
        let text: String = names.iter().map(|name| format!("{name}\n")).collect();
        fs::write(&temporary, format!("{text}{}", checksum(&text))).map_err(at(&temporary))?;
        fs::rename(temporary, self.folder.join(&list))?;
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if name != list && !names.contains(&name.as_ref()) {
                fs::remove_file(self.folder.join(name.as_ref()))?;
            }
        }
        Ok(())
    }
}

fn checksum(text: &str) -> String {
    format!("checksum {:016x}", xxh3_64(text.as_bytes()))
}

/// The lines of a list, where its last one is their checksum.
fn listed(list: &str) -> Option<&str> {
    let (text, sum) = list.split_at_checked(list.rfind("checksum ")?)?;
    (sum == checksum(text)).then_some(text)
}

/// What is wrong with a folder of kept keys, file by file; nothing where it can be used.
pub(crate) fn problems(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut problems = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let whole = |mut run: Run| (0..BUCKETS).try_for_each(|bucket| run.bucket(bucket).map(drop));
        if name.ends_with(".runs") {
            let list = fs::read_to_string(&path).unwrap_or_default();
            let there = |text: &str| text.lines().all(|run| folder.join(run).is_file());
            if !listed(&list).is_some_and(there) {
                problems.push((path, "the list of kept keys is damaged, or of an earlier program".to_owned()));
            }
        } else if name.starts_with("run-")
            && let Err(error) = Run::open(folder, &name).and_then(whole)
        {
            problems.push((path, error.message));
        }
    }
    // An import replaces lists and runs.
    problems.retain(|(path, _)| path.exists());
    problems.sort();
    Ok(problems)
}

fn list_name(state: u64) -> String {
    format!("{state:016x}.runs")
}

/// Tells of hashes that occur twice or are known, and leaves each once.
fn tell(hashes: &mut Vec<u64>, known: &[Vec<u64>], contested: &mut dyn FnMut(u64)) {
    let mut places = vec![0; known.len()];
    let mut at = 0;
    while let Some(hash) = hashes.get(at).copied() {
        let same = hashes.iter().skip(at).take_while(|other| **other == hash).count();
        let mut held = false;
        for (run, place) in known.iter().zip(&mut places) {
            *place += run.iter().skip(*place).take_while(|other| **other < hash).count();
            held |= run.get(*place) == Some(&hash);
        }
        if same > 1 || held {
            contested(hash);
        }
        at += same;
    }
    hashes.dedup();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    /// Well mixed.
    fn hash(number: u64) -> u64 {
        xxh3_64(&number.to_le_bytes())
    }

    fn buckets(folder: &Path, numbers: impl Iterator<Item = u64>) -> KeyBuckets {
        let mut keys = KeyBuckets::new(folder);
        keys.add(&numbers.map(hash).collect::<Vec<_>>()).unwrap();
        keys
    }

    #[test]
    fn what_occurs_twice_is_told_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("keys");
        let mut index = KeyIndex::empty(kept.clone());
        let mut seen = BTreeSet::new();
        for (step, numbers) in [0..5_000, 4_990..5_100, 5_095..5_110, 20..30, 6_000..30_000].into_iter().enumerate() {
            let twice = numbers.clone().take(3);
            let expected: BTreeSet<u64> =
                twice.clone().chain(numbers.clone().filter(|number| seen.contains(number))).map(hash).collect();
            let mut told = Vec::new();
            index.extend(buckets(folder.path(), twice.chain(numbers.clone())), &mut |hash| told.push(hash)).unwrap();
            assert_eq!(told, expected.into_iter().collect::<Vec<_>>());
            seen.extend(numbers);
            index.keep(step as u64).unwrap();
            index = KeyIndex::open(kept.clone(), step as u64).unwrap();
            assert_eq!(fs::read_dir(&kept).unwrap().count(), index.runs.len() + 1);
        }
        assert!(index.runs.len() < 4);
        assert!(KeyIndex::open(kept, 3).is_none());
    }

    #[test]
    fn a_damaged_run_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("keys");
        let index = KeyIndex::build(kept.clone(), buckets(folder.path(), 0..1_000)).unwrap();
        index.keep(7).unwrap();
        let path = kept.join(&index.runs[0].name);
        let mut bytes = fs::read(&path).unwrap();
        let middle = HEAD + 4_000;
        bytes[middle] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let mut index = KeyIndex::open(kept.clone(), 7).unwrap();
        assert!(index.extend(buckets(folder.path(), 0..10), &mut |_| {}).is_err());
        assert_eq!(problems(&kept).unwrap().len(), 1);
        bytes[20] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert!(KeyIndex::open(kept.clone(), 7).is_none());
        // A list that lost its lines must not say that the table holds no keys.
        fs::write(kept.join(list_name(7)), "").unwrap();
        assert!(KeyIndex::open(kept.clone(), 7).is_none());
        assert_eq!(problems(&kept).unwrap().len(), 2);
    }
}
