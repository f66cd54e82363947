//! Every kind of file of a workspace damaged in every way: answers stay as they were or are refused with a sentence that
//! names the file, the doctor finds it, and what it promises to mend is mended.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;
use throughline_engine::{Checkup, DoctorRequest, Error, ErrorKind, MeasureRequest, ReadOptions, Result, Workspace};

use super::program::{WORKSPACE, fails, json, ok, text, throughline};

const NOW: &str = "2126-06-01T00:00:00Z";

/// A workspace with two imports, two revisions, a user, journeys, readings, a journal and a remembered database.
pub fn made(folder: &Path) -> PathBuf {
    ok(folder, &WORKSPACE);
    let shop = folder.join("shop");
    let orders = |from: u32, to: u32, goods: &str| {
        let rows = (from..to).map(|id| format!("o{id},c{},2026-0{}-11T10:00:00Z,paid,{goods}\n", id % 7, id % 4 + 1));
        format!("order_id,customer_ref,ordered_at,status,goods\n{}", rows.collect::<String>())
    };
    fs::write(folder.join("first.csv"), orders(0, 60, "10.00")).unwrap();
    fs::write(folder.join("second.csv"), orders(50, 90, "12.50")).unwrap();
    ok(&shop, &["import", "../first.csv"]);
    fs::write(shop.join("measures/big.toml"), BIG).unwrap();
    ok(&shop, &["apply", "--why", "big orders"]);
    ok(&shop, &["import", "../second.csv"]);
    ok(&shop, &["user", "list"]);
    fs::create_dir_all(shop.join("data/inbox")).unwrap();
    let line = |id: u32| format!("{{\"source_seq\":{id},\"record\":\"interactions\",\"interaction_id\":\"i{id}\"}}\n");
    fs::write(shop.join("data/inbox/events-0000000000000000007.jsonl"), (7..12).map(line).collect::<String>()).unwrap();
    fs::create_dir_all(shop.join("data/sources")).unwrap();
    fs::write(
        shop.join("data/sources/crm.json"),
        r#"{"format":1,"tried_at":null,"refreshed_at":null,"problem":null,"queries":{}}"#,
    )
    .unwrap();
    ok(&shop, &["scorecard"]);
    ok(&shop, &["measure", "revenue"]);
    ok(&shop, &["sources"]);
    shop
}

const BIG: &str = "format = 1\nid = \"big\"\nname = \"Big orders\"\nplain = \"How many big orders were placed.\"\n\
                   perspective = \"customer\"\nstage = \"purchase\"\nrole = \"lagging\"\nunit = \"number\"\n\
                   direction = \"higher\"\naggregate = \"count\"\n\
                   rows = \"SELECT order_id AS key, ordered_at AS at FROM orders WHERE goods > 11\"\n";

/// Copies a folder with the times of its files.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
            let changed = entry.metadata().unwrap().modified().unwrap();
            File::options().write(true).open(&target).unwrap().set_modified(changed).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Numbers that come from tables, views, readings and journeys.
async fn answers(shop: &Path) -> Result<String> {
    let reader = Workspace::open(shop)?.reader(ReadOptions::at(NOW.parse().unwrap()))?;
    let sql = "SELECT (SELECT count(*) FROM orders) AS a, (SELECT sum(goods) FROM orders WHERE goods > 11) AS b, \
               (SELECT count(*) FROM history.orders) AS c, (SELECT count(*) FROM imports) AS d, \
               (SELECT count(*) FROM touchpoints) AS e, (SELECT sum(customers) FROM journey_paths()) AS f";
    let rows = reader.sql(sql, None).await?.rows;
    let revenue = reader.measure("revenue", &MeasureRequest::default()).await?;
    let big = reader.measure("big", &MeasureRequest::default()).await?;
    Ok(format!("{rows:?}\n{revenue:?}\n{big:?}"))
}

