//! `throughline bench`: the tasks of the performance benchmark, timed inside the process. Not shown in help; `make bench`
//! runs it, and bench/README.md says what each task asks.

mod kept;
mod log;
mod process;
mod questions;
mod support;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use serde::Serialize;
use throughline_engine::{Case, Reader, Result};

use crate::cli::Moment;
use crate::context::Context;
use crate::progress::Meter;
use crate::progress::report_progress;
use crate::reply::Reply;
use log::{Answer, Log};
use process::Memory;

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Task, as bench/README.md describes it
    #[arg(value_enum, value_name = "TASK")]
    task: Task,
    /// Timed runs inside this process
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// Threads of a walk
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
    /// File for the whole answer, as JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[value(rename_all = "verbatim")]
enum Task {
    /// Funnel
    T1,
    /// Directly-follows graph
    T2,
    /// Cohort retention
    T3,
    /// Support
    T4,
    /// Recency, frequency, money
    T5,
    /// Scorecard
    T6,
    /// Dashboard query
    T8,
    /// Dashboard query as a measure whose readings are kept
    #[value(name = "T8kept")]
    #[serde(rename = "T8kept")]
    T8Kept,
    /// How many journeys and touchpoints there are, once they are built or extended
    #[value(name = "journeys")]
    #[serde(rename = "journeys")]
    Journeys,
}

impl Task {
    async fn answer(self, log: &Log<'_>, reader: &Reader) -> Result<Answer> {
        match self {
            Task::T1 => questions::funnel(log).map(Answer::Rows),
            Task::T2 => questions::transitions(log).map(Answer::Rows),
            Task::T3 => questions::retention(log).map(Answer::Rows),
            Task::T4 => support::by_month(log).map(Answer::Rows),
            Task::T5 => questions::customers(log).map(Answer::Customers),
            Task::T6 => support::scorecard(log).map(Answer::Rows),
            Task::T8 => questions::dashboard(log).map(Answer::Rows),
            Task::T8Kept => kept::dashboard(reader).await.map(Answer::Rows),
            Task::Journeys => Ok(Answer::Rows(questions::size(log))),
        }
    }
}

#[derive(Serialize)]
struct Wire {
    peer: &'static str,
    version: &'static str,
    task: Task,
    /// Touchpoints of all journeys.
    rows: usize,
    /// Median of the runs.
    seconds: f64,
    runs: Vec<f64>,
    /// User and system time of all threads, mean of the runs; to 10 ms over all of them.
    cpu_seconds: Option<f64>,
    /// From the start of the command until the journeys are open; building or extending them included.
    open_seconds: f64,
    /// Most resident memory until the answer was there.
    peak_mib: Option<f64>,
    /// Most of it that no file backs.
    anon_mib: Option<f64>,
    result_rows: usize,
}

/// Times a task over the workspace's journeys.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let memory = Memory::watch();
    let began = Instant::now();
    let reader = context.read(&Moment::default())?;
    let meter = Meter::new(context);
    let journeys = reader.journeys(Case::Customer, &mut |now| report_progress(&meter, now)).await?;
    drop(meter);
    let open_seconds = began.elapsed().as_secs_f64();
    let log = Log { journeys: &journeys, calendar: reader.calendar(), threads: arguments.threads };
    let cpu = process::cpu_seconds();
    let mut runs = Vec::new();
    let mut answer = Answer::Rows(Vec::new());
    for _ in 0..arguments.runs {
        let began = Instant::now();
        let new = arguments.task.answer(&log, &reader).await?;
        runs.push(began.elapsed().as_secs_f64());
        answer = new;
    }
    let cpu = process::cpu_seconds().zip(cpu).map(|(after, before)| (after - before) / f64::from(arguments.runs));
    let (peak_mib, anon_mib) = memory.peaks();
    let rows = answer.rows();
    if let Some(path) = &arguments.out {
        let mut file = BufWriter::new(File::create(path)?);
        serde_json::to_writer(&mut file, &rows)?;
        file.flush()?;
    }
    let wire = Wire {
        peer: "throughline",
        version: env!("CARGO_PKG_VERSION"),
        task: arguments.task,
        rows: log.blocks().iter().map(|block| block.rows()).sum(),
        seconds: median(&runs),
        runs,
        cpu_seconds: cpu,
        open_seconds,
        peak_mib,
        anon_mib,
        result_rows: rows.len(),
    };
    Ok(Reply::text(serde_json::to_string(&wire)? + "\n"))
}

fn median(runs: &[f64]) -> f64 {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    (at(sorted.len() / 2) + at(sorted.len().saturating_sub(1) / 2)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_of_an_even_number_of_runs_is_the_mean_of_the_middle_two() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
