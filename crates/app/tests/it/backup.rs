//! Backups of a workspace in use, and workspaces made of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::Value;

use super::doctor::{copy, made};
use super::program::{WORKSPACE, fails, json, ok, text, throughline};

/// Rows that each import adds.
const ROWS: u64 = 300;

fn interactions(folder: &Path, number: u64) -> String {
    let rows = (number * ROWS..(number + 1) * ROWS)
        .map(|id| format!("i{id},c{},visit,email,2026-01-01T00:00:{:02}Z\n", id % 50, id % 60));
    let text = format!("interaction_id,customer_ref,kind,channel,occurred_at\n{}", rows.collect::<String>());
    fs::write(folder.join(format!("{number}.csv")), text).unwrap();
    format!("../{number}.csv")
}

fn count(shop: &Path, table: &str) -> u64 {
    json(shop, &["sql", &format!("SELECT count(*) FROM {table}"), "--json"])["rows"][0][0].as_u64().unwrap()
}

fn restored(folder: &Path, backup: &str, name: &str) -> (PathBuf, Value) {
    let report = json(folder, &["restore", backup, name, "--json"]);
    (folder.join(name), report)
}

#[test]
fn a_backup_is_consistent_while_imports_go_on() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &WORKSPACE);
    let shop = folder.path().join("shop");
    let files: Vec<String> = (0..12).map(|number| interactions(folder.path(), number)).collect();
    ok(&shop, &["import", &files[0]]);
    let done = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        scope.spawn(|| {
            for file in &files[1..] {
                ok(&shop, &["import", file]);
            }
            done.store(true, Ordering::Relaxed);
        });
        let mut seen = Vec::new();
        while !done.load(Ordering::Relaxed) {
            let made = json(&shop, &["backup", "../kept", "--json"]);
            let (copied, report) = restored(folder.path(), "kept", "copied");
            let import = report["import"].as_u64().unwrap();
            assert_eq!(made["import"], import);
            assert_eq!(
                (count(&copied, "interactions"), count(&copied, "imports")),
                (import * ROWS, import),
                "{report:#}"
            );
            fs::remove_dir_all(&copied).unwrap();
            seen.push(import);
        }
        seen
    });
    assert!(seen.is_sorted() && seen.first() < seen.last(), "backups must have been made between imports: {seen:?}");
    ok(&shop, &["backup", "../kept"]);
    let (copied, report) = restored(folder.path(), "kept", "copied");
    assert_eq!((report["import"].as_u64(), report["workspace"].as_str()), (Some(12), Some("Shop")));
    assert_eq!(report["newest"], "2026-01-01T00:00:59Z");
    // The copy is a workspace like any other: it goes on.
    ok(&copied, &["import", &interactions(folder.path(), 12)]);
    assert_eq!(count(&copied, "interactions"), 13 * ROWS);
    assert_eq!(json(&copied, &["doctor", "--json"])["problems"], 0);
}

#[test]
fn a_backup_that_is_killed_leaves_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &WORKSPACE);
    let shop = folder.path().join("shop");
    ok(&shop, &["import", &interactions(folder.path(), 0)]);
    ok(&shop, &["backup", "../kept"]);
    let started = Instant::now();
    ok(&shop, &["backup", "../timed"]);
    let whole = started.elapsed();
    ok(&shop, &["import", &interactions(folder.path(), 1)]);
    let mut killed = 0;
    for part in 1..=8 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"));
        child.args(["backup", "../kept"]).current_dir(&shop).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = child.spawn().unwrap();
        std::thread::sleep(whole * part / 8);
        killed += u32::from(child.try_wait().unwrap().is_none());
        child.kill().ok();
        child.wait().unwrap();
        let (copied, report) = restored(folder.path(), "kept", "copied");
        let import = report["import"].as_u64().unwrap();
        assert!([1, 2].contains(&import));
        assert_eq!(count(&copied, "interactions"), import * ROWS, "killed after {part}/8");
        fs::remove_dir_all(&copied).unwrap();
        assert!(
            fs::read_dir(folder.path()).unwrap().all(|entry| !entry
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("partial"))
        );
    }
    assert!(killed > 0, "a backup must have been killed in the middle");
    assert_eq!(json(&shop, &["backup", "../kept", "--json"])["import"], 2);
    // Nothing but what the list names is left.
    let listing: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("kept/backup.json")).unwrap()).unwrap();
    let mut named: Vec<String> =
        listing["files"].as_array().unwrap().iter().map(|file| file["xxh3"].as_str().unwrap().to_owned()).collect();
    named.sort();
    named.dedup();
    let mut there: Vec<String> = fs::read_dir(folder.path().join("kept/files"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, named);
}

