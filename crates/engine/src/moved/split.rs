//! The change of a measure, split by the values of a dimension.

use std::collections::BTreeMap;

use throughline_model::Measure;
use throughline_model::formula::Shift;
use throughline_model::measure::Aggregate;
use throughline_model::period::Period;
use throughline_model::reading::Reading;
use throughline_stats::{Stratum, mix_and_rate};

use super::quantile::quantile;
use crate::measures::NO_SEGMENT;
use crate::reader::{MeasureRequest, Reader};
use crate::{Error, Result};

/// Values of a dimension that are told one by one; the others are told together.
pub(super) const MOST: usize = 24;

/// How a change was split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// What the values weigh, and what happens within them.
    MixAndRate,
    /// The difference of each value.
    Differences,
    /// Values replaced one after the other.
    Replacement,
    /// Shapley values of the inputs of a formula.
    Inputs,
}

/// A change split into parts that add up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The dimension; `None` where it is the inputs of a formula.
    pub dimension: Option<String>,
    /// How it was split.
    pub way: Way,
    /// The parts, the largest first.
    pub parts: Vec<SplitPart>,
    /// All other values together.
    pub rest: Option<Rest>,
    /// What is counted once in the whole and in several values; only for distinct counts.
    pub overlap: Option<f64>,
    /// How far the parts are from having moved alike, in the unit of the measure: the root of the sum of squares of
    /// contribution − mean share · change.
    pub spread: f64,
    /// Why there are no parts.
    pub reason: Option<String>,
}

/// What one value of a dimension, or one input, contributed; in the unit of the measure.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitPart {
    /// The value of the dimension, or the id of the measure.
    pub name: String,
    /// For an input: which period of it the formula means.
    pub shift: Option<Shift>,
    /// Its part of what the measure divides by (for quantiles: of the values) before; `None` where that has no meaning.
    pub share_before: Option<f64>,
    /// The same now.
    pub share_now: Option<f64>,
    /// Its own value before.
    pub value_before: Option<f64>,
    /// Its own value now.
    pub value_now: Option<f64>,
    /// What it contributed by weighing more or less.
    pub mix: Option<f64>,
    /// What it contributed by its own value.
    pub rate: Option<f64>,
    /// What it contributed.
    pub contribution: f64,
}

/// Values too small to be told one by one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rest {
    /// How many.
    pub values: usize,
    /// The sum of their mixes.
    pub mix: Option<f64>,
    /// The sum of their rates.
    pub rate: Option<f64>,
    /// What they contributed.
    pub contribution: f64,
}

impl Split {
    /// What all parts add up to.
    pub fn sum(&self) -> f64 {
        let parts: f64 = self.parts.iter().map(|part| part.contribution).sum();
        parts + self.rest.map_or(0.0, |rest| rest.contribution) + self.overlap.unwrap_or(0.0)
    }

    /// What the mix did altogether.
    pub fn mix(&self) -> Option<f64> {
        self.total(|part| part.mix, |rest| rest.mix)
    }

    /// What happened within values altogether.
    pub fn rate(&self) -> Option<f64> {
        self.total(|part| part.rate, |rest| rest.rate)
    }

    fn total(&self, of: fn(&SplitPart) -> Option<f64>, rest: fn(&Rest) -> Option<f64>) -> Option<f64> {
        if self.way != Way::MixAndRate || self.reason.is_some() {
            return None;
        }
        let parts: f64 = self.parts.iter().map(of).sum::<Option<f64>>()?;
        Some(parts + self.rest.as_ref().and_then(rest).unwrap_or(0.0))
    }

    /// A split that cannot be made, and why.
    pub(super) fn none(dimension: Option<String>, way: Way, reason: impl Into<String>) -> Split {
        let reason = Some(reason.into());
        Split { dimension, way, parts: Vec::new(), rest: None, overlap: None, spread: 0.0, reason }
    }

    /// Puts the parts in order, the largest first, and tells those beyond the most together.
    pub(super) fn of(dimension: Option<String>, way: Way, mut parts: Vec<SplitPart>, overlap: Option<f64>) -> Split {
        let change: f64 = parts.iter().map(|part| part.contribution).sum();
        let share = |part: &SplitPart| (part.share_before.unwrap_or(0.0) + part.share_now.unwrap_or(0.0)) / 2.0;
        let unlike = parts.iter().map(|part| (part.contribution - share(part) * change).powi(2));
        let spread = unlike.sum::<f64>().sqrt();
        let size = |part: &SplitPart| match (part.mix, part.rate) {
            (Some(mix), Some(rate)) => mix.abs() + rate.abs(),
            _ => part.contribution.abs(),
        };
        parts.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| (&a.name, a.shift).cmp(&(&b.name, b.shift))));
        let others = parts.split_off(parts.len().min(MOST));
        let rest = (!others.is_empty()).then(|| Rest {
            values: others.len(),
            mix: others.iter().map(|part| part.mix).sum(),
            rate: others.iter().map(|part| part.rate).sum(),
            contribution: others.iter().map(|part| part.contribution).sum(),
        });
        Split { dimension, way, parts, rest, overlap, spread, reason: None }
    }
}

