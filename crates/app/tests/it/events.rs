//! Real servers that take events, and die while they do.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A server on a port of its own.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(shop: &Path, every: &str) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["serve", "--listen", "127.0.0.1:0", "--events-every", every])
            .current_dir(shop)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server says where it listens").unwrap();
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.trim_end_matches(|c: char| !c.is_ascii_digit()).to_owned();
            }
        };
        Server { child, address }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// One request on a connection; status, headers and body.
fn exchange(
    stream: &mut TcpStream,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> std::io::Result<(u16, String, Vec<u8>)> {
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = head.to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut answer = vec![0; length];
    reader.read_exact(&mut answer)?;
    Ok((status, head, answer))
}

fn connect(address: &str) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn post(address: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String, Value) {
    let (status, head, body) = exchange(&mut connect(address).unwrap(), "POST", path, headers, body).unwrap();
    (status, head, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

fn shop(folder: &Path) -> PathBuf {
    let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["init", "shop", "--name", "Shop"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success());
    folder.join("shop")
}

fn sql(shop: &Path, query: &str) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["sql", query, "--limit", "1000000", "--json"])
        .current_dir(shop)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["rows"].as_array().unwrap().clone()
}

/// Waits until all journals are imported.
fn drained(shop: &Path) {
    let begun = Instant::now();
    let waits = || {
        let entries = std::fs::read_dir(shop.join("data/inbox")).unwrap();
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().ends_with(".jsonl"))
    };
    while waits() {
        assert!(begun.elapsed() < Duration::from_secs(120), "journals are not imported");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn batch(ids: &[String]) -> Vec<u8> {
    let event = |id: &String| json!({"id": id, "customer_ref": format!("c{}", id.len()), "kind": "visit", "occurred_at": "2026-01-01T00:00:00Z"});
    json!({"events": ids.iter().map(event).collect::<Vec<_>>()}).to_string().into_bytes()
}

/// What senders share: where the server is, whether to stop, which ids were acknowledged and which were sent.
#[derive(Default)]
struct Senders {
    address: Mutex<String>,
    stop: AtomicBool,
    acknowledged: Mutex<Vec<String>>,
    sent: Mutex<BTreeSet<String>>,
}

/// Sends batch after batch; one that is not answered is sent again, as libraries do.
fn send(senders: &Senders, name: usize) {
    for number in 0.. {
        let ids: Vec<String> = (0..1 + number % 40).map(|row| format!("{name}-{number}-{row}")).collect();
        senders.sent.lock().unwrap().extend(ids.iter().cloned());
        let body = batch(&ids);
        loop {
            if senders.stop.load(Ordering::Relaxed) {
                return;
            }
            let address = senders.address.lock().unwrap().clone();
            let answer =
                connect(&address).and_then(|mut stream| exchange(&mut stream, "POST", "/api/v1/events", "", &body));
            if answer.is_ok_and(|(status, ..)| status == 200) {
                senders.acknowledged.lock().unwrap().extend(ids);
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn nothing_that_was_acknowledged_is_lost_when_the_server_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let senders = Arc::new(Senders::default());
    let mut server = Server::start(&shop, "1");
    *senders.address.lock().unwrap() = server.address.clone();
    let threads: Vec<_> = (0..6)
        .map(|name| {
            let senders = senders.clone();
            std::thread::spawn(move || send(&senders, name))
        })
        .collect();
    // Odd moments: while it starts, writes, imports.
    for wait in [130, 700, 1_450, 310, 2_270, 1_010, 90, 1_730] {
        std::thread::sleep(Duration::from_millis(wait));
        server.kill();
        server = Server::start(&shop, "1");
        *senders.address.lock().unwrap() = server.address.clone();
    }
    std::thread::sleep(Duration::from_millis(500));
    senders.stop.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    drained(&shop);
    server.kill();
    let rows = sql(&shop, "SELECT interaction_id, count(*) FROM interactions GROUP BY 1");
    let found: BTreeSet<&str> = rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert!(rows.iter().all(|row| row[1] == 1), "an id is there twice");
    let acknowledged = senders.acknowledged.lock().unwrap();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !found.contains(id.as_str())).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {:?}", lost.len(), acknowledged.len(), lost.first());
    assert!(acknowledged.len() > 1_000, "{}", acknowledged.len());
    let sent = senders.sent.lock().unwrap();
    assert!(found.iter().all(|id| sent.contains(*id)));
    assert_eq!(sql(&shop, "SELECT count(*) FROM rejects")[0][0], 0);
}

#[test]
fn batches_of_all_forms_are_taken() {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let server = Server::start(&shop, "1");
    let to = |path: &str, body: &Value| post(&server.address, path, "", body.to_string().as_bytes());
    let (status, head, answer) = to(
        "/api/v1/events",
        &json!({"events": [{"id": "a", "customer_ref": "c", "kind": "visit"}, {"kind": "visit"}]}),
    );
    assert_eq!((status, &answer["accepted"], &answer["rejected"][0]["index"]), (200, &json!(1), &json!(1)));
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    assert_eq!(to("/api/v1/events", &json!({"id": "a", "customer_ref": "c", "kind": "visit"})).2["repeated"], 1);
    let segment = json!({"batch": [{"type": "track", "event": "Product Added", "userId": "u", "anonymousId": "x", "messageId": "b"}]});
    let basic = "Authorization: Basic a2V5Og==\r\n";
    let (status, _, answer) = post(&server.address, "/v1/batch", basic, segment.to_string().as_bytes());
    assert_eq!((status, &answer["success"]), (200, &json!(true)));
    for (path, body) in [
        ("/v1/track", json!({"event": "x", "userId": "u", "messageId": "d"})),
        ("/v1/t", json!({"event": "x", "userId": "u", "messageId": "e"})),
        ("/v1/identify", json!({"userId": "u", "traits": {"email": "u@x.y"}})),
        ("/v1/page", json!({"anonymousId": "x", "messageId": "f"})),
        ("/v1/screen", json!({"anonymousId": "x", "messageId": "g"})),
        ("/v1/alias", json!({"previousId": "old", "userId": "u"})),
        ("/v1/group", json!({"userId": "u", "groupId": "g"})),
        ("/batch/", json!({"api_key": "k", "batch": [{"event": "$pageview", "distinct_id": "d", "uuid": "h"}]})),
        ("/capture", json!({"api_key": "k", "event": "x", "distinct_id": "d", "uuid": "i"})),
    ] {
        assert_eq!(to(path, &body).0, 200, "{path}");
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(
            json!([{"event": "x", "properties": {"distinct_id": "d", "token": "k"}, "uuid": "j"}])
                .to_string()
                .as_bytes(),
        )
        .unwrap();
    assert_eq!(
        post(&server.address, "/e/?compression=gzip-js", "Content-Type: text/plain\r\n", &packed.finish().unwrap()).0,
        200
    );
    drained(&shop);
    let ids = sql(&shop, "SELECT interaction_id FROM interactions ORDER BY 1");
    let ids: String = ids.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(ids, "abdefghij");
    let links = sql(&shop, "SELECT alias, customer_id, reason FROM identities ORDER BY 1");
    assert_eq!(links, [json!(["old", "u", "source"]), json!(["x", "u", "login"])]);
    assert_eq!(sql(&shop, "SELECT customer_ref, known, email FROM customers"), [json!(["u", true, "u@x.y"])]);
}

#[test]
fn what_cannot_be_taken_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let server = Server::start(&shop, "1");
    let to = |path: &str, headers: &str, body: &[u8]| post(&server.address, path, headers, body);
    let (status, head, answer) = to("/api/v1/events", "", b"{\"events\":[{}]}");
    assert_eq!((status, answer["error"].as_str()), (400, Some("input")));
    assert!(head.contains("application/problem+json"));
    assert_eq!(answer["rejected"][0]["reason"], "The event has no customer_ref.");
    for (path, body, expected) in [
        ("/api/v1/events", &b"{"[..], 400),
        ("/api/v1/events", b"7", 400),
        ("/v1/batch", b"{}", 400),
        ("/v1/unknown", b"{}", 404),
        ("/api/v1/events", b"{\"events\":[]}", 200),
        ("/capture", b"\xff\xff", 400),
    ] {
        assert_eq!(to(path, "", body).0, expected, "{path}");
    }
    let gzip = "Content-Encoding: gzip\r\n";
    assert_eq!(to("/api/v1/events", gzip, b"not gzip").0, 400);
    let head = format!("POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", 6 << 20);
    let mut stream = connect(&server.address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    // Another site's page may ask, but not write to a server without users.
    let mut stream = connect(&server.address).unwrap();
    let ask = "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n";
    let (status, head, _) = exchange(&mut stream, "OPTIONS", "/v1/track", ask, b"").unwrap();
    assert!(status == 204 && head.contains("access-control-allow-methods: post"), "{head}");
    let event = b"{\"event\":\"x\",\"userId\":\"u\"}";
    assert_eq!(to("/v1/track", "Origin: https://shop.example\r\n", event).0, 403);
    assert_eq!(to("/v1/track", "Origin: http://localhost:3000\r\n", event).0, 200);
    // A second server answers everything but events.
    let second = Server::start(&shop, "1");
    let (status, head, _) = post(&second.address, "/v1/track", "", event);
    assert!(status == 503 && head.contains("retry-after"), "{head}");
}