#[test]
fn everything_comes_back_and_nothing_is_copied_twice() {
    let folder = tempfile::tempdir().unwrap();
    let shop = made(folder.path());
    let before = ["scorecard", "revisions", "sources"].map(|asked| ok(&shop, &[asked]));
    let first = json(&shop, &["backup", "../kept", "--json"]);
    let second = json(&shop, &["backup", "../kept", "--json"]);
    assert_eq!(first["bytes"], second["bytes"]);
    assert_eq!((second["copied_bytes"].as_u64(), second["removed"].as_u64()), (Some(0), Some(0)), "{second:#}");
    let (copied, report) = restored(folder.path(), "kept", "copied");
    assert_eq!((report["revisions"].as_u64(), report["import"].as_u64()), (Some(2), Some(2)));
    assert_eq!(before, ["scorecard", "revisions", "sources"].map(|asked| ok(&copied, &[asked])));
    for file in
        ["data/inbox/events-0000000000000000007.jsonl", "data/sources/crm.json", "measures/big.toml", ".gitignore"]
    {
        assert_eq!(fs::read(shop.join(file)).unwrap(), fs::read(copied.join(file)).unwrap(), "{file}");
    }
    assert!(!copied.join("data/damaged").exists());
    assert_eq!(json(&copied, &["doctor", "--json"])["problems"], 0);
    private(&folder.path().join("kept"), 0o700);
    private(&copied.join("data/people.sqlite"), 0o600);
    // A line of the log more, and the files of one import.
    ok(&shop, &["import", &interactions(folder.path(), 3)]);
    let third = json(&shop, &["backup", "../kept", "--json"]);
    assert!(third["copied_bytes"].as_u64() < third["bytes"].as_u64(), "{third:#}");
    assert!(third["removed"].as_u64().unwrap() > 0);
    let page = ok(folder.path(), &["restore", "kept", "again"]);
    assert!(page.contains("is the workspace Shop") && page.contains(&format!("  {:<14} 3\n", "imports")), "{page}");
}

#[cfg(unix)]
fn private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
}

#[cfg(not(unix))]
fn private(_: &Path, _: u32) {}

#[test]
fn what_is_no_sound_backup_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shop = made(folder.path());
    ok(&shop, &["backup", "../kept"]);
    fails(folder.path(), &["restore", "shop", "copied", "--json"], 2, "shop holds no backup");
    fails(folder.path(), &["restore", "kept", "shop", "--json"], 2, "shop exists already");
    fails(&shop, &["backup", ".", "--json"], 2, "is no folder of backups: it holds");
    ok(folder.path(), &["init", "other", "--name", "Other"]);
    fails(
        &folder.path().join("other"),
        &["backup", "../kept", "--json"],
        2,
        "holds backups of another workspace (Shop)",
    );
    // All damaged files are named at once, and nothing is made.
    let listing: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("kept/backup.json")).unwrap()).unwrap();
    let entries = listing["files"].as_array().unwrap();
    let copy_of = |path: &str| {
        let entry = entries.iter().find(|entry| entry["path"] == path).unwrap();
        folder.path().join("broken/files").join(entry["xxh3"].as_str().unwrap())
    };
    copy(&folder.path().join("kept"), &folder.path().join("broken"));
    let mut bytes = fs::read(copy_of("revisions/log.jsonl")).unwrap();
    bytes[10] ^= 1;
    fs::write(copy_of("revisions/log.jsonl"), bytes).unwrap();
    fs::remove_file(copy_of("measures/big.toml")).unwrap();
    let output = throughline(folder.path(), &["restore", "broken", "copied"]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{errors}");
    assert!(errors.contains("measures/big.toml") && errors.contains("revisions/log.jsonl"), "{errors}");
    assert!(!folder.path().join("copied").exists());
    let names = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names().all(|name| !name.contains("partial")));
    // A newer program's, and a list that is not what was written.
    let path = folder.path().join("kept/backup.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"format\": 1", "\"format\": 99", 1)).unwrap();
    fails(
        folder.path(),
        &["restore", "kept", "copied", "--json"],
        4,
        "was written by a newer Throughline: its format is 99",
    );
    fails(&shop, &["backup", "../kept", "--json"], 4, "was written by a newer Throughline");
    fs::write(&path, text.replacen("Shop", "Shap", 1)).unwrap();
    fails(folder.path(), &["restore", "kept", "copied", "--json"], 4, "backup.json, is damaged");
    // A damaged file is not backed up, and the backup before stays.
    fs::write(&path, text).unwrap();
    let data = shop.join("data/tables/orders");
    for file in fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let mut bytes = fs::read(&file).unwrap();
        bytes[100] ^= 1;
        fs::write(&file, bytes).unwrap();
    }
    fails(&shop, &["backup", "../kept", "--json"], 4, "is damaged; the backup of before stays");
    restored(folder.path(), "kept", "copied");
}

/// Nobody who uses the people of a workspace is disturbed, and what they did is in the copy.
#[test]
fn people_are_copied_as_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &WORKSPACE);
    let shop = folder.path().join("shop");
    let users = |shop: &Path| json(shop, &["user", "list", "--json"])["users"].as_array().unwrap().len();
    for name in ["ada", "bob"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["user", "add", name, "--role", "admin", "--password-stdin"])
            .current_dir(&shop)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"a long enough password 17\n").unwrap();
        assert!(child.wait().unwrap().success());
    }
    ok(&shop, &["backup", "../kept"]);
    let (copied, report) = restored(folder.path(), "kept", "copied");
    assert_eq!((users(&copied), report["import"].as_u64()), (2, Some(0)));
}
