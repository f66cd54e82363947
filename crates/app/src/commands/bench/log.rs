//! The benchmark's event log as journeys, and what its tasks have in common.

use serde_json::{Value, json};
use throughline_engine::{Error, Journeys, Result};
use throughline_journey::{Block, Periods, Rfm, Steps};
use throughline_model::{Calendar, Grain};

/// One row of an answer.
pub type Row = Vec<Value>;

/// First day of the log.
pub const FIRST_DAY: &str = "2023-01-01";
/// The day after the last one.
pub const END: &str = "2025-01-01";

/// First day of the dashboard query.
pub const DASHBOARD_FROM: &str = "2024-10-03";
/// Its channel.
pub const DASHBOARD_CHANNEL: &str = "paid_search";

/// An answer, whole and in memory.
pub enum Answer {
    /// Rows of named values.
    Rows(Vec<Row>),
    /// Columns with one entry per customer.
    Customers(Rfm),
}

impl Answer {
    /// Its rows in the form in which answers are compared.
    pub fn rows(self) -> Vec<Row> {
        let rfm = match self {
            Answer::Rows(rows) => return rows,
            Answer::Customers(rfm) => rfm,
        };
        let column = |values: &[u32], place: usize| json!(values.get(place));
        let row = |place: usize| {
            let monetary = rfm.monetary.get(place).copied().flatten();
            // The task says 0 where there is no later purchase.
            let money = json!(monetary.unwrap_or(0.0));
            vec![json!(rfm.id(place)), column(&rfm.x, place), column(&rfm.t_x, place), column(&rfm.age, place), money]
        };
        (0..rfm.len()).map(row).collect()
    }
}

/// The journeys of the log.
pub struct Log<'a> {
    pub journeys: &'a Journeys,
    pub calendar: &'a Calendar,
    /// Threads of a walk.
    pub threads: usize,
}

impl<'a> Log<'a> {
    /// What folds walk.
    pub fn blocks(&self) -> Vec<Block<'a>> {
        self.journeys.blocks()
    }

    /// Named steps as the command line names them.
    pub fn steps(&self, steps: &[&str]) -> Result<Steps> {
        let steps: Vec<String> = steps.iter().map(|step| (*step).to_owned()).collect();
        self.journeys.steps_named(&steps)
    }

    /// Periods from a day to another, and their labels.
    pub fn periods(&self, grain: Grain, from: &str, to: &str) -> Result<(Periods, Vec<String>)> {
        let instant = |text: &str| self.calendar.parse_instant(text).map_err(Error::input);
        let periods = self.calendar.range(grain, instant(from)?, instant(to)?);
        let end = periods.last().map(|period| period.end.as_microsecond());
        let bounds = periods.iter().map(|period| period.start.as_microsecond()).chain(end).collect();
        Ok((Periods::new(bounds), periods.into_iter().map(|period| period.label).collect()))
    }

    /// The months of the log: the first is January 2023.
    pub fn months(&self) -> Result<Periods> {
        Ok(self.periods(Grain::Month, FIRST_DAY, END)?.0)
    }

    /// The code of a channel.
    pub fn channel(&self, name: &str) -> Result<u16> {
        let place = self.journeys.kinds().channels.iter().position(|channel| channel == name);
        place.and_then(|place| u16::try_from(place + 1).ok()).ok_or_else(|| {
            Error::input(format!("No touchpoint came by the channel `{name}`."))
                .hint("import the benchmark's event log first: see bench/README.md")
        })
    }
}

/// A ratio; nothing where there is nothing to compare with.
pub fn ratio(of: f64, to: f64) -> Option<f64> {
    (to != 0.0).then(|| of / to)
}