async fn checkup(shop: &Path, mend: bool) -> Checkup {
    let request = DoctorRequest { mend, quick: false };
    Workspace::open(shop).unwrap().checkup(request, NOW.parse().unwrap(), &mut |_| {}).await.unwrap()
}

fn told(checkup: &Checkup) -> String {
    let findings = checkup.checks.iter().flat_map(|check| &check.findings);
    findings.map(|finding| format!("{finding:?}\n")).collect()
}

const DAMAGES: [&str; 5] = ["flipped", "flipped late", "cut", "deleted", "garbage"];

fn damage(path: &Path, how: &str) {
    let mut bytes = fs::read(path).unwrap();
    let at = if how == "flipped" { bytes.len() / 2 } else { bytes.len() * 9 / 10 };
    match how {
        "deleted" => return fs::remove_file(path).unwrap(),
        "cut" => bytes.truncate(bytes.len() / 2),
        "garbage" => bytes = (0..997_u32).map(|byte| (byte * 31 % 251) as u8).collect(),
        _ => match bytes.get_mut(at) {
            Some(byte) => *byte ^= 4,
            None => return,
        },
    }
    fs::write(path, bytes).unwrap();
}

/// Parts of a path, one of which an error about the file must hold: its name, its folder's, its table's.
fn names(path: &Path) -> Vec<String> {
    let folder = path.parent().unwrap();
    let above = folder.ends_with("_delta_log") || path.starts_with("revisions");
    let names = [Some(path), Some(folder), folder.parent().filter(|_| above)];
    let names = names.into_iter().flatten().filter_map(Path::file_name);
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn no_damage_changes_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let shop = made(folder.path());
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let before = runtime().block_on(answers(&shop)).unwrap();
    let sound = runtime().block_on(checkup(&shop, false));
    assert_eq!(sound.problems(), 0, "{}", told(&sound));
    let inside = files(&shop).into_iter().map(|path| path.strip_prefix(&shop).unwrap().to_owned());
    let kinds: Vec<PathBuf> = inside.filter(|path| wanted(path)).collect();
    assert!(kinds.len() > 40, "{kinds:?}");
    let cases: Vec<(PathBuf, &str)> = kinds.iter().flat_map(|path| DAMAGES.map(|how| (path.clone(), how))).collect();
    let left = Mutex::new(cases.into_iter().enumerate().collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = runtime();
                loop {
                    let next = left.lock().unwrap().pop();
                    let Some((number, (path, how))) = next else { break };
                    let copied = folder.path().join(format!("case-{number}"));
                    copy(&shop, &copied);
                    damage(&copied.join(&path), how);
                    runtime.block_on(one(&copied, &path, how, &before));
                    fs::remove_dir_all(&copied).unwrap();
                }
            });
        }
    });
}

/// Files with a say in answers; of tables, those of one with corrections and one of the ledger, and of views, two.
fn wanted(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let view = text.starts_with("data/cache/") && text.contains(".parquet");
    if view && !["order_facts-", "touchpoints-"].iter().any(|name| text.contains(name)) {
        return false;
    }
    let table = text.contains("/tables/") || text.contains("/keys/");
    let is_wanted_table = !table || text.contains("/orders/") || text.contains("/imports/");
    is_wanted_table && !text.ends_with("lock")
}

