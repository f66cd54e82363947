//! Reading fields of JSON objects.

use serde_json::Value;

/// A text, number or flag as text without blanks around it; None where it is absent, empty, or something else.
pub fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The first of these members that has a text.
pub fn first(object: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| text(object.get(name)))
}

/// The value at `a.b.c`.
pub fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}

/// An address without its query and fragment, which may hold personal data and tokens.
pub fn plain_address(text: String) -> String {
    match text.find(['?', '#']) {
        Some(0) | None => text,
        Some(end) => text.get(..end).unwrap_or_default().to_owned(),
    }
}

/// About how many bytes a value has as JSON; None where a text holds a NUL.
pub fn measure(value: &Value) -> Option<usize> {
    let plain = |text: &str| (!text.contains('\0')).then_some(text.len() + 2);
    match value {
        Value::String(text) => plain(text),
        Value::Array(items) => items.iter().try_fold(2, |sum, item| Some(sum + measure(item)? + 1)),
        Value::Object(members) => {
            members.iter().try_fold(2, |sum, (name, item)| Some(sum + plain(name)? + measure(item)? + 2))
        }
        _ => Some(8),
    }
}
