//! What a store of journeys holds: written last, so that it names only runs that are whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use throughline_journey::{Kind, Kinds};

use crate::error::at;
use crate::proof::Proof;
use crate::{Error, Result, sealed};

const FORMAT: u32 = 2;
const FILE: &str = "state.json";

/// The runs of a store, and the moment they stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    format: u32,
    /// Number of the manifest whose data the journeys tell.
    pub(super) manifest: u64,
    /// When that manifest was written, which tells it from one of the same number in another life of the folder.
    pub(super) at: String,
    /// Kinds: table, kind, instrument, about.
    kinds: Vec<(String, String, Option<String>, Option<String>)>,
    channels: Vec<String>,
    /// Oldest first.
    pub(super) runs: Vec<RunInfo>,
    /// What the file of links was; `None` without links.
    pub(super) links: Option<Proof>,
}

/// One run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RunInfo {
    /// Its number, which no other run of the store ever had.
    pub(super) number: u32,
    /// Cases in it.
    pub(super) cases: u64,
    /// Touchpoints in it.
    pub(super) rows: u64,
    /// Its files, each with what it was when it was written.
    pub(super) files: BTreeMap<String, Proof>,
}

impl RunInfo {
    /// Name of its folder.
    pub(super) fn folder(&self) -> String {
        format!("run-{:06}", self.number)
    }

    /// Whether all its files are still what was written.
    pub(super) fn prove(&self, store: &Path) -> Result<()> {
        let folder = store.join(self.folder());
        let wrong = |(name, proof): &(&String, &Proof)| !proof.holds(&folder.join(name));
        match self.files.iter().find(wrong) {
            Some((name, _)) => Err(Error::damaged(format!("{} is damaged.", folder.join(name).display()))
                .hint("It can be built again: delete the folder data/cache and ask again.")),
            None => Ok(()),
        }
    }
}

impl State {
    /// The state of the data that a manifest names.
    pub(super) fn new(manifest: u64, at: &str, kinds: &Kinds, runs: Vec<RunInfo>) -> State {
        let row = |kind: &Kind| (kind.table.clone(), kind.kind.clone(), kind.instrument.clone(), kind.about.clone());
        State {
            format: FORMAT,
            manifest,
            at: at.to_owned(),
            kinds: kinds.kinds.iter().map(row).collect(),
            channels: kinds.channels.clone(),
            runs,
            links: None,
        }
    }

    /// The same state with the links that its journeys were made with.
    pub(super) fn with_links(&self, links: Option<Proof>) -> State {
        State { links, ..self.clone() }
    }

    /// What the codes mean.
    pub(super) fn kinds(&self) -> Kinds {
        let kind = |(table, kind, instrument, about): &(String, String, Option<String>, Option<String>)| Kind {
            table: table.clone(),
            kind: kind.clone(),
            instrument: instrument.clone(),
            about: about.clone(),
        };
        Kinds { kinds: self.kinds.iter().map(kind).collect(), channels: self.channels.clone() }
    }

    /// The state of the store in `folder`; `None` where there is none that this program can use.
    pub(super) fn read(folder: &Path) -> Option<State> {
        let text = fs::read_to_string(folder.join(FILE)).ok()?;
        sealed::read_whole::<State>(&text).filter(|state| state.format == FORMAT)
    }

    /// Makes it the state of the store.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let unfinished = folder.join(".state.unfinished");
        let mut file = File::create(&unfinished).map_err(at(&unfinished))?;
        file.write_all(sealed::page(self)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, folder.join(FILE)).map_err(at(&unfinished))
    }

    /// The number of the next run.
    pub(super) fn next_run(&self) -> u32 {
        self.runs.iter().map(|run| run.number).max().map_or(1, |number| number + 1)
    }
}