async fn one(shop: &Path, path: &Path, how: &str, before: &str) {
    let case = format!("{} {how}", path.display());
    if path.ends_with("log.jsonl") && how == "cut" {
        // A line that was never finished is not in force.
        return assert!(told(&checkup(shop, false).await).contains("log.jsonl"), "{case}");
    }
    let refused = match answers(shop).await {
        Ok(after) if path.ends_with("log.jsonl") && how == "deleted" => {
            // Without any revision, definitions in the files speak; that is a problem of its own.
            assert!(after == before && checkup(shop, false).await.problems() > 0, "{case}");
            return;
        }
        Ok(after) => {
            assert_eq!(after, before, "{case}");
            None
        }
        Err(error) => Some(error),
    };
    let Some(error) = refused else { return sound_or_told(shop, path, &case).await };
    let settings = path.ends_with("throughline.toml");
    assert!(error.kind == ErrorKind::Damaged || settings, "{case}: {error:?}");
    assert!(names(path).iter().any(|name| error.message.contains(name)), "{case}: {error}");
    assert!(error.hint.is_some(), "{case}: {error}");
    if settings {
        return;
    }
    let found = checkup(shop, false).await;
    assert!(found.problems() > 0, "{case}: {error}");
    assert!(names(path).iter().any(|name| told(&found).contains(name)), "{case}: {}", told(&found));
    let mended = checkup(shop, true).await;
    if mended.problems() == 0 {
        let after = answers(shop).await.unwrap_or_else(|error: Error| panic!("{case}: {error}"));
        // The state before the import whose manifest was lost; all else is as it was.
        assert_eq!(after == before, !path.starts_with("data/manifests"), "{case}: {after}");
    } else {
        assert!(answers(shop).await.is_err(), "{case}");
    }
}

/// Where answers are as before, what was damaged is either of no consequence or found, and mended if that is promised.
async fn sound_or_told(shop: &Path, path: &Path, case: &str) {
    let mended = checkup(shop, true).await;
    let open =
        mended.checks.iter().flat_map(|check| &check.findings).filter(|finding| finding.mendable && !finding.mended);
    assert_eq!(open.count(), 0, "{case}: {}", told(&mended));
    if path.starts_with("data/cache") || path.starts_with("data/sources") || path.starts_with("data/inbox") {
        assert_eq!(mended.problems(), 0, "{case}: {}", told(&mended));
    }
    assert_eq!(checkup(shop, false).await.mended(), 0, "{case}");
}

