//! From journeys to paths.

use super::{Attribution, AttributionSpec, PathSums};
use crate::{Fold, Journey, flags};

/// A conversion's whole in the units in which time decay shares it out: whole numbers, so that no order of adding shows.
pub(super) const WHOLE: i64 = 1 << 40;

/// What one thread has counted.
#[derive(Debug, Default)]
pub struct AttributionState {
    pub(super) sums: PathSums,
    pub(super) conversions: u64,
    pub(super) value: i128,
    pub(super) without_value: u64,
    /// Touchpoints since the last conversion.
    touches: Vec<Touch>,
    channels: Vec<u16>,
    weights: Vec<i64>,
    decay: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Touch {
    at: i64,
    channel: u16,
}

/// The question as a fold.
#[derive(Debug, Clone)]
pub struct AttributionFold<'a> {
    spec: &'a AttributionSpec<'a>,
    /// Whether a kind belongs to paths, by code; `None`: all do.
    touches: Option<Vec<bool>>,
}

impl<'a> AttributionFold<'a> {
    /// The fold of a question.
    pub fn new(spec: &'a AttributionSpec<'a>) -> Self {
        let table = spec.touches.as_ref().map(|codes| {
            let last = codes.iter().max().map_or(0, |code| usize::from(*code) + 1);
            let mut table = vec![false; last];
            codes.iter().for_each(|code| table.get_mut(usize::from(*code)).into_iter().for_each(|is| *is = true));
            table
        });
        AttributionFold { spec, touches: table }
    }

    /// What the walk found.
    pub fn finish(&self, state: &AttributionState) -> Attribution {
        let names: Vec<&str> = self.spec.kinds.channels.iter().map(String::as_str).collect();
        let with_path = state.sums.conversions;
        Attribution {
            conversions: state.conversions,
            value: state.value,
            without_value: state.without_value,
            ..Attribution::of(&state.sums, &names, state.conversions - with_path)
        }
    }

    #[inline]
    fn is_touch(&self, kind: u16) -> bool {
        self.touches.as_ref().is_none_or(|table| table.get(usize::from(kind)).copied().unwrap_or(false))
    }

    fn is_asked(&self, at: i64) -> bool {
        self.spec.dates.as_ref().is_none_or(|dates| dates.contains(&at))
    }

    /// The path that ends at `until`: touchpoints of the window.
    fn path<'s>(&self, touches: &'s [Touch], until: i64) -> &'s [Touch] {
        let recent = |touch: &Touch| self.spec.window.is_some_and(|window| until.saturating_sub(touch.at) > window);
        touches.get(touches.partition_point(recent)..).unwrap_or_default()
    }

    fn convert(&self, at: i64, amount: Option<i64>, state: &mut AttributionState) {
        if self.is_asked(at) {
            state.conversions += 1;
            state.value += i128::from(amount.unwrap_or(0));
            state.without_value += u64::from(amount.is_none());
            let path = self.path(&state.touches, at);
            state.channels.clear();
            state.channels.extend(path.iter().map(|touch| touch.channel));
            self.decay(path, at, (&mut state.decay, &mut state.weights));
            state.sums.convert(&state.channels, amount.unwrap_or(0), &state.weights);
        }
        state.touches.clear();
    }

    /// Weights by age that add up to the whole; the last touchpoint takes what rounding leaves.
    fn decay(&self, path: &[Touch], at: i64, (shares, weights): (&mut Vec<f64>, &mut Vec<i64>)) {
        weights.clear();
        shares.clear();
        // Ages from the last touchpoint: the same shares, and none so small that they vanish together.
        let last = path.last().map_or(at, |touch| touch.at);
        let half_life = self.spec.half_life.max(1) as f64;
        shares.extend(path.iter().map(|touch| (-(last.saturating_sub(touch.at) as f64) / half_life).exp2()));
        let total: f64 = shares.iter().sum();
        weights.extend(shares.iter().map(|share| (share / total * WHOLE as f64).round() as i64));
        let rest = WHOLE - weights.iter().sum::<i64>();
        weights.last_mut().into_iter().for_each(|weight| *weight += rest);
    }
}

impl Fold for AttributionFold<'_> {
    type State = AttributionState;

    fn start(&self) -> AttributionState {
        AttributionState { sums: PathSums::new(self.spec.kinds.channels.len()), ..AttributionState::default() }
    }

    fn case(&self, journey: &Journey<'_>, state: &mut AttributionState) {
        state.touches.clear();
        let mut session = 0;
        let rows = journey.at.iter().zip(journey.kinds).zip(journey.channels);
        let rows = rows.zip(journey.sessions()).zip(journey.places()).enumerate();
        for (row, ((((at, kind), channel), own), place)) in rows {
            if *place > 0 {
                let fact = journey.fact(row).filter(|fact| fact.flags & (flags::PLACED | flags::COUNTS) != 0);
                if let Some(fact) = fact {
                    if fact.flags & flags::COUNTS != 0 {
                        self.convert(*at, fact.amount, state);
                        session = 0;
                    }
                    continue;
                }
            }
            if *channel == 0 || !self.is_touch(*kind) {
                continue;
            }
            if !(self.spec.collapse_sessions && *own != 0 && *own == session) {
                state.touches.push(Touch { at: *at, channel: *channel - 1 });
            }
            session = *own;
        }
        let Some(last) = state.touches.last().map(|touch| touch.at).filter(|at| self.is_asked(*at)) else { return };
        state.channels.clear();
        state.channels.extend(self.path(&state.touches, last).iter().map(|touch| touch.channel));
        state.sums.end(&state.channels);
    }

    fn merge(&self, into: &mut AttributionState, from: AttributionState) {
        into.sums.merge(&from.sums);
        into.conversions += from.conversions;
        into.value += from.value;
        into.without_value += from.without_value;
    }
}
