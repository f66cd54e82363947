//! How fast files are read; run by hand with `cargo test --release intake_speed -- --ignored --nocapture`.

use std::time::Instant;

use datafusion::arrow::record_batch::RecordBatch;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use throughline_engine::Result;
use throughline_engine::intake::{self, MapContext, Owner, Reject, Sink};

/// Counts rows and forgets them.
#[derive(Default)]
struct Counting {
    rows: usize,
    rejects: usize,
}

impl Sink for Counting {
    fn begin(&mut self, _: &[Owner]) -> Result<()> {
        Ok(())
    }
    fn accept(&mut self, _: &str, batch: RecordBatch) -> Result<()> {
        self.rows += batch.num_rows();
        Ok(())
    }
    fn reject(&mut self, _: Reject) -> Result<()> {
        self.rejects += 1;
        Ok(())
    }
    fn progress(&mut self, _: u64, _: u64, _: u64) {}
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures files named in THROUGHLINE_SPEED"]
async fn rows_per_second() {
    let Ok(paths) = std::env::var("THROUGHLINE_SPEED") else { return };
    for path in paths.split(',') {
        let layouts = intake::catalog_layouts().unwrap();
        let found = intake::recognise(&intake::discover(&[path.to_owned()]).unwrap(), &layouts, None).unwrap();
        let spill = tempfile::tempdir().unwrap();
        let context = MapContext {
            import_id: "speed",
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_at_given: false,
            zone: TimeZone::get("Europe/Berlin").unwrap(),
            currency: "EUR",
            memory_bytes: 1 << 30,
            spill_dir: spill.path(),
        };
        let mut sink = Counting::default();
        let started = Instant::now();
        let counts = intake::map(&found.assigned, None, &context, &mut sink).await.unwrap();
        let seconds = started.elapsed().as_secs_f64();
        let rate = counts.rows() as f64 / seconds;
        eprintln!(
            "{path}: {} rows read, {} made, {} rejected, {seconds:.2} s, {rate:.0} rows/s",
            counts.rows(),
            sink.rows,
            sink.rejects
        );
    }
}
