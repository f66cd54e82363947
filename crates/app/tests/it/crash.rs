//! Real processes that die in the middle of an import, and two that import at once.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn command(shop: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
    command.args(arguments).current_dir(shop).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn json(shop: &Path, arguments: &[&str]) -> Value {
    let output = command(shop, arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn shop(folder: &Path) -> std::path::PathBuf {
    let shop = folder.join("shop");
    json(folder, &["init", "shop", "--name", "Shop"]);
    shop
}

fn interactions(path: &Path, ids: std::ops::Range<u32>) {
    let mut text = String::from("interaction_id,customer_ref,kind,channel,occurred_at\n");
    for id in ids {
        writeln!(text, "i{id},c{},visit,email,2026-01-01T00:00:{:02}Z", id % 1000, id % 60).unwrap();
    }
    fs::write(path, text).unwrap();
}

fn count(shop: &Path, table: &str) -> u64 {
    json(shop, &["sql", &format!("SELECT count(*) FROM {table}")])["rows"][0][0].as_u64().unwrap()
}

/// Commits to a table's log.
fn commits(shop: &Path, table: &str) -> usize {
    fs::read_dir(shop.join("data/tables").join(table).join("_delta_log")).map_or(0, |entries| {
        entries
            .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(".json")))
            .count()
    })
}

/// Kills the process as soon as `reached`; false where it had ended before.
fn kill_when(child: &mut Child, reached: impl Fn() -> bool) -> bool {
    let started = Instant::now();
    while !reached() {
        if child.try_wait().unwrap().is_some() || started.elapsed() > Duration::from_secs(60) {
            break;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    let alive = child.try_wait().unwrap().is_none();
    child.kill().ok();
    child.wait().unwrap();
    alive
}

#[test]
fn an_import_that_is_killed_leaves_nothing_and_can_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    interactions(&folder.path().join("first.csv"), 0..1_000);
    json(&shop, &["import", "../first.csv"]);
    // A few rows are corrected, so that the table sees two commits of one import: ends of versions, then rows.
    interactions(&folder.path().join("second.csv"), 500..200_000);
    let text = fs::read_to_string(folder.path().join("second.csv")).unwrap().replacen(",visit,", ",search,", 300);
    fs::write(folder.path().join("second.csv"), text).unwrap();
    let before = commits(&shop, "interactions");
    let mut killed = 0;
    for at_commit in [0, 1, 1, 2] {
        let mut child = command(&shop, &["import", "../second.csv"]).spawn().unwrap();
        let staged = || fs::read_dir(shop.join("data/staging")).is_ok_and(|mut entries| entries.next().is_some());
        let now = commits(&shop, "interactions");
        if kill_when(&mut child, || staged() && (at_commit == 0 || commits(&shop, "interactions") >= now + at_commit)) {
            killed += 1;
            assert_eq!((count(&shop, "interactions"), count(&shop, "imports")), (1_000, 1), "killed at {at_commit}");
        } else {
            break;
        }
    }
    assert!(killed >= 2, "the process must have been killed in the middle");
    assert!(commits(&shop, "interactions") > before, "a killed process must have left a commit behind");
    let report = json(&shop, &["import", "../second.csv"]);
    assert_eq!((count(&shop, "interactions"), count(&shop, "history.interactions")), (200_000, 200_300), "{report:#}");
    assert_eq!(count(&shop, "imports"), 2);
    let staging: Vec<_> =
        fs::read_dir(shop.join("data/staging")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(staging.iter().all(|name| !name.to_string_lossy().starts_with("import-")), "{staging:?}");
}

#[test]
fn two_imports_at_once_do_not_hurt_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    interactions(&folder.path().join("a.csv"), 0..40_000);
    interactions(&folder.path().join("b.csv"), 20_000..60_000);
    let children = ["../a.csv", "../b.csv"].map(|file| command(&shop, &["import", file]).spawn().unwrap());
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!((count(&shop, "interactions"), count(&shop, "history.interactions")), (60_000, 60_000));
    assert_eq!(count(&shop, "imports"), 2);
}
