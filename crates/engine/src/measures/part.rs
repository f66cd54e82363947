//! What the aggregate query says about one measure, one segment and one period, and the reading made of it.

use throughline_model::measure::{Aggregate, Measure};
use throughline_model::period::Period;
use throughline_model::reading::{Empty, Interval, Reading};
use throughline_stats as stats;

use super::columns::Row;
use crate::Result;

/// The aggregated numbers of one measure in one period.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// Rows that count.
    pub n: u64,
    /// Rows that could not be used.
    pub left_out: u64,
    pub value: Option<f64>,
    pub numerator: Option<f64>,
    pub denominator: Option<f64>,
    pub interval: Option<Interval>,
}

impl Part {
    /// Reads the columns that [`super::aggregate::columns`] asked for.
    pub(crate) fn read(measure: &Measure, row: &Row<'_>, prefix: &str) -> Result<Part> {
        let rows = row.count("rows")?;
        let count = |name: &str| row.count(&format!("{prefix}{name}"));
        let number = |name: &str| row.number(&format!("{prefix}{name}"));
        let mut part = Part { n: 0, left_out: 0, value: None, numerator: None, denominator: None, interval: None };
        let mut used = None;
        match &measure.aggregate {
            Aggregate::Nps => {
                let (promoters, passives, detractors) = (count("promoters")?, count("passives")?, count("detractors")?);
                part.n = promoters + passives + detractors;
                let score = stats::nps(promoters, passives, detractors);
                part.value = score.map(|(value, _)| value);
                part.interval = score.map(|(_, interval)| ours(interval));
            }
            aggregate => {
                part.n = count("n")?;
                match aggregate {
                    Aggregate::Distinct => part.value = Some(count("distinct")? as f64),
                    Aggregate::Sum | Aggregate::Level => part.value = number("sum")?,
                    Aggregate::Mean => part.read_mean(number("sum")?, number("squares")?),
                    Aggregate::Ratio => {
                        used = Some(count("used")?);
                        let sums = stats::RatioSums {
                            n: count("used")?,
                            numerator: number("sum")?.unwrap_or_default(),
                            denominator: number("divisor")?.unwrap_or_default(),
                            numerator_squares: number("squares")?.unwrap_or_default(),
                            denominator_squares: number("divisor_squares")?.unwrap_or_default(),
                            cross: number("products")?.unwrap_or_default(),
                        };
                        part.read_ratio(&sums, count("odd")?);
                    }
                    _ => part.value = Some(part.n as f64),
                }
            }
        }
        part.left_out = rows.saturating_sub(used.unwrap_or(part.n));
        Ok(part)
    }

    fn read_mean(&mut self, sum: Option<f64>, squares: Option<f64>) {
        let Some((sum, squares)) = sum.zip(squares).filter(|_| self.n > 0) else { return };
        self.value = Some(sum / self.n as f64);
        let moments = stats::Moments::from_sums(self.n, sum, squares);
        self.interval = moments.and_then(|moments| moments.interval()).map(ours);
    }

    fn read_ratio(&mut self, sums: &stats::RatioSums, odd: u64) {
        if sums.n == 0 {
            return;
        }
        self.numerator = Some(sums.numerator);
        self.denominator = Some(sums.denominator);
        self.value = sums.ratio();
        let interval = if odd == 0 {
            stats::wilson(sums.numerator as u64, sums.denominator as u64)
        } else {
            stats::ratio_interval(sums)
        };
        self.interval = interval.map(ours);
    }

    /// The value at `p` of sorted values, and its order-statistic interval.
    pub(crate) fn quantile(sorted: &[f64], p: f64, left_out: u64) -> Part {
        Part {
            n: sorted.len() as u64,
            left_out,
            value: stats::quantile(sorted, p),
            numerator: None,
            denominator: None,
            interval: stats::quantile_interval(sorted, p).map(ours),
        }
    }
}

fn ours(interval: stats::Interval) -> Interval {
    Interval { low: interval.low, high: interval.high }
}

/// Whether no rows in a period that the data cover mean 0 and not "no data".
pub(crate) fn counts_from_zero(aggregate: &Aggregate) -> bool {
    matches!(aggregate, Aggregate::Count | Aggregate::Distinct | Aggregate::Sum | Aggregate::Level)
}

/// The reading of one period: `part` is `None` where no row fell into it.
pub(crate) fn reading(
    measure: &Measure,
    period: &Period,
    segment: Option<&str>,
    part: Option<&Part>,
    covered: bool,
    mature: bool,
) -> Reading {
    let segment = segment.map(str::to_owned);
    let mut reading = Reading { segment, mature, empty: None, ..Reading::without_rows(period.clone()) };
    match part {
        None if covered && counts_from_zero(&measure.aggregate) => reading.value = Some(0.0),
        None => {}
        Some(part) => {
            reading.n = part.n;
            reading.left_out = part.left_out;
            reading.value = part.value.filter(|value| value.is_finite());
            reading.numerator = part.numerator;
            reading.denominator = part.denominator;
            reading.interval = reading.value.and(part.interval);
        }
    }
    if reading.value.is_none() {
        reading.empty = Some(why_empty(&reading));
    }
    reading
}

fn why_empty(reading: &Reading) -> Empty {
    match reading {
        Reading { denominator: Some(divisor), .. } if *divisor == 0.0 => Empty::DivisionByZero,
        Reading { left_out: 0, .. } => Empty::NoRows,
        Reading { left_out, .. } => {
            Empty::Undefined(format!("None of the {left_out} rows of this period could be used."))
        }
    }
}
