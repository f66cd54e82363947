//! Processes that are killed at random moments, several at once on one workspace: two imports, and one that applies
//! definitions, lays journeys out or merges files. Whatever died, the rest stands, and what died can be done again.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::faults::{answer, command, interactions};
use crate::program::text;

/// Rows that one import brings.
const ROWS: u32 = 2_000;
/// A round kills within so many microseconds.
const LONGEST: u64 = 500_000;
/// After so many rounds a new workspace begins.
const ROUNDS: u64 = 40;

/// Numbers that look random and are the same on every machine (splitmix64, Steele, Lea and Flood 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

struct Running {
    child: Child,
    /// When it is killed; None where it may live.
    until: Option<Instant>,
}

impl Running {
    fn start(workspace: &Path, arguments: &[&str], until: Option<Instant>) -> Running {
        let mut command = command(workspace, arguments);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        Running { child, until }
    }

    /// Waits for its end or kills it: what it said, and whether it was killed.
    fn end(mut self) -> (Output, bool) {
        if let Some(until) = self.until {
            sleep(until.saturating_duration_since(Instant::now()));
            self.child.kill().ok();
        }
        let output = self.child.wait_with_output().unwrap();
        let killed = output.status.code().is_none();
        (output, killed)
    }
}

struct Torture {
    folder: tempfile::TempDir,
    chance: Chance,
    rounds: u64,
    kills: u64,
    rows: u32,
}

impl Torture {
    fn workspace(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    fn begin(&mut self) {
        let workspace = self.workspace();
        if workspace.exists() {
            fs::remove_dir_all(&workspace).unwrap();
        }
        fs::create_dir_all(&workspace).unwrap();
        let made = command(&workspace, &["init", "shop", "--name", "Shop"]).output().unwrap();
        assert!(made.status.success(), "{}", text(&made.stderr));
        self.rows = 0;
    }

    /// Rows of this range that are there: all of them or none.
    fn whole(&self, ids: &Range<u32>) -> bool {
        let sql = format!(
            "SELECT count(*) FROM interactions WHERE CAST(substr(interaction_id, 2) AS INT) BETWEEN {} AND {}",
            ids.start,
            ids.end - 1
        );
        let found = answer(&self.workspace(), &["sql", &sql])["rows"][0][0].as_u64().unwrap();
        assert!(found == 0 || found == u64::from(ROWS), "{found} rows of an import, round {}", self.rounds);
        found > 0
    }

    /// What must hold whatever died: the ledger tells of the rows that are there, and journeys hold each of them.
    fn holds(&self, rows: u64) {
        let workspace = self.workspace();
        let one = |sql: &str| answer(&workspace, &["sql", sql])["rows"][0][0].as_u64().unwrap_or_default();
        assert_eq!(one("SELECT count(*) FROM interactions"), rows);
        assert_eq!(one("SELECT sum(added) FROM import_tables WHERE target = 'interactions'"), rows);
        assert_eq!(one("SELECT count(DISTINCT import_id) FROM imports"), rows / u64::from(ROWS));
        let walked = answer(&workspace, &["journey"])["about"]["touchpoints"].as_u64().unwrap();
        assert_eq!(walked, rows, "journeys hold what the tables hold, round {}", self.rounds);
    }

    fn third(&mut self) -> Vec<String> {
        let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self.chance.below(3) {
            0 => {
                let settings = self.workspace().join("throughline.toml");
                let text = fs::read_to_string(&settings).unwrap();
                let named = |line: &str| line.starts_with("name = ");
                let lines = text.lines().map(|line| {
                    if named(line) { format!("name = \"Shop {}\"\n", self.rounds) } else { format!("{line}\n") }
                });
                fs::write(&settings, lines.collect::<String>()).unwrap();
                texts(&["apply", "--why", "killed or not"])
            }
            1 => texts(&["journey"]),
            _ => texts(&["vacuum", "--keep", "0s"]),
        }
    }

    fn round(&mut self) {
        if self.rounds.is_multiple_of(ROUNDS) {
            self.begin();
        }
        self.rounds += 1;
        let workspace = self.workspace();
        let revisions = || answer(&workspace, &["revisions"])["revisions"].as_array().unwrap().len();
        let ranges = [self.rows..self.rows + ROWS, self.rows + ROWS..self.rows + 2 * ROWS];
        let names = ["a.csv", "b.csv"];
        for (name, ids) in names.iter().zip(&ranges) {
            interactions(&self.folder.path().join(name), ids.clone(), "search");
        }
        let before = revisions();
        let third = self.third();
        let third: Vec<&str> = third.iter().map(String::as_str).collect();
        let begun = Instant::now();
        let mut moment = || match self.chance.below(6) {
            0 => None,
            _ => Some(begun + Duration::from_micros(self.chance.below(LONGEST))),
        };
        let until = [moment(), moment(), moment()];
        let commands = [&["import", names[0]][..], &["import", names[1]], &third];
        let running = commands.iter().zip(until).map(|(arguments, until)| Running::start(&workspace, arguments, until));
        let mut running: Vec<(usize, Running)> = running.enumerate().collect();
        running.sort_by_key(|(_, running)| running.until.unwrap_or(begun + Duration::from_secs(60)));
        let mut done = [false; 3];
        for (place, process) in running {
            let (output, killed) = process.end();
            self.kills += u64::from(killed);
            assert!(killed || output.status.success(), "{:?}: {}", commands[place], text(&output.stderr));
            done[place] = !killed;
        }
        let stands = [self.whole(&ranges[0]), self.whole(&ranges[1])];
        assert!((0..2).all(|place| stands[place] || !done[place]), "said to be done, and is not there");
        self.holds(u64::from(self.rows) + stands.iter().filter(|stands| **stands).count() as u64 * u64::from(ROWS));
        if third[0] == "apply" {
            assert!(revisions() == before + 1 || !done[2] && revisions() == before);
            answer(&workspace, &third);
            assert_eq!(revisions(), before + 1);
        }
        for name in names.iter().zip(stands).filter_map(|(name, stands)| (!stands).then_some(name)) {
            answer(&workspace, &["import", name]);
        }
        self.rows += 2 * ROWS;
        self.holds(u64::from(self.rows));
    }

    fn until(kills: u64, seed: u64) -> Torture {
        let folder = tempfile::tempdir().unwrap();
        let mut torture = Torture { folder, chance: Chance(seed), rounds: 0, kills: 0, rows: 0 };
        while torture.kills < kills {
            torture.round();
        }
        torture
    }
}

#[test]
fn processes_killed_at_any_moment_leave_all_or_nothing() {
    let torture = Torture::until(12, 7);
    assert!(torture.kills >= 12);
}

#[test]
#[ignore = "long: make torture"]
fn torture_a_thousand_kills_leave_all_or_nothing() {
    let kills = std::env::var("THROUGHLINE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let torture = Torture::until(kills, 2026);
    println!("{} processes killed in {} rounds; every import was whole or absent.", torture.kills, torture.rounds);
}
