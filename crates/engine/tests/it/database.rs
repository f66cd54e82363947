//! Databases as sources, against a real PostgreSQL server.

use std::sync::Arc;

use throughline_engine::{
    Error, ErrorKind, ImportReport, RefreshReport, RefreshRequest, RejectFilter, Result, SourceStatus,
};

use crate::import::Bench;
use crate::postgres::{self, PASSWORD, Server};

/// A workspace beside a database of a server.
struct Shop {
    server: Arc<Server>,
    database: String,
    bench: Bench,
}

const TABLE: &str = "CREATE TABLE orders (id int PRIMARY KEY, customer text, at timestamptz, state text, \
                     total numeric(12, 4), updated_at timestamp, note text)";
const QUERY: &str = "[[query]]\ntable = \"orders\"\nsql = \"\"\"\nSELECT id AS order_id, customer AS customer_ref,\n  \
                     at AS ordered_at, state AS status, total AS goods, note AS coupon, updated_at\nFROM orders -- all of them\n\"\"\"\n";

/// The query without the column that a cursor needs.
fn plain() -> String {
    QUERY.replace(", updated_at\n", "\n")
}

impl Shop {
    fn new(database: &str) -> Option<Shop> {
        Some(Shop::on(postgres::shared()?, database))
    }

    fn on(server: Arc<Server>, database: &str) -> Shop {
        server.database(database);
        server.sql(database, TABLE);
        Shop { server, database: database.to_owned(), bench: Bench::new("Europe/Berlin", "EUR") }
    }

    fn define(&self, rest: &str) {
        let (port, database) = (self.server.port, &self.database);
        let text = format!(
            "format = 1\nkind = \"postgresql\"\n[connection]\nhost = \"127.0.0.1\"\nport = {port}\ndatabase = \
             \"{database}\"\nuser = \"reader\"\npassword_env = \"SHOP_PASSWORD\"\n{rest}"
        );
        self.write(&text);
    }

    fn write(&self, text: &str) {
        let folder = self.bench.workspace.folder().root().join("sources");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("shop-db.toml"), text).unwrap();
    }

    fn sql(&self, sql: &str) {
        self.server.sql(&self.database, sql);
    }

    async fn refresh_as(&mut self, password: &str, whole: bool) -> Result<RefreshReport> {
        let now = self.bench.tick();
        let secrets = |name: &str| (name == "SHOP_PASSWORD").then(|| password.to_owned());
        let request = RefreshRequest { source: "shop-db".into(), whole };
        self.bench.workspace.refresh(&request, &secrets, now, &mut |_| {}).await
    }

    async fn refresh(&mut self) -> RefreshReport {
        self.refresh_as(PASSWORD, false).await.unwrap()
    }

    async fn fail(&mut self) -> Error {
        self.refresh_as(PASSWORD, false).await.unwrap_err()
    }

    async fn orders(&self) -> Vec<String> {
        self.bench.rows(None, "SELECT order_id, status, goods FROM orders ORDER BY CAST(order_id AS INT)").await
    }

    fn imports(&self) -> usize {
        let folder = self.bench.workspace.folder().manifests();
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }

    fn status(&self) -> SourceStatus {
        self.bench.workspace.refreshable_sources(self.bench.now).unwrap().remove(0)
    }
}

