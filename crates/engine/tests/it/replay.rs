//! Rows that were set aside go out, are mended, and come back.

use std::fs;
use std::path::{Path, PathBuf};

use throughline_engine::{RejectExport, RejectFilter, ReplayReport};

use crate::import::Bench;

const BAD: &str = "order_id,customer_ref,ordered_at,status,goods\n\
                   1,anna,2026-06-01T10:00:00Z,placed,10.50\n\
                   3,cleo,31.02.2026,placed,1\n\
                   4,,2026-06-03,placed,1\n\
                   5,dora,2026-06-03,placed,\"a, b\"\n";

async fn export(bench: &Bench, folder: &Path) -> RejectExport {
    bench.workspace.export_rejects(folder, &RejectFilter::default(), bench.now).await.unwrap()
}

async fn replay(bench: &mut Bench, path: &Path) -> throughline_engine::Result<ReplayReport> {
    let now = bench.tick();
    bench.workspace.replay_rejects(&[path.display().to_string()], now, &mut |_| {}).await
}

fn mend(path: &Path, mended: &[(&str, &str)]) {
    let mut text = fs::read_to_string(path).unwrap();
    for (from, to) in mended {
        assert!(text.contains(from), "{text}");
        text = text.replace(from, to);
    }
    fs::write(path, text).unwrap();
}

fn folder(bench: &mut Bench) -> PathBuf {
    bench.file("unused", "").with_file_name("rejects")
}

