//! Strangers in the sessions of customers, found in one pass over the interactions.
//!
//! The rows are those of the view `session_strangers`; its SQL says what they are. As a join it would send every
//! interaction through a hash table of texts, though in most workspaces hardly a session has two names. Here a
//! session is looked up by a 64-bit hash, and only sessions that may hold a second name are looked at. Two sessions
//! of the same hash can only add rows that are then found to be none.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::prelude::{DataFrame, SessionContext};
use foldhash::fast::FixedState;
use futures::StreamExt;
use tokio::task::JoinSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::{Error, Result};

/// Orders and logins of sessions.
const MARKS: &str = "SELECT session_id, customer_ref FROM orders WHERE session_id IS NOT NULL \
    UNION ALL SELECT session_id, customer_ref FROM _logins";
// A filter for the presence of a session would copy every row that is left.
const VISITS: &str = "SELECT session_id, customer_ref FROM interactions";
const KNOWN: &str = "SELECT customer_ref FROM _known_names";

/// Session → names.
type Names = BTreeMap<String, BTreeSet<String>>;

/// Who ordered or logged in in a session, by hashes of both; `SEVERAL` where several did.
type Marked = HashMap<u64, u64, FixedState>;

const SEVERAL: u64 = 0;

/// The rows of `session_strangers`, sorted.
pub(crate) async fn rows(state: &SessionState) -> Result<DataFrame> {
    let found = find(state).await?;
    let pairs =
        found.iter().flat_map(|(session, names)| names.iter().map(move |name| (session.as_str(), name.as_str())));
    let (sessions, names): (Vec<&str>, Vec<&str>) = pairs.unzip();
    let (sessions, names) = (StringArray::from(sessions), StringArray::from(names));
    let field = |name| Field::new(name, DataType::Utf8, true);
    let schema = Arc::new(Schema::new(vec![field("session_id"), field("customer_ref")]));
    let batch = RecordBatch::try_new(schema, vec![Arc::new(sessions), Arc::new(names)])?;
    Ok(SessionContext::new_with_state(state.clone()).read_batch(batch)?)
}

async fn find(state: &SessionState) -> Result<Names> {
    let mut marked = Marked::default();
    let mut stream = query(state, MARKS).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        mark(&mut marked, &batch?)?;
    }
    if marked.is_empty() {
        return Ok(Names::new());
    }
    let marked = Arc::new(marked);
    let mut passes = JoinSet::new();
    for stream in query(state, VISITS).await?.execute_stream_partitioned().await? {
        passes.spawn(pass(stream, Arc::clone(&marked)));
    }
    let mut found = Names::new();
    while let Some(part) = passes.join_next().await {
        let part = part.map_err(|error| Error::internal(format!("A pass over the interactions stopped: {error}.")))?;
        for (session, names) in part? {
            found.entry(session).or_default().extend(names);
        }
    }
    let found = unknown(state, found).await?;
    if found.is_empty() { Ok(found) } else { verified(state, found).await }
}

fn mark(marked: &mut Marked, batch: &RecordBatch) -> Result<()> {
    let names = text(batch, 1)?;
    for (session, name) in hashes(batch)?.into_iter().zip(names.as_string::<i32>()) {
        let Some(name) = name.map(name_hash) else { continue };
        let known = marked.entry(session).or_insert(name);
        if *known != name {
            *known = SEVERAL;
        }
    }
    Ok(())
}

/// Names of one part of the interactions in sessions where another name may have ordered or logged in.
async fn pass(mut stream: SendableRecordBatchStream, marked: Arc<Marked>) -> Result<Names> {
    let mut found = Names::new();
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let (sessions, names) = (text(&batch, 0)?, text(&batch, 1)?);
        let (sessions, names) = (sessions.as_string::<i32>(), names.as_string::<i32>());
        let hashes = hashes(&batch)?;
        for (row, hash) in hashes.into_iter().enumerate() {
            let Some(known) = marked.get(&hash).filter(|_| sessions.is_valid(row)) else { continue };
            let name = names.value(row);
            if *known == name_hash(name) {
                continue;
            }
            let present = found.entry(sessions.value(row).to_owned()).or_default();
            if !present.contains(name) {
                present.insert(name.to_owned());
            }
        }
    }
    Ok(found)
}

/// Without the names of which it is known whose they are.
async fn unknown(state: &SessionState, mut found: Names) -> Result<Names> {
    if found.is_empty() {
        return Ok(found);
    }
    let mut names: HashSet<&str, FixedState> = found.values().flatten().map(String::as_str).collect();
    let mut stream = query(state, KNOWN).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        for name in text(&batch?, 0)?.as_string::<i32>().iter().flatten() {
            names.remove(name);
        }
    }
    let names: HashSet<String, FixedState> = names.into_iter().map(str::to_owned).collect();
    found.retain(|_, present| {
        present.retain(|name| names.contains(name));
        !present.is_empty()
    });
    Ok(found)
}

/// Of the sessions found by hash, those in which another name truly ordered or logged in.
async fn verified(state: &SessionState, mut found: Names) -> Result<Names> {
    let mut marks = Names::new();
    let mut stream = query(state, MARKS).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let (sessions, names) = (text(&batch, 0)?, text(&batch, 1)?);
        for (session, name) in sessions.as_string::<i32>().iter().zip(names.as_string::<i32>()) {
            let (Some(session), Some(name)) = (session, name) else { continue };
            if found.contains_key(session) {
                marks.entry(session.to_owned()).or_default().insert(name.to_owned());
            }
        }
    }
    found.retain(|session, names| {
        let marks = marks.get(session);
        names.retain(|name| marks.is_some_and(|marks| marks.iter().any(|mark| mark != name)));
        !names.is_empty()
    });
    Ok(found)
}

async fn query(state: &SessionState, sql: &str) -> Result<DataFrame> {
    Ok(DataFrame::new(state.clone(), state.create_logical_plan(sql).await?))
}

fn text(batch: &RecordBatch, column: usize) -> Result<ArrayRef> {
    Ok(cast(batch.column(column), &DataType::Utf8)?)
}

/// A hash of each session of a batch.
fn hashes(batch: &RecordBatch) -> Result<Vec<u64>> {
    let mut hashes = vec![0; batch.num_rows()];
    create_hashes(&[text(batch, 0)?], &RandomState::with_seed(0), &mut hashes)?;
    Ok(hashes)
}

/// A hash of a name that is never `SEVERAL`.
fn name_hash(name: &str) -> u64 {
    xxh3_64(name.as_bytes()).max(SEVERAL + 1)
}
