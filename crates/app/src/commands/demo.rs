//! `throughline demo`: the source files of a company that does not exist.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use throughline_engine::{Error, Result};
use throughline_sample::{Effects, Options, Progress, Summary, generate};

use crate::context::Context;
use crate::progress::Meter;
use crate::render::style::Style;
use crate::render::table::Table;
use crate::render::text::count;
use crate::reply::Reply;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder to write to
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Customers who become known
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    customers: u32,
    /// Seed of all randomness: the same seed gives the same files
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// First day
    #[arg(long, value_name = "DAY", default_value = "2024-07-01")]
    start: Date,
    /// Months
    #[arg(long, value_name = "N", default_value_t = 24)]
    months: u32,
    /// Switch an effect off; may be given several times
    #[arg(long, value_name = "EFFECT", value_parser = clap::builder::PossibleValuesParser::new(Effects::NAMES))]
    without: Vec<String>,
    /// Add a cause of both late deliveries and leaving that no table records
    #[arg(long)]
    hidden_confounder: bool,
    /// Leave out late, duplicate and broken rows
    #[arg(long)]
    clean: bool,
    /// Write .csv.gz
    #[arg(long)]
    compress: bool,
}

/// Simulates the company and says what was written.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let dir = arguments.dir.clone();
    let options = options(arguments)?;
    let meter = Meter::new(context);
    let mut progress = |now: Progress| {
        let what = format!("customers {}, rows {}", count(u64::from(now.customers_done)), count(now.rows));
        meter.show(u64::from(now.customers_done), u64::from(now.customers), what);
    };
    let summary = generate(&options, &dir, &mut progress).map_err(failed)?;
    drop(meter);
    context.reply(|style| page(&summary, &dir, style), || Wire::from(&summary))
}

fn options(arguments: Arguments) -> Result<Options> {
    let mut effects = Effects::all();
    for name in &arguments.without {
        effects.set(name, false).map_err(Error::input)?;
    }
    Ok(Options {
        customers: arguments.customers,
        seed: arguments.seed,
        start: arguments.start,
        months: arguments.months,
        effects,
        hidden_confounder: arguments.hidden_confounder,
        dirty: !arguments.clean,
        compress: arguments.compress,
        ..Options::default()
    })
}

fn failed(error: throughline_sample::Error) -> Error {
    Error::input(error.to_string())
}

fn page(summary: &Summary, dir: &std::path::Path, style: &Style) -> String {
    let mut table = Table::new().text("table").number("rows").number("keys").number("duplicates").number("broken");
    table = table.number("late").text("file");
    for one in &summary.tables {
        let numbers = [one.rows, one.keys, one.duplicates, one.dirty, one.late].map(count);
        let file = one.path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        table.row(std::iter::once(one.table.to_owned()).chain(numbers).chain([file]));
    }
    format!(
        "Wrote a company with {} touchpoints to {}; what is true about it stands in {}.\n\n{}\n\n\
         Next:\n  throughline init WORKSPACE --zone Europe/Berlin\n  throughline import {} --workspace WORKSPACE\n  \
         throughline scorecard --workspace WORKSPACE\n",
        count(summary.touchpoints),
        dir.display(),
        summary.truth.display(),
        table.lines(2, style).join("\n"),
        summary.sources.display()
    )
}

#[derive(Serialize)]
struct Wire {
    sources: String,
    truth: String,
    touchpoints: u64,
    tables: Vec<WireTable>,
}

#[derive(Serialize)]
struct WireTable {
    table: &'static str,
    file: String,
    rows: u64,
    keys: u64,
    duplicates: u64,
    broken: u64,
    late: u64,
    bytes: u64,
}

impl From<&Summary> for Wire {
    fn from(summary: &Summary) -> Wire {
        let tables = summary.tables.iter().map(|one| WireTable {
            table: one.table,
            file: one.path.display().to_string(),
            rows: one.rows,
            keys: one.keys,
            duplicates: one.duplicates,
            broken: one.dirty,
            late: one.late,
            bytes: one.bytes,
        });
        Wire {
            sources: summary.sources.display().to_string(),
            truth: summary.truth.display().to_string(),
            touchpoints: summary.touchpoints,
            tables: tables.collect(),
        }
    }
}
