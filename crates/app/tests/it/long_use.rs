//! Many small imports and many days: files, memory and times stay bounded, and what is asked stays right.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::faults::{command, faults};
use crate::program::text;

/// Orders of one day, and interactions.
const A_DAY: u64 = 20;
/// Data files of one table that are still few, after any number of imports.
const FEW: usize = 40;

struct Company {
    folder: tempfile::TempDir,
    orders: u64,
    /// The slowest import and the slowest answer of the last days.
    slowest: (Duration, Duration),
}

/// Files of a folder and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { found.extend(files(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

impl Company {
    fn new() -> Company {
        let folder = tempfile::tempdir().unwrap();
        let made = command(&folder.path().join("shop"), &["init", "shop", "--name", "Shop", "--zone", "Europe/Berlin"]);
        let output = { made }.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        Company { folder, orders: 0, slowest: (Duration::ZERO, Duration::ZERO) }
    }

    fn workspace(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    /// Runs the program on a day of its own; the answer, and how long it took.
    fn on(&self, day: u64, arguments: &[&str]) -> (Value, Duration) {
        let mut command = command(&self.workspace(), arguments);
        if let Some(library) = faults() {
            command.env("LD_PRELOAD", library).env("FAULTS_CLOCK", (day * 86_400).to_string());
        }
        let begun = Instant::now();
        let output = command.arg("--json").output().unwrap();
        assert!(output.status.success(), "{arguments:?} on day {day}: {}", text(&output.stderr));
        (serde_json::from_slice(&output.stdout).unwrap(), begun.elapsed())
    }

    /// A day's orders and visits, and a correction of an order of the week before.
    fn day(&mut self, day: u64) {
        let mut orders = String::from("order_id,customer_ref,ordered_at,status,currency,goods\n");
        let mut visits = String::from("interaction_id,customer_ref,kind,channel,occurred_at\n");
        let date = format!("2026-{:02}-{:02}", 1 + day / 28 % 12, 1 + day % 28);
        for one in 0..A_DAY {
            let customer = (day * 7 + one * 13) % 500;
            writeln!(orders, "o{day}-{one},c{customer},{date}T10:{one:02}:00Z,paid,EUR,10.00").unwrap();
            writeln!(visits, "i{day}-{one},c{customer},visit,email,{date}T09:{one:02}:00Z").unwrap();
        }
        if let Some(week) = day.checked_sub(7) {
            writeln!(orders, "o{week}-3,c1,2026-01-01T09:00:00Z,delivered,EUR,10.00").unwrap();
        }
        fs::write(self.folder.path().join("orders.csv"), orders).unwrap();
        fs::write(self.folder.path().join("visits.csv"), visits).unwrap();
        let (_, took) = self.on(day, &["import", "orders.csv", "visits.csv"]);
        self.orders += A_DAY;
        self.slowest.0 = self.slowest.0.max(took);
    }

    fn ask(&mut self, day: u64) {
        let (counted, took) = self.on(day, &["sql", "SELECT count(*), sum(goods) FROM orders"]);
        let total = (self.orders * 10) as f64;
        assert_eq!(counted["rows"][0], serde_json::json!([self.orders, total]), "day {day}");
        self.slowest.1 = self.slowest.1.max(took);
    }

    fn most_files(&self) -> usize {
        let tables = fs::read_dir(self.workspace().join("data/tables")).unwrap().flatten();
        tables.map(|table| files(&table.path()).len()).max().unwrap_or_default()
    }

    fn figures(&mut self, what: &str) {
        let (all, bytes) = files(&self.workspace())
            .iter()
            .fold((0, 0), |(count, bytes), path| (count + 1, bytes + fs::metadata(path).map_or(0, |data| data.len())));
        println!(
            "{what}: slowest import {:.2?}, slowest answer {:.2?}; {all} files, {} MB, most files of one table {}",
            self.slowest.0,
            self.slowest.1,
            bytes / 1_000_000,
            self.most_files()
        );
        self.slowest = (Duration::ZERO, Duration::ZERO);
    }
}

#[test]
fn small_imports_leave_few_files() {
    if faults().is_none() {
        return;
    }
    let mut company = Company::new();
    assert_eq!(company.on(0, &["vacuum"]).0["data_files"], 0, "there is nothing to merge yet");
    for day in 0..36 {
        company.day(day);
    }
    company.ask(36);
    let done = company.on(37, &["vacuum", "--keep", "0s"]).0;
    assert!(done["data_files"].as_u64().unwrap() < 5 * FEW as u64, "{done}");
    assert!(company.most_files() < FEW, "{} files of one table", company.most_files());
    company.ask(38);
    let whole = company.on(38, &["sql", "SELECT count(*) FROM history.orders WHERE recorded_until IS NOT NULL"]).0;
    assert_eq!(whole["rows"][0][0], 29, "what was corrected is still told");
    let manifests = files(&company.workspace().join("data/manifests")).len();
    assert!(manifests <= 2, "{manifests} manifests");
}

#[test]
#[ignore = "long: make torture"]
fn torture_a_thousand_small_imports() {
    let mut company = Company::new();
    for number in 0..1_000 {
        company.day(number);
        if number % 100 == 99 {
            company.ask(number);
            company.figures(&format!("after {} imports", number + 1));
        }
    }
}

#[test]
#[ignore = "long: make torture"]
fn torture_a_year_of_daily_runs() {
    assert!(faults().is_some(), "a C compiler is needed");
    let mut company = Company::new();
    for day in 0..365 {
        company.day(day);
        company.ask(day);
        let (card, took) = company.on(day, &["scorecard"]);
        assert!(card["whole"].is_object());
        company.slowest.1 = company.slowest.1.max(took);
        if day % 73 == 72 {
            company.figures(&format!("after {} days", day + 1));
        }
    }
}
