//! What events tell about people: who is known, what is known of them, and which names are one.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::field;
use crate::row::Row;

/// Names that stand for nobody; a program that sends them would melt all its customers into one.
const NOBODY: [&str; 16] = [
    "anonymous",
    "guest",
    "distinctid",
    "distinct_id",
    "id",
    "not_authenticated",
    "email",
    "undefined",
    "true",
    "false",
    "null",
    "none",
    "nan",
    "0",
    "00",
    "[object object]",
];

/// Traits that are personal and are not kept beside the others. The mail address has a column of its own.
const PERSONAL: [&str; 24] = [
    "email",
    "name",
    "firstname",
    "first_name",
    "lastname",
    "last_name",
    "fullname",
    "full_name",
    "username",
    "phone",
    "mobile",
    "address",
    "street",
    "birthday",
    "birthdate",
    "date_of_birth",
    "dob",
    "avatar",
    "picture",
    "photo",
    "ip",
    "password",
    "token",
    "ssn",
];

/// Most bytes of traits that are kept.
const TRAITS: usize = 20_000;

/// Whether a name can stand for a person.
pub fn is_somebody(name: &str) -> bool {
    let name = name.trim().trim_matches(['"', '\'']).to_lowercase();
    !name.is_empty() && name.chars().count() <= 1_000 && !NOBODY.contains(&name.as_str())
}

/// The customer is known, no anonymous visitor.
pub fn known<'v>(customer: &str) -> Row<'v> {
    Row::stated("customer_known", customer, "true").with("customer_ref", customer).with("known", "true")
}

/// A name belongs to a customer; nothing where both are one.
pub fn link<'v>(alias: &str, customer: &str, reason: &'static str, since: Timestamp) -> Option<Row<'v>> {
    let row = || {
        Row::stated("identities", alias, customer)
            .with("alias", alias)
            .with("customer_id", customer)
            .with("reason", reason)
            .with("confidence", "1")
            .with("since", since.to_string())
    };
    (alias != customer).then(row)
}

/// What traits tell of a customer. Each in a row of its own, so that a call with a few traits leaves others alone.
pub fn traits<'v>(customer: &str, traits: &Map<String, Value>) -> Vec<Row<'v>> {
    let one = |record, column, value: String| {
        Row::stated(record, customer, &value).with("customer_ref", customer).with(column, value)
    };
    let mut rows = Vec::new();
    if let Some(email) = field::text(traits.get("email")) {
        rows.push(one("customer_email", "email", email));
    }
    let country = traits.get("address").and_then(|address| field::first(address, &["country", "state", "city"]));
    if let Some(region) = field::text(traits.get("region")).or(country) {
        rows.push(one("customer_region", "region", region));
    }
    let plain = |name: &str| !PERSONAL.contains(&name.trim_start_matches('$').to_lowercase().as_str());
    let kept: Map<String, Value> =
        traits.iter().filter(|(name, _)| plain(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    let text = Value::Object(kept).to_string();
    if text.len() > 2 && text.len() <= TRAITS {
        rows.push(one("customer_attributes", "attributes", text));
    }
    rows
}
