//! A disk that is full, writes that fail, permissions that are lost, processes that die and clocks that are set back: at
//! every operation that changes a file, one after the other. After each, what was being done is whole or absent, was said so,
//! can be done again, and no number is wrong.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

use crate::program::text;

/// What makes the machine fail, built once. None where no C compiler is there to build it.
pub fn faults() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/torture/faults.c");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}.so", std::process::id()));
        let mut compiler = Command::new("cc");
        compiler.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl");
        match compiler.status() {
            Ok(status) => {
                assert!(status.success(), "faults.c must compile");
                Some(library)
            }
            Err(_) => {
                eprintln!("skipped: there is no C compiler (cc) to build faults.c with");
                None
            }
        }
    };
    BUILT.get_or_init(build).as_deref()
}

/// How the nth operation fails.
pub struct Fault {
    kind: &'static str,
    at: u64,
}

pub fn command(workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throughline"));
    command.arg("--workspace").arg(workspace).args(arguments).current_dir(workspace.parent().unwrap());
    command.env("THROUGHLINE_USER", "tester");
    command
}

fn run(workspace: &Path, arguments: &[&str], fault: Option<&Fault>, extra: &[(&str, String)]) -> Output {
    let mut command = command(workspace, arguments);
    if let Some(library) = faults() {
        command.env("LD_PRELOAD", library).env("FAULTS_UNDER", workspace);
        if let Some(fault) = fault {
            command.env("FAULTS_KIND", fault.kind).env("FAULTS_AT", fault.at.to_string());
        }
        command.envs(extra.iter().map(|(name, value)| (*name, value)));
    }
    command.output().unwrap()
}