#[tokio::test(flavor = "multi_thread")]
async fn mended_rows_come_back_and_the_others_stay_open() {
    let mut bench = Bench::new("UTC", "EUR");
    let orders = bench.file("orders.csv", BAD);
    assert_eq!(bench.import(&orders).await.unwrap().rejected, 3);
    let folder = folder(&mut bench);
    let exported = export(&bench, &folder).await;
    assert_eq!((exported.files.len(), exported.files[0].rows, exported.left_out), (1, 3, 0));
    let path = folder.join("orders.csv");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().map(|line| line.split_once(',').unwrap().1).collect();
    let original: Vec<&str> = BAD.lines().filter(|line| !line.starts_with("1,")).collect();
    assert_eq!(lines, original);
    let again = bench.workspace.export_rejects(&folder, &RejectFilter::default(), bench.now).await.unwrap_err();
    assert!(again.message.contains("exists already"), "{again}");

    mend(&path, &[("31.02.2026", "2026-02-28"), ("\"a, b\"", "7.25")]);
    let report = replay(&mut bench, &path).await.unwrap();
    assert_eq!((report.replayed, report.known, report.open.len()), (2, 0, 1));
    assert_eq!((report.open[0].line, report.open[0].column.as_deref()), (3, Some("customer_ref")));
    let rows = "SELECT order_id, customer_ref, goods, source FROM orders ORDER BY order_id";
    let expected = ["1|anna|10.5|standard", "3|cleo|1.0|standard", "5|dora|7.25|standard"];
    assert_eq!(bench.rows(None, rows).await, expected);
    let ledger = "SELECT line, replayed_at IS NULL, original FROM rejects ORDER BY line";
    let marked = [
        "3|false|3,cleo,31.02.2026,placed,1",
        "4|true|4,,2026-06-03,placed,1",
        "5|false|5,dora,2026-06-03,placed,\"a, b\"",
    ];
    assert_eq!(bench.rows(None, ledger).await, marked);
    assert_eq!(bench.reader(None).rejects(&RejectFilter::default()).await.unwrap().len(), 1);

    let manifest = bench.workspace.snapshot().unwrap().manifest().number;
    let report = replay(&mut bench, &path).await.unwrap();
    assert_eq!((report.replayed, report.known, report.open.len()), (0, 2, 1));
    assert_eq!(bench.workspace.snapshot().unwrap().manifest().number, manifest);
    // The source file as it was says nothing new, and opens nothing again.
    bench.import(&orders).await.unwrap();
    assert_eq!(bench.rows(None, rows).await, expected);
    assert_eq!(bench.rows(None, ledger).await, marked);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_lines_go_out_and_come_back_as_json_lines() {
    let mut bench = Bench::new("UTC", "EUR");
    let line = |id: u64, day: &str| {
        format!(
            "{{\"order_id\":\"{id}\",\"customer_ref\":\"a\",\"ordered_at\":\"{day}\",\"status\":\"placed\",\"goods\":1.10}}\n"
        )
    };
    let orders = bench.file("orders.jsonl", &(line(1, "2026-06-01") + &line(2, "never")));
    assert_eq!(bench.import(&orders).await.unwrap().rejected, 1);
    fs::remove_file(&orders).unwrap();
    let folder = folder(&mut bench);
    export(&bench, &folder).await;
    let path = folder.join("orders.jsonl");
    mend(&path, &[("never", "2026-06-02")]);
    assert_eq!(replay(&mut bench, &path).await.unwrap().replayed, 1);
    let rows = bench.rows(None, "SELECT order_id, goods FROM orders ORDER BY order_id").await;
    assert_eq!(rows, ["1|1.1", "2|1.1"]);
}

const LINES: &str = "format = 1\nid = \"till\"\nname = \"Till\"\nabout = \"Lines of orders\"\n\
    [[input]]\nname = \"lines\"\nheader = [\"no\", \"who\", \"day\", \"amount\"]\n\
    [[record]]\ntable = \"orders\"\nfrom = \"lines\"\ngroup_by = [\"no\"]\n\
    [record.columns]\norder_id = \"no\"\ncustomer_ref = \"who\"\nordered_at = \"day\"\nstatus = { value = \"placed\" }\n\
    goods = { column = \"amount\", aggregate = \"sum\" }\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_mended_line_comes_back_with_the_lines_that_make_a_row_with_it() {
    let mut bench = Bench::new("UTC", "EUR");
    fs::write(bench.workspace.folder().root().join("layouts/till.toml"), LINES).unwrap();
    let till =
        bench.file("till.csv", "no;who;day;amount\n1;anna;2026-06-01;2\n1;anna;2026-06-01;x\n2;ben;2026-06-02;5\n");
    assert_eq!(bench.import(&till).await.unwrap().rejected, 1);
    let folder = folder(&mut bench);
    export(&bench, &folder).await;
    let path = folder.join("till.csv");
    mend(&path, &[(";x", ";3")]);
    assert_eq!(replay(&mut bench, &path).await.unwrap().replayed, 1);
    let rows = bench.rows(None, "SELECT order_id, goods FROM orders ORDER BY order_id").await;
    assert_eq!(rows, ["1|5.0", "2|5.0"]);
    let strange = bench.file("strange.csv", "reject_id,a\nffff,1\n");
    assert!(replay(&mut bench, &strange).await.unwrap_err().message.contains("no reject ffff"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_were_no_text_do_not_come_back_unmended() {
    let mut bench = Bench::new("UTC", "EUR");
    let orders = bench.file("orders.csv", "");
    fs::write(&orders, b"order_id,customer_ref,ordered_at\n1,M\xfcller,2026-06-01\n2,J\xc3\xb6rg,2026-06-01\n")
        .unwrap();
    assert_eq!(bench.import(&orders).await.unwrap().rejected, 1);
    let folder = folder(&mut bench);
    export(&bench, &folder).await;
    let path = folder.join("orders.csv");
    let report = replay(&mut bench, &path).await.unwrap();
    assert_eq!((report.replayed, report.open.len()), (0, 1));
    assert!(report.open[0].reason.contains("not valid UTF-8"), "{}", report.open[0].reason);
    mend(&path, &[("M\u{fffd}ller", "Müller")]);
    assert_eq!(replay(&mut bench, &path).await.unwrap().replayed, 1);
    assert_eq!(bench.rows(None, "SELECT customer_ref FROM orders ORDER BY order_id").await, ["Müller", "Jörg"]);
}
