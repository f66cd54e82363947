//! How much one client may ask for.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use serde_json::json;
use throughline_app::http::people::{Local, People};
use throughline_app::http::{App, Config, build, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::client::{Answer, Named, config, get, get_as, post_as, request, send, shop};

fn one_a_second(people: Arc<dyn People>) -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let app = build(Config { requests_per_second: NonZeroU32::new(1), ..config(&shop) }, people).unwrap();
    (folder, app)
}

async fn refused(app: &App, role: &str) -> Option<Answer> {
    for _ in 0..100 {
        let answer = get_as(app, role, "/jobs").await;
        if answer.status == 429 {
            return Some(answer);
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_too_much_waits_and_nobody_else() {
    let (_folder, app) = one_a_second(Arc::new(Named));
    let answer = refused(&app, "viewer").await.unwrap();
    let problem = answer.problem(429, "too_many", "more requests than one may send");
    assert_eq!(
        (answer.header("retry-after"), problem["hint"].as_str()),
        ("1", Some("Wait 1 s, then send fewer at a time."))
    );
    assert_eq!(get_as(&app, "analyst", "/jobs").await.status, 200);
    // Whoever is nobody counts apart, and so they cannot try passwords without end.
    assert!(refused(&app, "nobody").await.is_some());
    assert_eq!(post_as(&app, "nobody", "POST", "/session", &json!({})).await.status, 429);
    // What is no question is not counted.
    for path in ["/health", "/ready"] {
        assert_eq!(send(&app, request("GET", path, &[], Body::empty())).await.status, 200, "{path}");
    }
    assert_eq!(post_as(&app, "viewer", "POST", "/events", &json!({"events": []})).await.status, 401);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(get_as(&app, "viewer", "/jobs").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_users_nobody_is_counted() {
    let (_folder, app) = one_a_second(Arc::new(Local));
    for _ in 0..30 {
        assert_eq!(get(&app, "/jobs").await.status, 200);
    }
}

/// What comes until the other side closes.
fn until_closed(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut heard = Vec::new();
    if let Err(error) = stream.read_to_end(&mut heard) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "the connection stays open");
    }
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_slow_to_ask_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let patience = Duration::from_millis(500);
    let app = build(Config { headers_within: patience, ..config(&shop) }, Arc::new(Local)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(serve(listener, app, async {
        let _ = stopped.await;
    }));
    tokio::task::spawn_blocking(move || {
        let connect = |text: &str| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            stream
        };
        let (mut silent, mut half) = (connect(""), connect("GET /health HTTP/1.1\r\nHost: localho"));
        let mut whole = connect("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        for slow in [&mut half, &mut silent] {
            let heard = until_closed(slow);
            assert!(!heard.contains("200 OK"), "{heard}");
        }
        // What was asked is answered; then the connection is idle, and closed as well.
        let heard = until_closed(&mut whole);
        assert!(heard.starts_with("HTTP/1.1 200 OK\r\n"), "{heard}");
        // Who sends a letter now and then does not stay for longer.
        let mut dribbling = connect("GET /health HTTP/1.1\r\n");
        let begun = Instant::now();
        while dribbling.write_all(b"A").is_ok() {
            assert!(begun.elapsed() < Duration::from_secs(20), "the connection stays open");
            std::thread::sleep(Duration::from_millis(50));
        }
    })
    .await
    .unwrap();
    let waiting = tokio::task::spawn_blocking(move || TcpStream::connect(address).unwrap()).await.unwrap();
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(15), served).await.unwrap().unwrap().unwrap();
    drop(waiting);
}
