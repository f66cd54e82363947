//! The JSON of the scorecard: as a file, and as documented.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use throughline_app::wire::scorecard::Scorecard;

use crate::expect::check;
use crate::shop;

fn answer() -> Value {
    serde_json::to_value(Scorecard::from(&shop::view(true))).unwrap()
}

pub fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                names(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

#[test]
fn every_name_is_documented() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let mut found = BTreeSet::new();
    names(&answer(), &mut found);
    assert!(found.len() > 60, "{found:?}");
    let known = |name: &&String| docs.contains(&format!("`{name}`")) || docs.contains(&format!("\"{name}\""));
    let missing: Vec<&String> = found.iter().filter(|name| !known(name)).collect();
    assert_eq!(missing, [""; 0]);
}

/// One measure in full, so that a change of the contract is seen.
#[test]
fn a_measure_as_json() {
    let answer = answer();
    let measure = &answer["perspectives"][1]["objectives"][0]["measures"][0];
    let mut measure = measure.clone();
    assert_eq!(measure["history"].as_array().unwrap().len(), 24);
    let last = measure["history"].as_array_mut().unwrap().split_off(22);
    measure["history"] = Value::Array(last);
    check("measure.json", &(serde_json::to_string_pretty(&rounded(measure)).unwrap() + "\n"));
}

/// Six significant places, so that the last digit of a sine on another machine does not matter.
fn rounded(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap();
            Value::from((number * 1e6).round() / 1e6)
        }
        Value::Array(items) => items.into_iter().map(rounded).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, rounded(value))).collect(),
        other => other,
    }
}

#[test]
fn what_is_absent_is_null() {
    let answer = answer();
    assert_eq!(answer["why_this_period"], Value::Null);
    let early = &answer["perspectives"][1]["objectives"][0]["measures"][2]["now"];
    assert_eq!((early["status"].clone(), early["mature"].clone()), (Value::Null, Value::Bool(false)));
    assert_eq!(answer["perspectives"][3]["result"]["score"], Value::Null);
}
