//! Events as they are sent, in our form, in Segment's and in PostHog's → rows of standard tables.
//!
//! Pure: text in, rows and rejections out. Files, HTTP and the clock are not known here; when a batch was received
//! is handed in. Which columns a table has is read from the vocabulary, so that there is one list of them.
//!
//! An event becomes one or more [`Row`]s. Each row knows its [`Row::slot`], which is the same when the same thing
//! comes again, and its [`Row::content`], which is the same when it says the same.

mod amount;
mod body;
mod channel;
mod event;
mod field;
mod kind;
mod order;
mod ours;
mod people;
mod posthog;
mod row;
mod segment;
mod time;

use jiff::Timestamp;
use serde_json::Value;
use throughline_model::vocabulary::Vocabulary;

pub use body::{Unreadable, basic_user, form_body, json};
pub use event::Rejection;
pub use ours::TABLES;
pub use row::{RECORDS, Row};

use event::Event;

/// Most events that one batch may hold.
pub const EVENTS: usize = 10_000;
/// Most bytes that one event may have.
pub const EVENT_BYTES: usize = 500_000;

/// Whose form a batch is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Ours.
    Ours,
    /// Segment's `/v1/batch`, or one of its calls (`track`, `identify`, ...) by its path.
    Segment(Option<&'static str>),
    /// PostHog's `/batch`, `/capture` and `/e`.
    PostHog,
}

/// What surrounds a batch.
#[derive(Debug, Clone, Copy)]
pub struct Context<'v> {
    /// The standard tables.
    pub vocabulary: &'v Vocabulary,
    /// When the batch arrived.
    pub received: Timestamp,
    /// When it was sent, where that stands outside the body (PostHog's `_` in the address).
    pub sent: Option<Timestamp>,
}

/// What a batch holds.
#[derive(Debug, Default)]
pub struct Batch<'v> {
    /// Events that are kept.
    pub accepted: usize,
    /// Events that are understood and concern no customer's journey: groups, session recordings, browser timings.
    pub ignored: usize,
    /// Rows of the events that are kept.
    pub rows: Vec<Row<'v>>,
    /// Events that are not kept, and why.
    pub rejected: Vec<Rejection>,
}

/// The key that a body carries beside its events: Segment's `writeKey`, PostHog's `api_key` or `token`.
pub fn key(body: &Value) -> Option<&str> {
    let named = |value: &Value| ["writeKey", "api_key", "token"].into_iter().find(|name| value.get(name).is_some());
    let first = match body {
        Value::Array(events) => events.first()?,
        one => one.get("batch").and_then(|batch| batch.get(0)).unwrap_or(one),
    };
    let places = [Some(body), Some(first), first.get("properties")];
    places.into_iter().flatten().find_map(|place| place.get(named(place)?)?.as_str())
}

/// Reads a batch; bad events are set aside one by one.
///
/// # Errors
/// The body holds no events, or too many.
pub fn read<'v>(form: Form, body: &Value, context: &Context<'v>) -> Result<Batch<'v>, Unreadable> {
    let (events, around) = events_of(form, body)?;
    if events.len() > EVENTS {
        return Err(Unreadable::new(
            format!("The batch holds {} events.", events.len()),
            format!("Send at most {EVENTS} in one batch."),
        ));
    }
    let mut batch = Batch::default();
    for (index, event) in events.iter().enumerate() {
        let read = whole(event).and_then(|()| match form {
            Form::Ours => ours::read(event, context),
            Form::Segment(call) => segment::read(event, call, around, context),
            Form::PostHog => posthog::read(event, around, context),
        });
        match read {
            Ok(Event::Rows(rows)) => {
                batch.accepted += 1;
                batch.rows.extend(rows);
            }
            Ok(Event::Ignored) => batch.ignored += 1,
            Err(wrong) => batch.rejected.push(wrong.at(index, event)),
        }
    }
    Ok(batch)
}

/// The events of a body, and the object around them.
fn events_of(form: Form, body: &Value) -> Result<(&[Value], Option<&Value>), Unreadable> {
    let name = match form {
        Form::Ours => "events",
        _ => "batch",
    };
    match (body, body.get(name)) {
        (Value::Array(events), _) => Ok((events, None)),
        (Value::Object(_), Some(Value::Array(events))) => Ok((events, Some(body))),
        (Value::Object(_), Some(_)) => {
            Err(Unreadable::new(format!("\"{name}\" is not a list."), format!("Send {{\"{name}\": [...]}}.")))
        }
        (Value::Object(_), None) if form == Form::Segment(None) => {
            Err(Unreadable::new("The body has no \"batch\".".into(), "Send {\"batch\": [...]}.".into()))
        }
        (Value::Object(_), None) => Ok((std::slice::from_ref(body), Some(body))),
        _ => Err(Unreadable::new(
            "The body is neither an object nor a list.".into(),
            format!("Send {{\"{name}\": [...]}}, a list of events, or one event."),
        )),
    }
}

/// An event is an object of bounded size and without NUL characters, which tables cannot show.
fn whole(event: &Value) -> Result<(), event::Wrong> {
    if !event.is_object() {
        return Err(event::wrong("is not an object", "Send each event as a JSON object."));
    }
    match field::measure(event) {
        None => Err(event::wrong("holds a NUL character", "Leave out characters with code 0.")),
        Some(bytes) if bytes > EVENT_BYTES => Err(event::wrong(
            format!("is larger than {EVENT_BYTES} bytes"),
            "Send what was done, not whole documents; split the event.",
        )),
        Some(_) => Ok(()),
    }
}
