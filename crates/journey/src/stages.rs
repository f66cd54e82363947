//! The stage of a touchpoint, from a table over the codes of kinds: editing the rules never touches the journeys.

use crate::Journey;

/// Stages by kind, before or after the first order, and by how good the score is.
#[derive(Debug, Clone, PartialEq)]
pub struct Stages {
    /// Ids and names in the order shown.
    names: Vec<(String, String)>,
    /// Shares of a score's scale that rules ask for, ascending.
    thresholds: Vec<f64>,
    rows: Vec<StageRow>,
}

/// The stages of one kind: `[after or before the first order][class of score]`; class 0 is without a score, class 1
/// below all thresholds, class i + 1 at or above the i-th of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StageRow {
    /// After the first order, by class of score.
    pub after: Vec<Option<u8>>,
    /// Before the first order or without one, by class of score.
    pub before: Vec<Option<u8>>,
}

impl StageRow {
    fn needs_score(&self) -> bool {
        let differ = |places: &[Option<u8>]| places.windows(2).any(|pair| matches!(pair, [a, b] if a != b));
        differ(&self.after) || differ(&self.before)
    }
}

/// Scores are compared with this tolerance, so that 4 of 5 is 0.75.
const TOLERANCE: f64 = 1e-9;

impl Stages {
    /// Stages with `rows` by kind code; thresholds ascend.
    pub fn new(names: Vec<(String, String)>, thresholds: Vec<f64>, mut rows: Vec<StageRow>) -> Self {
        for row in &mut rows {
            if !row.needs_score() {
                row.after.truncate(1);
                row.before.truncate(1);
            }
        }
        Stages { names, thresholds, rows }
    }

    /// Ids and names in the order shown.
    pub fn names(&self) -> &[(String, String)] {
        &self.names
    }

    /// How many stages there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The stage of a touchpoint, as place among the stages; `None` where no rule matches.
    #[inline]
    pub fn of(&self, journey: &Journey<'_>, row: usize) -> Option<usize> {
        let places = self.rows.get(usize::from(*journey.kinds.get(row)?))?;
        let places = if journey.before_first_order(row) { &places.before } else { &places.after };
        let class = if places.len() > 1 { self.class(journey.fact(row).and_then(|fact| fact.share)) } else { 0 };
        (*places.get(class)?).map(usize::from)
    }

    fn class(&self, share: Option<f64>) -> usize {
        match share {
            None => 0,
            Some(share) => 1 + self.thresholds.partition_point(|least| share >= least - TOLERANCE),
        }
    }
}