/// One value of a dimension in both periods.
type Pair = (Option<Reading>, Option<Reading>);

/// Splits the change of a measure, no formula, by one of its dimensions; `whole` is its reading before and now.
///
/// # Errors
/// Input: the measure cannot be broken down by it.
pub(super) async fn split(
    reader: &Reader,
    measure: &Measure,
    by: &str,
    (before, now): (&Period, &Period),
    whole: (&Reading, &Reading),
) -> Result<Split> {
    let dimension = Some(by.to_owned());
    if let Aggregate::Quantile(p) = measure.aggregate {
        return quantile(reader, measure, p, by, (before, now)).await;
    }
    let request =
        MeasureRequest { grain: Some(now.grain), by: Some(by.to_owned()), from: Some(before.start), to: Some(now.end) };
    let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
    for reading in reader.measure(&measure.id, &request).await? {
        let pair = pairs.entry(reading.segment.clone().unwrap_or_else(|| NO_SEGMENT.to_owned())).or_default();
        if reading.period.index == before.index {
            pair.0 = Some(reading);
        } else if reading.period.index == now.index {
            pair.1 = Some(reading);
        }
    }
    Ok(match measure.aggregate {
        Aggregate::Ratio | Aggregate::Mean | Aggregate::Nps => rates(dimension, measure, pairs),
        Aggregate::Distinct => differences(dimension, pairs, whole, true),
        Aggregate::Count | Aggregate::Sum | Aggregate::Level => differences(dimension, pairs, whole, false),
        Aggregate::Quantile(_) | Aggregate::Formula(_) => {
            return Err(Error::internal(format!("{} cannot be split by values.", measure.id)));
        }
    })
}

fn rates(dimension: Option<String>, measure: &Measure, pairs: BTreeMap<String, Pair>) -> Split {
    let sums = |reading: &Option<Reading>| -> (f64, f64) {
        let Some(reading) = reading else { return (0.0, 0.0) };
        match measure.aggregate {
            Aggregate::Ratio => (reading.numerator.unwrap_or(0.0), reading.denominator.unwrap_or(0.0)),
            _ => reading.value.map_or((0.0, 0.0), |value| (value * reading.n as f64, reading.n as f64)),
        }
    };
    let strata: Vec<Stratum> = pairs
        .values()
        .map(|(before, now)| {
            let ((numerator_before, denominator_before), (numerator_now, denominator_now)) = (sums(before), sums(now));
            Stratum { numerator_before, denominator_before, numerator_now, denominator_now }
        })
        .collect();
    let Some(moved) = mix_and_rate(&strata) else {
        return Split::none(dimension, Way::MixAndRate, "There is nothing to divide by in one of the periods.");
    };
    let below: f64 = strata.iter().map(|s| s.denominator_before).sum();
    let below_now: f64 = strata.iter().map(|s| s.denominator_now).sum();
    let parts = pairs.into_iter().zip(strata).zip(moved).map(|(((name, (before, now)), stratum), moved)| SplitPart {
        name,
        shift: None,
        share_before: Some(stratum.denominator_before / below),
        share_now: Some(stratum.denominator_now / below_now),
        value_before: before.and_then(|reading| reading.value),
        value_now: now.and_then(|reading| reading.value),
        mix: Some(moved.mix),
        rate: Some(moved.rate),
        contribution: moved.mix + moved.rate,
    });
    Split::of(dimension, Way::MixAndRate, parts.collect(), None)
}

/// The whole is the sum of its values, but for distinct counts, where the overlap is a part of its own.
fn differences(
    dimension: Option<String>,
    pairs: BTreeMap<String, Pair>,
    whole: (&Reading, &Reading),
    overlaps: bool,
) -> Split {
    let value = |reading: &Option<Reading>| reading.as_ref().and_then(|reading| reading.value);
    let sum: f64 = pairs.values().map(|(before, _)| value(before).unwrap_or(0.0)).sum();
    let sum_now: f64 = pairs.values().map(|(_, now)| value(now).unwrap_or(0.0)).sum();
    let share = |value: Option<f64>, sum: f64| (sum != 0.0).then(|| value.unwrap_or(0.0) / sum);
    let overlap = whole.0.value.zip(whole.1.value).filter(|_| overlaps);
    let overlap = overlap.map(|(before, now)| (now - sum_now) - (before - sum));
    let parts = pairs.into_iter().map(|(name, (before, now))| SplitPart {
        name,
        shift: None,
        share_before: share(value(&before), sum),
        share_now: share(value(&now), sum_now),
        value_before: value(&before),
        value_now: value(&now),
        mix: None,
        rate: None,
        contribution: value(&now).unwrap_or(0.0) - value(&before).unwrap_or(0.0),
    });
    Split::of(dimension, Way::Differences, parts.collect(), overlap)
}
