//! A store of journeys: runs on disk, built from the tables, extended by what is new, safe to delete at any time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use throughline_journey::{Block, Kinds};

use super::extend::Extension;
use super::links::Links;
use super::replaced;
use super::run::{BUCKETS, Run};
use super::state::{RunInfo, State};
use super::write::{self, Source};
use crate::error::at;
use crate::proof::Proof;
use crate::{Error, ErrorKind, Progress, Result, lock};

const LINKS: &str = "links.arrow";

/// Where the journeys of one kind of case lie, as seen at one moment.
pub(super) struct Store {
    folder: PathBuf,
}

/// An open store.
pub(super) struct Opened {
    pub(super) runs: Vec<(RunInfo, Run)>,
    pub(super) kinds: Kinds,
}

impl Opened {
    /// All buckets of all runs that hold anything, numbered from 0.
    pub(super) fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        for (_, run) in &self.runs {
            for bucket in 0..BUCKETS {
                let block = run.block(bucket, blocks.len());
                if block.cases() > 0 {
                    blocks.push(block);
                }
            }
        }
        blocks
    }
}

impl Store {
    /// The store in `folder`, which need not exist.
    pub(super) fn at(folder: PathBuf) -> Store {
        Store { folder }
    }

    /// Where its runs lie.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn links(&self) -> PathBuf {
        self.folder.join(LINKS)
    }

    /// The journeys of exactly the moment of `source`: as they lie there, extended by what is new, or built.
    /// Where the store has gone on to a later moment, `None`.
    pub(super) async fn journeys(
        &self,
        source: &Source<'_>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<Opened>> {
        if let Some(state) = State::read(&self.folder).filter(|state| source.is_moment_of(state))
            && let Ok(opened) = self.open(&state)
        {
            return Ok(Some(opened));
        }
        // Two processes at once do not build the same.
        let _alone = lock::in_turn(&self.folder.join(".lock"))?;
        let state = State::read(&self.folder);
        if state.as_ref().is_some_and(|state| state.manifest > source.manifest) {
            return Ok(None);
        }
        let state = match state {
            Some(state) if source.is_moment_of(&state) => state,
            Some(state) => match self.extended(source, state, progress).await {
                Ok(Some(state)) => state,
                Ok(None) => self.built(source, progress).await?,
                // What cannot be read is worth no more than none.
                Err(error) if error.kind == ErrorKind::Damaged => self.built(source, progress).await?,
                Err(error) => return Err(error),
            },
            None => self.built(source, progress).await?,
        };
        match self.open(&state) {
            Err(error) if error.kind == ErrorKind::Damaged => {
                let state = self.built(source, progress).await?;
                self.open(&state).map(Some)
            }
            opened => opened.map(Some),
        }
    }

    /// Opens the runs of a state, and marks what newer ones replaced.
    pub(super) fn open(&self, state: &State) -> Result<Opened> {
        let mut runs = Vec::with_capacity(state.runs.len());
        for info in &state.runs {
            info.prove(&self.folder)?;
            let folder = self.folder.join(info.folder());
            let run = Run::open(&folder).map_err(|error| Error { kind: ErrorKind::Damaged, ..error })?;
            for replaced in replaced::read(&folder)? {
                if let Some((_, earlier)) =
                    runs.iter_mut().find(|(info, _): &&mut (RunInfo, Run)| info.number == replaced.run)
                {
                    earlier.replace(replaced.bucket as usize, replaced.case as usize);
                }
            }
            runs.push((info.clone(), run));
        }
        Ok(Opened { runs, kinds: state.kinds() })
    }

    /// The links that the journeys of a state were made with.
    pub(super) fn saved_links(&self, state: &State) -> Result<Links> {
        let path = self.links();
        match &state.links {
            Some(proof) if !proof.holds(&path) => Err(Error::damaged(format!("{} is damaged.", path.display()))
                .hint("It can be built again: delete the folder data/cache and ask again.")),
            Some(_) => Links::saved(&path),
            None => Ok(Links::default()),
        }
    }

    async fn extended(
        &self,
        source: &Source<'_>,
        state: State,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<State>> {
        let opened = self.open(&state)?;
        let extension = Extension { store: self, source, state, opened };
        let Some((state, links)) = extension.run(progress).await? else { return Ok(None) };
        self.make_current(&state, &links)?;
        Ok(Some(state))
    }

    async fn built(&self, source: &Source<'_>, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<State> {
        let before = State::read(&self.folder).unwrap_or_default();
        let number = before.next_run();
        let links = Arc::new(Links::read(source.session).await?);
        let (kinds, info) = write::whole_run(source, &links, &self.folder, number, progress).await?;
        let state = State::new(source.manifest, source.at, &kinds, vec![info]);
        self.make_current(&state, &links)?;
        Ok(state)
    }

    /// Names the runs that count, and removes the others.
    fn make_current(&self, state: &State, links: &Links) -> Result<()> {
        let path = self.links();
        if path.exists() {
            fs::remove_file(&path).map_err(at(&path))?;
        }
        links.save(&path)?;
        let proof = if path.exists() { Some(Proof::of(&path).map_err(at(&path))?) } else { None };
        state.with_links(proof).write(&self.folder)?;
        let current: Vec<String> = state.runs.iter().map(RunInfo::folder).collect();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("run-") && !current.contains(&name) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

/// What is wrong with the store in `folder`, file by file; nothing where it can be used, or holds nothing.
pub(crate) fn problems(folder: &Path) -> Vec<(PathBuf, String)> {
    let store = Store::at(folder.to_owned());
    let state = folder.join("state.json");
    let Some(held) = State::read(folder) else {
        let told = "the state of these journeys is damaged, or of an earlier program".to_owned();
        return if state.exists() { vec![(state, told)] } else { Vec::new() };
    };
    let mut problems = Vec::new();
    for info in &held.runs {
        for (name, proof) in &info.files {
            let path = folder.join(info.folder()).join(name);
            if !proof.holds_by_bytes(&path) {
                problems.push((path, "the journeys in it are damaged".to_owned()));
            }
        }
    }
    if let Err(error) = store.saved_links(&held) {
        problems.push((store.links(), error.message));
    }
    // An import may have gone on to another state, and removed what this one named.
    if State::read(folder).as_ref() == Some(&held) { problems } else { Vec::new() }
}
