//! Databases as sources, from the command line.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use throughline_app::people;
use throughline_engine::Workspace;
use throughline_people::{Actor, NewUser, Role};

use crate::postgres::{self, PASSWORD};
use crate::program::{WORKSPACE, json, ok, text, throughline};

/// A workspace beside a database, and its folder.
fn workspace(folder: &Path, port: u16, database: &str, query: &str) -> std::path::PathBuf {
    ok(folder, &WORKSPACE);
    let shop = folder.join("shop");
    std::fs::create_dir_all(shop.join("sources")).unwrap();
    std::fs::write(shop.join("password"), PASSWORD).unwrap();
    let text = format!(
        "format = 1\nkind = \"postgresql\"\nevery = \"1h\"\n[connection]\nhost = \"localhost\"\nport = {port}\ndatabase = \
         \"{database}\"\nuser = \"reader\"\npassword_file = \"password\"\n[[query]]\ntable = \"interactions\"\ncursor = \
         \"occurred_at\"\nsql = '''{query}'''\n"
    );
    std::fs::write(shop.join("sources/till.toml"), text).unwrap();
    shop
}

const QUERY: &str = "SELECT id AS interaction_id, who AS customer_ref, at AS occurred_at, 'web' AS channel, \
                     'product_view' AS kind, note AS content FROM clicks";

#[test]
fn two_hundred_thousand_rows_come_in_bounded_memory() {
    let Some(server) = postgres::shared() else { return };
    server.database("clicks_db");
    // About 200 MB, which must not be held at once.
    server.sql(
        "clicks_db",
        "CREATE TABLE clicks AS SELECT n AS id, 'c' || n % 5000 AS who, timestamptz '2026-01-01' + n * interval '1 minute' AS at, \
         repeat(md5(n::text), 30) AS note FROM generate_series(1, 200000) n",
    );
    let folder = tempfile::tempdir().unwrap();
    let shop = workspace(folder.path(), server.port, "clicks_db", QUERY);
    assert_eq!(json(&shop, &["check", "--json"])["errors"], 0);
    let (answer, peak) = refresh(&shop);
    let source = &answer["sources"][0];
    assert_eq!((source["outcome"].as_str(), source["queries"][0]["rows"].as_u64()), (Some("imported"), Some(200_000)));
    assert!(source["queries"][0]["bytes"].as_u64().unwrap() > 190_000_000);
    assert_eq!(source["imports"][0]["tables"][0]["added"], 200_000, "{source:#}");
    eprintln!("peak memory of the refresh: {} MiB", peak >> 10);
    assert!(peak < 900 << 10, "{peak} KiB");
    assert_eq!(json(&shop, &["sql", "SELECT count(*) FROM interactions", "--json"])["rows"][0][0], 200_000);
    let (answer, _) = refresh(&shop);
    assert_eq!(answer["sources"][0]["queries"][0]["rows"], 6, "five minutes before the last row, and the last");
    let list = json(&shop, &["sources", "list", "--json"]);
    assert_eq!(list["sources"][0]["every_seconds"], 3600);
    assert!(list["sources"][0]["due_at"].is_string() && list["sources"][0]["problem"].is_null());
    assert!(ok(&shop, &["sources", "list"]).contains("till"));
    assert!(ok(&shop, &["sources", "refresh", "till"]).contains("Nothing new."));
}

