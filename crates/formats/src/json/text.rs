//! Cutting JSON that is known to be valid, without going through floats: numbers keep their digits.

use serde::de::IgnoredAny;

use super::nesting::{Nesting, Step};

/// Deepest nesting of JSON that is read.
const DEPTH: usize = 128;

/// Checks that a text is JSON.
///
/// # Errors
/// The reason why it is not.
pub(super) fn check(text: &str) -> Result<(), String> {
    let opened = memchr::memchr2_iter(b'[', b'{', text.as_bytes()).count();
    if opened > DEPTH && too_deep(text) {
        return Err(format!("is nested more than {DEPTH} deep"));
    }
    serde_json::from_str::<IgnoredAny>(text).map(drop).map_err(|error| format!("is not valid JSON: {error}"))
}

fn too_deep(text: &str) -> bool {
    let mut nesting = Nesting::default();
    text.bytes().any(|byte| {
        nesting.take(byte);
        nesting.depth > DEPTH
    })
}

/// The members of an object, name and JSON text of each. The text begins with its brace.
pub(super) fn members(object: &str) -> impl Iterator<Item = (String, &str)> {
    let mut rest = object.get(1..).unwrap_or_default().trim_start();
    std::iter::from_fn(move || {
        if !rest.starts_with('"') {
            return None;
        }
        let key_end = value_end(rest);
        let key = unquoted(rest.get(..key_end).unwrap_or_default());
        rest = rest.get(key_end..).unwrap_or_default().trim_start().trim_start_matches(':').trim_start();
        Some((key, next(&mut rest)))
    })
}

/// The elements of a list as JSON texts. The text begins with its bracket.
pub(super) fn list(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list.get(1..).unwrap_or_default().trim_start();
    std::iter::from_fn(move || if rest.is_empty() || rest.starts_with(']') { None } else { Some(next(&mut rest)) })
}

/// Takes a value and the comma behind it.
fn next<'a>(rest: &mut &'a str) -> &'a str {
    let (value, behind) = rest.split_at(value_end(rest));
    *rest = behind.trim_start().trim_start_matches(',').trim_start();
    value
}

/// A value as text: texts without quotes, null as nothing, everything else as it stands.
pub(super) fn leaf(value: &str) -> Option<String> {
    match value {
        "null" => None,
        _ if value.starts_with('"') => Some(unquoted(value)),
        _ => Some(value.to_owned()),
    }
}

/// The elements of a list as texts; an object is its own only element. None where it is neither.
pub fn elements(text: &str) -> Option<Vec<Option<String>>> {
    let text = text.trim();
    check(text).ok()?;
    match text.as_bytes().first() {
        Some(b'[') => Some(list(text).map(leaf).collect()),
        Some(b'{') => Some(vec![Some(text.to_owned())]),
        _ => None,
    }
}

/// The value at a path of names, and of places in lists from 0, with dots between.
pub fn value_at(text: &str, path: &str) -> Option<String> {
    let mut value = text.trim();
    check(value).ok()?;
    for step in path.split('.') {
        value = match value.as_bytes().first()? {
            b'{' => members(value).find(|(name, _)| name == step)?.1,
            b'[' => list(value).nth(step.parse().ok()?)?,
            _ => return None,
        };
    }
    leaf(value)
}

/// A text without its quotes; one with half of a character (`\ud83d` alone) as it is written.
fn unquoted(text: &str) -> String {
    let plain = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let read = if plain.contains('\\') { serde_json::from_str(text).ok() } else { None };
    read.unwrap_or_else(|| plain.to_owned())
}

/// Length of the JSON value at the beginning of `text`.
fn value_end(text: &str) -> usize {
    if !text.starts_with(['"', '{', '[']) {
        return text.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(text.len());
    }
    let mut nesting = Nesting::default();
    text.bytes().position(|byte| nesting.take(byte) == Step::End).map_or(text.len(), |last| last + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_and_values_keep_their_digits() {
        let texts =
            |text| elements(text).map(|found| found.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>());
        let found = texts(r#" [ 1.10, "a\"b", null, {"x": [1]} , [2,3] ] "#).unwrap();
        assert_eq!(found, ["1.10", "a\"b", "", "{\"x\": [1]}", "[2,3]"]);
        assert_eq!(texts("{\"a\":1}").unwrap(), ["{\"a\":1}"]);
        assert_eq!(texts("[]").unwrap(), Vec::<String>::new());
        assert_eq!((texts("3"), texts("[1"), texts("")), (None, None, None));
        let text = r#"{"a":{"b":12345678901234567890.10,"c":null,"l":[{"x":1},{"x":"two"}]},"t":"x"}"#;
        for (path, expected) in [
            ("a.b", Some("12345678901234567890.10")),
            ("a.c", None),
            ("a.l.1.x", Some("two")),
            ("t", Some("x")),
            ("t.u", None),
            ("a.z", None),
            ("", None),
        ] {
            assert_eq!(value_at(text, path).as_deref(), expected, "{path}");
        }
        assert_eq!(value_at("{", "a"), None);
        // Half of a character is JSON and no text.
        assert_eq!(value_at(r#"{"a":"x\ud83d\n"}"#, "a").unwrap(), r"x\ud83d\n");
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(check(&deep(DEPTH)).is_ok());
        assert!(check(&deep(100_000)).unwrap_err().contains("nested more than"));
        assert!(elements(&deep(100_000)).is_none());
        assert!(check(&format!("[\"{}\"]", "[".repeat(1000))).is_ok());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[{}\\[\\]\",:a1\\\\ .e-]{0,40}", path in "[a01.]{0,6}") {
            elements(&text);
            value_at(&text, &path);
        }
    }
}
