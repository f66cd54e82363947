//! From a request to durable rows.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;
use throughline_engine::inbox::Line;
use throughline_engine::{ErrorKind, catalog};
use throughline_events::{Context, Form, Row, json, key, read};

use super::answer::{Received, RejectedEvent, answer, later};
use super::{body, gate};
use crate::http::problem::{Problem, Result};
use crate::http::state::Shared;

/// How long a request waits for room before it is sent away.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a body may take.
const READING: Duration = Duration::from_secs(30);
/// Bodies from here on are parsed aside, so that others do not wait meanwhile.
const ASIDE: usize = 64 << 10;

/// Takes a batch; answers when its good events are durable.
pub async fn batch(shared: &Shared, form: Form, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let Some(ingest) = &shared.ingest else {
        let problem = Problem::busy("This server takes no events: another one does, or it cannot write.");
        return Ok(later(problem.hint("Send them to the other one; the log says more."), 60));
    };
    let cost = body::cost(&parts.headers);
    if ingest.inbox.is_full(u64::from(cost) * 1024) {
        shared.metrics.batches_refused.inc();
        return Ok(later(Problem::busy("Too many events are waiting.").hint("Send the batch again."), 5));
    }
    let room = tokio::time::timeout(PATIENCE, ingest.room.acquire_many(cost)).await;
    let Ok(Ok(_room)) = room else {
        shared.metrics.batches_refused.inc();
        return Ok(later(Problem::busy("Too many batches arrive at once.").hint("Send the batch again."), 2));
    };
    let reading = tokio::time::timeout(READING, body::read(form, &parts.headers, body));
    let bytes = reading.await.map_err(|_| Problem::slow(READING.as_secs()))??;
    let received = shared.now();
    let large = bytes.len() >= ASIDE;
    let inner = shared.clone();
    let work = move || understood(&inner, form, &bytes, &parts.headers, &parts.uri, received);
    let (lines, mut told) =
        if large { tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())?? } else { work()? };
    shared.metrics.events_rejected.inc_by(told.rejected.len() as u64);
    match ingest.inbox.take(lines).await {
        Ok(taken) => {
            told.repeated = taken.repeated_events;
            shared.metrics.events_accepted.inc_by(told.accepted as u64);
            Ok(answer(form, told))
        }
        Err(error) => {
            shared.metrics.batches_refused.inc();
            if error.kind != ErrorKind::Busy {
                tracing::error!(message = %error.message, "events could not be written");
            }
            let problem = Problem { hint: error.hint, ..Problem::busy(error.message) };
            Ok(later(problem, 10))
        }
    }
}

/// The rows of a body, and what to tell about its events.
fn understood(
    shared: &Shared,
    form: Form,
    bytes: &[u8],
    headers: &HeaderMap,
    uri: &Uri,
    received: Timestamp,
) -> Result<(Vec<Line>, Received)> {
    let unreadable = |error: throughline_events::Unreadable| Problem::input(error.reason).hint(error.fix);
    // Who may not send learns nothing of what is wrong with the body.
    let value = json(bytes);
    gate::check(shared, headers, value.as_ref().ok().and_then(key))?;
    let value: Value = value.map_err(unreadable)?;
    let context = Context { vocabulary: catalog::vocabulary()?, received, sent: sent_at(uri) };
    let batch = read(form, &value, &context).map_err(unreadable)?;
    let told = Received {
        accepted: batch.accepted,
        repeated: 0,
        ignored: batch.ignored,
        rejected: batch.rejected.into_iter().map(RejectedEvent::from).collect(),
    };
    Ok((batch.rows.iter().map(line).collect(), told))
}

fn line(row: &Row<'_>) -> Line {
    Line { text: row.line(), slot: row.slot(), content: row.content(), stands_for_event: row.stands_for_event }
}

/// When a batch was sent, as PostHog's script says in the address.
fn sent_at(uri: &Uri) -> Option<Timestamp> {
    let millis = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("_="))?;
    Timestamp::from_millisecond(millis.parse().ok()?).ok()
}
