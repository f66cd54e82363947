//! Everything that can be asked of a workspace at one moment.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use datafusion::catalog::TableProvider;
use jiff::Timestamp;
use throughline_model::definitions::Definitions;
use throughline_model::{Calendar, Grain, Measure, Period, Reading};

use crate::customer::TimeLine;
use crate::folder::Folder;
use crate::identity::Linking;
use crate::journeys::JourneysAt;
use crate::measures::{self, ExplainRequest, Explanation, KeptReadings, Request};
use crate::scorecard::{self, ScorecardView};
use crate::session::{Session, SessionOptions, TableSource};
use crate::sql::Answer;
use crate::store::snapshot::Snapshot;
use crate::workspace::{Workspace, calendar};
use crate::{Error, Result, catalog};

/// How long one query of a measure or a view may take: the longest known take seconds per ten million rows.
const LONGEST: Duration = Duration::from_secs(600);
/// Memory that a question's sorts, joins and aggregates share before they spill to disk.
const MEMORY_BYTES: usize = 2 << 30;

/// Which moment and which definitions an answer is for.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions {
    /// Answer by what had been recorded until then.
    pub as_of: Option<Timestamp>,
    /// Use the definitions in the files instead of those in force.
    pub working: bool,
    /// The present moment.
    pub now: Timestamp,
    /// Which links of aliases count.
    pub linking: Linking,
}

impl ReadOptions {
    /// All that is known at `now`, by the definitions in force.
    pub fn at(now: Timestamp) -> ReadOptions {
        ReadOptions { as_of: None, working: false, now, linking: Linking::default() }
    }
}

/// Which readings of a measure.
#[derive(Debug, Clone, Default)]
pub struct MeasureRequest {
    /// Length of the periods; the scorecard's where absent.
    pub grain: Option<Grain>,
    /// Dimension to break down by.
    pub by: Option<String>,
    /// First instant; the beginning of the data where absent.
    pub from: Option<Timestamp>,
    /// End; the end of the data where absent.
    pub to: Option<Timestamp>,
}

#[async_trait]
impl TableSource for Snapshot {
    async fn provider(&self, table: &str) -> Result<Arc<dyn TableProvider>> {
        Snapshot::provider(self, table).await
    }
}

/// A workspace at one moment.
pub struct Reader {
    workspace: Workspace,
    snapshot: Arc<Snapshot>,
    options: ReadOptions,
    /// Until when things are known: the as-of instant, else the newest import.
    known: Timestamp,
    definitions: Definitions,
    calendar: Calendar,
    session: Session,
}

impl Workspace {
    /// Opens the workspace's data and definitions for questions.
    ///
    /// # Errors
    /// Damaged: the data folder or a revision is. Definition: the settings name no zone.
    pub fn reader(&self, options: ReadOptions) -> Result<Reader> {
        let snapshot = Arc::new(self.snapshot()?);
        let imported = snapshot.manifest().at.parse().ok();
        let known = options.as_of.or(imported).unwrap_or(options.now);
        let definitions = self.definitions_for(options, known, known)?;
        let calendar = calendar(&definitions.settings)?;
        let session = self.session(&snapshot, &definitions, options, known)?;
        Ok(Reader { workspace: self.clone(), snapshot, options, known, definitions, calendar, session })
    }

    pub(crate) fn definitions_for(&self, options: ReadOptions, at: Timestamp, known: Timestamp) -> Result<Definitions> {
        if options.working {
            Ok(self.working()?.0)
        } else {
            self.definitions_at(at, options.as_of.map_or(options.now, |_| known))
        }
    }

    fn session(
        &self,
        snapshot: &Arc<Snapshot>,
        definitions: &Definitions,
        options: ReadOptions,
        known: Timestamp,
    ) -> Result<Session> {
        let manifest = snapshot.manifest();
        let options = SessionOptions {
            as_of: options.as_of,
            now: known,
            longest: LONGEST,
            memory_bytes: MEMORY_BYTES,
            spill_dir: self.folder().staging(),
            cache_dir: Some(self.folder().cache()),
            data_version: format!("{}@{}", manifest.number, manifest.at),
            journeys: Some(JourneysAt {
                root: self.folder().cache().join("journeys"),
                manifest: manifest.number,
                at: manifest.at.clone(),
            }),
            linking: options.linking,
        };
        Session::open(snapshot.clone(), definitions, options)
    }
}

