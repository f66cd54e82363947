//! The table of an answer as CSV: one row per innermost record, with what stands above it.

use bytes::Bytes;
use serde_json::{Map, Value};

/// The records found by following nested lists, as CSV with a header (RFC 4180). Nested objects become columns such
/// as `interval.low`; lists inside a record are left out.
pub fn table(answer: &Value, lists: &[&str]) -> Bytes {
    let mut rows = Vec::new();
    unnest(answer, lists, &Map::new(), &mut rows);
    let columns = columns(&rows);
    let mut text = line(columns.iter().map(|name| quoted(name)));
    for row in &rows {
        text.push_str(&line(columns.iter().map(|name| cell(row.get(name.as_str()).unwrap_or(&Value::Null)))));
    }
    Bytes::from(text)
}

/// Rows as they are, under the names of their columns; a list or an object in a cell stays JSON.
pub fn rows<'a>(names: impl Iterator<Item = &'a str>, rows: &[Vec<Value>]) -> Bytes {
    let mut text = line(names.map(quoted));
    for row in rows {
        text.push_str(&line(row.iter().map(|value| match value {
            Value::Array(_) | Value::Object(_) => quoted(&value.to_string()),
            other => cell(other),
        })));
    }
    Bytes::from(text)
}

fn unnest(value: &Value, lists: &[&str], above: &Map<String, Value>, rows: &mut Vec<Map<String, Value>>) {
    let Some((list, inner)) = lists.split_first() else {
        let mut row = above.clone();
        flatten("", value, &mut row);
        rows.push(row);
        return;
    };
    let items = match value.get(list) {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => &[],
    };
    for item in items {
        let mut row = above.clone();
        if !inner.is_empty() && item.get(inner.first().copied().unwrap_or_default()).is_some() {
            // What stands above a record is named by its list, so that its own names stay short.
            let only_own = match item {
                Value::Object(fields) => {
                    let own = fields.iter().filter(|(_, value)| is_cell(value));
                    Value::Object(own.map(|(name, value)| (name.clone(), value.clone())).collect())
                }
                other => other.clone(),
            };
            flatten(list.trim_end_matches('s'), &only_own, &mut row);
        }
        unnest(item, inner, &row, rows);
    }
}

fn is_cell(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn flatten(prefix: &str, value: &Value, row: &mut Map<String, Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&name, value, row);
            }
        }
        Value::Array(items) if items.iter().all(is_cell) => {
            let words: Vec<String> = items.iter().map(plain).collect();
            row.insert(prefix.to_owned(), Value::String(words.join(" > ")));
        }
        Value::Array(_) => {}
        other => {
            row.insert(prefix.to_owned(), other.clone());
        }
    }
}

/// All columns in the order in which they are first seen. What is an object in one row and nothing in another is
/// only the columns of the object.
fn columns(rows: &[Map<String, Value>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for name in rows.iter().flat_map(Map::keys) {
        if known.insert(name.clone()) {
            names.push(name.clone());
        }
    }
    let parents: std::collections::HashSet<String> =
        names.iter().filter_map(|name| name.rsplit_once('.')).map(|(parent, _)| parent.to_owned()).collect();
    names.retain(|name| !parents.contains(name));
    names
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(",") + "\r\n"
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => plain(other),
    }
}

/// A text, quoted where it must be. One that a spreadsheet would run as a formula is led by an apostrophe.
fn quoted(text: &str) -> String {
    let led = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if led { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(answer: &Value, lists: &[&str]) -> String {
        String::from_utf8_lossy(&table(answer, lists)).into_owned()
    }

    #[test]
    fn records_bring_what_stands_above_them() {
        let answer = json!({"about": {"case": "customer"}, "groups": [
            {"group": "web", "n": 2, "steps": [
                {"step": "a", "share": {"n": 2, "interval": null}},
                {"step": "b, c", "share": {"n": 1, "interval": {"low": 0.1, "high": 0.9}}},
            ]},
            {"group": "=cmd()", "n": 0, "steps": []},
            {"group": "=cmd()", "n": 1, "steps": [{"step": "say \"hi\"", "share": null}]},
        ]});
        assert_eq!(
            text(&answer, &["groups", "steps"]),
            "group.group,group.n,step,share.n,share.interval.low,share.interval.high\r\n\
             web,2,a,2,,\r\n\
             web,2,\"b, c\",1,0.1,0.9\r\n\
             '=cmd(),1,\"say \"\"hi\"\"\",,,\r\n"
        );
    }

    #[test]
    fn rows_stand_under_their_names() {
        let found = [vec![json!("a,b"), json!(1.5), json!(null)], vec![json!("=1"), json!(true), json!(["x", 2])]];
        let text = rows(["name", "n", "more than one"].into_iter(), &found);
        assert_eq!(text, "name,n,more than one\r\n\"a,b\",1.5,\r\n'=1,true,\"[\"\"x\"\",2]\"\r\n");
        assert_eq!(rows(["n"].into_iter(), &[]), "n\r\n");
    }

    #[test]
    fn a_table_may_stand_inside_an_object() {
        let answer = json!({"records": {"rows": [{"key": "1", "value": -2.5}], "cut_off": false}});
        assert_eq!(text(&answer, &["records", "rows"]), "record.cut_off,key,value\r\nfalse,1,-2.5\r\n");
        assert_eq!(text(&json!({"records": null}), &["records", "rows"]), "\r\n");
    }
}
