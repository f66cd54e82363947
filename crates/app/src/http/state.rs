//! What all requests share: the workspace, readers of its moments, answers, jobs and people.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use bytes::Bytes;
use jiff::Timestamp;
use throughline_engine::{ReadOptions, Reader, Version, Workspace};
use throughline_people::Event;
use tokio::sync::watch;

use super::answers::{Answers, Name};
use super::compute::Compute;
use super::events::Ingest;
use super::jobs::Jobs;
use super::metrics::Metrics;
use super::people::{People, Person, Role};
use super::problem::{Problem, Result};
use super::query::Asked;
use super::rate::Rates;
use super::server::Config;
use super::{csv, etag};
use crate::cli::Moment;
use crate::commands::scorecard;
use crate::context::instant;
use crate::question::Question;

/// Readers kept open.
const READERS: usize = 8;
/// Bytes of answers kept.
const ANSWER_BYTES: usize = 128 << 20;
/// Names the program in keys of answers.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What handlers share.
pub type Shared = Arc<State>;

/// A reader, and the moment it was opened.
pub struct Opened {
    /// Everything that can be asked of the moment.
    pub reader: Reader,
    /// The present moment for its answers.
    pub present: Timestamp,
}

/// What all requests share.
pub struct State {
    /// How the server was started.
    pub config: Config,
    /// The workspace.
    pub workspace: Workspace,
    /// Who may ask.
    pub people: Arc<dyn People>,
    /// Where questions are worked on.
    pub compute: Compute,
    /// Answers that were given.
    pub answers: Arc<Answers>,
    /// Long work.
    pub jobs: Arc<Jobs>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How many requests each peer has sent lately.
    pub rates: Rates,
    /// What takes events; nothing where another server does.
    pub ingest: Option<Ingest>,
    /// Leads the ids of requests, so that those of two runs differ.
    pub started_as: u32,
    readers: Mutex<Vec<(String, Arc<Opened>)>>,
    closing: watch::Sender<bool>,
}

impl State {
    /// The state of a server that begins.
    ///
    /// # Errors
    /// Input: there is no workspace.
    pub fn new(config: Config, people: Arc<dyn People>) -> throughline_engine::Result<Shared> {
        let workspace = Workspace::open(&config.workspace)?;
        let metrics = Arc::new(Metrics::default());
        let started_as = getrandom::u32().unwrap_or_default();
        let jobs = Jobs::new(config.clock, metrics.clone());
        let ingest = Ingest::open(&workspace, (config.clock)());
        Ok(Arc::new(State {
            workspace,
            people,
            compute: Compute::new()?,
            answers: Answers::new(ANSWER_BYTES),
            jobs,
            metrics,
            ingest,
            rates: Rates::new(config.requests_per_second),
            started_as,
            readers: Mutex::default(),
            closing: watch::Sender::new(false),
            config,
        }))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        (self.config.clock)()
    }

    /// The state of the workspace now.
    ///
    /// # Errors
    /// Damaged: it cannot be read.
    pub fn version(&self, working: bool) -> Result<Version> {
        Ok(self.workspace.version(working)?)
    }

    /// Whether the server is about to stop.
    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Tells everybody that the server is about to stop.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Waits until the server is about to stop.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// Records what somebody did.
    pub fn audit(&self, person: &Person, action: &str, target: &str, detail: &str) {
        self.people.record(person, Event::done(action, target, detail));
    }

    /// Everything that answers about a moment depend on beside the question: the data, and the rest. Staleness is told
    /// to the hour.
    fn state_of(&self, moment: &Moment) -> Result<[String; 2]> {
        let Version { data, imported_at, definitions } = self.version(moment.working)?;
        let hour = self.now().as_second().div_euclid(3600);
        let imported = imported_at.map_or_else(String::new, |at| at.to_string());
        let (as_of, linking) = (moment.as_of.as_deref().unwrap_or_default(), moment.linking);
        let rest = format!("{PROGRAM}\0{definitions}\0{as_of}\0{}\0{linking}", moment.working);
        Ok([format!("{data}@{imported}\0{hour}"), rest])
    }

    /// The reader of a moment; one that is open already is shared.
    ///
    /// # Errors
    /// Input: the moment is none.
    pub fn reader(&self, moment: &Moment) -> Result<Arc<Opened>> {
        let key = self.state_of(moment)?.join("\0");
        if let Some(held) = self.held(&key) {
            return Ok(held);
        }
        let as_of = moment.as_of.as_deref().map(|text| instant(&self.workspace, text)).transpose()?;
        let present = self.now();
        let options = ReadOptions { as_of, working: moment.working, now: present, linking: moment.linking };
        let opened = Arc::new(Opened { reader: self.workspace.reader(options)?, present });
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.insert(0, (key, opened.clone()));
        readers.truncate(READERS);
        Ok(opened)
    }