impl Reader {
    /// The definitions in force.
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// Zone, weeks and fiscal year.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Until when things are known.
    pub fn known(&self) -> Timestamp {
        self.known
    }

    /// The session behind it, for questions in SQL.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The measure of that id.
    ///
    /// # Errors
    /// Input: there is none; the hint names the nearest.
    pub fn find(&self, id: &str) -> Result<&Measure> {
        self.definitions.measures.get(id).ok_or_else(|| {
            let error = Error::input(format!("There is no measure `{id}`."));
            if self.workspace.working().is_ok_and(|(working, _)| working.measures.contains_key(id)) {
                return error
                    .hint("It stands in the files and is not in force yet: use --working, or `throughline apply`.");
            }
            let known = self.definitions.measures.keys().map(String::as_str);
            match throughline_model::diagnostic::hint_among(id, known) {
                Some(hint) => error.hint(hint),
                None => error.hint("`throughline measure` lists them all."),
            }
        })
    }

    /// The readings of a measure, period by period; without a range, from its first to its last reading.
    pub async fn measure(&self, id: &str, request: &MeasureRequest) -> Result<Vec<Reading>> {
        let measure = self.find(id)?;
        let grain = request.grain.unwrap_or(self.definitions.scorecard.every);
        let (first, last) = self.widest();
        let asked = Request {
            grain,
            from: request.from.unwrap_or(first),
            to: request.to.unwrap_or(last),
            by: request.by.clone(),
        };
        let kept = self.kept(id, &asked);
        let readings = match kept.read(&self.calendar) {
            Some(readings) => readings,
            None => {
                let readings = measures::evaluate(&self.session, measure, &asked).await?;
                // A full disk is no reason to keep the answer from who asked.
                let _ = kept.write(&readings);
                readings
            }
        };
        let mut readings = trim(readings, request);
        let checks = self.checks(self.present()).await?;
        checks.apply(&self.session, measure, &mut readings, request.by.as_deref()).await?;
        Ok(readings)
    }

    /// Where the readings of a measure are kept: under everything they depend on.
    fn kept(&self, id: &str, asked: &Request) -> KeptReadings {
        let catalog: String = catalog::files("").map(|(_, text)| text).collect();
        let (definitions, asked_for) = (format!("{:?}", self.definitions), format!("{asked:?}"));
        let (data, linking) = (self.state_of_data(), self.options.linking.to_string());
        let parts = [id, &asked_for, &data, &linking, &definitions, &catalog];
        KeptReadings::new(&self.folder().cache(), asked.grain, &parts)
    }

    /// Where the reading of a measure in a period comes from; with `records`, at most that many of its rows.
    ///
    /// # Errors
    /// Input: there is no such measure or period, or the measure's SQL fails.
    pub async fn explain(
        &self,
        id: &str,
        period: &str,
        segment: Option<(String, String)>,
        records: Option<usize>,
    ) -> Result<Explanation> {
        let period = self.calendar.parse(period).map_err(Error::input)?;
        let by = segment.as_ref().map(|(dimension, _)| dimension.clone());
        let (measure, request) = (self.find(id)?, ExplainRequest { period, segment, records });
        let mut explanation = measures::explain(&self.session, measure, &request).await?;
        let reading = std::slice::from_mut(&mut explanation.reading);
        self.checks(self.present()).await?.apply(&self.session, measure, reading, by.as_deref()).await?;
        Ok(explanation)
    }

    /// The answer to one query, at most `most` rows of it.
    pub async fn sql(&self, query: &str, most: Option<usize>) -> Result<Answer> {
        self.session.sql(query, most).await
    }

    /// The time line of a customer, named by its id or any alias.
    pub async fn customer(&self, name: &str) -> Result<TimeLine> {
        self.session.customer(name).await
    }

