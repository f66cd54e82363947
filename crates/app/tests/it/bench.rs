//! The tasks of the benchmark on a log small enough to answer by hand.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

const LOG: &str = "\
event_id,customer_id,ts,event_type,channel,amount,session_id,ticket_id,score
1,c0000001,2023-01-05 10:00:00.000000Z,ad_impression,paid_search,,,,
2,c0000001,2023-01-05 10:10:00.000000Z,visit,paid_search,,11,,
3,c0000001,2023-01-05 10:11:00.000000Z,product_view,paid_search,,11,,
4,c0000001,2023-01-05 10:12:00.000000Z,search,paid_search,,11,,
5,c0000001,2023-01-05 10:13:00.000000Z,add_to_cart,paid_search,,11,,
6,c0000001,2023-01-05 10:14:00.000000Z,checkout,paid_search,,11,,
7,c0000001,2023-01-05 10:15:00.000000Z,order,paid_search,20.00,11,,
8,c0000001,2023-01-06 09:00:00.000000Z,ticket_open,email,,,1,
9,c0000001,2023-01-06 12:00:00.000000Z,ticket_reply,email,,,1,
10,c0000001,2023-01-07 09:00:00.000000Z,ticket_solved,email,,,1,
11,c0000001,2023-01-08 09:00:00.000000Z,ticket_open,email,,,1,
12,c0000001,2023-01-08 10:00:00.000000Z,ticket_reply,email,,,1,
13,c0000001,2023-01-08 21:00:00.000000Z,ticket_solved,email,,,1,
14,c0000001,2023-01-09 00:00:00.000000Z,csat,email,,,1,4
15,c0000001,2023-02-01 08:00:00.000000Z,review,paid_search,,,,9
16,c0000001,2023-02-02 08:00:00.000000Z,referral,referral,,,,
17,c0000002,2023-02-03 08:00:00.000000Z,email_open,email,,,,
18,c0000002,2024-10-10 12:00:00.000000Z,visit,paid_search,,12,,
19,c0000002,2024-10-10 12:00:00.000000Z,product_view,paid_search,,12,,
20,c0000002,2024-10-10 13:00:00.000000Z,order,paid_search,30.00,12,,
21,c0000002,2024-10-10 14:00:00.000000Z,add_to_cart,paid_search,,12,,
22,c0000002,2024-11-20 09:00:00.000000Z,order,direct,12.50,,,
";

fn throughline(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_throughline")).args(arguments).current_dir(folder).output().unwrap()
}

#[track_caller]
fn ok(folder: &Path, arguments: &[&str]) -> String {
    let output = throughline(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a task says of itself, and its whole answer.
#[track_caller]
fn answer(shop: &Path, task: &str) -> (Value, Value) {
    let line = ok(shop, &["bench", task, "--runs", "3", "--out", "answer.json"]);
    assert_eq!(line.lines().count(), 1);
    (
        serde_json::from_str(&line).unwrap(),
        serde_json::from_slice(&fs::read(shop.join("answer.json")).unwrap()).unwrap(),
    )
}

#[test]
fn a_log_small_enough_to_answer_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "shop", "--name", "Shop", "--zone", "UTC", "--currency", "EUR"]);
    let shop = folder.path().join("shop");
    fs::write(shop.join("log.csv"), LOG).unwrap();
    ok(&shop, &["import", "log.csv"]);
    let (line, size) = answer(&shop, "journeys");
    // Opening the ticket is a touchpoint of the ticket and one of its first message.
    assert_eq!((line["rows"].clone(), size), (23.into(), json!([[2, 23, 1]])));
    assert_eq!(line["runs"].as_array().unwrap().len(), 3);
    assert_eq!(answer(&shop, "T1").1, json!([["email", 1, 1, 1, 1, 0], ["paid_search", 1, 1, 1, 1, 1]]));
    let pairs = answer(&shop, "T2").1;
    let pairs = pairs.as_array().unwrap();
    assert_eq!(pairs.iter().map(|pair| pair[2].as_u64().unwrap()).sum::<u64>(), 20);
    assert!(pairs.contains(&json!(["visit", "product_view", 2, 30.0])), "{pairs:?}");
    assert!(pairs.contains(&json!(["ticket_open", "ticket_reply", 2, 7200.0])), "{pairs:?}");
    assert_eq!(answer(&shop, "T3").1, json!([[0, 0, 1], [21, 0, 1], [21, 1, 1]]));
    assert_eq!(answer(&shop, "T4").1, json!([[0, 1, 10800.0, 10800.0, 216_000.0, 216_000.0, 1.0, 1.0, 1.0]]));
    assert_eq!(answer(&shop, "T5").1, json!([["c0000001", 0, 0, 726, 0.0], ["c0000002", 1, 41, 82, 12.5]]));
    let months = answer(&shop, "T6").1;
    let january = json!([
        0, 20.0, 1, 20.0, 1, 1, 20.0, 0.0, 0.0, null, 1, 1, 1.0, 0.0, 1, 1.0, 10800.0, 216_000.0, 1.0, null, 0.0
    ]);
    assert_eq!(months[0], january);
    assert_eq!((months[1][19].clone(), months[1][4].clone()), (100.0.into(), 0.into()), "a promoter and no buyer");
    assert_eq!((months[22][4].clone(), months[22][5].clone(), months[22][9].clone()), (1.into(), 0.into(), 1.0.into()));
    assert_eq!(answer(&shop, "T8").1, json!([["2024-10-10", 1.0]]));
    let measure = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/orders_per_visit.toml");
    std::fs::copy(measure, shop.join("measures/orders_per_visit.toml")).unwrap();
    ok(&shop, &["apply", "--why", "benchmark"]);
    for _ in 0..2 {
        assert_eq!(answer(&shop, "T8kept").1, json!([["2024-10-10", 1.0]]));
    }
}

#[test]
fn it_is_not_listed_and_says_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!ok(folder.path(), &["--help"]).contains("bench"));
    ok(folder.path(), &["init", "shop", "--name", "Shop", "--zone", "UTC"]);
    let output = throughline(&folder.path().join("shop"), &["bench", "T8"]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("No touchpoint is of the kind `order`."), "{errors}");
}
