//! What becomes of rows that come again, changed, older, in parts or twice.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::SessionContext;
use deltalake::DeltaTable;
use jiff::Timestamp;
use throughline_model::vocabulary::Table;

use super::conform::conform;
use super::context::writing_session;
use super::data_files::log_hash;
use super::manifest::Manifest;
use super::snapshot::Snapshot;
use super::staging::{Staging, Stamp, staged_schema};
use super::tables::Tables;
use super::upsert::{Counts, Upsert};
use crate::catalog;

/// A product as staged: id, name, category, the source's time of change, time of recording, record of the layout.
type Row<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<i64>, i64, i16);

fn staged(table: &Table, rows: &[Row]) -> RecordBatch {
    let n = rows.len();
    let micros = |values: Vec<Option<i64>>| Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC"));
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("product_id", Arc::new(rows.iter().map(|row| Some(row.0)).collect::<StringArray>()) as _, true),
        ("name", Arc::new(rows.iter().map(|row| row.1).collect::<StringArray>()) as _, true),
        ("category", Arc::new(rows.iter().map(|row| row.2).collect::<StringArray>()) as _, true),
        ("source_updated_at", micros(rows.iter().map(|row| row.3).collect()) as _, true),
        ("recorded_at", micros(rows.iter().map(|row| Some(row.4)).collect()) as _, true),
        ("_origin", Arc::new(Int8Array::from(vec![1; n])) as _, true),
        ("_record", Arc::new(rows.iter().map(|row| Some(row.5)).collect::<Int16Array>()) as _, true),
        ("_file", Arc::new(Int32Array::from(vec![0; n])) as _, true),
        ("_line", Arc::new(Int64Array::from_iter_values(1..=n as i64)) as _, true),
    ]);
    conform(&batch.unwrap(), &staged_schema(table)).unwrap()
}

struct Bench {
    folder: tempfile::TempDir,
    session: SessionContext,
    table: &'static Table,
    delta: Option<DeltaTable>,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let session = writing_session(64 << 20, &folder.path().join("spill")).unwrap();
        let table = catalog::vocabulary().unwrap().table("products").unwrap();
        let delta = Self::tables(folder.path()).open_for_writing(table, None).await.unwrap();
        Bench { folder, session, table, delta: Some(delta) }
    }

    fn tables(root: &Path) -> Tables {
        Tables::new(root.join("tables"))
    }

    async fn bring(&mut self, rows: &[Row<'_>]) -> (Counts, Vec<(i32, i64)>) {
        let owned = [vec!["product_id", "name", "category"], vec!["product_id", "category"]];
        let owned = owned.iter().map(|names| names.iter().map(|name| (*name).to_owned()).collect()).collect();
        let stamp = Stamp { import_id: "import".into(), recorded_at: Timestamp::UNIX_EPOCH };
        let mut staging = Staging::new(self.table, &self.folder.path().join("staging"), owned, &stamp).unwrap();
        staging.write(&staged(self.table, rows)).unwrap();
        let keys = self.folder.path().join("keys");
        let upsert = Upsert { session: &self.session, keys, import_id: "import", at: Timestamp::UNIX_EPOCH };
        let done = upsert.run(self.table, self.delta.take().unwrap(), staging).await.unwrap();
        self.delta = Some(done.delta);
        (done.counts, done.superseded)
    }

    /// All versions as `id name category from..until`.
    async fn versions(&self) -> Vec<String> {
        let version = self.delta.as_ref().unwrap().version().unwrap();
        let manifest = Manifest { tables: [("products".to_owned(), version)].into(), ..Manifest::default() };
        let snapshot = Snapshot::new(Self::tables(self.folder.path()), manifest);
        let provider = snapshot.provider("products").await.unwrap();
        self.delta.as_ref().unwrap().update_datafusion_session(&self.session.state()).unwrap();
        let _ = self.session.deregister_table("products");
        self.session.register_table("products", provider).unwrap();
        let sql = "SELECT concat_ws(' ', product_id, coalesce(name, '-'), coalesce(category, '-'), \
                   concat(CAST(CAST(recorded_at AS BIGINT) AS TEXT), '..', coalesce(CAST(CAST(recorded_until AS BIGINT) AS TEXT), ''))) AS v \
                   FROM products ORDER BY product_id, recorded_at";
        let batches = self.session.sql(sql).await.unwrap().collect().await.unwrap();
        let text = pretty_format_batches(&batches).unwrap().to_string();
        text.lines()
            .skip(3)
            .filter_map(|line| line.strip_prefix("| "))
            .map(|line| line.trim_end_matches(['|', ' ']).to_owned())
            .collect()
    }
}

