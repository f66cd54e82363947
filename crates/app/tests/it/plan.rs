//! `throughline plan`: what an edit would change, and nothing once it is applied.

use std::fs;

use crate::program::{WORKSPACE, fails, json, ok};

#[test]
fn an_edit_is_shown_before_it_is_applied() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &WORKSPACE);
    let shop = folder.path().join("shop");
    let order = |number: u32| {
        let (month, day) = (1 + number / 20 % 6, 1 + number % 20);
        format!("o{number},c{},2026-{month:02}-{day:02}T10:00:00Z,{}\n", number % 7, 20 + number)
    };
    let orders: String = (0..120).map(order).collect();
    fs::write(shop.join("orders.csv"), format!("order_id,customer_ref,ordered_at,goods\n{orders}")).unwrap();
    ok(&shop, &["import", "orders.csv"]);
    assert!(ok(&shop, &["plan"]).starts_with("The definitions in the files change no score"));

    let card = fs::read_to_string(shop.join("scorecard.toml")).unwrap();
    fs::write(
        shop.join("scorecard.toml"),
        card.replace("{ id = \"net_revenue\", weight = 2 }", "{ id = \"net_revenue\" }"),
    )
    .unwrap();
    let plan = json(&shop, &["plan", "--periods", "3", "--json"]);
    assert_eq!(plan["periods"].as_array().unwrap().len(), 3);
    let measures = plan["measures"].as_array().unwrap();
    let edited: Vec<_> = measures.iter().filter(|measure| measure["edits"] != serde_json::json!([])).collect();
    assert_eq!((edited.len(), &edited[0]["id"], &edited[0]["edits"][0]), (1, &"net_revenue".into(), &"weight".into()));
    let page = ok(&shop, &["plan"]);
    assert!(page.contains("1 measure would look different") && page.contains("weight"), "{page}");

    ok(&shop, &["apply", "--why", "lighter", "--from", "2026-01"]);
    let plan = json(&shop, &["plan", "--periods", "3", "--json"]);
    assert!(plan["measures"].as_array().unwrap().iter().all(|measure| measure["changes"] == false), "{plan:#}");

    fs::write(shop.join("scorecard.toml"), card.replace("every = \"month\"", "every = \"week\"")).unwrap();
    fails(&shop, &["plan"], 2, "no period can be compared");
    fs::write(shop.join("scorecard.toml"), "format = 1\nevery = 3\n").unwrap();
    fails(&shop, &["plan"], 3, "The definitions have");
}
