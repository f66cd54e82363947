//! Removal effects of a first-order Markov chain over the channels of paths.
//!
//! States are the start, the channels, conversion and none; a channel that repeats in a path is a step from it to
//! itself. Each path counts as often as it was taken, with or without a conversion at its end. Removing a channel sends
//! every visit of it to none; its removal effect is the share of the conversion probability that is lost (Anderl,
//! Becker, von Wangenheim, Schumann 2016, "Mapping the customer journey", International Journal of Research in
//! Marketing 33, 457–474).
//!
//! With `h` the conversion probability from a channel and `g(i, j)` the expected visits of `j` from `i`, the conversions
//! that pass through `j` are `g(start, j) / g(j, j) · h(j)`: one system of equations serves all channels.

use super::paths::{CONVERSION, PathSums, TO_CHANNELS};

/// The chain solved.
#[derive(Debug, Clone, PartialEq)]
pub struct Removal {
    /// Conversion probability from the start.
    pub conversion: f64,
    /// Removal effect by channel, 0 to 1; 0 of a channel that no path has.
    pub effects: Vec<f64>,
}

/// Solves the chain; `None` where no path was seen or none converts.
pub(super) fn removal(sums: &PathSums) -> Option<Removal> {
    let n = sums.channels;
    let width = n + TO_CHANNELS;
    let row = |from: usize| -> Vec<f64> {
        let steps = sums.steps.get(from * width..(from + 1) * width).unwrap_or_default();
        let total: u64 = steps.iter().sum();
        steps.iter().map(|count| if total == 0 { 0.0 } else { *count as f64 / total as f64 }).collect()
    };
    let start = row(0);
    let channels: Vec<Vec<f64>> = (1..=n).map(row).collect();
    let visits = visits(&channels)?;
    let to = |row: &[f64], place: usize| row.get(place).copied().unwrap_or(0.0);
    let out: Vec<f64> = channels.iter().map(|row| to(row, CONVERSION)).collect();
    let converts = |from: &[f64]| from.iter().zip(&out).map(|(visits, out)| visits * out).sum::<f64>();
    let hope: Vec<f64> = visits.iter().map(|from| converts(from)).collect();
    let begin: Vec<f64> = (0..n).map(|channel| to(&start, TO_CHANNELS + channel)).collect();
    let conversion: f64 = begin.iter().zip(&hope).map(|(share, hope)| share * hope).sum();
    if conversion <= 0.0 {
        return None;
    }
    let effect = |channel: usize| {
        let from_start: f64 = begin.iter().zip(&visits).map(|(share, from)| share * to(from, channel)).sum();
        let again = visits.get(channel).map_or(1.0, |from| to(from, channel));
        let lost = from_start / again * hope.get(channel).copied().unwrap_or(0.0);
        (lost / conversion).clamp(0.0, 1.0)
    };
    Some(Removal { conversion, effects: (0..n).map(effect).collect() })
}

/// Expected visits `[from][of]`: the inverse of one less the steps between channels, by Gauss-Jordan elimination with
/// the largest pivot of the column. `None` where paths could go round for ever, which counted paths cannot.
fn visits(channels: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = channels.len();
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(n);
    for (i, steps) in channels.iter().enumerate() {
        let unit = |j: usize| if i == j { 1.0 } else { 0.0 };
        let steps = steps.iter().skip(TO_CHANNELS).enumerate().map(|(j, share)| unit(j) - share);
        rows.push(steps.chain((0..n).map(unit)).collect());
    }
    let at = |row: &[f64], place: usize| row.get(place).copied().unwrap_or(0.0);
    for column in 0..n {
        let size = |row: &usize| rows.get(*row).map_or(0.0, |row| at(row, column).abs());
        let pivot = (column..n).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        rows.swap(column, pivot);
        let lead = at(rows.get(column)?, column);
        if lead.abs() < 1e-12 {
            return None;
        }
        rows.get_mut(column)?.iter_mut().for_each(|value| *value /= lead);
        let own = rows.get(column)?.clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(place, _)| *place != column) {
            let times = at(row, column);
            if times != 0.0 {
                row.iter_mut().zip(&own).for_each(|(value, own)| *value -= times * own);
            }
        }
    }
    Some(rows.into_iter().map(|row| row.into_iter().skip(n).collect()).collect())
}
