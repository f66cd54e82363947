//! Any text as lines of JSON: a line that serde_json reads as an object is flattened without losing a value, any other is
//! refused with a reason, and every list has its elements.
#![no_main]

use std::collections::HashMap;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, from_str};
use throughline_formats::json::{elements, flatten, value_at};

/// Leaves by name; a name may stand twice.
type Leaves = HashMap<String, Vec<Option<String>>>;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for line in text.split('\n') {
        let mut leaves = Leaves::new();
        let flat = flatten(line, &mut |name, leaf| leaves.entry(name.to_owned()).or_default().push(leaf));
        match (from_str::<Value>(line), flat) {
            (Ok(Value::Object(members)), Ok(())) => {
                for (name, value) in &members {
                    assert!(is_told(&leaves, name, value), "{name} is lost");
                }
            }
            // Ours alone keeps numbers beyond all floats, halves of characters, and the 128th level as they stand.
            (Err(error), Ok(())) => {
                let error = error.to_string();
                let known = ["number out of range", "hex escape", "recursion limit"];
                assert!(known.iter().any(|known| error.contains(known)), "{error}");
            }
            (Ok(Value::Object(_)), Err(reason)) => panic!("{reason}"),
            (Ok(_), Ok(())) => panic!("flattened what is no object"),
            (_, Err(reason)) => assert!(reason.starts_with("is "), "{reason}"),
        }
        if let Ok(Value::Array(wanted)) = from_str(line) {
            let found = elements(line).expect("a list");
            assert!(found.len() == wanted.len() && found.iter().zip(&wanted).all(|(leaf, value)| is(leaf, value)));
        }
        value_at(line, "a.0.b");
    }
});

/// Whether a value is among the leaves, or all that it holds.
fn is_told(leaves: &Leaves, name: &str, value: &Value) -> bool {
    let below = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    leaves.get(name).is_some_and(|told| told.iter().any(|leaf| is(leaf, value)))
        || value
            .as_object()
            .is_some_and(|members| members.iter().all(|(key, value)| is_told(leaves, &below(key), value)))
}

/// Whether a leaf says what a value is.
fn is(leaf: &Option<String>, value: &Value) -> bool {
    match (leaf, value) {
        (None, Value::Null) => true,
        (Some(text), Value::String(wanted)) => text == wanted,
        (Some(text), value) => from_str::<Value>(text).is_ok_and(|found| found == *value),
        (None, _) => false,
    }
}