#[test]
fn the_doctor_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let shop = made(folder.path());
    let page = ok(&shop, &["doctor"]);
    assert!(page.starts_with("The workspace is sound.\n") && page.contains("\ntables       ok"), "{page}");
    assert_eq!(json(&shop, &["doctor", "--quick", "--json"])["sound"], true);

    // A manifest that is lost takes its import with it, and nothing else.
    let newest = shop.join("data/manifests/0000000002.json");
    let (whole, ending) = (fs::read(&newest).unwrap(), "0000000002.json");
    fs::write(&newest, "{").unwrap();
    fails(&shop, &["sql", "SELECT 1", "--json"], 4, ending);
    fails(&shop, &["import", "../second.csv", "--json"], 4, "throughline doctor");
    let output = throughline(&shop, &["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(4));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let finding =
        &found["checks"].as_array().unwrap().iter().find(|check| check["name"] == "manifests").unwrap()["findings"][0];
    assert!(finding["remedy"].as_str().unwrap().contains("second.csv"), "{finding:#}");
    assert_eq!(throughline(&shop, &["doctor"]).status.code(), Some(4), "nothing was mended without being asked");
    assert!(ok(&shop, &["doctor", "--mend"]).starts_with("The workspace is sound. Mended: 1."));
    assert_eq!(fs::read(shop.join("data/damaged/manifests/0000000002.json")).unwrap(), b"{");
    let count = |shop: &Path| json(shop, &["sql", "SELECT count(*) FROM orders", "--json"])["rows"][0][0].clone();
    assert_eq!(count(&shop), 60);
    ok(&shop, &["import", "../second.csv"]);
    assert_eq!((count(&shop), ok(&shop, &["doctor"]).starts_with("The workspace is sound.")), (90.into(), true));
    assert_ne!(fs::read(&newest).unwrap(), whole, "another import took its number");

    // Rows of a data file cannot be made again, and are not pretended to be.
    let tables = shop.join("data/tables/orders");
    for file in files(&tables).iter().filter(|path| path.extension().unwrap() == "parquet") {
        fs::remove_file(file).unwrap();
    }
    fails(&shop, &["sql", "SELECT sum(goods) FROM orders", "--json"], 4, "is missing");
    fails(&shop, &["import", "../first.csv", "--json"], 4, "is missing");
    let output = throughline(&shop, &["doctor", "--mend"]);
    let page = text_of(&output.stdout);
    assert_eq!(output.status.code(), Some(4), "{page}");
    assert!(page.contains("is missing") && page.contains("../first.csv") && page.contains("../second.csv"), "{page}");
    assert!(page.contains("in the table orders cannot be read"), "{page}");
}

#[test]
fn a_newer_program_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let shop = made(folder.path());
    let copied = folder.path().join("newer");
    for (file, from, to, asked) in [
        ("data/manifests/0000000002.json", "\"format\": 1", "\"format\": 99", "sql"),
        ("revisions/log.jsonl", "\"format\":1", "\"format\":99", "sql"),
        ("data/sources/crm.json", "\"format\":1", "\"format\":99", "import"),
    ] {
        copy(&shop, &copied);
        let path = copied.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {text}");
        fs::write(&path, text.replace(from, to)).unwrap();
        let asked = if asked == "sql" { ["sql", "SELECT 1", "--json"] } else { ["import", "../first.csv", "--json"] };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        fails(&copied, &asked, 4, &format!("{name} was written by a newer Throughline: its format is 99"));
        assert!(text_of(&throughline(&copied, &["doctor", "--mend"]).stdout).contains("its format is 99"), "{file}");
        assert!(fs::read_to_string(&path).unwrap().contains(to), "what a newer program wrote stays");
        fs::remove_dir_all(&copied).unwrap();
    }
    // The form of SQLite files stands in their header.
    copy(&shop, &copied);
    let people = copied.join("data/people.sqlite");
    let mut bytes = fs::read(&people).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&people, bytes).unwrap();
    fails(&copied, &["user", "list", "--json"], 4, "people.sqlite was written by a newer version of Throughline");
    let output = throughline(&copied, &["doctor"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text_of(&output.stdout).contains("people.sqlite was written by a newer version"));
    fs::remove_dir_all(&copied).unwrap();
    // Definitions of a newer program are neither applied nor, once applied, left out of answers.
    copy(&shop, &copied);
    let measure = copied.join("measures/big.toml");
    fs::write(&measure, BIG.replace("format = 1", "format = 2")).unwrap();
    fails(&copied, &["apply", "--why", "newer", "--json"], 3, "measures/big.toml:1");
    assert!(text_of(&throughline(&copied, &["doctor"]).stdout).contains("format 2 was written by a newer version"));
}

fn text_of(bytes: &[u8]) -> String {
    text(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Others' secrets do not stay readable, and what dead processes left goes.
#[cfg(unix)]
#[test]
fn small_things_are_mended() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let shop = made(folder.path());
    let people = shop.join("data/people.sqlite");
    fs::set_permissions(&people, fs::Permissions::from_mode(0o644)).unwrap();
    fs::create_dir_all(shop.join("data/staging/import-x/staged")).unwrap();
    let journal = shop.join("data/inbox/events-0000000000000000007.jsonl");
    let lines = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, lines.replacen("\"record\"", "record", 1)).unwrap();
    let output = throughline(&shop, &["doctor", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), found["problems"].as_u64()), (Some(4), Some(2)), "{found:#}");
    let mended = json(&shop, &["doctor", "--mend", "--json"]);
    assert_eq!((mended["problems"].as_u64(), mended["mended"].as_u64()), (Some(0), Some(3)), "{mended:#}");
    assert_eq!(fs::metadata(&people).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!shop.join("data/staging/import-x").exists());
    assert_eq!(fs::read_to_string(&journal).unwrap().lines().count(), 4);
    assert_eq!(
        fs::read_to_string(shop.join("data/damaged/inbox/events-0000000000000000007.jsonl")).unwrap().lines().count(),
        5
    );
    assert_eq!(json(&shop, &["doctor", "--json"])["problems"], 0);
}
