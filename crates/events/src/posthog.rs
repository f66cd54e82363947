//! PostHog's form: what its libraries send to `/batch`, `/capture` and `/e`.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::Context;
use crate::channel;
use crate::event::{Event, Wrong, wrong};
use crate::field;
use crate::kind;
use crate::order::{self, Around};
use crate::people;
use crate::row::{Row, hashed};
use crate::segment::number;
use crate::time;

/// Members that change when an event is sent again.
const SENDING: [&str; 4] = ["sent_at", "api_key", "token", "offset"];
/// Events that concern no journey.
const NO_TOUCHPOINT: [&str; 8] = [
    "$groupidentify",
    "$snapshot",
    "$performance_event",
    "$web_vitals",
    "$opt_in",
    "$$heatmap",
    "$heatmap",
    "$feature_enrollment_update",
];
/// Times further ahead are taken for the time of arrival, as PostHog does.
const AHEAD: SignedDuration = SignedDuration::from_hours(23);

/// Reads one event; `around` is the batch.
pub fn read<'v>(event: &Value, around: Option<&Value>, context: &Context<'v>) -> Result<Event<'v>, Wrong> {
    static NONE: Value = Value::Null;
    let properties = event.get("properties").unwrap_or(&NONE);
    let name = field::text(event.get("event"));
    let name = name.ok_or_else(|| wrong("has no name", "Send what happened as \"event\"."))?;
    let customer = field::first(event, &["distinct_id", "$distinct_id"])
        .or_else(|| field::first(properties, &["distinct_id", "$distinct_id"]));
    let customer = customer.ok_or_else(|| wrong("names no customer", "Send who did it as \"distinct_id\"."))?;
    if !people::is_somebody(&customer) {
        let shown: String = customer.chars().take(60).collect();
        let fix = "Send the id of one person or device as distinct_id, of at most 1000 characters.";
        return Err(wrong(format!("has distinct_id {shown}, which names nobody"), fix));
    }
    let sent = event.get("sent_at").or_else(|| around?.get("sent_at"));
    let sent = time::optional("sent_at", sent).unwrap_or(None).or(context.sent);
    let at = happened(event, properties, sent, context.received)?;
    let id = field::text(event.get("uuid")).or_else(|| field::first(properties, &["$insert_id"]));
    let captured = Captured {
        event,
        properties,
        customer,
        id: id.unwrap_or_else(|| hashed(event, &SENDING)),
        at,
        since: at.min(context.received),
    };
    match name.as_str() {
        skipped if NO_TOUCHPOINT.contains(&skipped) => Ok(Event::Ignored),
        "$identify" => captured.identify(),
        "$create_alias" | "$merge_dangerously" => captured.alias(),
        "$set" => Ok(captured.set()),
        other => captured.touchpoint(other),
    }
}

/// When it happened: its time corrected by the sender's clock, else its age, else now.
fn happened(
    event: &Value,
    properties: &Value,
    sent: Option<Timestamp>,
    received: Timestamp,
) -> Result<Timestamp, Wrong> {
    let told = match time::optional("timestamp", event.get("timestamp"))? {
        Some(told) => Some(told),
        None => time::optional("timestamp", properties.get("timestamp")).unwrap_or(None),
    };
    let sent = sent.filter(|_| properties.get("$ignore_sent_at") != Some(&Value::Bool(true)));
    let at = match (told, event.get("offset").and_then(Value::as_f64)) {
        (Some(told), _) => time::corrected(told, sent, received),
        (None, Some(age)) if age.abs() < 1e13 => {
            time::back(received, SignedDuration::from_millis(age as i64)).unwrap_or(received)
        }
        (None, _) => received,
    };
    Ok(if at.duration_since(received) > AHEAD { received } else { at })
}

struct Captured<'a> {
    event: &'a Value,
    properties: &'a Value,
    customer: String,
    id: String,
    at: Timestamp,
    since: Timestamp,
}

