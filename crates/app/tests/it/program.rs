//! The program itself: its arguments, exit codes, errors and JSON.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

pub fn throughline(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(arguments)
        .current_dir(folder)
        .env("THROUGHLINE_USER", "tester")
        .output()
        .unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
pub fn ok(folder: &Path, arguments: &[&str]) -> String {
    let output = throughline(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

#[track_caller]
pub fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&ok(folder, arguments)).unwrap()
}

#[track_caller]
pub fn fails(folder: &Path, arguments: &[&str], code: i32, message: &str) {
    let output = throughline(folder, arguments);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    assert!(errors.contains(message), "{arguments:?}: {errors}");
    assert!(!errors.contains('\u{1b}'), "no colour in a pipe");
}

pub const WORKSPACE: [&str; 7] = ["init", "shop", "--name", "Shop", "--zone", "Europe/Berlin", "--json"];

#[test]
fn a_workspace_from_init_to_scorecard() {
    let folder = tempfile::tempdir().unwrap();
    let made = json(folder.path(), &WORKSPACE);
    assert_eq!((made["name"].as_str(), made["currency"].as_str()), (Some("Shop"), Some("EUR")));
    let shop = folder.path().join("shop");
    let check = json(&shop, &["check", "--json"]);
    assert_eq!(check["errors"], 0, "{check:#}");
    let revisions = json(&shop, &["revisions", "--json"]);
    assert_eq!(revisions["revisions"][0]["who"], "tester");
    let again = json(&shop, &["apply", "--why", "nothing", "--json"]);
    assert_eq!((again["changed"].clone(), again["revision"].clone()), (false.into(), Value::Null));
    let page = ok(&shop, &["scorecard"]);
    assert!(page.starts_with("There is no data for "), "{page}");
    let card = json(&shop, &["scorecard", "--json"]);
    assert_eq!(card["whole"]["score"], Value::Null);
    assert!(ok(&shop, &["measure"]).contains("on the scorecard"));
    assert_eq!(json(&shop, &["sql", "SELECT 1 AS one", "--json"])["rows"][0][0], 1);
    assert!(ok(&shop, &["sources"]).starts_with("Nothing has been imported yet"));
    assert!(ok(&shop, &["rejects", "list"]).starts_with("No row is set aside."));
}

#[test]
fn errors_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fails(folder.path(), &["scorecard"], 2, "hint: Make one with `throughline init DIR`");
    ok(folder.path(), &WORKSPACE);
    let shop = folder.path().join("shop");
    fails(&shop, &["measure", "csatt"], 2, "There is no measure `csatt`.");
    fails(&shop, &["scorecard", "--period", "March"], 2, "is not a period");
    fails(&shop, &["scorecard", "--period", "2026-Q1"], 2, "this scorecard is made every month");
    fails(&shop, &["scorecard", "--as-of", "yesterday"], 2, "is not a point in time");
    fails(&shop, &["sql", "SELECT nothing FROM orders"], 2, "nothing");
    fails(&shop, &["sql", "DROP TABLE orders"], 2, "Only queries are answered here");
    fails(&shop, &["measure", "--every", "fortnight"], 2, "day, week, month, quarter, year");
    fails(&shop, &["init", "."], 2, "is a workspace already");
    fails(folder.path(), &["init", "other", "--zone", "Mars/Olympus"], 2, "Mars/Olympus");
    let output = throughline(&shop, &["measure", "csatt", "--json"]);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((error["error"].as_str(), output.status.code()), (Some("input"), Some(2)));
    assert!(output.stdout.is_empty());
}

#[test]
fn bad_definitions_are_listed_and_not_applied() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &WORKSPACE);
    let shop = folder.path().join("shop");
    let bad = "format = 1\n[[objective]]\nid = \"fast\"\nname = \"Fast\"\nperspective = \"custmer\"\nmeasures = [{ id = \"cast\" }]\n";
    std::fs::write(shop.join("scorecard.toml"), bad).unwrap();
    let output = throughline(&shop, &["check", "--json"]);
    let check: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3));
    let problems = check["problems"].as_array().unwrap();
    let errors: Vec<&Value> = problems.iter().filter(|problem| problem["level"] == "error").collect();
    assert_eq!((errors[0]["file"].as_str(), errors[0]["line"].as_u64()), (Some("scorecard.toml"), Some(5)));
    assert!(text(&throughline(&shop, &["check"]).stdout).contains("scorecard.toml:5:"));
    fails(&shop, &["apply", "--why", "try"], 3, "nothing was applied");
    // What is in force still answers.
    assert!(throughline(&shop, &["scorecard"]).status.success());
}

