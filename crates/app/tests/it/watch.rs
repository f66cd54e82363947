//! `throughline import --watch`: what appears in a folder comes in, once, and a bad file stops nothing.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

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

#[test]
fn a_folder_is_a_source_that_is_refreshed() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "shop", "--name", "Shop"]);
    let (shop, drop) = (folder.path().join("shop"), folder.path().join("drop"));
    fs::create_dir_all(shop.join("sources")).unwrap();
    let source = shop.join("sources/till.toml");
    fs::write(&source, "format = 1\nkind = \"folder\"\npath = \"../drop/*.csv\"\nevery = \"1h\"\n").unwrap();
    fs::create_dir(&drop).unwrap();
    let refresh = |arguments: &[&str]| -> (Option<i32>, Value) {
        let output = command(&shop, &[&["sources", "refresh", "till", "--json"], arguments].concat()).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), answer["sources"][0].clone())
    };
    let settled = |name: &str, write: &dyn Fn(&Path)| {
        appear(&drop, name, write);
        let file = fs::File::options().write(true).open(drop.join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    };
    assert_eq!(refresh(&[]).1["outcome"], "unchanged", "an empty folder");
    settled("a.csv", &|path| interactions(path, 0..100, "search"));
    appear(&drop, "b.csv", |path| interactions(path, 100..150, "search"));
    let (code, first) = refresh(&[]);
    assert_eq!(
        (code, &first["outcome"], &first["imports"][0]["tables"][0]["added"]),
        (Some(0), &"imported".into(), &100.into())
    );
    assert!(first["waiting"][0].as_str().unwrap().ends_with("b.csv"), "{first:#}");
    assert_eq!(refresh(&[]).1["imports"][0]["tables"][0]["added"], 50, "it did not change since the last time");
    assert_eq!(refresh(&[]).1["outcome"], "unchanged");
    settled("odd.csv", &|path| fs::write(path, "what,is,this\n1,2,3\n").unwrap());
    settled("c.csv", &|path| interactions(path, 150..160, "search"));
    let (code, odd) = refresh(&[]);
    assert_eq!(odd["imports"][0]["tables"][0]["added"], 10, "{odd:#}");
    assert!(code != Some(0) && odd["problems"][0]["message"].as_str().unwrap().contains("odd.csv"), "{odd:#}");
    let list = answer(&shop, &["sources", "list"])["sources"][0].clone();
    assert!(list["problem"].as_str().unwrap().contains("odd.csv") && list["due_at"].is_string(), "{list:#}");
    assert_eq!((list["from"].as_str(), list["every_seconds"].as_u64()), (Some("../drop/*.csv"), Some(3600)));
    assert_eq!(refresh(&[]).1["outcome"], "failed", "it is tried again");
    settled("odd.csv", &|path| interactions(path, 160..165, "search"));
    assert_eq!(refresh(&[]).1["imports"][0]["tables"][0]["added"], 5);
    assert!(answer(&shop, &["sources", "list"])["sources"][0]["problem"].is_null());
    assert_eq!(refresh(&["--whole"]).1["imports"][0]["files"].as_array().unwrap().len(), 4, "all again");
    assert_eq!(answer(&shop, &["sql", "SELECT count(*) FROM interactions"])["rows"][0][0], 165);
}
