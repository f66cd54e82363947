//! Customers who met an obstacle against comparable ones who did not: later purchase, standardised to the affected.
//!
//! With strata s, A affected moments in all and A_s in s, and buyers' shares p₁ and p₀:
//! `difference = Σ A_s/A · (p₁_s − p₀_s)`. Its variance is the sum over cases of the square of the case's influence:
//! `(y − p₀_s − difference)/A` for its affected moment, `−A_s/A · (y − p₀_s)/n₀_s` for each comparable one, so that
//! several moments of one customer count as one customer's. Comparable cases number G_s: their part is multiplied by
//! √(G_s/(G_s − 1)), the affected by √(A/(A − 1)), as for a sample's variance. To each side two who bought and two who
//! did not are added, as Agresti and Coull (1998) do, so that a share of 0 or 1 is not taken for certain.

use std::collections::BTreeMap;

use throughline_stats::{Interval, student_t};

use super::case::Obstacle;
use super::hash::CodeMap;
use super::trial::{Stratum, Trial};

/// What is counted in one stratum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cell {
    affected: u64,
    affected_buyers: u64,
    comparable: u64,
    comparable_buyers: u64,
    /// Different cases among the comparable moments.
    comparable_cases: u64,
    /// Comparable buyers' next orders with a known amount, and the sum.
    valued: u64,
    value: i128,
}

impl Cell {
    fn add(&mut self, other: &Cell) {
        self.affected += other.affected;
        self.affected_buyers += other.affected_buyers;
        self.comparable += other.comparable;
        self.comparable_buyers += other.comparable_buyers;
        self.comparable_cases += other.comparable_cases;
        self.valued += other.valued;
        self.value += other.value;
    }

    fn has_comparison(&self) -> bool {
        self.affected > 0 && self.comparable_cases >= 2
    }
}

/// Counts by stratum.
pub(super) type Cells = CodeMap<Stratum, Cell>;

/// Counts the trials of one case.
pub(super) fn count(trials: &mut [Trial], cells: &mut Cells) {
    trials.sort_unstable_by_key(|trial| (trial.stratum, trial.met));
    let mut last: Option<Stratum> = None;
    for trial in trials.iter() {
        let (one, bought) = (1, u64::from(trial.bought));
        let cell = if trial.met {
            Cell { affected: one, affected_buyers: bought, ..Cell::default() }
        } else {
            Cell {
                comparable: one,
                comparable_buyers: bought,
                comparable_cases: u64::from(last != Some(trial.stratum)),
                valued: u64::from(trial.amount.is_some()),
                value: trial.amount.map_or(0, i128::from),
                ..Cell::default()
            }
        };
        last = Some(trial.stratum);
        cells.entry(trial.stratum).or_default().add(&cell);
    }
}

/// Adds counts.
pub(super) fn merge(into: &mut Cells, from: Cells) {
    for (stratum, cell) in from {
        into.entry(stratum).or_default().add(&cell);
    }
}

/// The comparison of one obstacle but for its interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Standard {
    pub affected: u64,
    pub affected_buyers: u64,
    /// Standardised share of comparable moments after which an order followed.
    pub comparable_share: f64,
    pub comparable: u64,
    pub comparable_buyers: u64,
    pub valued: u64,
    pub value: i128,
    pub strata: u64,
    pub dropped_strata: u64,
    pub dropped: u64,
    /// 1 / Σ (A_s/A)² / n₀_s: of so many moments, equally weighted, the comparable share would be as sure.
    effective: f64,
}

impl Standard {
    /// Share of the affected who bought.
    pub fn affected_share(&self) -> f64 {
        self.affected_buyers as f64 / self.affected as f64
    }

    /// The standardised difference.
    pub fn difference(&self) -> f64 {
        self.affected_share() - self.comparable_share
    }
}

/// How a trial of a stratum enters the variance: share of comparable buyers, weight of a comparable moment.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Weight {
    share: f64,
    weight: f64,
}

/// The comparisons of all obstacles that have one, and what the variance needs.
#[derive(Debug, Default)]
pub(super) struct Standards {
    pub by_obstacle: BTreeMap<Obstacle, Standard>,
    weights: CodeMap<Stratum, Weight>,
}