#[track_caller]
pub fn answer(workspace: &Path, arguments: &[&str]) -> Value {
    let output = command(workspace, arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const ASKED: [&str; 6] = [
    "SELECT count(*), count(DISTINCT interaction_id), min(interaction_id), max(interaction_id), \
     sum(CASE WHEN kind = 'search' THEN 1 ELSE 0 END), count(DISTINCT customer_ref) FROM interactions",
    "SELECT count(*), sum(goods), count(DISTINCT customer_ref) FROM orders",
    "SELECT count(*) FROM history.interactions",
    "SELECT count(*) FROM rejects WHERE replayed_at IS NULL",
    "SELECT alias, customer_id FROM links_in_force ORDER BY alias",
    "SELECT count(*), count(DISTINCT import_id) FROM import_tables",
];

/// Everything that somebody could ask: tables, journeys, revisions and a measure.
#[track_caller]
pub fn state(workspace: &Path) -> String {
    let mut told = String::new();
    for sql in ASKED {
        writeln!(told, "{}", answer(workspace, &["sql", sql])["rows"]).unwrap();
    }
    writeln!(told, "{}", answer(workspace, &["journey"])["groups"]).unwrap();
    let revisions = answer(workspace, &["revisions"])["revisions"].as_array().unwrap().len();
    let readings = answer(workspace, &["measure", "revenue"])["readings"].clone();
    writeln!(told, "{revisions} {readings}").unwrap();
    told
}

pub fn interactions(path: &Path, ids: std::ops::Range<u32>, kind: &str) {
    let mut rows = String::from("interaction_id,customer_ref,kind,channel,occurred_at\n");
    for id in ids {
        let kind = if id % 7 == 0 { kind } else { "visit" };
        writeln!(rows, "i{id},c{},{kind},email,2026-01-{:02}T09:00:00Z", id % 50, 1 + id % 28).unwrap();
    }
    fs::write(path, rows).unwrap();
}

/// A small workspace with imports, a correction to come, rejects and an edited definition to apply.
fn made(folder: &Path) -> PathBuf {
    interactions(&folder.join("first.csv"), 0..300, "visit");
    interactions(&folder.join("second.csv"), 150..600, "search");
    let mut orders = String::from("order_id,customer_ref,ordered_at,status,currency,goods\n");
    for id in 0..60 {
        writeln!(orders, "o{id},c{},2026-02-{:02}T09:00:00Z,paid,EUR,{}", id % 50, 1 + id % 28, 10 + id).unwrap();
    }
    orders.push_str("bad,c1,31.02.2026,paid,EUR,5\n");
    fs::write(folder.join("orders.csv"), orders).unwrap();
    let workspace = folder.join("base");
    let init = ["init", "base", "--name", "Shop", "--zone", "Europe/Berlin"];
    let made = Command::new(env!("CARGO_BIN_EXE_throughline")).args(init).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    answer(&workspace, &["import", "first.csv", "orders.csv"]);
    // Journeys stand as they were before the link until somebody asks for them.
    answer(&workspace, &["identity", "link", "c9", "c10", "--why", "the same person"]);
    let settings = workspace.join("throughline.toml");
    let edited = fs::read_to_string(&settings).unwrap().replace("\"Shop\"", "\"Shop and café\"");
    fs::write(settings, edited).unwrap();
    workspace
}

pub fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// What can be done to a workspace, and whether doing it twice leaves another state than doing it once.
const DONE: [(&str, &[&str]); 5] = [
    ("import", &["import", "second.csv"]),
    ("apply", &["apply", "--why", "another name"]),
    ("link", &["identity", "link", "c7", "c8", "--why", "the same person"]),
    ("vacuum", &["vacuum", "--keep", "0s"]),
    ("journeys", &["journey"]),
];
const KINDS: [&str; 5] = ["full", "once", "broken", "denied", "kill"];

struct Trial {
    folder: tempfile::TempDir,
    base: PathBuf,
}

impl Trial {
    fn new() -> Trial {
        let folder = tempfile::tempdir().unwrap();
        let base = made(folder.path());
        Trial { folder, base }
    }

    fn copied(&self) -> PathBuf {
        let workspace = self.folder.path().join("tried");
        if workspace.exists() {
            fs::remove_dir_all(&workspace).unwrap();
        }
        copy(&self.base, &workspace);
        workspace
    }

    /// How many operations change files, and the states before and after.
    fn whole(&self, arguments: &[&str]) -> (u64, String, String) {
        let workspace = self.copied();
        let before = state(&workspace);
        // Views that were kept for the answer above are no part of what is tried.
        let workspace = self.copied();
        let counted = self.folder.path().join("count");
        let output = run(&workspace, arguments, None, &[("FAULTS_COUNT", counted.display().to_string())]);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        let count = fs::read_to_string(counted).unwrap().trim().parse().unwrap();
        (count, before, state(&workspace))
    }

    fn try_one(&self, name: &str, arguments: &[&str], fault: &Fault, before: &str, after: &str) -> bool {
        let workspace = self.copied();
        let output = run(&workspace, arguments, Some(fault), &[]);
        let errors = text(&output.stderr);
        let what = || format!("{name}, {} at {}: {:?} {errors}", fault.kind, fault.at, output.status);
        assert!(!errors.contains("panicked"), "{}", what());
        let now = state(&workspace);
        assert!(now == before || now == after, "neither whole nor absent: {}\n{now}", what());
        match output.status.code() {
            Some(0) => assert_eq!(now, after, "said to be done: {}", what()),
            Some(_) => {
                assert!(errors.starts_with("error: "), "{}", what());
                let said = now == before || errors.contains("stand");
                assert!(said, "said to have failed: {}", what());
            }
            None => assert_eq!(fault.kind, "kill", "{}", what()),
        }
        let whole = now == after;
        if !whole {
            let again = run(&workspace, arguments, None, &[]);
            assert!(again.status.success(), "again after {}: {}", what(), text(&again.stderr));
            assert_eq!(state(&workspace), after, "again after {}", what());
        }
        whole
    }

    /// Tries `tries` of all operations with each kind of fault, evenly spread; the number of trials and of those after
    /// which all stood.
    fn all(&self, tries: u64) -> (u64, u64) {
        let (mut trials, mut whole) = (0, 0);
        for (name, arguments) in DONE {
            let (count, before, after) = self.whole(arguments);
            // Most of what an import writes are journeys, which are laid out when it stands already.
            let count = count.min(400);
            for (place, kind) in KINDS.into_iter().enumerate() {
                let step = (count / tries).max(1) as usize;
                for at in (1 + place as u64 % step as u64..=count).step_by(step) {
                    trials += 1;
                    whole += u64::from(self.try_one(name, arguments, &Fault { kind, at }, &before, &after));
                }
            }
        }
        (trials, whole)
    }
}

#[test]
fn failing_writes_leave_all_or_nothing() {
    if faults().is_none() {
        return;
    }
    let trial = Trial::new();
    let (trials, whole) = trial.all(2);
    // The line of a revision is written and can neither be synced nor taken back: it stands, and is said to.
    let (name, arguments) = DONE[1];
    let (count, before, after) = trial.whole(arguments);
    for at in count - 3..=count {
        trial.try_one(name, arguments, &Fault { kind: "full", at }, &before, &after);
    }
    assert!(trials >= 30 && whole > 0 && whole < trials, "{trials} {whole}");
}

#[test]
#[ignore = "long: make torture"]
fn torture_every_failing_write_leaves_all_or_nothing() {
    assert!(faults().is_some(), "a C compiler is needed");
    let tries = std::env::var("THROUGHLINE_TRIES").ok().and_then(|text| text.parse().ok()).unwrap_or(u64::MAX);
    let (trials, whole) = Trial::new().all(tries);
    println!("{trials} operations failed or were the last; after {whole} of them all stood, after the others nothing.");
}

#[test]
fn a_clock_set_back_loses_nothing() {
    if faults().is_none() {
        return;
    }
    let trial = Trial::new();
    let (_, _, after) = trial.whole(&["import", "second.csv"]);
    let workspace = trial.copied();
    let before = answer(&workspace, &["sql", "SELECT max(recorded_at) FROM interactions"])["rows"].clone();
    let back = [("FAULTS_CLOCK", (-400 * 86_400).to_string())];
    for arguments in [&["import", "second.csv"][..], &["identity", "link", "c7", "c8", "--why", "the same"]] {
        let output = run(&workspace, arguments, None, &back);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let told = state(&workspace);
    assert_eq!(told.lines().next(), after.lines().next(), "the corrections count");
    assert!(told.contains("c8"), "the link counts: {told}");
    let later = answer(&workspace, &["sql", "SELECT max(recorded_at) FROM interactions"])["rows"].clone();
    assert!(later[0][0].as_str() > before[0][0].as_str(), "told after what was told before: {later} {before}");
}
