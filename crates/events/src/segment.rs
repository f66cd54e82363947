//! Segment's form: the calls of its HTTP tracking API.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::Context;
use crate::channel;
use crate::event::{Event, Wrong, wrong};
use crate::field;
use crate::kind;
use crate::order::{self, Around};
use crate::people;
use crate::row::{Row, hashed};
use crate::time;

/// Members that change when an event is sent again.
const SENDING: [&str; 4] = ["sentAt", "receivedAt", "writeKey", "integrations"];

/// What all calls have in common.
struct Call<'a> {
    event: &'a Value,
    properties: &'a Value,
    context: &'a Value,
    id: String,
    user: Option<String>,
    anonymous: Option<String>,
    at: Timestamp,
}

/// Reads one call; `call` is its type where the path says it, `around` the batch.
pub fn read<'v>(
    event: &Value,
    call: Option<&str>,
    around: Option<&Value>,
    context: &Context<'v>,
) -> Result<Event<'v>, Wrong> {
    let told = field::first(event, &["type", "action"]).map(|told| told.to_lowercase());
    let kind = call.map(str::to_owned).or(told);
    let known = "Send \"type\": \"track\", \"identify\", \"page\", \"screen\", \"alias\" or \"group\".";
    let kind = kind.ok_or_else(|| wrong("has no type", known))?;
    let call = Call::read(event, around, context)?;
    match kind.as_str() {
        "track" => call.track(),
        "page" => call.viewed("web"),
        "screen" => call.viewed("app"),
        "identify" => call.identify(context.received),
        "alias" => call.alias(context.received),
        "group" => call.customer().map(|_| Event::Ignored),
        other => Err(wrong(format!("is of the type {other}, which is unknown"), known)),
    }
    .map(|read| match read {
        Event::Rows(rows) if matches!(kind.as_str(), "track" | "page" | "screen") => {
            Event::Rows(rows.into_iter().chain(call.people(context.received)).collect())
        }
        other => other,
    })
}

impl<'a> Call<'a> {
    fn read(event: &'a Value, around: Option<&'a Value>, context: &Context<'_>) -> Result<Self, Wrong> {
        static NONE: Value = Value::Null;
        let person = |name: &str| match field::text(event.get(name)) {
            Some(id) if !people::is_somebody(&id) => Err(wrong(
                format!("has {name} {}, which names nobody", id.chars().take(60).collect::<String>()),
                format!("Send the id of one person as {name}, of at most 1000 characters."),
            )),
            other => Ok(other),
        };
        let sent = event.get("sentAt").or_else(|| around?.get("sentAt"));
        // A sending time that cannot be read corrects nothing.
        let sent = time::optional("sentAt", sent).unwrap_or(None);
        let told = match time::optional("originalTimestamp", event.get("originalTimestamp"))? {
            Some(told) => Some(told),
            None => time::optional("timestamp", event.get("timestamp"))?,
        };
        let at = told.map_or(context.received, |told| time::corrected(told, sent, context.received));
        Ok(Call {
            event,
            properties: event.get("properties").unwrap_or(&NONE),
            context: event.get("context").or_else(|| around?.get("context")).unwrap_or(&NONE),
            id: field::text(event.get("messageId")).unwrap_or_else(|| hashed(event, &SENDING)),
            user: person("userId")?,
            anonymous: person("anonymousId")?,
            at: time::not_ahead("timestamp", at, context.received)?,
        })
    }

    fn customer(&self) -> Result<&str, Wrong> {
        let known = self.user.as_deref().or(self.anonymous.as_deref());
        known.ok_or_else(|| wrong("names no customer", "Send userId, anonymousId, or both."))
    }

    fn track<'v>(&self) -> Result<Event<'v>, Wrong> {
        let name = field::first(self.event, &["event"]);
        let kind = name.as_deref().and_then(kind::kind);
        let kind = kind.ok_or_else(|| wrong("has no name", "Send what happened as \"event\"."))?;
        let around = Around {
            id: &self.id,
            customer: self.customer()?,
            at: self.at,
            channel: self.channel(),
            session: self.session(),
        };
        if let Some(rows) = order::rows(&kind, self.properties, &around) {
            return Ok(Event::Rows(rows));
        }
        let content = ["query", "content_id", "article_id", "title", "category", "url", "path"];
        let content = field::first(self.properties, &content).or_else(|| self.page("url")).map(field::plain_address);
        let row = self.touchpoint(kind, around.channel)?.with_some("content", content);
        Ok(Event::Rows(vec![row]))
    }