/// Standardises to the strata of the affected; strata without two comparable cases are dropped and counted.
pub(super) fn standardise(cells: &Cells) -> Standards {
    let sorted: BTreeMap<&Stratum, &Cell> = cells.iter().collect();
    let mut standards = Standards::default();
    for (stratum, cell) in &sorted {
        let standard = standards.by_obstacle.entry(stratum.obstacle).or_default();
        if cell.has_comparison() {
            standard.strata += 1;
            standard.affected += cell.affected;
            standard.affected_buyers += cell.affected_buyers;
            standard.comparable += cell.comparable;
            standard.comparable_buyers += cell.comparable_buyers;
            standard.valued += cell.valued;
            standard.value += cell.value;
        } else if cell.affected > 0 {
            standard.dropped_strata += 1;
            standard.dropped += cell.affected;
        }
    }
    let mut spread: BTreeMap<Obstacle, f64> = BTreeMap::new();
    for (stratum, cell) in sorted.into_iter().filter(|(_, cell)| cell.has_comparison()) {
        let Some(standard) = standards.by_obstacle.get_mut(&stratum.obstacle) else { continue };
        let (n, cases) = (cell.comparable as f64, cell.comparable_cases as f64);
        let (share, part) = (cell.comparable_buyers as f64 / n, cell.affected as f64 / standard.affected as f64);
        standard.comparable_share += part * share;
        *spread.entry(stratum.obstacle).or_default() += part * part / n;
        let weight = cell.affected as f64 / n * (cases / (cases - 1.0)).sqrt();
        standards.weights.insert(*stratum, Weight { share, weight });
    }
    standards.by_obstacle.retain(|_, standard| standard.affected > 0 || standard.dropped > 0);
    for (obstacle, spread) in spread {
        if let Some(standard) = standards.by_obstacle.get_mut(&obstacle) {
            standard.effective = 1.0 / spread;
        }
    }
    standards
}

/// Sum of squared influences, in units of 2⁻⁴⁰/A², so that no sum depends on its order; and comparable cases.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Squares {
    sum: i128,
    pub comparable_cases: u64,
}

const UNITS: f64 = (1_u64 << 40) as f64;

/// Squares by obstacle.
pub(super) type AllSquares = CodeMap<Obstacle, Squares>;

/// Adds the squared influence of one case on each comparison; its trials are sorted by obstacle.
pub(super) fn square(trials: &[Trial], standards: &Standards, squares: &mut AllSquares) {
    for own in trials.chunk_by(|one, other| one.stratum.obstacle == other.stratum.obstacle) {
        let Some(obstacle) = own.first().map(|trial| trial.stratum.obstacle) else { continue };
        let Some(standard) = standards.by_obstacle.get(&obstacle) else { continue };
        let sample = standard.affected as f64 / (standard.affected as f64 - 1.0).max(1.0);
        let (mut influence, mut comparable) = (0.0, false);
        for trial in own {
            let Some(Weight { share, weight }) = standards.weights.get(&trial.stratum) else { continue };
            let rest = f64::from(u8::from(trial.bought)) - share;
            if trial.met {
                influence += (rest - standard.difference()) * sample.sqrt();
            } else {
                influence -= rest * weight;
                comparable = true;
            }
        }
        let sum = squares.entry(obstacle).or_default();
        sum.sum = sum.sum.saturating_add((influence * influence * UNITS).round() as i128);
        sum.comparable_cases += u64::from(comparable);
    }
}

/// Adds what another thread knows.
pub(super) fn merge_squares(into: &mut AllSquares, from: AllSquares) {
    for (obstacle, theirs) in from {
        let own = into.entry(obstacle).or_default();
        own.sum = own.sum.saturating_add(theirs.sum);
        own.comparable_cases += theirs.comparable_cases;
    }
}

/// The 95 % interval of the difference; `None` with fewer than two cases on a side.
pub(super) fn interval(standard: &Standard, squares: &Squares) -> Option<Interval> {
    let added = |share: f64, n: f64| 2.0 * (share * share + (1.0 - share) * (1.0 - share)) / (n * n);
    let affected = standard.affected as f64;
    let variance = squares.sum as f64 / UNITS / (affected * affected)
        + added(standard.affected_share(), affected)
        + added(standard.comparable_share, standard.effective);
    let freedom = standard.affected.min(squares.comparable_cases).checked_sub(1)?;
    let half = student_t(freedom as f64)? * variance.sqrt();
    Some(Interval::around(standard.difference(), half)?.cut(-1.0, 1.0))
}