fn counts(added: u64, corrected: u64, unchanged: u64) -> Counts {
    Counts { added, corrected, unchanged, ..Counts::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rows_again_add_nothing_and_a_correction_keeps_what_was_known() {
    let mut bench = Bench::new().await;
    let first: [Row; 2] = [("a", Some("Apple"), Some("fruit"), None, 10, 0), ("b", Some("Bread"), None, None, 10, 0)];
    assert_eq!(bench.bring(&first).await.0, counts(2, 0, 0));
    assert_eq!(bench.bring(&first).await.0, counts(0, 0, 2));
    let second: [Row; 2] = [("b", Some("Bread"), Some("bakery"), None, 20, 0), ("c", Some("Cake"), None, None, 20, 0)];
    assert_eq!(bench.bring(&second).await.0, counts(1, 1, 0));
    assert_eq!(
        bench.versions().await,
        ["a Apple fruit 10..", "b Bread - 10..20", "b Bread bakery 20..", "c Cake - 20.."]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_a_record_does_not_own_keep_their_value() {
    let mut bench = Bench::new().await;
    bench.bring(&[("a", Some("Apple"), Some("fruta"), None, 10, 0)]).await;
    assert_eq!(bench.bring(&[("a", None, Some("fruit"), None, 20, 1)]).await.0, counts(0, 1, 0));
    assert_eq!(bench.versions().await, ["a Apple fruta 10..20", "a Apple fruit 20.."]);
    // Two records of one import complete each other without a version in between.
    let parts: [Row; 2] = [("b", Some("Bread"), None, None, 30, 0), ("b", None, Some("bakery"), None, 30, 1)];
    assert_eq!(bench.bring(&parts).await.0, counts(1, 0, 0));
    assert_eq!(bench.versions().await[2..], ["b Bread bakery 30.."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn history_may_arrive_in_any_order() {
    let mut bench = Bench::new().await;
    bench.bring(&[("a", Some("new"), None, None, 30, 0)]).await;
    bench.bring(&[("a", Some("old"), None, None, 10, 0), ("a", Some("mid"), None, None, 20, 0)]).await;
    assert_eq!(bench.versions().await, ["a old - 10..20", "a mid - 20..30", "a new - 30.."]);
    // A chain within one import, one step of which says nothing new.
    bench
        .bring(&[
            ("b", Some("x"), None, None, 1, 0),
            ("b", Some("x"), None, None, 2, 0),
            ("b", Some("y"), None, None, 3, 0),
        ])
        .await;
    assert_eq!(bench.versions().await[3..], ["b x - 1..3", "b y - 3.."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_export_does_not_overwrite_a_newer_one() {
    let mut bench = Bench::new().await;
    bench.bring(&[("a", Some("new"), None, Some(9), 10, 0)]).await;
    let (counts, _) = bench.bring(&[("a", Some("old"), None, Some(5), 20, 0)]).await;
    assert_eq!(counts.stale, 1);
    assert_eq!(bench.versions().await, ["a new - 10.."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_rows_with_one_key_in_a_file_the_later_wins_and_the_earlier_is_reported() {
    let mut bench = Bench::new().await;
    let rows: [Row; 3] =
        [("a", Some("1"), None, None, 10, 0), ("b", Some("1"), None, None, 10, 0), ("a", Some("2"), None, None, 10, 0)];
    let (counts, superseded) = bench.bring(&rows).await;
    assert_eq!((counts.added, counts.superseded), (2, 1));
    assert_eq!(superseded, [(0, 1)]);
    assert_eq!(bench.versions().await, ["a 2 - 10..", "b 1 - 10.."]);
    // Recorded at the same instant by another import: the version that never was in force goes.
    bench.bring(&[("b", Some("3"), None, None, 10, 0)]).await;
    assert_eq!(bench.versions().await, ["a 2 - 10..", "b 3 - 10.."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_manifest_names_is_rolled_back() {
    let mut bench = Bench::new().await;
    bench.bring(&[("a", Some("kept"), None, None, 10, 0)]).await;
    let committed = bench.delta.as_ref().unwrap().version().unwrap();
    bench.bring(&[("a", Some("lost"), None, None, 20, 0), ("b", Some("lost"), None, None, 20, 0)]).await;
    let tables = Bench::tables(bench.folder.path());
    bench.delta = Some(tables.open_for_writing(bench.table, Some(committed)).await.unwrap());
    assert_eq!(bench.versions().await, ["a kept - 10.."]);
    assert_eq!(bench.bring(&[("b", Some("new"), None, None, 30, 0)]).await.0, counts(1, 0, 0));
    assert_eq!(bench.versions().await, ["a kept - 10..", "b new - 30.."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_in_a_large_table_changes_its_rows_and_no_others() {
    let mut bench = Bench::new().await;
    let ids: Vec<String> = (0..150_000).map(|number| format!("p{number:06}")).collect();
    let rows = |name: &'static str, at: i64, step: usize| -> Vec<Row<'_>> {
        ids.iter().step_by(step).map(|id| (id.as_str(), Some(name), None, None, at, 0)).collect()
    };
    assert_eq!(bench.bring(&rows("old", 10, 1)).await.0, counts(150_000, 0, 0));
    // Rows of both row groups, without what was kept of the keys.
    std::fs::remove_dir_all(bench.folder.path().join("keys")).unwrap();
    assert_eq!(bench.bring(&rows("new", 20, 50_000)).await.0, counts(0, 3, 0));
    let versions = bench.versions().await;
    assert_eq!(versions.len(), 150_003);
    let changed: Vec<&String> = versions.iter().filter(|version| !version.ends_with("old - 10..")).collect();
    let expected =
        ["p000000", "p050000", "p100000"].map(|id| [format!("{id} old - 10..20"), format!("{id} new - 20..")]).concat();
    assert_eq!(changed, expected.iter().collect::<Vec<_>>());
    // Versions that never were in force go; damaged keys are read again.
    for run in std::fs::read_dir(bench.folder.path().join("keys/products")).unwrap() {
        let path = run.unwrap().path();
        let length = std::fs::metadata(&path).unwrap().len();
        if path.extension().is_none() {
            std::fs::File::options().write(true).open(&path).unwrap().set_len(length - 8).unwrap();
        }
    }
    assert_eq!(bench.bring(&rows("newest", 20, 100_000)).await.0, counts(0, 2, 0));
    let versions = bench.versions().await;
    assert_eq!(versions.len(), 150_003);
    let newest = versions.iter().filter(|version| version.contains("newest")).collect::<Vec<_>>();
    assert_eq!(newest, ["p000000 newest - 20..", "p100000 newest - 20.."]);
    assert!(versions.contains(&"p050000 new - 20..".to_owned()));
}

/// What a manifest holds of a log must not depend on whether the log begins with a checkpoint, and notice every change.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_says_the_same_behind_a_checkpoint() {
    let mut bench = Bench::new().await;
    for number in 0..100 {
        let id = format!("p{number}");
        bench.bring(&[(id.as_str(), Some("name"), Some("category"), None, 1, 0)]).await;
    }
    let version = bench.delta.as_ref().unwrap().version().unwrap();
    let (tables, log) = (Bench::tables(bench.folder.path()), bench.folder.path().join("tables/products/_delta_log"));
    let hash = async || log_hash(&tables.open_at("products", version).await.unwrap()).unwrap();
    let names = || std::fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().path());
    let checkpoints: Vec<_> = names().filter(|path| path.to_string_lossy().contains("checkpoint")).collect();
    assert!(checkpoints.len() >= 2, "a log of {version} versions has a checkpoint: {checkpoints:?}");
    let behind = hash().await;
    for path in checkpoints {
        std::fs::remove_file(path).unwrap();
    }
    assert_eq!(hash().await, behind);
    assert!(tables.open_proven("products", version, Some(&behind)).await.is_ok());
    let commit = log.join(format!("{version:020}.json"));
    let text = std::fs::read_to_string(&commit).unwrap();
    for (from, to) in [("p99", "p98"), ("\"size\":", "\"size\":1"), (".parquet", ".parqueu")] {
        assert!(text.contains(from), "{text}");
        std::fs::write(&commit, text.replace(from, to)).unwrap();
        let error = tables.open_proven("products", version, Some(&behind)).await.err().map(|error| error.to_string());
        assert!(error.as_ref().is_some_and(|error| error.contains("products")), "{from}: {error:?}");
    }
}
