//! SQL over PostgreSQL's wire protocol, asked by a driver and by psql.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use throughline_engine::{Gate, PostgresOptions, serve_postgres};
use tokio::task::JoinHandle;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls};

use crate::import::Bench;

const ORDERS: &str = "order_id,customer_ref,ordered_at,status,goods\n\
                      1,anna,2026-06-01T10:00:00Z,placed,10.50\n\
                      2,ben,2026-06-02T10:00:00Z,placed,20\n";

/// Knows one user and one password.
struct Door {
    password: Option<&'static str>,
}

impl Gate for Door {
    fn asks_password(&self) -> bool {
        self.password.is_some()
    }

    fn admit<'a>(
        &'a self,
        user: &'a str,
        password: Option<&'a str>,
        from: SocketAddr,
    ) -> BoxFuture<'a, Result<(), String>> {
        assert!(from.ip().is_loopback());
        let right = self.password.is_none() || user == "anna" && password == self.password;
        Box::pin(async move { if right { Ok(()) } else { Err("The name or the password is wrong.".to_owned()) } })
    }
}

struct Served {
    bench: Bench,
    port: u16,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Served {
    async fn new(password: Option<&'static str>, time_limit: Duration) -> Served {
        let mut bench = Bench::new("Europe/Berlin", "EUR");
        let orders = bench.file("orders.csv", ORDERS);
        bench.import(&orders).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let now = bench.now;
        let options = PostgresOptions { time_limit, connections: 4, clock: Arc::new(move || now) };
        let task =
            tokio::spawn(serve_postgres(listener, bench.workspace.clone(), Arc::new(Door { password }), options));
        Served { bench, port, task }
    }

    async fn open() -> Served {
        Served::new(None, Duration::from_secs(60)).await
    }

    async fn connect_as(&self, user: &str, password: &str) -> Result<Client, tokio_postgres::Error> {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.port).user(user).password(password).dbname("throughline");
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    async fn connect(&self) -> Client {
        self.connect_as("anyone", "").await.unwrap()
    }
}

fn code(error: &tokio_postgres::Error) -> &str {
    error.code().map_or("", |code| code.code())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_asks_with_parameters_and_types() {
    let served = Served::open().await;
    let client = served.connect().await;
    let sql = "SELECT order_id, goods::float8, ordered_at, status = 'placed' FROM orders WHERE order_id = $1";
    let asked = client.prepare(sql).await.unwrap();
    let types: Vec<&Type> = asked.columns().iter().map(|column| column.type_()).collect();
    assert_eq!(types, [&Type::TEXT, &Type::FLOAT8, &Type::TIMESTAMPTZ, &Type::BOOL]);
    let rows = client.query(&asked, &[&"2"]).await.unwrap();
    assert_eq!((rows.len(), rows[0].get::<_, String>(0), rows[0].get::<_, f64>(1)), (1, "2".into(), 20.0));
    assert_eq!((rows[0].get::<_, bool>(3), client.query(&asked, &[&"3"]).await.unwrap().len()), (true, 0));
    // All versions, functions of ours, and a transaction as drivers open them.
    client.batch_execute("BEGIN; SET client_min_messages TO warning; SET TIME ZONE 'Europe/Berlin'").await.unwrap();
    let row = client.query_one("SELECT count(*), max(as_of()) FROM history.orders", &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 2);
    client.batch_execute("COMMIT").await.unwrap();
    let stages = client.query("SELECT stage, customers FROM journey_stages()", &[]).await.unwrap();
    assert!(stages.len() > 3, "functions of ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_columns_are_listed() {
    let served = Served::open().await;
    let client = served.connect().await;
    let listed = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = $1";
    let names = |rows: Vec<tokio_postgres::Row>| rows.iter().map(|row| row.get(0)).collect::<Vec<String>>();
    let tables = names(client.query(listed, &[&"BASE TABLE"]).await.unwrap());
    let views = names(client.query(listed, &[&"VIEW"]).await.unwrap());
    assert!(tables.contains(&"orders".to_owned()) && views.contains(&"touchpoints".to_owned()), "{tables:?} {views:?}");
    let columns = "SELECT column_name FROM information_schema.columns \
                   WHERE table_schema = 'public' AND table_name = 'orders' ORDER BY ordinal_position";
    assert_eq!(names(client.query(columns, &[]).await.unwrap())[..2], ["order_id", "customer_ref"]);
    let attributes = "SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON a.attrelid = c.oid \
                      JOIN pg_catalog.pg_namespace n ON c.relnamespace = n.oid \
                      WHERE c.relname = 'touchpoints' AND n.nspname = 'public' AND a.attnum > 0";
    assert!(names(client.query(attributes, &[]).await.unwrap()).contains(&"occurred_at".to_owned()));
    let kept = served.bench.workspace.folder().cache().join("views");
    assert!(!kept.join("touchpoints").exists(), "listing computes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_written_or_set() {
    let served = Served::open().await;
    let client = served.connect().await;
    for sql in [
        "INSERT INTO orders (order_id) VALUES ('9')",
        "DELETE FROM orders",
        "DROP TABLE orders",
        "CREATE TABLE t (a int)",
        "CREATE VIEW v AS SELECT 1",
        "COPY (SELECT 1) TO '/tmp/x'",
        "SELECT 1; UPDATE orders SET status = 'x'",
        "SELECT * INTO t FROM orders",
        "DECLARE c CURSOR FOR SELECT * INTO t FROM orders",
    ] {
        let error = client.simple_query(sql).await.unwrap_err();
        assert_eq!(code(&error), "25006", "{sql}: {error:?}");
        let error = client.query(sql.rsplit("; ").next().unwrap(), &[]).await.unwrap_err();
        assert_eq!(code(&error), "25006", "{sql}: {error:?}");
    }
    client.simple_query("SET datafusion.runtime.memory_limit = '1K'").await.unwrap();
    assert_eq!(client.query_one("SELECT count(*) FROM orders", &[]).await.unwrap().get::<_, i64>(0), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_with_what_was_probably_meant() {
    let served = Served::open().await;
    let client = served.connect().await;
    for (sql, state, message, hint) in [
        ("SELECT * FROM ordrs", "42000", "There is no table ordrs.", Some("did you mean `orders`?")),
        ("SELECT stats FROM orders", "42000", "There is no column stats", Some("did you mean `status`?")),
        ("SELEC 1", "42601", "The SQL cannot be read", None),
    ] {
        for error in [client.simple_query(sql).await.unwrap_err(), client.query(sql, &[]).await.unwrap_err()] {
            let told = error.as_db_error().unwrap();
            assert!(told.message().starts_with(message), "{told:?}");
            assert_eq!((told.code().code(), told.hint()), (state, hint), "{sql}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_imports_are_seen_by_open_connections() {
    let mut served = Served::open().await;
    let client = served.connect().await;
    let count = async || client.query_one("SELECT count(*) FROM orders", &[]).await.unwrap().get::<_, i64>(0);
    assert_eq!(count().await, 2);
    let more = served.bench.file("more.csv", &ORDERS.replace("\n1,", "\n3,"));
    served.bench.import(&more).await.unwrap();
    assert_eq!(count().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_has_its_time_and_a_cancelled_one_ends() {
    let served = Served::new(None, Duration::from_secs(2)).await;
    let client = served.connect().await;
    let endless = "SELECT count(*) FROM generate_series(1, 2000000000) AS t(a) WHERE a % 7 = 1";
    for error in [client.simple_query(endless).await.unwrap_err(), client.query(endless, &[]).await.unwrap_err()] {
        assert_eq!(code(&error), "57014", "{error:?}");
    }
    client.simple_query("SET statement_timeout = 100").await.unwrap();
    let begin = std::time::Instant::now();
    assert_eq!(code(&client.simple_query(endless).await.unwrap_err()), "57014");
    assert!(begin.elapsed() < Duration::from_millis(1900));
    assert_eq!(client.simple_query("SELECT 1").await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_is_let_in_is_answered() {
    let served = Served::new(Some("s3cret"), Duration::from_secs(60)).await;
    let client = served.connect_as("anna", "s3cret").await.unwrap();
    assert_eq!(client.query("SELECT 1", &[]).await.unwrap().len(), 1);
    for (user, password) in [("anna", "wrong"), ("ben", "s3cret"), ("anna", "")] {
        let Err(error) = served.connect_as(user, password).await else { panic!("{user} came in") };
        assert!(password.is_empty() || code(&error) == "28P01", "{error:?}");
    }
    // More connections than there is room for are closed.
    let mut held = Vec::new();
    while let Ok(client) = served.connect_as("anna", "s3cret").await {
        held.push(client);
        assert!(held.len() < 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_on_after_a_failed_login_gets_nothing() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let served = Served::new(Some("s3cret"), Duration::from_secs(60)).await;
    let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", served.port)).await.unwrap();
    let parameters = b"\0\x03\0\0user\0anna\0\0";
    let length = u32::try_from(parameters.len() + 4).unwrap();
    socket.write_all(&length.to_be_bytes()).await.unwrap();
    socket.write_all(parameters).await.unwrap();
    // A password message that is none, and then a question all the same.
    socket.write_all(b"p\0\0\0\x07abc").await.unwrap();
    let question = b"SELECT 'told' || 'secret'\0";
    let length = u32::try_from(question.len() + 4).unwrap();
    socket.write_all(b"Q").await.unwrap();
    socket.write_all(&length.to_be_bytes()).await.unwrap();
    socket.write_all(question).await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), socket.read_to_end(&mut answer)).await;
    assert!(!String::from_utf8_lossy(&answer).contains("toldsecret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn psql_lists_and_asks() {
    if Command::new("psql").arg("--version").output().is_err() {
        eprintln!("skipped: psql is not installed (`make tools` installs it)");
        return;
    }
    let served = Served::open().await;
    let port = served.port.to_string();
    let psql = async |command: &str| {
        let arguments =
            ["-X", "-A", "-t", "-h", "127.0.0.1", "-p", &port, "-U", "me", "-d", "throughline", "-c", command];
        let mut psql = Command::new("psql");
        psql.args(arguments);
        let output = tokio::task::spawn_blocking(move || psql.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(psql("select count(*) from orders").await, "2\n");
    let tables = psql("\\dt").await;
    assert!(tables.lines().any(|line| line.starts_with("public|orders|table|")), "{tables}");
    let views = psql("\\dv").await;
    assert!(views.lines().any(|line| line.starts_with("public|touchpoints|view|")), "{views}");
    let columns = psql("\\d orders").await;
    assert!(columns.contains("customer_ref|text"), "{columns}");
}
