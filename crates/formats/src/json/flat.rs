//! Flattening one JSON object without going through floats: numbers keep their digits.
//!
//! The standard parser decides what is JSON; this walk over text already known to be JSON only cuts it.

use super::text::{check, leaf, list, members};

/// Deepest nesting that is flattened; deeper values stay JSON text.
const DEPTH: usize = 8;

/// Hands out every leaf of the object `text` as (`a.b`, value); null is `None`, lists are JSON text. A list of objects
/// with `key` and `value` is handed out as (`list.KEY`, value) as well.
///
/// # Errors
/// The reason why `text` is not a JSON object.
pub fn flatten(text: &str, take: &mut dyn FnMut(&str, Option<String>)) -> Result<(), String> {
    check(text)?;
    let text = text.trim();
    if !text.starts_with('{') {
        return Err("is not a JSON object".into());
    }
    walk(text, "", 0, take);
    Ok(())
}

fn walk(object: &str, prefix: &str, depth: usize, take: &mut dyn FnMut(&str, Option<String>)) {
    for (key, value) in members(object) {
        let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        if value.starts_with('{') && depth < DEPTH {
            walk(value, &name, depth + 1, take);
        } else {
            if value.starts_with('[') && value.contains("\"key\"") && value.contains("\"value\"") {
                keyed(value, &name, take);
            }
            take(&name, leaf(value));
        }
    }
}

/// The values of a list all of whose elements are objects with `key` and `value`.
fn keyed(text: &str, prefix: &str, take: &mut dyn FnMut(&str, Option<String>)) {
    let mut found = Vec::new();
    for element in list(text) {
        if !element.starts_with('{') {
            return;
        }
        let (mut key, mut value) = (None, None);
        for (name, member) in members(element) {
            match name.as_str() {
                "key" => key = leaf(member),
                "value" => value = Some(member),
                _ => {}
            }
        }
        let (Some(key), Some(value)) = (key, value) else { return };
        found.push((key, only(value)));
    }
    for (key, value) in found {
        take(&format!("{prefix}.{key}"), value);
    }
}

/// A value, or of an object the only one that is not null: of `{"string_value": "a", "int_value": null}` the text.
fn only(value: &str) -> Option<String> {
    if !value.starts_with('{') {
        return leaf(value);
    }
    let mut said = members(value).filter(|(_, member)| *member != "null");
    match (said.next(), said.next()) {
        (None, _) => None,
        (Some((_, one)), None) => leaf(one),
        (Some(_), Some(_)) => Some(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn flat(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
        let mut found = Vec::new();
        flatten(text, &mut |name, value| found.push((name.to_owned(), value)))?;
        Ok(found)
    }

    #[test]
    fn objects_are_flattened_and_digits_kept() {
        let text = r#" { "a": 1.10, "b" : {"c":"x \"y\" \u00e9","d":{"e":null}}, "l":[1, {"z": 2}], "t":true,"big":12345678901234567890.123,"":"" } "#;
        let expected = [
            ("a", Some("1.10")),
            ("b.c", Some("x \"y\" é")),
            ("b.d.e", None),
            ("l", Some("[1, {\"z\": 2}]")),
            ("t", Some("true")),
            ("big", Some("12345678901234567890.123")),
            ("", Some("")),
        ];
        let expected: Vec<_> =
            expected.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect();
        assert_eq!(flat(text).unwrap(), expected);
        assert_eq!(flat("{}").unwrap(), []);
        let text = r#"{"p":[{"key":"a","value":{"string_value":"x","int_value":null}},{"key":"b","value":1.50}],"q":[{"key":"a"}]}"#;
        let found = flat(text).unwrap();
        let named: Vec<_> =
            found.iter().map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or_default())).collect();
        assert_eq!(named[..2], [("p.a", "x"), ("p.b", "1.50")]);
        assert_eq!((named[2].0, named[3], named.len()), ("p", ("q", "[{\"key\":\"a\"}]"), 4));
        for bad in ["", "[1]", "3", "{\"a\":}", "{\"a\":1", "{a:1}", "{\"a\":1}x"] {
            assert!(flat(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_parser(pairs in proptest::collection::btree_map("[a-z]{1,4}", "\\PC{0,12}", 0..6)) {
            let text = serde_json::to_string(&pairs).unwrap();
            let found: std::collections::BTreeMap<String, String> =
                flat(&text).unwrap().into_iter().map(|(name, value)| (name, value.unwrap())).collect();
            prop_assert_eq!(found, pairs);
        }

        #[test]
        fn never_panics(text in "[{}\\[\\]\",:a1\\\\ .e-]{0,40}") {
            let _ = flat(&text);
        }
    }
}
