//! The chart of individual values and moving ranges (XmR): which points of a series are a signal and
//! which are noise.

use crate::Interval;

/// Natural limits lie this many mean moving ranges from the mean: 3 / d₂ with d₂ = 1.128 for ranges
/// of two (Shewhart 1931; Wheeler, Understanding Variation, 1993).
const LIMIT: f64 = 2.66;

/// The upper limit of a moving range in mean moving ranges, D₄ for ranges of two (Wheeler 1993).
const RANGE_LIMIT: f64 = 3.268;

/// So many points in a row on one side of the mean are a signal.
const RUN: usize = 8;

/// Three of this many consecutive points nearer to a limit than to the mean are a signal.
const WINDOW: usize = 4;
const NEAR_OF_WINDOW: usize = 3;

/// Differences smaller than this share of the largest value are rounding, not a side.
const ROUNDING: f64 = 1e-12;

/// Fewest moving ranges from which limits are drawn, so four points without a gap. Limits from fewer
/// than about a dozen points are provisional: they still move with each new one.
pub const MINIMUM_RANGES: usize = 3;

/// The limits of a series and the signals in it. All numbers are in the unit of the values.
#[derive(Debug, Clone, PartialEq)]
pub struct Xmr {
    /// How many points are present.
    pub n: usize,
    /// The central line.
    pub mean: f64,
    /// Mean of the absolute moving ranges.
    pub mean_range: f64,
    /// Natural limits, `mean ± 2.66 · mean_range`; not cut to what the measure can take.
    pub limits: Interval,
    /// Upper limit of a moving range, `3.268 · mean_range`.
    pub range_limit: f64,
    /// `|x_i − x_{i−1}|` for every position; `None` where one of the two is missing.
    pub ranges: Vec<Option<f64>>,
    /// What stands out, by rule and then by time.
    pub signals: Vec<Signal>,
}

/// Why points stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A point outside the natural limits.
    Outside,
    /// Eight or more in a row on one side of the mean.
    Run,
    /// Three of four in a row nearer to the same limit than to the mean.
    NearLimit,
}

/// The side of the mean on which points lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Under the mean.
    Below,
    /// Over the mean.
    Above,
}

/// Points that follow one rule together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The rule they follow.
    pub rule: Rule,
    /// Their side of the mean.
    pub side: Side,
    /// Positions in the series, from 0, ascending.
    pub points: Vec<usize>,
}

impl Xmr {
    /// The signals that the point at `position` takes part in.
    pub fn signals_at(&self, position: usize) -> impl Iterator<Item = &Signal> {
        self.signals.iter().filter(move |s| s.points.contains(&position))
    }
}

/// The XmR chart of a series in time order; `None` with fewer than [`MINIMUM_RANGES`] moving ranges.
///
/// `None` in the series is a period without a value (a value that is not finite counts as one): it
/// has no moving range and breaks a run and a window of consecutive points. A point on the mean is on
/// no side.
pub fn xmr(series: &[Option<f64>]) -> Option<Xmr> {
    let series: Vec<Option<f64>> = series.iter().map(|x| x.filter(|x| x.is_finite())).collect();
    let values: Vec<f64> = series.iter().flatten().copied().collect();
    let ranges = moving_ranges(&series);
    let known: Vec<f64> = ranges.iter().flatten().copied().collect();
    if known.len() < MINIMUM_RANGES {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let mean_range = known.iter().sum::<f64>() / known.len() as f64;
    let limits = Interval::around(mean, LIMIT * mean_range)?;
    let largest = values.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    let chart = Chart { series: &series, mean, half: LIMIT * mean_range, slack: ROUNDING * largest };
    let mut signals = chart.outside();
    signals.extend(chart.runs());
    signals.extend(chart.near_limit());
    let range_limit = RANGE_LIMIT * mean_range;
    Some(Xmr { n: values.len(), mean, mean_range, limits, range_limit, ranges, signals })
}

fn moving_ranges(series: &[Option<f64>]) -> Vec<Option<f64>> {
    let before = std::iter::once(&None).chain(series);
    series.iter().zip(before).map(|(now, before)| Some((now.as_ref()? - before.as_ref()?).abs())).collect()
}

/// A series with its central line, the distance to its limits, and what counts as rounding.
struct Chart<'a> {
    series: &'a [Option<f64>],
    mean: f64,
    half: f64,
    slack: f64,
}

impl Chart<'_> {
    /// The side of every point that lies further than `distance` from the mean.
    fn beyond(&self, distance: f64) -> Vec<Option<Side>> {
        let side = |x: f64| {
            let side = if x > self.mean { Side::Above } else { Side::Below };
            ((x - self.mean).abs() > distance + self.slack).then_some(side)
        };
        self.series.iter().map(|x| x.and_then(side)).collect()
    }

    fn outside(&self) -> Vec<Signal> {
        let sides = self.beyond(self.half);
        let found = sides.iter().enumerate();
        found.filter_map(|(i, s)| Some(Signal { rule: Rule::Outside, side: (*s)?, points: vec![i] })).collect()
    }

    /// The longest possible runs, so a run of eleven is one signal.
    fn runs(&self) -> Vec<Signal> {
        let sides = self.beyond(0.0);
        let mut runs = Vec::new();
        let mut start = 0;
        for same in sides.chunk_by(|a, b| a == b) {
            let points = start..start + same.len();
            start = points.end;
            if let Some(Some(side)) = same.first()
                && same.len() >= RUN
            {
                runs.push(Signal { rule: Rule::Run, side: *side, points: points.collect() });
            }
        }
        runs
    }

    /// Windows that overlap are one signal.
    fn near_limit(&self) -> Vec<Signal> {
        let near = self.beyond(self.half / 2.0);
        let mut signals: Vec<Signal> = Vec::new();
        for side in [Side::Below, Side::Above] {
            // Where the last window that followed the rule began.
            let mut last = None;
            for (start, window) in self.series.windows(WINDOW).enumerate() {
                let points = (start..start + WINDOW).filter(|i| near.get(*i) == Some(&Some(side)));
                let points: Vec<usize> = points.collect();
                if points.len() < NEAR_OF_WINDOW || window.contains(&None) {
                    continue;
                }
                match signals.last_mut() {
                    Some(signal) if last.is_some_and(|l| start < l + WINDOW) => {
                        let newest = signal.points.last().copied();
                        signal.points.extend(points.into_iter().filter(|p| Some(*p) > newest));
                    }
                    _ => signals.push(Signal { rule: Rule::NearLimit, side, points }),
                }
                last = Some(start);
            }
        }
        signals.sort_by(|a, b| a.points.cmp(&b.points));
        signals
    }
}

#[cfg(test)]
mod tests;
