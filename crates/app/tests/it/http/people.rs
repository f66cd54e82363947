//! Logging in, tokens, and what is kept of both.

use std::sync::Arc;

use axum::body::Body;
use jiff::Timestamp;
use serde_json::json;
use throughline_app::http::people::Kept;
use throughline_people::People;

use super::client::{Site, get, get_with, post, post_with, request, send, site_of};

const PASSWORD: &str = "correct horse battery";

fn kept() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let store = People::open(&folder.keep().join("people.sqlite")).unwrap();
    site_of(Arc::new(Kept::new(store, Timestamp::now)))
}

/// The cookie of somebody who logs in.
async fn login(site: &Site, name: &str) -> String {
    let answer = post(&site.app, "POST", "/session", &json!({"name": name, "password": PASSWORD})).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_user_closes_the_door() {
    let site = kept();
    let app = &site.app;
    assert_eq!(get(app, "/workspace").await.json()["login"]["required"], false);
    let viewer = json!({"name": "anna", "role": "viewer", "password": PASSWORD});
    post(app, "POST", "/users", &viewer).await.problem(400, "input", "admin");
    let admin = json!({"name": "anna", "role": "admin", "password": PASSWORD});
    assert_eq!(post(app, "POST", "/users", &admin).await.status, 201);
    get(app, "/scorecard").await.problem(401, "unauthenticated", "");
    let wrong = json!({"name": "anna", "password": "not the password"});
    post(app, "POST", "/session", &wrong).await.problem(401, "unauthenticated", "");

    let cookie = login(&site, "anna").await;
    let mine = [("cookie", cookie.as_str())];
    let workspace = get_with(app, "/workspace", &mine).await.json();
    assert_eq!((&workspace["login"]["required"], &workspace["login"]["user"]["role"]), (&json!(true), &json!("admin")));
    let trail = get_with(app, "/audit?limit=10", &mine).await.json();
    let actions: Vec<_> = trail["entries"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
    assert!(actions.contains(&json!("session.begin")) && actions.contains(&json!("user.add")), "{trail:#}");
    let out = send(app, request("DELETE", "/api/v1/session", &mine, Body::empty())).await;
    assert!(out.status == 204 && out.header("set-cookie").contains("Max-Age=0"));
    get_with(app, "/scorecard", &mine).await.problem(401, "unauthenticated", "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_it_is_for() {
    let site = kept();
    let app = &site.app;
    let made = post(app, "POST", "/tokens", &json!({"name": "report", "scopes": ["read"]})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    post(app, "POST", "/users", &json!({"name": "anna", "role": "admin", "password": PASSWORD})).await;
    let bearer = format!("Bearer {}", made.json()["secret"].as_str().unwrap());
    let with = [("authorization", bearer.as_str())];
    assert_eq!(get_with(app, "/scorecard", &with).await.status, 200);
    let sql = json!({"query": "SELECT 1"});
    post_with(app, "POST", "/sql", &sql, &with).await.problem(403, "forbidden", "");
    let cookie = login(&site, "anna").await;
    let mine = [("cookie", cookie.as_str())];
    assert_eq!(post_with(app, "DELETE", "/tokens/report", &json!({}), &mine).await.status, 204);
    get_with(app, "/scorecard", &with).await.problem(401, "unauthenticated", "");
    let listed = get_with(app, "/tokens", &mine).await;
    assert!(!listed.text().contains("secret") && listed.json()["tokens"][0]["in_force"] == false);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_with_a_token_for_them() {
    let site = kept();
    let app = &site.app;
    let mut secrets = Vec::new();
    for scope in ["events", "write"] {
        let made = post(app, "POST", "/tokens", &json!({"name": scope, "scopes": [scope]})).await;
        secrets.push(made.json()["secret"].as_str().unwrap().to_owned());
    }
    post(app, "POST", "/users", &json!({"name": "anna", "role": "admin", "password": PASSWORD})).await;
    let cookie = login(&site, "anna").await;
    let [events, write] = [0, 1].map(|place| format!("Bearer {}", secrets[place]));
    let body =
        json!({"events": [{"id": "1", "customer_ref": "c", "kind": "visit", "occurred_at": "2026-06-01T10:00:00Z"}]});
    let basic = "Basic bm9ib2R5Og==";
    for wrong in [("cookie", cookie.as_str()), ("authorization", &write), ("authorization", basic), ("x-a", "b")] {
        post_with(app, "POST", "/events", &body, &[wrong]).await.problem(401, "unauthenticated", "");
    }
    // A page elsewhere may send with a token, and a token for events opens nothing else.
    let with = [("authorization", events.as_str()), ("origin", "https://shop.example")];
    let taken = post_with(app, "POST", "/events", &body, &with).await;
    assert_eq!((taken.status.as_u16(), &taken.json()["accepted"]), (200, &json!(1)), "{}", taken.text());
    assert_eq!(taken.header("access-control-allow-origin"), "*");
    get_with(app, "/scorecard", &with).await.problem(403, "forbidden", "");
    let own_key = json!({"writeKey": secrets[0], "type": "track", "event": "Visit", "userId": "c", "messageId": "2"});
    let sent = send(app, request("POST", "/v1/track", &[], Body::from(own_key.to_string()))).await;
    assert_eq!(sent.status, 200, "{}", sent.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_stand_on_a_day_of_a_measure() {
    let site = kept();
    let app = &site.app;
    let note = json!({"at": "2026-06-02", "text": "The new shop opened."});
    post(app, "POST", "/measures/no_such/notes", &note).await.problem(404, "not_found", "no_such");
    post(app, "POST", "/measures/revenue/notes", &json!({"at": "June", "text": "x"}))
        .await
        .problem(400, "input", "`at`");
    let made = post(app, "POST", "/measures/revenue/notes", &note).await;
    assert_eq!((made.status.as_u16(), made.json()["who"].clone()), (201, json!("local")));
    let notes = get(app, "/measures/revenue/notes").await.json();
    assert_eq!((notes["notes"][0]["at"].clone(), notes["notes"].as_array().unwrap().len()), (json!("2026-06-02"), 1));
    let number = made.json()["number"].as_i64().unwrap();
    assert_eq!(post(app, "DELETE", &format!("/notes/{number}"), &json!({})).await.status, 204);
    assert_eq!(get(app, "/measures/revenue/notes").await.json()["notes"], json!([]));
}
