//! What transitions answer.

use super::TransitionsSpec;
use super::collect::Quantiles;
use super::count::TransitionsState;
use crate::Share;

/// Which step follows which.
#[derive(Debug, Clone, PartialEq)]
pub struct Transitions {
    /// Transitions seen, the most frequent first, then by the order of steps.
    pub transitions: Vec<Transition>,
    /// Steps with touchpoints in the range, in the order of steps.
    pub steps: Vec<StepExits>,
}

/// One step following another.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Name of the step that is left.
    pub from: String,
    /// Name of the step that follows.
    pub to: String,
    /// How often, of all exits of the step that is left. The interval takes exits as independent.
    pub share: Share,
    /// Cases in which it happens; `None` where not asked for.
    pub cases: Option<u64>,
    /// Median time between the two in microseconds; `None` where not asked for.
    pub median: Option<f64>,
    /// 0.9 quantile of the time in microseconds; `None` where not asked for.
    pub p90: Option<f64>,
}

/// How a step is left.
#[derive(Debug, Clone, PartialEq)]
pub struct StepExits {
    /// Name of the step.
    pub step: String,
    /// Touchpoints that another one follows: the exits.
    pub exits: u64,
    /// Touchpoints that nothing follows (within the cut), of all touchpoints of the step.
    pub ends: Share,
}

pub(super) fn transitions(
    spec: &TransitionsSpec,
    state: &TransitionsState,
    quantiles: Option<&[Quantiles]>,
) -> Transitions {
    let name = |step: usize| spec.steps.names.get(step).cloned().unwrap_or_default();
    let total = |counts: &[u32]| counts.iter().map(|count| u64::from(*count)).sum::<u64>();
    let mut exits = vec![0_u64; spec.steps.len()];
    for (from, _, counts, _) in state.seen() {
        if let Some(exits) = exits.get_mut(from) {
            *exits += total(counts);
        }
    }
    let mut order: Vec<_> =
        state.seen().enumerate().map(|(slot, (a, b, counts, _))| (total(counts), a, b, slot)).collect();
    order.sort_unstable_by(|x, y| y.0.cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let cases: Vec<u64> = state.seen().map(|(_, _, _, cases)| cases).collect();
    let one = |(count, from, to, slot): (u64, usize, usize, usize)| {
        let [median, p90] = quantiles.and_then(|quantiles| quantiles.get(slot).copied()).unwrap_or_default();
        let share = Share::of(count, exits.get(from).copied().unwrap_or(0));
        let cases = cases.get(slot).copied().filter(|_| spec.cases);
        Transition { from: name(from), to: name(to), share, cases, median, p90 }
    };
    let transitions = order.into_iter().map(one).collect();
    let steps = exits.iter().zip(state.ends()).enumerate().filter(|(_, (exits, ends))| **exits + **ends > 0);
    let steps = steps.map(|(step, (exits, ends))| StepExits {
        step: name(step),
        exits: *exits,
        ends: Share::of(*ends, exits + ends),
    });
    Transitions { transitions, steps: steps.collect() }
}