impl Captured<'_> {
    fn identify<'v>(&self) -> Result<Event<'v>, Wrong> {
        let mut rows = vec![people::known(&self.customer)];
        if let Some(before) = field::text(self.properties.get("$anon_distinct_id")) {
            self.may_be_linked(&before)?;
            rows.extend(people::link(&before, &self.customer, "login", self.since));
        }
        rows.extend(people::traits(&self.customer, &self.traits()));
        Ok(Event::Rows(rows))
    }

    fn alias<'v>(&self) -> Result<Event<'v>, Wrong> {
        let fix = "Send the other id as properties.alias.";
        let alias = field::text(self.properties.get("alias"));
        let alias = alias.ok_or_else(|| wrong("does not say which two ids are one person", fix))?;
        self.may_be_linked(&alias)?;
        let link = people::link(&alias, &self.customer, "source", self.since);
        let link = link.ok_or_else(|| wrong("has an alias equal to its distinct_id", fix))?;
        Ok(Event::Rows(vec![link, people::known(&self.customer)]))
    }

    fn may_be_linked(&self, alias: &str) -> Result<(), Wrong> {
        if people::is_somebody(alias) {
            return Ok(());
        }
        let shown: String = alias.chars().take(60).collect();
        Err(wrong(format!("links {shown}, which names nobody"), "Send ids of persons or devices only."))
    }

    fn set<'v>(&self) -> Event<'v> {
        let rows = people::traits(&self.customer, &self.traits());
        if rows.is_empty() { Event::Ignored } else { Event::Rows(rows) }
    }

    /// Person properties; those of `$set` win over those of `$set_once`.
    fn traits(&self) -> Map<String, Value> {
        let mut traits = Map::new();
        for name in ["$set_once", "$set"] {
            for place in [self.event.get(name), self.properties.get(name)] {
                let members = place.and_then(Value::as_object).into_iter().flatten();
                traits.extend(members.map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        traits
    }

    fn touchpoint<'v>(&self, name: &str) -> Result<Event<'v>, Wrong> {
        let fix = "Send a name with letters or digits as \"event\".";
        let kind = kind::kind(name).ok_or_else(|| wrong("has a name without letters", fix))?;
        let texts = |names: &[&str]| field::first(self.properties, names);
        let library = texts(&["$lib"]);
        let program = library.as_deref().and_then(channel::of_library).map(str::to_owned);
        let channel = channel::told(self.properties, texts(&["utm_medium", "$utm_medium"])).or(program);
        let session = texts(&["$session_id", "session_id"]);
        let around = Around {
            id: &self.id,
            customer: &self.customer,
            at: self.at,
            channel: channel.clone(),
            session: session.clone(),
        };
        let mut rows = match order::rows(&kind, self.properties, &around) {
            Some(rows) => rows,
            None => vec![self.interaction(kind, channel, session)],
        };
        if self.properties.get("$is_identified") == Some(&Value::Bool(true)) {
            rows.push(people::known(&self.customer));
        }
        Ok(Event::Rows(rows))
    }

    fn interaction<'v>(&self, kind: String, channel: Option<String>, session: Option<String>) -> Row<'v> {
        let texts = |names: &[&str]| field::first(self.properties, names);
        let referrer = texts(&["$referrer", "referrer"]).filter(|referrer| referrer != "$direct");
        let content = texts(&["query", "$current_url", "$screen_name", "$pathname", "url", "title"]);
        let value = ["revenue", "value", "total", "price", "amount"];
        Row::once("interactions", &self.id)
            .for_event()
            .with("interaction_id", self.id.as_str())
            .with("customer_ref", self.customer.as_str())
            .with("kind", kind)
            .with_some("channel", channel)
            .with("occurred_at", self.at.to_string())
            .with_some("campaign", texts(&["utm_campaign", "$utm_campaign"]))
            .with_some("product_id", texts(&["product_id", "productId", "sku"]))
            .with_some("content", content.map(field::plain_address))
            .with_some("session_id", session)
            .with_some("referrer", referrer.map(field::plain_address))
            .with_some("value", value.iter().find_map(|name| number(self.properties.get(name))))
    }
}
