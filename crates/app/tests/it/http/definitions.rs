//! Editing definitions over HTTP.

use serde_json::{Value, json};

use super::client::{get, post, post_with, site};

fn file<'a>(files: &'a Value, path: &str) -> &'a Value {
    files["files"].as_array().unwrap().iter().find(|file| file["path"] == path).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_saved_seen_and_applied() {
    let site = site();
    let app = &site.app;
    let before = get(app, "/definitions").await.json();
    assert_eq!((&before["changed"], &before["revision"]), (&json!(false), &json!(1)));
    let card = file(&before, "scorecard.toml");
    let text = card["text"].as_str().unwrap().to_owned()
        + "\n# A word to those who come after.\n[vision]\ntext = \"To be liked.\"\n";
    let text = match card["text"].as_str().unwrap().contains("[vision]") {
        true => card["text"].as_str().unwrap().replace("[vision]\ntext = \"", "[vision]\n# Ours.\ntext = \"New: "),
        false => text,
    };
    let tag = format!("\"{}\"", card["etag"].as_str().unwrap());
    let saved =
        post_with(app, "PUT", "/definitions/scorecard.toml", &json!({"text": text}), &[("if-match", &tag)]).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    assert_eq!(std::fs::read_to_string(site.shop.join("scorecard.toml")).unwrap(), text);
    let stale =
        post_with(app, "PUT", "/definitions/scorecard.toml", &json!({"text": text}), &[("if-match", &tag)]).await;
    stale.problem(409, "busy", "changed by somebody else");
    assert_eq!(get(app, "/definitions").await.json()["changed"], true);
    // What is not applied is only seen by who asks for it.
    let (now, working) = (get(app, "/map").await.json(), get(app, "/map?working=true").await.json());
    assert_ne!(now["vision"], working["vision"]);
    post(app, "POST", "/definitions/apply", &json!({"why": " "})).await.problem(400, "input", "needs a reason");
    let applied = post(app, "POST", "/definitions/apply", &json!({"why": "a better vision"})).await.json();
    assert_eq!((&applied["changed"], &applied["revision"]["who"]), (&json!(true), &json!("local")));
    assert_eq!(get(app, "/map").await.json()["vision"], working["vision"]);
    assert_eq!(get(app, "/revisions").await.json()["revisions"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_toml_is_not_saved_and_all_problems_are_told() {
    let site = site();
    let app = &site.app;
    let before = std::fs::read_to_string(site.shop.join("scorecard.toml")).unwrap();
    let broken = post(app, "PUT", "/definitions/scorecard.toml", &json!({"text": "format = 1\n[vision\n"})).await;
    let problem = broken.problem(422, "definition", "scorecard.toml");
    assert_eq!(problem["problems"][0]["line"], 2, "{problem:#}");
    assert_eq!(std::fs::read_to_string(site.shop.join("scorecard.toml")).unwrap(), before);
    let wrong = "format = 1\n[[objective]]\nid = \"fast\"\nname = \"Fast\"\nperspective = \"custmer\"\nmeasures = [{ id = \"cast\" }]\n";
    let saved = post(app, "PUT", "/definitions/scorecard.toml", &json!({"text": wrong})).await.json();
    let errors = saved["problems"].as_array().unwrap().iter().filter(|problem| problem["level"] == "error").count();
    assert!(errors >= 2, "{saved:#}");
    post(app, "POST", "/definitions/apply", &json!({"why": "x"})).await.problem(
        422,
        "definition",
        "nothing was applied",
    );
    let nps = json!({"text": "format = 1\nid = \"mine\"\n"});
    assert_eq!(post(app, "PUT", "/definitions/measures/mine.toml", &nps).await.status, 200);
    assert_eq!(post(app, "PUT", "/definitions/measures%2Fmine.toml", &nps).await.status, 200);
    for path in ["data%2Flock", "measures%2F..%2F..%2Fx.toml", "notes.txt"] {
        let refused = post(app, "PUT", &format!("/definitions/{path}"), &nps).await;
        refused.problem(400, "input", "is no definition file");
    }
}
