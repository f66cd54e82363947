//! Strangers in the sessions of customers, found in one pass over the interactions.
//!
//! The rows are those of the view `session_strangers`; its SQL says what they are. As a join it would send every
//! interaction through a hash table of texts, though in most workspaces hardly a session has two names. Here a
//! session is looked up by a 64-bit hash, and only sessions that may hold a second name are looked at. Two sessions
//! of the same hash can only add rows that are then found to be none. What an earlier pass found is kept (`kept`), so
//! that an import of new sessions only is looked at alone.

mod kept;

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
pub(crate) use kept::Kept;

const KNOWN: &str = "SELECT customer_ref FROM _known_names";

/// Session → names.
type Names = BTreeMap<String, BTreeSet<String>>;

/// Who ordered or logged in in a session, by hashes of both; `SEVERAL` where several did.
type Marked = HashMap<u64, u64, FixedState>;

const SEVERAL: u64 = 0;

/// The rows that are looked at: all, or those of some imports.
struct Rows {
    /// Orders and logins of sessions.
    marks: String,
    /// All that happened in sessions, and beside them.
    visits: String,
}

impl Rows {
    /// Those for which a condition on their `import_id` holds.
    fn of(condition: Option<&str>) -> Rows {
        let and = condition.map(|condition| format!(" AND {condition}")).unwrap_or_default();
        let only = condition.map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
        Rows {
            marks: format!(
                "SELECT session_id, customer_ref FROM orders WHERE session_id IS NOT NULL{and} \
                 UNION ALL SELECT session_id, customer_ref FROM _logins{only}"
            ),
            // A filter for the presence of a session would copy every row that is left.
            visits: format!("SELECT session_id, customer_ref FROM interactions{only}"),
        }
    }
}

/// The rows of `session_strangers`, sorted. `kept` is where the data are those of a workspace's newest moment.
pub(crate) async fn rows(state: &SessionState, kept: Option<&Kept>) -> Result<DataFrame> {
    let found = match kept {
        Some(kept) => kept.names(state).await?,
        None => names(state, &Rows::of(None)).await?,
    };
    let found = unknown(state, found).await?;
    Ok(SessionContext::new_with_state(state.clone()).read_batch(batch(&found)?)?)
}

/// Names in sessions in which another name ordered or logged in, whether or not it is known whose they are.
async fn names(state: &SessionState, rows: &Rows) -> Result<Names> {
    let mut marked = Marked::default();
    let mut stream = query(state, &rows.marks).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        mark(&mut marked, &batch?)?;
    }
    if marked.is_empty() {
        return Ok(Names::new());
    }
    let marked = Arc::new(marked);
    let mut passes = JoinSet::new();
    for stream in query(state, &rows.visits).await?.execute_stream_partitioned().await? {
        passes.spawn(pass(stream, Arc::clone(&marked)));
    }
    let mut found = Names::new();
    while let Some(part) = passes.join_next().await {
        let part = part.map_err(|error| Error::internal(format!("A pass over the interactions stopped: {error}.")))?;
        for (session, names) in part? {
            found.entry(session).or_default().extend(names);
        }
    }
    if found.is_empty() { Ok(found) } else { verified(state, found, &rows.marks).await }
}

/// As rows: session, name.
fn batch(found: &Names) -> Result<RecordBatch> {
    let pairs =
        found.iter().flat_map(|(session, names)| names.iter().map(move |name| (session.as_str(), name.as_str())));
    let (sessions, names): (Vec<&str>, Vec<&str>) = pairs.unzip();
    let (sessions, names) = (StringArray::from(sessions), StringArray::from(names));
    let field = |name| Field::new(name, DataType::Utf8, true);
    let schema = Arc::new(Schema::new(vec![field("session_id"), field("customer_ref")]));
    Ok(RecordBatch::try_new(schema, vec![Arc::new(sessions), Arc::new(names)])?)
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
async fn verified(state: &SessionState, mut found: Names, marked: &str) -> Result<Names> {
    let mut marks = Names::new();
    let mut stream = query(state, marked).await?.execute_stream().await?;
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