#[test]
fn version_and_help() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(json(folder.path(), &["version", "--json"])["version"], env!("CARGO_PKG_VERSION"));
    let help = ok(folder.path(), &["--help"]);
    for command in [
        "init",
        "check",
        "apply",
        "import",
        "scorecard",
        "measure",
        "explain",
        "moved",
        "identity",
        "customer",
        "journey",
        "sql",
        "user",
        "token",
        "audit",
        "demo",
    ] {
        assert!(help.contains(&format!("  {command} ")), "{command}");
    }
    assert_eq!(throughline(folder.path(), &["frobnicate"]).status.code(), Some(2));
}

#[test]
fn the_sample_company_from_files_to_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let made = json(folder.path(), &["demo", "co", "--customers", "400", "--json"]);
    assert!(made["touchpoints"].as_u64().unwrap() > 10_000);
    ok(folder.path(), &WORKSPACE);
    let shop = folder.path().join("shop");
    let sources = folder.path().join("co/sources").display().to_string();

    let dry = ok(&shop, &["import", &sources, "--dry-run"]);
    assert!(dry.starts_with("Nothing was written: "), "{dry}");
    assert_eq!(json(&shop, &["sql", "SELECT count(*) FROM orders", "--json"])["rows"][0][0], 0);
    let first = json(&shop, &["import", &sources, "--json"]);
    assert!(first["rejected"].as_u64().unwrap() > 0, "the sample company has broken rows");
    let again = ok(&shop, &["import", &sources]);
    assert!(again.starts_with("Nothing new: "), "{again}");
    fails(&shop, &["import", &sources, "--max-rejects", "0"], 2, "set aside");

    let card = json(&shop, &["scorecard", "--json", "--period", "2026-05"]);
    assert_eq!(
        (card["period"]["label"].as_str(), card["previous"]["label"].as_str()),
        (Some("2026-05"), Some("2026-04"))
    );
    assert!(card["perspectives"][0]["objectives"][0]["measures"][0]["now"]["value"].as_f64().unwrap() > 0.0);
    let parts: f64 = card["moves"].as_array().unwrap().iter().filter_map(|one| one["contribution"].as_f64()).sum();
    if let (Some(now), Some(before)) = (card["whole"]["score"].as_f64(), card["whole"]["score_before"].as_f64()) {
        assert!((parts - (now - before)).abs() < 1e-6, "what moved adds up to the change");
    }

    let known = |as_of: &str| {
        let arguments = ["sql", "SELECT count(*) FROM orders", "--json", "--as-of", as_of];
        json(&shop, &arguments)["rows"][0][0].as_u64().unwrap()
    };
    assert!(known("2025-01-01") < known("2026-01-01"));

    let explained = json(&shop, &["explain", "revenue", "--period", "2026-05", "--rows", "100000", "--json"]);
    let rows = explained["records"]["rows"].as_array().unwrap();
    let sum: f64 = rows.iter().filter(|row| row["left_out"].is_null()).filter_map(|row| row["value"].as_f64()).sum();
    assert!((sum - explained["reading"]["value"].as_f64().unwrap()).abs() < 0.005, "the rows make the number");
    let customer = rows.iter().find_map(|row| row["customer_id"].as_str()).unwrap();
    let line = json(&shop, &["customer", customer, "--json"]);
    assert!(line["touchpoints"].as_array().unwrap().iter().any(|touch| touch["table"] == "orders"));

    let sources = json(&shop, &["sources", "--json"]);
    assert!(sources["sources"].as_array().unwrap().len() > 15);
    let rejects = ok(&shop, &["rejects", "list", "--limit", "2"]);
    assert!(rejects.starts_with("2 rows are set aside, and more"), "{rejects}");
}
