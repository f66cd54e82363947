//! Journeys: the touchpoints of every case in order, kept sorted on disk and read in place.

mod aggregated;
mod attribution;
mod changes;
mod codes;
mod conformance;
mod delivery;
mod extend;
mod funnel;
mod groups;
mod lifecycle;
mod links;
mod mapped;
mod overview;
mod pains;
mod paths;
mod replaced;
mod retention;
mod roles;
mod run;
mod scope;
mod sql;
mod stages;
mod staging;
mod state;
mod store;
mod story;
mod transitions;
mod write;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use throughline_journey::{Block, Kinds, Stages};
use xxhash_rust::xxh3::xxh3_128;

pub use aggregated::{PathsAnswer, attribution_of_paths};
pub use attribution::{AttributionAnswer, AttributionRequest};
pub use conformance::{ConformanceRequest, ConformanceView};
pub use delivery::{DeliveryAnswer, DeliveryRequest};
pub use funnel::{FunnelRequest, FunnelView};
pub use groups::GroupAnswer;
pub use lifecycle::{LifecycleAnswer, LifecycleRequest};
pub use overview::{Overview, OverviewRequest};
pub use pains::{PainsAnswer, PainsRequest, excess};
pub use paths::{GroupPaths, PathsRequest, PathsView};
pub use retention::{RetentionAnswer, RetentionRequest, pooled};
pub use scope::{About, Asked, Scope};
pub(crate) use sql::{JourneyFunction, questions};
pub use story::{Story, StoryTouchpoint};
pub use transitions::{GroupTransitions, TransitionsRequest, TransitionsView};

use crate::session::Session;
use crate::{Error, Progress, Reader, Result, catalog};
pub(crate) use store::problems;
use store::{Opened, Store};
use write::Source;

/// Stores of either life that are kept: as many as cases and linkings make.
const KEPT: usize = 4;
/// The life of a store that goes on from import to import.
const CURRENT: &str = "current";
/// The life of a store for one moment.
const MOMENT: &str = "moment";

/// Whose journeys: what happened is grouped by customer, or by ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Case {
    /// The customer, whatever name a source uses.
    #[default]
    Customer,
    /// The ticket, with everything that happened to it.
    Ticket,
}

impl Case {
    /// As written.
    pub fn name(self) -> &'static str {
        match self {
            Case::Customer => "customer",
            Case::Ticket => "ticket",
        }
    }

    fn sql(self) -> Result<&'static str> {
        let file = catalog::file(&format!("journeys/{}.sql", self.name()));
        file.ok_or_else(|| Error::internal(format!("the catalog has no journeys of a {}", self.name())))
    }

    /// Standard tables whose rows make touchpoints, or say whose they are.
    fn tables(self) -> &'static [&'static str] {
        match self {
            Case::Customer => &[
                "exposures",
                "feedback",
                "interactions",
                "loyalty_events",
                "order_lines",
                "orders",
                "payments",
                "ticket_events",
                "tickets",
            ],
            Case::Ticket => &["ticket_events"],
        }
    }

    /// Whether amounts are converted.
    fn prices(self) -> bool {
        self == Case::Customer
    }

    /// About how many touchpoints there are: what all imports added.
    async fn expected_rows(self, session: &Session) -> Result<u64> {
        let tables: Vec<String> = self.tables().iter().map(|table| (*table).to_owned()).collect();
        let tables = crate::session::quote::texts(&tables);
        let sql =
            format!("SELECT CAST(coalesce(sum(added), 0) AS BIGINT) FROM import_tables WHERE target IN ({tables})");
        let batches = session.rows(&sql).await?;
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { return Ok(0) };
        let rows = cast(batch.column(0), &DataType::Int64)?;
        Ok(rows.as_primitive::<Int64Type>().values().first().and_then(|rows| u64::try_from(*rows).ok()).unwrap_or(0))
    }
}

/// All journeys at one moment, in place.
pub struct Journeys {
    opened: Opened,
    stages: Stages,
}

impl Journeys {
    /// What the codes of kinds and channels mean.
    pub fn kinds(&self) -> &Kinds {
        &self.opened.kinds
    }

    /// The stages of touchpoints.
    pub fn stages(&self) -> &Stages {
        &self.stages
    }

    /// The blocks that folds walk.
    pub fn blocks(&self) -> Vec<Block<'_>> {
        self.opened.blocks()
    }

    /// How many runs they lie in: one after a build, more after extensions.
    pub fn runs(&self) -> usize {
        self.opened.runs.len()
    }
}

/// Which moment's journeys, and where they are kept.
#[derive(Debug, Clone)]
pub struct JourneysAt {
    /// The folder of all stores.
    pub root: PathBuf,
    /// Number of the manifest that the data stand for.
    pub manifest: u64,
    /// When it was written.
    pub at: String,
}

impl Session {
    /// The journeys of the moment this session is for. They are built, or extended by what is new, where needed.
    ///
    /// # Errors
    /// Input: the session's data are no workspace's.
    pub async fn journeys(&self, case: Case, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Journeys> {
        let no_place = || Error::input("These data are no workspace's: there is no place for journeys.");
        let JourneysAt { root, manifest, at } = self.journeys_at().ok_or_else(no_place)?;
        let current = !self.is_as_of();
        let source = Source { session: self, case, manifest: *manifest, at, current };
        let parts = self.what_journeys_depend_on()?;
        if current {
            let store = Store::at(folder(root, case, &parts, CURRENT));
            if let Some(opened) = store.journeys(&source, progress).await? {
                forget(root, CURRENT, store.folder());
                return Ok(self.opened(opened));
            }
        }
        // A moment of its own: as of a day, or overtaken by an import.
        let store = Store::at(folder(root, case, &[parts, vec![format!("{manifest}@{at}")]].concat(), MOMENT));
        let opened = store.journeys(&source, progress).await?;
        forget(root, MOMENT, store.folder());
        let opened = opened.ok_or_else(|| Error::internal("the journeys of a moment went on without it"))?;
        Ok(self.opened(opened))
    }

    fn opened(&self, opened: Opened) -> Journeys {
        let stages = stages::stages(&self.definitions().journey, &opened.kinds);
        Journeys { opened, stages }
    }
}

impl Reader {
    /// The journeys of the moment this reader is for; see [`Session::journeys`].
    pub async fn journeys(&self, case: Case, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Journeys> {
        self.session().journeys(case, progress).await
    }
}

/// The folder of a store whose rows depend on exactly `parts`.
fn folder(root: &Path, case: Case, parts: &[String], life: &str) -> PathBuf {
    let text: String = parts.iter().map(|part| format!("{}\0{part}\0", part.len())).collect();
    root.join(format!("{}-{life}-{:016x}", case.name(), xxh3_128(text.as_bytes()) as u64))
}

/// Removes the stores of a life that were written longest ago, such as those of an earlier program or time zone.
fn forget(root: &Path, life: &str, keep: &Path) {
    let Ok(entries) = fs::read_dir(root) else { return };
    let infix = format!("-{life}-");
    let mut stores: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.file_name().to_string_lossy().contains(&infix) && entry.path() != keep)
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    stores.sort();
    let surplus = (stores.len() + 1).saturating_sub(KEPT);
    for (_, path) in stores.iter().take(surplus) {
        // What stays is no harm: it is found again, or forgotten next time.
        let _ = fs::remove_dir_all(path);
    }
}
