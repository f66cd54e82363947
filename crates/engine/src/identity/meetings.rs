//! Sessions in which names meet, found in one pass over the interactions.
//!
//! The rows are those of the view `session_meetings`; its SQL says what they are. As a join it would send every
//! interaction through a hash table of texts, though in most workspaces hardly a session has two names. Here a
//! session is looked up by a 64-bit hash, and only sessions that may hold a second name are kept. Two sessions of
//! the same hash can only add rows that are then found to be none.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::prelude::{DataFrame, SessionContext};
use futures::StreamExt;
use tokio::task::JoinSet;
use xxhash_rust::xxh3::xxh3_64;

use crate::{Error, Result};

/// Orders and logins of sessions.
const MARKS: &str = "SELECT session_id, customer_ref FROM orders WHERE session_id IS NOT NULL \
    UNION ALL SELECT session_id, customer_ref FROM _logins";
const VISITS: &str = "SELECT session_id, customer_ref FROM interactions WHERE session_id IS NOT NULL";

/// Session → names.
type Names = BTreeMap<String, BTreeSet<String>>;

/// Who ordered or logged in in a session, by hashes of both; `None` where several did.
type Marked = HashMap<u64, Option<u64>>;

/// The rows of `session_meetings`, sorted.
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
    let mut marked = Marked::new();
    let mut stream = query(state, MARKS).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        each_pair(&batch?, |session, name| mark(&mut marked, session, name))?;
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
    if found.is_empty() { Ok(found) } else { verified(state, found).await }
}

fn mark(marked: &mut Marked, session: &str, name: &str) {
    let name = xxh3_64(name.as_bytes());
    let known = marked.entry(xxh3_64(session.as_bytes())).or_insert(Some(name));
    if *known != Some(name) {
        *known = None;
    }
}

/// Names of one part of the interactions in sessions where another name may have ordered or logged in.
async fn pass(mut stream: SendableRecordBatchStream, marked: Arc<Marked>) -> Result<Names> {
    let mut found = Names::new();
    while let Some(batch) = stream.next().await {
        each_pair(&batch?, |session, name| {
            let meets = |known: &Option<u64>| known.is_none_or(|known| known != xxh3_64(name.as_bytes()));
            if marked.get(&xxh3_64(session.as_bytes())).is_some_and(meets) {
                let names = found.entry(session.to_owned()).or_default();
                if !names.contains(name) {
                    names.insert(name.to_owned());
                }
            }
        })?;
    }
    Ok(found)
}

/// Of the sessions found by hash, those in which another name truly ordered or logged in.
async fn verified(state: &SessionState, mut found: Names) -> Result<Names> {
    let mut marks = Names::new();
    let mut stream = query(state, MARKS).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        each_pair(&batch?, |session, name| {
            if found.contains_key(session) {
                marks.entry(session.to_owned()).or_default().insert(name.to_owned());
            }
        })?;
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

/// Calls `each` with every session and name of a batch in which both are present.
fn each_pair(batch: &RecordBatch, mut each: impl FnMut(&str, &str)) -> Result<()> {
    let (sessions, names) = (cast(batch.column(0), &DataType::Utf8)?, cast(batch.column(1), &DataType::Utf8)?);
    let (sessions, names) = (sessions.as_string::<i32>(), names.as_string::<i32>());
    if sessions.null_count() == 0 && names.null_count() == 0 {
        for row in 0..batch.num_rows() {
            each(sessions.value(row), names.value(row));
        }
        return Ok(());
    }
    for (session, name) in sessions.iter().zip(names) {
        if let (Some(session), Some(name)) = (session, name) {
            each(session, name);
        }
    }
    Ok(())
}
