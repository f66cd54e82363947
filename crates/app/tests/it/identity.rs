//! Links from the command line: shown with their reasons, made, undone, strict and loose.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::program::{WORKSPACE, fails, json as answer, ok};

const FILES: [(&str, &str); 3] = [
    (
        "customers.csv",
        "customer_ref,known,first_seen_at,email\nanna,true,2026-01-01T00:00:00Z,a@x.org\n\
         ann2,true,2026-02-01T00:00:00Z,A@x.org\ncookie,false,2026-05-30T10:00:00Z,\n",
    ),
    (
        "orders.csv",
        "order_id,customer_ref,ordered_at,session_id,goods\n1,anna,2026-06-01T10:00:00Z,s1,10\n\
         2,ann2,2026-06-02T10:00:00Z,,20\n3,ben,2026-06-02T10:00:00Z,s3,20\n",
    ),
    (
        "interactions.csv",
        "interaction_id,customer_ref,kind,occurred_at,session_id\n1,cookie,product_viewed,2026-06-01T09:50:00Z,s1\n\
         2,tablet,product_viewed,2026-06-03T10:00:00Z,s2\n3,kiosk,product_viewed,2026-06-02T09:00:00Z,s3\n\
         4,anna,product_viewed,2026-06-02T09:10:00Z,s3\n",
    ),
];

fn shop(folder: &Path) -> PathBuf {
    ok(folder, &WORKSPACE);
    for (name, text) in FILES {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let shop = folder.join("shop");
    ok(&shop, &["import", "../customers.csv", "../orders.csv", "../interactions.csv"]);
    shop
}

fn customers(shop: &Path, linking: &str) -> Value {
    answer(shop, &["sql", "SELECT count(*) FROM customer_facts WHERE known", "--linking", linking, "--json"])["rows"][0]
        [0]
    .clone()
}

#[test]
fn links_are_shown_made_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let list = ok(&shop, &["identity", "show"]);
    assert!(list.starts_with("2 links, of which 2 count."), "{list}");
    assert!(list.contains("found in the data"), "{list}");
    let anna = ok(&shop, &["identity", "show", "cookie"]);
    assert!(anna.starts_with("cookie belongs to anna. anna is also known as ann2, cookie."), "{anna}");
    assert_eq!((customers(&shop, "loose"), customers(&shop, "strict")), (json!(2), json!(3)));
    let strict = ok(&shop, &["measure", "revenue_per_customer", "--linking", "strict", "--from", "2026-06"]);
    assert_ne!(strict, ok(&shop, &["measure", "revenue_per_customer", "--from", "2026-06"]));

    let made = answer(&shop, &["identity", "link", "tablet", "ann2", "--why", "she called", "--json"]);
    assert_eq!((made["customer_id"].as_str(), made["after"]["who"].as_str()), (Some("anna"), Some("tester")));
    assert_eq!((made["after"]["why"].as_str(), &made["before"]), (Some("she called"), &Value::Null));
    let line = ok(&shop, &["customer", "anna"]);
    assert!(
        line.contains("Also known as ann2 (email, since 2026-02-01), cookie (purchase, since 2026-06-01)"),
        "{line}"
    );
    let line = answer(&shop, &["customer", "tablet", "--json"]);
    assert_eq!(line["links"].as_array().unwrap().len(), 3);
    assert_eq!(answer(&shop, &["customer", "tablet", "--linking", "strict", "--json"])["customer_id"], "ann2");
    let during = made["at"].as_str().unwrap().to_owned();

    let undone = ok(&shop, &["identity", "unlink", "tablet", "--why", "she did not"]);
    assert_eq!(undone, "tablet no longer belongs to ann2 (manual). It stands for itself now.\n");
    assert_eq!(answer(&shop, &["identity", "show", "tablet", "--json"])["customer_id"], "tablet");
    assert_eq!(answer(&shop, &["identity", "show", "tablet", "--as-of", &during, "--json"])["customer_id"], "anna");

    let conflicts = ok(&shop, &["identity", "conflicts"]);
    assert!(conflicts.contains("shared session  s3     anna, ben, kiosk"), "{conflicts}");
    fails(
        &shop,
        &["identity", "link", "tablet", "nobody", "--why", "?"],
        2,
        "There is no customer and no alias nobody.",
    );
    fails(&shop, &["identity", "unlink", "tablet"], 2, "tablet is linked to nobody");
    fails(&shop, &["identity", "link", "tablet", "anna"], 2, "--why");
    fails(&shop, &["customer", "anna", "--linking", "lose"], 2, "strict or loose");
}