    fn held(&self, key: &str) -> Option<Arc<Opened>> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let place = readers.iter().position(|(held, _)| held == key)?;
        let found = readers.remove(place);
        let opened = found.1.clone();
        readers.insert(0, found);
        Some(opened)
    }

    /// Works the scorecard out that is asked for first, so that nobody waits for it after an import; and the one before
    /// it, with which the readings of all others come.
    pub fn warm(self: &Arc<State>) {
        let shared = self.clone();
        tokio::spawn(async move {
            // Whoever asks hears what is wrong.
            let _ = shared.warm_scorecard(None).await;
            let previous = shared.previous_period().await;
            if let Ok(period) = previous {
                let _ = shared.warm_scorecard(Some(period)).await;
            }
        });
    }

    async fn warm_scorecard(self: &Arc<State>, period: Option<String>) -> Result<()> {
        let pairs = period.map(|period| ("period".to_owned(), period));
        let asked = Asked::<scorecard::Arguments>::of(pairs.into_iter().collect())?;
        let nobody = Person::new("server", Role::Viewer);
        self.answer("/scorecard", asked, &nobody, &HeaderMap::new()).await.map(drop)
    }

    async fn previous_period(self: &Arc<State>) -> Result<String> {
        let shared = self.clone();
        let work = move || async move {
            let reader = shared.reader(&Moment::default())?;
            let newest = reader.reader.newest_period().await?;
            Ok(reader.reader.calendar().previous(&newest).label)
        };
        self.compute.run(work).await
    }

    /// Answers a question: with 304 where who asks has the answer, from what is kept, or by asking. `about` says what
    /// the question does not: its path.
    ///
    /// # Errors
    /// Those of the question.
    pub async fn answer<Q>(
        self: &Arc<State>,
        about: &str,
        asked: Asked<Q>,
        person: &Person,
        headers: &HeaderMap,
    ) -> Result<Response<Body>>
    where
        Q: Question + Send + 'static,
    {
        let masked = Q::PERSONAL && person.sees_masked();
        let [data, rest] = self.state_of(asked.question.moment())?;
        let form = format!("{}{}", if asked.csv { "csv" } else { "json" }, if masked { " masked" } else { "" });
        let question = etag::key(&[&rest, about, &asked.text, &form]);
        let name = Name { answer: etag::key(&[&data, &format!("{question:x}")]), question };
        if etag::is_held(headers, name.answer) {
            return Ok(etag::unchanged(name.answer));
        }
        let (shared, csv) = (self.clone(), asked.csv);
        let work = move || async move {
            let inner = shared.clone();
            shared.compute.run(move || async move { bytes_of(&inner, asked, masked).await }).await
        };
        let given = self.answers.get(name, etag::may_be_old(headers), work).await?;
        if etag::is_held(headers, given.key) {
            return Ok(etag::aged(etag::unchanged(given.key), given.age));
        }
        let kind = if csv { "text/csv; charset=utf-8" } else { "application/json" };
        let mut response = etag::aged(etag::tagged(given.key, kind, given.bytes), given.age);
        if csv {
            let name = format!("attachment; filename=\"{}.csv\"", file_name(about));
            if let Ok(name) = HeaderValue::from_str(&name) {
                response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
            }
        }
        Ok(response)
    }
}

async fn bytes_of<Q: Question>(shared: &Shared, asked: Asked<Q>, masked: bool) -> Result<Bytes> {
    let Asked { question, csv, .. } = asked;
    let opened = shared.reader(question.moment())?;
    let reader = &opened.reader;
    let found = question.ask(reader, opened.present, &mut |_| {}).await.map_err(|error| {
        let unknown = question.is_unknown(reader, &error);
        let problem = Problem::from(error);
        if unknown { Problem { hint: problem.hint, ..Problem::not_found(problem.detail) } } else { problem }
    })?;
    let wire = question.wire(&found, reader);
    if !masked && !csv {
        return Ok(Bytes::from(serde_json::to_vec(&wire).map_err(throughline_engine::Error::from)?));
    }
    let mut value = serde_json::to_value(&wire).map_err(throughline_engine::Error::from)?;
    if masked {
        Q::mask(&mut value);
    }
    if csv {
        return Ok(csv::table(&value, Q::TABLE));
    }
    Ok(Bytes::from(serde_json::to_vec(&value).map_err(throughline_engine::Error::from)?))
}

/// A name for a file: letters, digits and dashes.
fn file_name(about: &str) -> String {
    let plain: String = about.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    plain.trim_matches('-').chars().take(60).collect()
}