    fn viewed<'v>(&self, usual: &str) -> Result<Event<'v>, Wrong> {
        let content = field::first(self.properties, &["url", "path"])
            .or_else(|| self.page("url"))
            .or_else(|| field::first(self.event, &["name"]))
            .or_else(|| field::first(self.properties, &["name", "title"]));
        let channel = self.channel().unwrap_or_else(|| usual.to_owned());
        let row = self.touchpoint("page_viewed".into(), Some(channel))?;
        Ok(Event::Rows(vec![row.with_some("content", content.map(field::plain_address))]))
    }

    fn touchpoint<'v>(&self, kind: String, channel: Option<String>) -> Result<Row<'v>, Wrong> {
        let products = self.properties.get("products").and_then(Value::as_array);
        let only = products.filter(|products| products.len() == 1).and_then(|products| products.first());
        let product = |properties: &Value| field::first(properties, &["product_id", "productId", "sku"]);
        let value = ["revenue", "value", "total", "price"];
        let referrer = field::first(self.properties, &["referrer"]).or_else(|| self.page("referrer"));
        let row = Row::once("interactions", &self.id)
            .for_event()
            .with("interaction_id", self.id.as_str())
            .with("customer_ref", self.customer()?)
            .with("kind", kind)
            .with_some("channel", channel)
            .with("occurred_at", self.at.to_string())
            .with_some("campaign", self.campaign("name"))
            .with_some("product_id", product(self.properties).or_else(|| product(only?)))
            .with_some("session_id", self.session())
            .with_some("referrer", referrer.map(field::plain_address))
            .with_some("value", value.iter().find_map(|name| number(self.properties.get(name))));
        Ok(row)
    }

    /// A user with an anonymous id logged in; a user is known.
    fn people<'v>(&self, received: Timestamp) -> Vec<Row<'v>> {
        let Some(user) = &self.user else { return Vec::new() };
        let since = self.at.min(received);
        let link = self.anonymous.as_ref().and_then(|alias| people::link(alias, user, "login", since));
        link.into_iter().chain([people::known(user)]).collect()
    }

    fn identify<'v>(&self, received: Timestamp) -> Result<Event<'v>, Wrong> {
        let customer = self.customer()?;
        let empty = Map::new();
        let traits = self.event.get("traits").or_else(|| self.context.get("traits")).and_then(Value::as_object);
        let mut rows = self.people(received);
        // Traits of a visitor without a user id are about nobody who is known.
        if self.user.is_some() {
            rows.extend(people::traits(customer, traits.unwrap_or(&empty)));
        }
        Ok(if rows.is_empty() { Event::Ignored } else { Event::Rows(rows) })
    }

    fn alias<'v>(&self, received: Timestamp) -> Result<Event<'v>, Wrong> {
        let fix = "Send the old id as previousId and the new one as userId.";
        let before = field::first(self.event, &["previousId"]).filter(|before| people::is_somebody(before));
        let (Some(before), Some(user)) = (before, &self.user) else {
            return Err(wrong("does not say which two ids are one person", fix));
        };
        let link = people::link(&before, user, "source", self.at.min(received));
        let link = link.ok_or_else(|| wrong("has a previousId equal to its userId", fix))?;
        Ok(Event::Rows(vec![link, people::known(user)]))
    }

    fn channel(&self) -> Option<String> {
        let library = field::text(field::at(self.context, "library.name"));
        let mobile =
            field::text(field::at(self.context, "device.type")).and_then(|device| channel::of_library(&device));
        let program = library.as_deref().and_then(channel::of_library).or(mobile);
        let page = self.context.get("page").is_some_and(Value::is_object).then_some("web");
        channel::told(self.properties, self.campaign("medium")).or_else(|| program.or(page).map(str::to_owned))
    }

    fn campaign(&self, name: &str) -> Option<String> {
        let own = field::text(field::at(self.context, "campaign")?.get(name));
        own.or_else(|| {
            field::text(self.properties.get(format!("utm_{}", if name == "name" { "campaign" } else { name })))
        })
    }

    fn page(&self, name: &str) -> Option<String> {
        field::text(field::at(self.context, "page")?.get(name))
    }

    fn session(&self) -> Option<String> {
        let names = ["session_id", "sessionId"];
        field::first(self.context, &names).or_else(|| field::first(self.properties, &names))
    }
}

/// A number, or a text that is one.
pub(crate) fn number(value: Option<&Value>) -> Option<String> {
    let number = match value? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then(|| number.to_string())
}
