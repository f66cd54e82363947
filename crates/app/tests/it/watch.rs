//! `throughline import --watch`: what appears in a folder comes in, once, and a bad file stops nothing.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::faults::{answer, command, interactions};
use crate::program::ok;

/// Lines of a stream as they come.
fn lines(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| send.send(line))
    });
    lines
}

/// A file that appears whole, as careful programs write it.
fn appear(folder: &Path, name: &str, write: impl FnOnce(&Path)) {
    let part = folder.join(format!("{name}.part"));
    write(&part);
    fs::rename(part, folder.join(name)).unwrap();
}

/// How a process ends that was told to.
fn end(process: &mut Child) -> ExitStatus {
    for _ in 0..600 {
        if let Some(status) = process.try_wait().unwrap() {
            return status;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    process.kill().unwrap();
    panic!("it went on for a minute after it was told to stop");
}

#[test]
fn files_come_in_as_they_appear() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "shop", "--name", "Shop"]);
    let (shop, drop) = (folder.path().join("shop"), folder.path().join("drop"));
    fs::create_dir(&drop).unwrap();
    interactions(&drop.join("known.csv"), 0..100, "search");
    answer(&shop, &["import", "drop/known.csv"]);
    let mut watching = command(&shop, &["import", "drop", "--watch", "--every", "1s", "--json"]);
    let mut watching = watching.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (told, wrong) = (lines(watching.stdout.take().unwrap()), lines(watching.stderr.take().unwrap()));
    let next = |lines: &Receiver<String>| -> Value {
        serde_json::from_str(&lines.recv_timeout(Duration::from_secs(60)).unwrap()).unwrap()
    };
    appear(&drop, "new.csv", |path| interactions(path, 100..150, "search"));
    let first = next(&told);
    assert_eq!(
        (first["files"].as_array().unwrap().len(), first["tables"][0]["added"].clone()),
        (1, 50.into()),
        "{first}"
    );
    appear(&drop, "strange.csv", |path| fs::write(path, "what,is,this\n1,2,3\n").unwrap());
    appear(&drop, "good.csv", |path| interactions(path, 150..160, "search"));
    assert_eq!(next(&told)["tables"][0]["added"], 10);
    assert!(next(&wrong)["message"].as_str().unwrap().contains("strange.csv"));
    let stopped = Command::new("kill").args(["-INT", &watching.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert_eq!(end(&mut watching).code(), Some(0));
    assert!(told.recv().is_err(), "nothing was imported twice");
    assert_eq!(answer(&shop, &["sql", "SELECT count(*) FROM interactions"])["rows"][0][0], 160);
}