/// The answer, and the most memory that was resident, in KiB.
fn refresh(shop: &Path) -> (Value, u64) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["sources", "refresh", "--json"])
        .current_dir(shop)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success());
    (serde_json::from_reader(child.stdout.take().unwrap()).unwrap(), peak)
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    let Some(server) = postgres::shared() else { return };
    server.database("few_db");
    server.sql("few_db", "CREATE TABLE clicks (id int, who text, at timestamptz, note text); INSERT INTO clicks VALUES (1, 'a', now(), NULL)");
    let folder = tempfile::tempdir().unwrap();
    let shop = workspace(folder.path(), server.port, "few_db", QUERY);
    let till = std::fs::read_to_string(shop.join("sources/till.toml")).unwrap();
    std::fs::write(shop.join("wrong"), "a-secret-that-is-wrong").unwrap();
    let broken = till.replace("password_file = \"password\"", "password_file = \"wrong\"");
    std::fs::write(shop.join("sources/broken.toml"), broken).unwrap();
    let output = throughline(&shop, &["sources", "refresh", "--json"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!said.contains("a-secret") && !text(&output.stderr).contains("a-secret"));
    let answer: Value = serde_json::from_str(&said).unwrap();
    let outcomes = [&answer["sources"][0]["outcome"], &answer["sources"][1]["outcome"]];
    assert_eq!(outcomes, ["failed", "imported"]);
    assert_eq!(answer["sources"][0]["problems"][0]["error"], "input");
    let page = text(&throughline(&shop, &["sources", "refresh"]).stdout);
    assert!(page.contains("error: sources/broken.toml:") && page.contains("Nothing new."), "{page}");
    // The passwords are nowhere in the workspace's data.
    let found = Command::new("grep").args(["-rlF", PASSWORD, "data", "revisions"]).current_dir(&shop).output().unwrap();
    assert_eq!(text(&found.stdout), "");
}

/// A server that ends with this value.
struct Served {
    child: std::process::Child,
    postgres: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn new(shop: &Path) -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["serve", "--listen", "127.0.0.1:0", "--postgres", "127.0.0.1:0", "--open", "no", "--json"])
            .current_dir(shop)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Served { child, postgres: said["postgres"].as_str().unwrap().to_owned() }
    }

    /// What psql says to a query, as a user.
    fn psql(&self, user: &str, password: &str, query: &str) -> Result<String, String> {
        let (host, port) = self.postgres.split_once(':').unwrap();
        let output = Command::new("psql")
            .args(["-X", "-A", "-t", "-w", "-h", host, "-p", port, "-U", user, "-d", "throughline", "-c", query])
            .env("PGPASSWORD", password)
            .output()
            .unwrap();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

#[test]
fn the_server_refreshes_what_is_due_and_answers_bi_tools_by_role() {
    let Some(server) = postgres::shared() else { return };
    if Command::new("psql").arg("--version").output().is_err() {
        eprintln!("skipped: psql is not installed (`make tools` installs it)");
        return;
    }
    server.database("due_db");
    server.sql("due_db", "CREATE TABLE clicks (id int, who text, at timestamptz, note text); INSERT INTO clicks VALUES (1, 'a', now(), NULL)");
    let folder = tempfile::tempdir().unwrap();
    let shop = workspace(folder.path(), server.port, "due_db", QUERY);
    let till = std::fs::read_to_string(shop.join("sources/till.toml")).unwrap();
    std::fs::write(shop.join("sources/till.toml"), till.replace("\"1h\"", "\"10s\"")).unwrap();
    let served = Served::new(&shop);
    let count = |user: &str, password: &str| served.psql(user, password, "SELECT count(*) FROM interactions");
    wait_for(|| count("anybody", "") == Ok("1\n".to_owned()));
    server.sql("due_db", "INSERT INTO clicks VALUES (2, 'b', now(), NULL)");
    wait_for(|| count("anybody", "") == Ok("2\n".to_owned()));
    // From the first user on, a login is needed.
    for (name, role) in [("ada", Role::Admin), ("vera", Role::Viewer)] {
        add_user(&shop, name, role);
    }
    assert!(count("anybody", "").is_err());
    assert_eq!(count("ada", "a long enough password"), Ok("2\n".to_owned()));
    assert!(count("ada", "a wrong password").unwrap_err().contains("FATAL"));
    assert!(count("vera", "a long enough password").unwrap_err().contains("analyst"));
}

fn add_user(shop: &Path, name: &str, role: Role) {
    let people = people::open(&Workspace::open(shop).unwrap()).unwrap();
    let new = NewUser { name, role, password: "a long enough password" };
    people.add_user(&Actor::machine("tester"), &new, Timestamp::now(), &mut people::random).unwrap();
}

#[track_caller]
fn wait_for(done: impl Fn() -> bool) {
    let begin = std::time::Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(90), "it does not happen");
        std::thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn sql_is_not_answered_beyond_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &WORKSPACE);
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--postgres", "0.0.0.0:0", "--open", "no"];
    crate::program::fails(&folder.path().join("shop"), &arguments, 2, "SQL is not answered on 0.0.0.0:0");
}