    /// The same data as they were known at another moment, or by other definitions.
    pub(crate) fn at(&self, as_of: Option<Timestamp>, definitions: Definitions) -> Result<Reader> {
        let options = ReadOptions { as_of, ..self.options };
        let known = as_of.unwrap_or(self.known);
        let calendar = calendar(&definitions.settings)?;
        let same = as_of == self.options.as_of && definitions == self.definitions;
        let session = if same {
            self.session.clone()
        } else {
            self.workspace.session(&self.snapshot, &definitions, options, known)?
        };
        let (workspace, snapshot) = (self.workspace.clone(), self.snapshot.clone());
        Ok(Reader { workspace, snapshot, options, known, definitions, calendar, session })
    }

    /// The definitions in force for a period, as they stood at `known`.
    pub(crate) fn definitions_of(&self, period: &Period, known: Timestamp) -> Result<Definitions> {
        let options = ReadOptions { as_of: Some(known), ..self.options };
        self.workspace.definitions_for(options, period.start, known)
    }

    /// Whether any definitions had been applied by an instant.
    pub(crate) fn applied_by(&self, at: Timestamp) -> Result<bool> {
        Ok(self.workspace.revisions()?.iter().any(|revision| revision.at <= at))
    }

    /// For which moment it was opened.
    pub(crate) fn options(&self) -> ReadOptions {
        self.options
    }

    /// Where the workspace lies.
    pub(crate) fn folder(&self) -> &Folder {
        self.workspace.folder()
    }

    /// Names everything that rows in force depend on: version of the data, as-of instant, zone, program.
    pub(crate) fn state_of_data(&self) -> String {
        let manifest = self.snapshot.manifest();
        let as_of = self.options.as_of.map_or_else(String::new, |at| at.to_string());
        let (number, at, zone) = (manifest.number, &manifest.at, &self.definitions.settings.zone);
        format!("{}\0{number}@{at}\0{as_of}\0{zone}", env!("CARGO_PKG_VERSION"))
    }

    /// Whether a standard table was ever written.
    pub(crate) fn holds_rows(&self, table: &str) -> bool {
        self.snapshot.manifest().tables.contains_key(table)
    }

    /// Everything that can lie between the first instant periods are listed from and what is known.
    fn widest(&self) -> (Timestamp, Timestamp) {
        let first = self.session.periods().first().map_or(Timestamp::UNIX_EPOCH, |period| period.start);
        let last = self.calendar.containing(Grain::Day, self.known).end;
        (first, last)
    }

    /// The scorecard of a period; without one, of the newest complete period that most measures speak about.
    ///
    /// # Errors
    /// Input: `period` is none. A measure that cannot be evaluated is no error: it says why it has no data.
    pub async fn scorecard(&self, period: Option<&str>) -> Result<ScorecardView> {
        let checks = self.checks(self.present()).await?;
        let mut view = scorecard::scorecard(&self.session, period, |period| self.in_force(period), &checks).await?;
        self.add_trust(&mut view, &checks).await?;
        Ok(view)
    }

    /// The period whose scorecard is shown where none is asked for.
    pub async fn newest_period(&self) -> Result<Period> {
        scorecard::newest_period(&self.session).await
    }

    /// A session with the definitions in force for a period, where those are others than today's.
    pub(crate) fn in_force(&self, period: &Period) -> Result<Option<Session>> {
        let definitions = self.workspace.definitions_for(self.options, period.start, self.known)?;
        if definitions == self.definitions {
            return Ok(None);
        }
        self.workspace.session(&self.snapshot, &definitions, self.options, self.known).map(Some)
    }
}

/// Leaves out periods before the first and after the last reading of any segment, on the sides that the
/// request leaves open.
fn trim(readings: Vec<Reading>, request: &MeasureRequest) -> Vec<Reading> {
    let told = |reading: &&Reading| reading.value.is_some() || reading.n > 0 || reading.left_out > 0;
    let indices = || readings.iter().filter(told).map(|reading| reading.period.index);
    let (Some(first), Some(last)) = (indices().min(), indices().max()) else { return Vec::new() };
    let inside = |reading: &Reading| {
        (request.from.is_some() || reading.period.index >= first)
            && (request.to.is_some() || reading.period.index <= last)
    };
    readings.into_iter().filter(inside).collect()
}
