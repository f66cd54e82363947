//! The program itself: it says where it is, answers over a socket, and ends when it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::client::shop;
use crate::program::fails;

struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(shop: &Path) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["serve", "--listen", "127.0.0.1:0", "--open", "no", "--log-json"])
            .current_dir(shop)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no address: {line}"));
        Server { child, port }
    }

    fn ask(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Tells it to end, and gives its log.
    fn stop(mut self) -> String {
        let told = Instant::now();
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        assert!(told.elapsed() < Duration::from_secs(15));
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

#[test]
fn the_program_serves_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let server = Server::start(&shop);
    let answer = server.ask("/api/v1/customers/anna");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\"touchpoints\":["), "{answer}");
    assert!(server.ask("/metrics").contains("throughline_http_requests_total"));
    // A connection that asks for nothing does not keep it from ending.
    let _idle = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let log = server.stop();
    let line = log.lines().find(|line| line.contains("/api/v1/customers/{id}")).unwrap_or_else(|| panic!("{log}"));
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((line["status"].as_u64(), line["method"].as_str()), (Some(200), Some("GET")));
    assert!(line["span"]["id"].as_str().unwrap().contains('-'), "{line:#}");
    assert!(!log.contains("anna"), "logs name no customers: {log}");
}

#[test]
fn what_cannot_be_served_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fails(folder.path(), &["serve", "--open", "no"], 2, "is not a Throughline workspace");
    let shop = shop(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    fails(&shop, &["serve", "--open", "no", "--listen", &address], 2, "cannot be listened on");
    fails(&shop, &["serve", "--open", "no", "--listen", "0.0.0.0:0"], 2, "Without users");
}
