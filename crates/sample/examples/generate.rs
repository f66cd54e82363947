//! Writes a sample company and says how long it took:
//! `cargo run --release -p throughline-sample --example generate -- DIR [CUSTOMERS] [SEED]`

use std::path::PathBuf;
use std::time::Instant;

use throughline_sample::{Options, generate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: generate DIR [CUSTOMERS] [SEED]")?);
    let mut options = Options::default();
    if let Some(customers) = arguments.next() {
        options.customers = customers.parse()?;
    }
    if let Some(seed) = arguments.next() {
        options.seed = seed.parse()?;
    }
    let begun = Instant::now();
    let summary = generate(&options, &folder, &mut |_| {})?;
    let seconds = begun.elapsed().as_secs_f64();
    for table in &summary.tables {
        println!("{:16} {:>12} rows {:>14} bytes", table.table, table.rows, table.bytes);
    }
    let rows: u64 = summary.tables.iter().map(|table| table.rows).sum();
    let bytes: u64 = summary.tables.iter().map(|table| table.bytes).sum();
    println!("{rows} rows, {bytes} bytes, {} touchpoints in {seconds:.2} s", summary.touchpoints);
    Ok(())
}