fn counts(report: &RefreshReport) -> (u64, u64, u64, u64) {
    let import: &ImportReport = report.imports.first().unwrap();
    let counts = import.tables.iter().find(|one| one.table == "orders").unwrap().counts.unwrap();
    (counts.added, counts.corrected, counts.unchanged, counts.stale)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_rows_come_whatever_stands_in_them() {
    let Some(mut shop) = Shop::new("values_db") else { return };
    shop.sql(
        "INSERT INTO orders VALUES
         (1, 'an \"na\", ''x''', '2026-06-01 10:00+02', 'placed', 10.5, '2026-06-01 10:00', E'new\\nline'),
         (2, 'ben; c\\\\d', '2026-06-01 10:00:00.123456+00', NULL, NULL, NULL, '\\.'),
         (3, 'Zoë €', '2026-03-29 00:30+00', '', 12345678.9999, '2026-06-01 10:00', ''),
         (4, 'inf', 'infinity', 'paid', 1, '2026-06-01 10:00', NULL)",
    );
    shop.define(&plain());
    let report = shop.refresh().await;
    let import = report.imports.first().unwrap();
    assert_eq!((report.queries[0].rows, import.rejected, import.files[0].rows_read), (4, 1, 4));
    assert_eq!((import.files[0].file.as_str(), import.files[0].layout.as_str()), ("shop-db.orders.csv", "shop-db"));
    let sql = "SELECT customer_ref, ordered_at, status, goods, coupon, source FROM orders ORDER BY order_id";
    assert_eq!(
        shop.bench.rows(None, sql).await,
        [
            "an \"na\", 'x'|2026-06-01T08:00:00Z|placed|10.5|new\nline|shop-db",
            "ben; c\\\\d|2026-06-01T10:00:00.123456Z|null|null|\\.|shop-db",
            "Zoë €|2026-03-29T00:30:00Z|null|12345678.9999|null|shop-db",
        ]
    );
    let rejects = shop.bench.rows(None, "SELECT file, \"column\", original FROM rejects").await;
    assert_eq!(rejects, ["shop-db.orders.csv|ordered_at|4,inf,infinity,paid,1.0000,"]);
    // The server writes dates as in Germany, and its zone is Kathmandu's.
    let unchanged = shop.refresh().await;
    assert_eq!((unchanged.imports.len(), shop.imports()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn times_without_zone_are_those_of_the_workspace() {
    let Some(mut shop) = Shop::new("zone_db") else { return };
    shop.sql("INSERT INTO orders VALUES (1, 'a', '2026-06-01 10:00+00', 'paid', 1, '2026-06-01 10:00')");
    shop.define(&QUERY.replace("at AS ordered_at", "updated_at AS ordered_at").replace(", updated_at\n", "\n"));
    shop.refresh().await;
    assert_eq!(shop.bench.rows(None, "SELECT ordered_at FROM orders").await, ["2026-06-01T08:00:00Z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_set_aside_are_mended_as_those_of_files_are() {
    let Some(mut shop) = Shop::new("mended_db") else { return };
    shop.sql("INSERT INTO orders VALUES (1, 'a', 'infinity', 'paid', 7, now()), (2, 'b', now(), 'paid', 1, now())");
    shop.define(&format!("{QUERY}cursor = \"updated_at\"\n"));
    assert_eq!(shop.refresh().await.imports[0].rejected, 1);
    let folder = shop.bench.workspace.folder().root().join("mended");
    let now = shop.bench.tick();
    shop.bench.workspace.export_rejects(&folder, &RejectFilter::default(), now).await.unwrap();
    let path = folder.join("shop-db.orders.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("reject_id,order_id,customer_ref,ordered_at,status,goods,coupon,updated_at\n"), "{text}");
    std::fs::write(&path, text.replace("infinity", "2026-06-01 10:00:00+00")).unwrap();
    let now = shop.bench.tick();
    let paths = [path.display().to_string()];
    let replayed = shop.bench.workspace.replay_rejects(&paths, now, &mut |_| {}).await.unwrap();
    assert_eq!((replayed.replayed, replayed.open.len()), (1, 0));
    assert_eq!(shop.orders().await, ["1|paid|7.0", "2|paid|1.0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_new_or_changed_is_fetched_and_no_tie_is_lost() {
    let Some(mut shop) = Shop::new("cursor_db") else { return };
    shop.sql("INSERT INTO orders SELECT n, 'c' || n, '2026-06-01', 'placed', n, timestamp '2026-06-01' + n * interval '1 hour' FROM generate_series(1, 100) n");
    shop.define(&format!("{QUERY}cursor = \"updated_at\"\noverlap = \"0s\"\n"));
    let first = shop.refresh().await;
    assert_eq!((counts(&first), first.queries[0].from.clone()), ((100, 0, 0, 0), None));
    assert_eq!(first.queries[0].cursor.as_deref(), Some("2026-06-05 04:00:00"));
    // Two rows join the last one at its very time, one is corrected, one has no time at all.
    shop.sql(
        "INSERT INTO orders VALUES (101, 'x', '2026-06-01', 'placed', 5, '2026-06-05 04:00'),
           (102, 'y', '2026-06-01', 'placed', 5, '2026-06-05 04:00:00.000001'), (103, 'z', '2026-06-01', 'placed', 5, NULL);
         UPDATE orders SET state = 'cancelled', updated_at = '2026-06-06' WHERE id = 7",
    );
    let second = shop.refresh().await;
    assert_eq!((second.queries[0].rows, counts(&second)), (5, (3, 1, 1, 0)));
    assert_eq!(second.queries[0].from.as_deref(), Some("2026-06-05 04:00:00"));
    assert_eq!(shop.orders().await.len(), 103);
    assert_eq!(shop.orders().await[6], "7|cancelled|7.0");
    assert_eq!(shop.bench.rows(None, "SELECT count(*) FROM history.orders WHERE order_id = '7'").await, ["2"]);
    // What comes again says nothing new, and soon is not even imported.
    let third = shop.refresh().await;
    assert_eq!((third.queries[0].rows, counts(&third)), (2, (0, 0, 2, 0)));
    assert_eq!((shop.refresh().await.imports.len(), shop.imports()), (0, 3));
    let whole = shop.refresh_as(PASSWORD, true).await.unwrap();
    assert_eq!((whole.queries[0].rows, counts(&whole)), (103, (0, 0, 103, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_committed_late_are_found_by_the_overlap() {
    let Some(mut shop) = Shop::new("late_db") else { return };
    let row = |id: u32, at: &str| format!("INSERT INTO orders VALUES ({id}, 'a', '2026-06-01', 'placed', 1, '{at}')");
    shop.sql(&row(1, "2026-06-01 10:00"));
    shop.define(&format!("{QUERY}cursor = \"updated_at\"\n"));
    shop.refresh().await;
    shop.sql(&row(2, "2026-06-01 09:56"));
    assert_eq!(counts(&shop.refresh().await).0, 1);
    shop.sql(&row(3, "2026-06-01 09:54"));
    assert!(shop.refresh().await.imports.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_and_texts_are_cursors_too() {
    let Some(mut shop) = Shop::new("numbers_db") else { return };
    shop.sql("INSERT INTO orders SELECT n, 'c', '2026-06-01', 'paid', 1, NULL, 'it''s' FROM generate_series(9, 10) n");
    let query = QUERY.replace(", updated_at\n", "\n");
    for (column, expected, rows) in [("order_id", "10", 2), ("coupon", "it's", 3)] {
        shop.define(&format!("{query}cursor = \"{column}\"\n"));
        let first = shop.refresh().await;
        assert_eq!(first.queries[0].cursor.as_deref(), Some(expected), "{column}");
        shop.sql("INSERT INTO orders SELECT max(id) + 1, 'c', '2026-06-01', 'paid', 1, NULL, 'it''s' FROM orders");
        let second = shop.refresh().await;
        assert_eq!((second.queries[0].from.as_deref(), second.queries[0].rows >= rows), (Some(expected), true));
    }
    assert_eq!(shop.orders().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_queries_tell_of_one_moment_and_layouts_read_them() {
    let Some(mut shop) = Shop::new("layout_db") else { return };
    shop.sql("INSERT INTO orders VALUES (1, 'a', '2026-06-01', 'placed', 1, '2026-06-01')");
    let layout = "format = 1\nid = \"till\"\nname = \"Till\"\n[[input]]\nname = \"receipts\"\nheader = [\"Nr\", \"Who\", \"When\"]\noptional = [\"Sum\"]\n\
                  [[record]]\ntable = \"orders\"\nfrom = \"receipts\"\n[record.columns]\norder_id = \"Nr\"\ncustomer_ref = \"Who\"\nordered_at = \"When\"\ngoods = \"Sum\"\n";
    std::fs::write(shop.bench.workspace.folder().root().join("layouts/till.toml"), layout).unwrap();
    let receipts = "[[query]]\nname = \"receipts\"\nlayout = \"till\"\nsql = 'SELECT id + 100 AS \"nr\", total AS \"Sum\", customer AS \"Who\", at AS \"When\", 1 AS more FROM orders'\n";
    shop.define(&format!("{}{receipts}", plain()));
    let report = shop.refresh().await;
    assert_eq!((counts(&report).0, report.imports[0].files.len()), (2, 2));
    assert_eq!(shop.orders().await, ["1|placed|1.0", "101|null|1.0"]);
    shop.define(&format!("{}{}", plain(), receipts.replace("\"Who\"", "\"Whom\"")));
    let error = shop.fail().await;
    assert_eq!(error.kind, ErrorKind::Definition);
    assert!(error.message.contains("the query `receipts` is no input of layout `till`"), "{error}");
    assert!(error.hint.unwrap().contains("Who is missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_its_place_and_nothing_is_imported() {
    let Some(mut shop) = Shop::new("wrong_db") else { return };
    shop.sql("INSERT INTO orders VALUES (1, 'a', '2026-06-01', 'placed', 1, '2026-06-01')");
    let mut check = async |from: &str, to: &str, expected: &str| {
        shop.define(&format!("{}cursor = \"updated_at\"\n", QUERY.replace(from, to)));
        let error = shop.fail().await;
        assert!(error.message.starts_with(expected), "{error} must begin with {expected}");
        assert_eq!(shop.imports(), 0);
        assert_eq!(shop.status().problem, Some(error.message));
    };
    check(
        "state AS",
        "gone AS",
        "sources/shop-db.toml:13:21: the database refuses the query `orders`: column \"gone\"",
    )
    .await;
    check("SELECT id", "SELEC id", "sources/shop-db.toml:12:").await;
    check("state AS status", "state AS stat", "sources/shop-db.toml:12:1: the query `orders` has a column `stat`")
        .await;
    check(
        "customer AS customer_ref,",
        "",
        "sources/shop-db.toml:12:1: the query `orders` lacks columns that every row of orders needs: customer_ref",
    )
    .await;
    check(
        ", updated_at\n",
        "\n",
        "sources/shop-db.toml:16:10: the query `orders` has no column `updated_at` to be its cursor",
    )
    .await;
    check(
        "id AS order_id",
        "id / (id - 1) AS order_id",
        "sources/shop-db.toml:12:1: the database refuses the query `orders`: division by zero",
    )
    .await;
    check("FROM orders", "FROM orders) TO STDOUT; DROP TABLE orders; --", "sources/shop-db.toml:").await;
    check("id AS order_id", "nextval('orders_seq') AS order_id", "sources/shop-db.toml:").await;
    assert_eq!(shop.server.sql(&shop.database, "SELECT count(*) FROM orders").trim(), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ever_written_into_the_database() {
    let Some(mut shop) = Shop::new("readonly_db") else { return };
    shop.sql("CREATE SEQUENCE s; CREATE FUNCTION take() RETURNS bigint LANGUAGE sql AS 'INSERT INTO orders VALUES (9) RETURNING id::bigint'");
    shop.define(&plain().replace("id AS order_id", "take() AS order_id").replace(
        "FROM orders -- all of them",
        "FROM (VALUES (1, 'a', now(), 'x', 1, now(), 'n')) AS v(id, customer, at, state, total, updated_at, note)",
    ));
    let error = shop.fail().await;
    assert!(error.message.contains("read-only transaction"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_and_never_repeated() {
    let Some(mut shop) = Shop::new("password_db") else { return };
    shop.define(&plain());
    let error = shop.refresh_as("s3cret-and-wrong", false).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Input);
    assert!(error.message.contains("password authentication failed for user \"reader\""), "{error}");
    assert_eq!(error.hint.as_deref(), Some("Look at `user` and at what stands in SHOP_PASSWORD."));
    assert!(!format!("{error:?} {:?}", shop.status()).contains("s3cret"));
    // From a file, by the socket, and not at all.
    let root = shop.bench.workspace.folder().root().to_owned();
    std::fs::write(root.join("password.txt"), format!("{PASSWORD}\n")).unwrap();
    let text = std::fs::read_to_string(root.join("sources/shop-db.toml")).unwrap();
    shop.write(&text.replace("password_env = \"SHOP_PASSWORD\"", "password_file = \"password.txt\""));
    assert!(shop.refresh_as("", false).await.is_ok());
    let socket = text.replace("127.0.0.1", &shop.server.socket().display().to_string());
    shop.write(&socket.replace("password_env = \"SHOP_PASSWORD\"\n", ""));
    assert!(shop.refresh_as("", false).await.is_ok());
    shop.write(&text.replace("SHOP_PASSWORD", "OTHER"));
    assert!(shop.fail().await.message.contains("the environment variable OTHER is not set"));
    shop.write(&text.replace("password_db", "nowhere_db"));
    assert_eq!(shop.fail().await.hint.as_deref(), Some("Look at `database`."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_in_the_middle_leaves_nothing_half_imported() {
    let Some(server) = Server::start() else { return };
    let server = Arc::new(server);
    let mut shop = Shop::on(server.clone(), "gone_db");
    shop.sql("INSERT INTO orders SELECT n, repeat('c', 200), '2026-06-01', 'placed', 1, timestamp '2026-06-01' + n * interval '1 second' FROM generate_series(1, 20000) n");
    shop.define(&format!("{QUERY}cursor = \"updated_at\"\n"));
    // The rows behind the first hundred come slowly, so that the server is gone before the last.
    let slow = QUERY.replace(
        "FROM orders -- all of them",
        "FROM (SELECT * FROM orders ORDER BY id) o WHERE id < 15000 OR pg_sleep(0.01) IS NOT NULL",
    );
    let slow_text = format!("{slow}cursor = \"updated_at\"\n");
    shop.define(&slow_text);
    let stopping = server.clone();
    let stop = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(3));
        stopping.stop();
    });
    let error = shop.fail().await;
    stop.join().unwrap();
    assert_eq!(error.kind, ErrorKind::Busy, "{error}");
    assert!(error.message.contains("Nothing was imported"), "{error}");
    assert_eq!(shop.imports(), 0);
    let left = std::fs::read_dir(shop.bench.workspace.folder().staging()).unwrap().count();
    assert_eq!(left, 0, "what was fetched is gone");
    let error = shop.fail().await;
    assert!(error.message.contains("does not answer"), "{error}");
    server.restart();
    shop.define(&format!("{QUERY}cursor = \"updated_at\"\n"));
    assert_eq!(counts(&shop.refresh().await), (20_000, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_query_is_stopped() {
    let Some(mut shop) = Shop::new("slow_db") else { return };
    shop.define(&plain().replace("FROM orders", "FROM orders, pg_sleep(30)"));
    let path = shop.bench.workspace.folder().root().join("sources/shop-db.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    shop.write(&text.replace("[connection]", "timeout = \"1 s\"\n[connection]"));
    let error = shop.fail().await;
    assert!(error.message.contains("took longer than 1 s"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_fall_due_by_their_schedule_and_one_refresh_runs_at_a_time() {
    let Some(mut shop) = Shop::new("due_db") else { return };
    shop.sql("INSERT INTO orders VALUES (1, 'a', '2026-06-01', 'placed', 1, '2026-06-01')");
    shop.define(&plain());
    let workspace = shop.bench.workspace.clone();
    assert_eq!(workspace.due(shop.bench.now).unwrap(), [] as [String; 0], "no schedule");
    let path = workspace.folder().root().join("sources/shop-db.toml");
    let text = std::fs::read_to_string(&path).unwrap().replace("[connection]", "every = \"30m\"\n[connection]");
    shop.write(&text);
    assert_eq!(workspace.due(shop.bench.now).unwrap(), ["shop-db"]);
    assert!(shop.refresh_as("wrong", false).await.is_err());
    let after = |minutes: i64| shop.bench.now.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
    assert_eq!(workspace.due(after(29)).unwrap(), [] as [String; 0], "one that failed waits, too");
    assert_eq!(workspace.due(after(30)).unwrap(), ["shop-db"]);
    assert_eq!(shop.status().due_at, Some(after(30)));
    let lock = std::fs::File::options().write(true).open(workspace.folder().sources().join("shop-db.lock")).unwrap();
    lock.lock().unwrap();
    let error = shop.fail().await;
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Busy, "The source shop-db is being refreshed already.")
    );
    drop(lock);
    shop.refresh().await;
    let request = RefreshRequest { source: "shop-bd".into(), whole: false };
    let error = workspace.refresh(&request, &|_| None, shop.bench.now, &mut |_| {}).await.unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("did you mean `shop-db`?"));
    shop.write(&text.replace("user =", "usr ="));
    let problems = workspace.check(shop.bench.now).await.unwrap();
    assert!(problems.iter().any(|problem| problem.to_string().starts_with("sources/shop-db.toml:")), "{problems:?}");
    assert_eq!(shop.fail().await.kind, ErrorKind::Definition);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_is_gone_is_noted_and_what_is_known_stays() {
    let Some(mut shop) = Shop::new("vanished_db") else { return };
    shop.sql("INSERT INTO orders VALUES (1, 'a', '2026-06-01', 'placed', 1, '2026-06-01')");
    let star = "[[query]]\ntable = \"orders\"\nsql = \"SELECT * FROM feed\"\n";
    let view = |columns: &str| {
        format!(
            "DROP VIEW IF EXISTS feed; CREATE VIEW feed AS SELECT id AS order_id, customer AS customer_ref, at AS ordered_at{columns} FROM orders"
        )
    };
    shop.sql(&view(", state AS status, total AS goods"));
    shop.define(star);
    shop.refresh().await;
    shop.sql(&view(", state AS status"));
    let notes = shop.refresh().await.imports.remove(0).notes;
    assert!(notes.iter().any(|note| note.contains("brings no column goods any more")), "{notes:?}");
    assert_eq!(shop.orders().await, ["1|placed|1.0"]);
}
