//! The description of the interface.

use std::collections::BTreeSet;

use serde_json::Value;
use throughline_app::http::server::description;

/// docs/openapi.json is what clients are generated from: a change of it is a change of the contract.
#[test]
fn the_description_is_the_one_in_docs() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let found = description().unwrap();
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/openapi.json is not what the code says; UPDATE_EXPECTED=1 writes it");
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str);
            found.extend(name.map(|name| name.trim_start_matches("#/components/schemas/").to_owned()));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_name_leads_somewhere_and_answers_miss_nothing() {
    let document: Value = serde_json::from_str(&description().unwrap()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut named = BTreeSet::new();
    references(&document, &mut named);
    let missing: Vec<&String> = named.iter().filter(|name| !schemas.contains_key(*name)).collect();
    assert_eq!(missing, [""; 0]);
    let unused: Vec<&String> = schemas.keys().filter(|name| !named.contains(*name)).collect();
    assert_eq!(unused, [""; 0]);
    let whole = &schemas["RollUp"];
    assert_eq!(whole["required"].as_array().unwrap().len(), whole["properties"].as_object().unwrap().len());
    let required = &schemas["SqlRequest"]["required"];
    assert_eq!(*required, serde_json::json!(["query"]));
}

/// Clients name their functions by these.
#[test]
fn operations_have_names_of_their_own() {
    let document: Value = serde_json::from_str(&description().unwrap()).unwrap();
    let mut seen = BTreeSet::new();
    for operation in document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values())
    {
        let id = operation["operationId"].as_str().unwrap();
        assert!(seen.insert(id), "{id} names two operations");
    }
}

#[test]
fn parameters_come_from_the_arguments_of_commands() {
    let document: Value = serde_json::from_str(&description().unwrap()).unwrap();
    let parameters = document["paths"]["/api/v1/journey/funnel"]["get"]["parameters"].as_array().unwrap();
    let named = |name: &str| {
        parameters
            .iter()
            .find(|parameter| parameter["name"] == name)
            .unwrap_or_else(|| panic!("{name}: {parameters:#?}"))
    };
    assert_eq!((&named("steps")["required"], &named("window")["required"]), (&true.into(), &false.into()));
    assert_eq!(named("times")["schema"]["type"], "boolean");
    assert_eq!(named("repeat")["schema"]["enum"], serde_json::json!(["best", "first", "every"]));
    assert_eq!(named("mode")["schema"]["enum"], serde_json::json!(["ordered", "strict", "any_order"]));
    let limit = &document["paths"]["/api/v1/rejects"]["get"]["parameters"];
    let limit = limit.as_array().unwrap().iter().find(|parameter| parameter["name"] == "limit").unwrap();
    assert_eq!((&limit["schema"]["type"], &limit["schema"]["default"]), (&"integer".into(), &200.into()));
}
