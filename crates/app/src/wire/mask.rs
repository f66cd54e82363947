//! What people without the right to see personal data get instead of it.

use serde_json::Value;

/// Stands where personal data were taken out.
const MASK: &str = "•••";

/// A name as its first letter; ids that are no names of people stay.
pub fn name(text: &str) -> String {
    text.chars().next().map_or_else(String::new, |first| format!("{first}{MASK}"))
}

/// An id: one that is an address or a number to call is masked like a name, others mean nothing outside.
pub fn id(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_phone = text.starts_with('+') || (digits >= 9 && text.chars().all(|c| !c.is_alphabetic()));
    if text.contains('@') || text.contains(' ') || is_phone { name(text) } else { text.to_owned() }
}

fn each(value: &mut Value, list: &str, change: impl Fn(&mut Value)) {
    value.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().for_each(change);
}

fn field(value: &mut Value, key: &str, change: impl Fn(&str) -> String) {
    if let Some(Value::String(text)) = value.get_mut(key) {
        *text = change(text);
    }
}

fn link(value: &mut Value) {
    field(value, "alias", name);
    field(value, "customer_id", id);
    field(value, "why", |_| MASK.to_owned());
}

/// A time line: no names, no words of the customer.
pub fn customer(wire: &mut Value) {
    let own = wire.get("customer_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    field(wire, "customer_id", id);
    each(wire, "aliases", |alias| {
        if let Value::String(text) = alias {
            *text = name(text);
        }
    });
    each(wire, "links", link);
    each(wire, "touchpoints", |touch| {
        field(touch, "customer_ref", |one| if one == own { id(one) } else { name(one) });
        field(touch, "content", |_| MASK.to_owned());
    });
}

/// A list of customers: no names.
pub fn customers(wire: &mut Value) {
    each(wire, "customers", |customer| {
        field(customer, "customer_id", id);
        each(customer, "names", |one| {
            if let Value::String(text) = one {
                *text = name(text);
            }
        });
    });
}

/// Rows that were set aside: not what stood in them.
pub fn rejects(wire: &mut Value) {
    each(wire, "rejects", |reject| {
        field(reject, "original", |_| MASK.to_owned());
        field(reject, "reason", |reason| reason.split(['"', '`', '“']).next().unwrap_or_default().trim().to_owned());
    });
}

/// Obstacles: examples keep ids that mean nothing outside.
pub fn pains(wire: &mut Value) {
    each(wire, "groups", |group| {
        each(group, "pains", |pain| each(pain, "examples", |one| field(one, "customer_id", id)));
        each(group, "stories", |story| field(story, "customer_id", id));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_out_and_ids_stay() {
        let mut line = serde_json::json!({
            "customer_id": "C0001",
            "aliases": ["maria@example.org", "c-17"],
            "links": [{"alias": "maria@example.org", "customer_id": "C0001", "why": "same address"}],
            "touchpoints": [{"customer_ref": "maria@example.org", "content": "where is it", "kind": "question"}],
        });
        customer(&mut line);
        assert_eq!(line["customer_id"], "C0001");
        assert_eq!(line["aliases"], serde_json::json!(["m•••", "c•••"]));
        assert_eq!(line["links"][0]["alias"], "m•••");
        assert_eq!(line["touchpoints"][0]["content"], MASK);
        assert_eq!(line["touchpoints"][0]["kind"], "question");
        assert!(!line.to_string().contains("maria"));
    }

    #[test]
    fn addresses_and_numbers_are_no_ids() {
        assert_eq!(id("maria@example.org"), "m•••");
        assert_eq!(id("+49 30 123"), "+•••");
        assert_eq!(id("0301234567"), "0•••");
        assert_eq!(id("C00004389"), "C00004389");
        assert_eq!(id("8a7f2c4e"), "8a7f2c4e");
    }
}
