//! Which readings a scorecard wants.

use std::collections::BTreeSet;

use throughline_model::definitions::Definitions;
use throughline_model::period::{Calendar, Period};
use throughline_model::scorecard::{Goal, Target, TargetValue};

/// Mature periods that the trend of a measure looks back on.
pub const HISTORY: usize = 24;

/// Periods before the one shown that are always read: the trend's, and a year more than that for
/// months that are not mature yet and for formulas over the year before.
const LOOK_BACK: i32 = 36;

/// What to evaluate before [`compute`](super::compute) can be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Measures for everyone, sorted: those on the scorecard and those their targets refer to.
    pub measures: Vec<String>,
    /// Measures by one dimension, sorted: those with targets for a segment.
    pub segmented: Vec<(String, String)>,
    /// Outside series of benchmarks, sorted.
    pub series: Vec<String>,
    /// First period of the readings of everyone; segments need only the last one.
    pub first: Period,
    /// Last period, the one that is shown.
    pub last: Period,
}

impl Need {
    /// What the scorecard wants for `period`.
    pub fn of(definitions: &Definitions, calendar: &Calendar, period: &Period) -> Need {
        let card = &definitions.scorecard;
        let used: BTreeSet<&str> = card.objectives.iter().flat_map(|o| &o.measures).map(|u| u.id.as_str()).collect();
        let targets: Vec<&Target> = card.targets.iter().filter(|t| used.contains(t.measure.as_str())).collect();
        let mut measures = used.clone();
        measures.extend(targets.iter().flat_map(|t| formula_measures(&t.goal)));
        measures.retain(|id| definitions.measures.contains_key(*id));
        let segmented: BTreeSet<(String, String)> = targets
            .iter()
            .filter(|t| definitions.measures.contains_key(&t.measure))
            .filter_map(|t| Some((t.measure.clone(), single_dimension(t)?.0.to_owned())))
            .collect();
        let series = card.benchmarks.iter().filter(|b| used.contains(b.measure.as_str()));
        let series: BTreeSet<String> = series.filter_map(|b| b.series.clone()).collect();
        Need {
            measures: measures.into_iter().map(str::to_owned).collect(),
            segmented: segmented.into_iter().collect(),
            series: series.into_iter().collect(),
            first: first_period(calendar, period),
            last: period.clone(),
        }
    }
}

impl Need {
    /// The latest first period that still reaches back far enough for the trend and the year before.
    pub(super) fn least(&self, calendar: &Calendar) -> Period {
        let year = calendar.year_before(&calendar.previous(&self.last));
        let history = i32::try_from(HISTORY).unwrap_or(i32::MAX);
        let trend = calendar.period(self.last.grain, self.last.index.saturating_sub(history));
        if year.index < trend.index { year } else { trend }
    }
}

/// Far enough back for the trend and for the year before the period before.
fn first_period(calendar: &Calendar, period: &Period) -> Period {
    let year = calendar.year_before(&calendar.previous(period));
    let trend = calendar.period(period.grain, period.index.saturating_sub(LOOK_BACK));
    if year.index < trend.index { year } else { trend }
}

/// The one dimension and value of a target for a segment; `None` for everyone and for combinations.
pub(super) fn single_dimension(target: &Target) -> Option<(&str, &str)> {
    let mut parts = target.segment.iter();
    let (dimension, value) = parts.next()?;
    parts.next().is_none().then_some((dimension.as_str(), value.as_str()))
}

fn formula_measures(goal: &Goal) -> Vec<&str> {
    let Goal::Point { target, floor } = goal else { return Vec::new() };
    let formulas = [target, floor].into_iter().filter_map(|value| match value {
        TargetValue::Formula(formula) => Some(formula),
        TargetValue::Number(_) => None,
    });
    formulas.flat_map(|formula| formula.measures()).collect()
}
