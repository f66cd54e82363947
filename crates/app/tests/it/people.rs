//! Users, tokens and the audit trail from the command line.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::program::{WORKSPACE, fails, json, ok, text};

const PASSWORD: &str = "correct horse battery";

fn shop(folder: &Path) -> PathBuf {
    ok(folder, &WORKSPACE);
    folder.join("shop")
}

/// Runs a command with a password on its standard input.
fn typed(shop: &Path, arguments: &[&str], password: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(arguments)
        .args(["--password-stdin"])
        .current_dir(shop)
        .env("THROUGHLINE_USER", "tester")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that is refused before it reads has closed its end.
    let _ = child.stdin.take().unwrap().write_all(password.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn add(shop: &Path, name: &str, role: &str) -> String {
    let output = typed(shop, &["user", "add", name, "--role", role], &format!("{PASSWORD}\n"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn users_are_added_changed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    assert!(ok(&shop, &["user", "list"]).starts_with("There are no users: no login is asked for"));
    assert_eq!(json(&shop, &["user", "list", "--json"])["users"], Value::Array(vec![]));
    assert_eq!(add(&shop, "Anna", "admin"), "Anna can log in now, as admin. From now on everybody has to log in.\n");
    assert_eq!(add(&shop, "Ben", "viewer"), "Ben can log in now, as viewer.\n");
    assert_eq!(ok(&shop, &["user", "role", "ben", "analyst"]), "Ben is analyst and can log in.\n");
    assert_eq!(ok(&shop, &["user", "disable", "ben"]), "Ben is analyst and cannot log in.\n");
    let list = ok(&shop, &["user", "list"]);
    assert!(list.starts_with("name  role     since       last login  state\n"), "{list}");
    assert!(list.contains("Ben   analyst  ") && list.ends_with("never       disabled\n"), "{list}");
    let enabled = json(&shop, &["user", "enable", "Ben", "--json"]);
    assert_eq!((enabled["disabled"].clone(), enabled["last_login_at"].clone()), (false.into(), Value::Null));
    let output = typed(&shop, &["user", "password", "ben"], "another good password\r\n");
    assert_eq!(text(&output.stdout), "Ben has a new password and is logged out.\n");
    assert_eq!(ok(&shop, &["user", "remove", "ben"]), "Ben is removed and logged out.\n");
    let left = json(&shop, &["user", "list", "--json"]);
    assert_eq!((left["users"].as_array().unwrap().len(), left["users"][0]["name"].as_str()), (1, Some("Anna")));
}

#[test]
fn what_will_not_do_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let refused = |arguments: &[&str], password: &str, message: &str| {
        let output = typed(&shop, arguments, password);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(message), "{arguments:?}: {errors}");
        assert!(password.len() < 5 || !errors.contains(password.trim()), "{errors}");
    };
    refused(&["user", "add", "Ben", "--role", "editor"], PASSWORD, "The first user must be an admin.");
    refused(&["user", "add", "Ben", "--role", "boss"], PASSWORD, "viewer, analyst, editor or admin");
    refused(&["user", "add", "Ben", "--role", "admin"], "too short", "9 letters; it must have 12");
    refused(&["user", "add", "Ben", "--role", "admin"], "", "0 letters");
    refused(&["user", "password", "Nobody"], PASSWORD, "There is no user `Nobody`.");
    add(&shop, "Anna", "admin");
    fails(&shop, &["user", "remove", "Anna"], 2, "Anna is the last admin who can log in.");
    fails(&shop, &["user", "password", "Anna"], 2, "There is no terminal to type a password on.");
    fails(&shop, &["user", "add", "Ben", "--role", "viewer", "--password", PASSWORD], 2, "unexpected argument");
    fails(folder.path(), &["user", "list"], 2, "is not a Throughline workspace");
    std::fs::write(shop.join("data/people.sqlite"), "no database").unwrap();
    let _ = std::fs::remove_file(shop.join("data/people.sqlite-wal"));
    fails(&shop, &["user", "list"], 4, "people.sqlite is damaged");
}

#[test]
fn tokens_are_shown_once() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    assert_eq!(ok(&shop, &["token", "list"]), "There are no tokens.\n");
    let made = ok(&shop, &["token", "add", "Shop front", "--scope", "events", "--expires", "90d"]);
    assert!(made.starts_with("The token Shop front is for events, as viewer, until "), "{made}");
    let secret = made.lines().last().unwrap();
    assert!(secret.starts_with("tl_") && secret.len() == 46);
    let arguments = ["token", "add", "BI", "--scope", "read,sql", "--scope", "events", "--json"];
    let bi = json(&shop, &arguments);
    assert_eq!(bi["token"]["scopes"], serde_json::json!(["read", "events", "sql"]));
    assert_eq!((bi["token"]["role"].as_str(), &bi["token"]["expires_at"]), (Some("analyst"), &Value::Null));
    let list = ok(&shop, &["token", "list"]);
    assert!(!list.contains(secret) && list.contains("BI          read, events, sql  analyst  tester"), "{list}");
    assert_eq!(ok(&shop, &["token", "revoke", "bi"]), "The token BI opens nothing any more.\n");
    let list = json(&shop, &["token", "list", "--json"]);
    let in_force: Vec<bool> = list["tokens"].as_array().unwrap().iter().map(|one| one["in_force"] == true).collect();
    assert_eq!(in_force, [false, true]);
    fails(&shop, &["token", "revoke", "bi"], 2, "There is no token `bi` to revoke.");
    fails(&shop, &["token", "add", "x"], 2, "--scope");
    fails(&shop, &["token", "add", "x", "--scope", "all"], 2, "read, events, write or sql");
    fails(&shop, &["token", "add", "x", "--scope", "write", "--role", "viewer"], 2, "which needs editor");
    fails(&shop, &["token", "add", "x", "--scope", "read", "--expires", "soon"], 2, "is not a duration");
    fails(&shop, &["token", "add", "x", "--scope", "read", "--expires", "9999999d"], 2, "beyond the calendar");
}

#[test]
fn the_trail_tells_who_changed_what() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    assert_eq!(ok(&shop, &["audit"]), "Nothing of this kind is recorded.\n");
    add(&shop, "Anna", "admin");
    add(&shop, "Ben", "viewer");
    ok(&shop, &["token", "add", "ci", "--scope", "read"]);
    ok(&shop, &["user", "role", "Ben", "editor"]);
    let page = ok(&shop, &["audit", "--limit", "2"]);
    assert!(page.contains("tester  –     user.role  Ben     from viewer to editor"), "{page}");
    assert!(page.ends_with("There is more: --before 3 shows it.\n"), "{page}");
    let rest = json(&shop, &["audit", "--before", "3", "--json"]);
    let targets: Vec<&str> =
        rest["entries"].as_array().unwrap().iter().map(|entry| entry["target"].as_str().unwrap()).collect();
    assert_eq!((targets, &rest["next"], &rest["pruned"]), (vec!["Ben", "Anna"], &Value::Null, &Value::Null));
    let users = json(&shop, &["audit", "--action", "user", "--who", "tester", "--json"]);
    assert_eq!(users["entries"].as_array().unwrap().len(), 3);
    let pruned = ok(&shop, &["audit", "--prune", "400", "--limit", "1"]);
    assert!(pruned.starts_with("Removed: 0 old lines of the audit trail.\n"), "{pruned}");
    assert!(pruned.contains("audit.prune"), "{pruned}");
    fails(&shop, &["audit", "--prune", "7"], 2, "The audit trail of the last 30 days is not removed.");
}

/// Every name in the JSON stands in the section of its command.
#[test]
fn every_name_is_documented() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    add(&shop, "Anna", "admin");
    let made = json(&shop, &["token", "add", "ci", "--scope", "read", "--json"]);
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let answers = [
        ("user", json(&shop, &["user", "list", "--json"])),
        ("token", made),
        ("token", json(&shop, &["token", "list", "--json"])),
        ("audit", json(&shop, &["audit", "--json"])),
    ];
    for (command, answer) in answers {
        let section = docs.split("\n## ").find(|section| section.starts_with(&format!("{command}\n"))).unwrap();
        let mut names = BTreeSet::new();
        crate::json::names(&answer, &mut names);
        let missing: Vec<&String> = names.iter().filter(|name| !section.contains(&format!("`{name}`"))).collect();
        assert_eq!(missing, [""; 0], "{command}");
    }
}
