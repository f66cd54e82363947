//! Flattening one JSON object without going through floats: numbers keep their digits.
//!
//! The standard parser decides what is JSON; this walk over text already known to be JSON only cuts it.

use serde::de::IgnoredAny;

/// Deepest nesting that is flattened; deeper values stay JSON text.
const DEPTH: usize = 8;

/// Hands out every leaf of the object `text` as (`a.b`, value); null is `None`, lists are JSON text.
///
/// # Errors
/// The reason why `text` is not a JSON object.
pub(crate) fn flatten(text: &str, take: &mut dyn FnMut(&str, Option<String>)) -> Result<(), String> {
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| format!("is not valid JSON: {error}"))?;
    let text = text.trim();
    if !text.starts_with('{') {
        return Err("is not a JSON object".into());
    }
    members(text, "", 0, take);
    Ok(())
}

fn members(object: &str, prefix: &str, depth: usize, take: &mut dyn FnMut(&str, Option<String>)) {
    let mut rest = object.get(1..).unwrap_or_default().trim_start();
    while rest.starts_with('"') {
        let key_end = value_end(rest);
        let key = unquoted(rest.get(..key_end).unwrap_or_default());
        rest = rest.get(key_end..).unwrap_or_default().trim_start().trim_start_matches(':').trim_start();
        let end = value_end(rest);
        let value = rest.get(..end).unwrap_or_default();
        let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        if value.starts_with('{') && depth < DEPTH {
            members(value, &name, depth + 1, take);
        } else {
            take(&name, leaf(value));
        }
        rest = rest.get(end..).unwrap_or_default().trim_start().trim_start_matches(',').trim_start();
    }
}

fn leaf(value: &str) -> Option<String> {
    match value {
        "null" => None,
        _ if value.starts_with('"') => Some(unquoted(value)),
        _ => Some(value.to_owned()),
    }
}

fn unquoted(text: &str) -> String {
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => plain.to_owned(),
        _ => serde_json::from_str(text).unwrap_or_default(),
    }
}

/// Length of the JSON value at the beginning of `text`.
fn value_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    in_text = false;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return if depth == 1 { at + 1 } else { at },
            b'}' | b']' => depth -= 1,
            b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            _ => {}
        }
    }
    bytes.len()
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
