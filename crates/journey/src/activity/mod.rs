//! Activity: how often steps happen in each period, by how many customers and in how many sessions, what scores say, and
//! what is bought by whom.

mod cases;
mod result;
mod scan;

use crate::steps::NONE;
use crate::{Block, Fold, Journey, Periods, Steps, walk};

pub use result::{Activity, OrderActivity, PeriodActivity, ScoreShares, StepActivity};

/// What is asked. Only what is asked for is counted, and paid for.
#[derive(Debug, Clone)]
pub struct ActivitySpec {
    /// Touchpoints outside the periods are not seen.
    pub periods: Periods,
    /// What is counted; touchpoints without a step are not.
    pub steps: Steps,
    /// Only touchpoints of this channel code, orders included.
    pub channel: Option<u16>,
    /// Count distinct cases by step.
    pub cases: bool,
    /// Steps whose distinct sessions are counted, over all cases.
    pub sessions: Vec<usize>,
    /// Steps whose scores are counted.
    pub scores: Vec<usize>,
    /// Count orders that count, and their buyers.
    pub orders: bool,
    /// What scores are good, promoters', detractors'.
    pub bounds: ScoreBounds,
}

/// Bounds as shares of a score's scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreBounds {
    /// Good at or above.
    pub good: f64,
    /// A promoter's at or above.
    pub promoter: f64,
    /// A detractor's at or below.
    pub detractor: f64,
}

impl Default for ScoreBounds {
    /// 4 of 1 to 5; 9 and 6 of 0 to 10.
    fn default() -> Self {
        ScoreBounds { good: 0.75, promoter: 0.9, detractor: 0.6 }
    }
}

/// Scores of one step in one period.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Scores {
    pub n: u64,
    pub good: u64,
    pub promoters: u64,
    pub detractors: u64,
}

/// Orders of one period.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Orders {
    pub orders: u64,
    pub amount: i128,
    pub without_amount: u64,
    pub buyers: u64,
    pub new_buyers: u64,
    pub new_amount: i128,
    /// Buyers who bought in the period before, too.
    pub kept: u64,
}

/// What one thread has counted; tables are `[period][step]`.
#[derive(Debug, Default)]
pub struct ActivityState {
    touchpoints: Vec<u64>,
    cases: Vec<u64>,
    scores: Vec<Scores>,
    /// Sessions as they come, repeats included.
    sessions: Vec<Vec<u64>>,
    orders: Vec<Orders>,
    /// By step: the stretch (one case in one period) it was last counted for, and the last session in it.
    seen: Vec<(u64, u64)>,
    stretch: u64,
}

/// The question as a fold.
#[derive(Debug, Clone)]
pub struct ActivityFold<'a> {
    spec: &'a ActivitySpec,
    /// By step: whether sessions, whether scores are counted.
    extras: Vec<(bool, bool)>,
    /// The codes of kinds that have a step, where few.
    codes: Option<Vec<u16>>,
}

/// Activity in all journeys.
pub fn activity(blocks: &[Block<'_>], spec: &ActivitySpec, threads: usize) -> Activity {
    let fold = ActivityFold::new(spec);
    fold.finish(walk(blocks, &fold, threads))
}

/// More kinds than this are looked up one by one.
const FEW_CODES: usize = 8;

impl<'a> ActivityFold<'a> {
    /// The fold of a question.
    pub fn new(spec: &'a ActivitySpec) -> Self {
        let extras = (0..spec.steps.len()).map(|step| (spec.sessions.contains(&step), spec.scores.contains(&step)));
        let codes = spec.steps.by_kind().map(|table| {
            let named = table.iter().enumerate().filter(|(_, step)| **step != NONE);
            named.filter_map(|(code, _)| u16::try_from(code).ok()).collect::<Vec<u16>>()
        });
        let codes = codes.filter(|codes| codes.len() <= FEW_CODES);
        ActivityFold { spec, extras: extras.collect(), codes }
    }

    /// Whether nothing is asked that needs to know cases.
    fn is_plain(&self) -> bool {
        let spec = self.spec;
        !spec.cases && !spec.orders && spec.sessions.is_empty() && spec.scores.is_empty()
    }
}

impl Fold for ActivityFold<'_> {
    type State = ActivityState;

    fn start(&self) -> ActivityState {
        let (periods, steps) = (self.spec.periods.len(), self.spec.steps.len());
        ActivityState {
            touchpoints: vec![0; periods * steps],
            cases: vec![0; periods * steps],
            scores: vec![Scores::default(); periods * steps],
            sessions: vec![Vec::new(); periods * steps],
            orders: vec![Orders::default(); periods],
            seen: vec![(0, 0); steps],
            stretch: 0,
        }
    }

    fn case(&self, journey: &Journey<'_>, state: &mut ActivityState) {
        self.steps_of_case(journey, state);
        if self.spec.orders {
            self.orders_of_case(journey, state);
        }
    }

    fn block(&self, block: &Block<'_>, state: &mut ActivityState) {
        match self.spec.steps.by_kind() {
            Some(table) if self.is_plain() => self.scan(block, table, &mut state.touchpoints),
            _ => block.journeys().for_each(|journey| self.case(&journey, state)),
        }
    }

    fn merge(&self, into: &mut ActivityState, from: ActivityState) {
        let add = |into: &mut Vec<u64>, from: Vec<u64>| into.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        add(&mut into.touchpoints, from.touchpoints);
        add(&mut into.cases, from.cases);
        for (into, from) in into.scores.iter_mut().zip(from.scores) {
            into.n += from.n;
            into.good += from.good;
            into.promoters += from.promoters;
            into.detractors += from.detractors;
        }
        for (into, mut from) in into.sessions.iter_mut().zip(from.sessions) {
            into.append(&mut from);
        }
        for (into, from) in into.orders.iter_mut().zip(from.orders) {
            into.orders += from.orders;
            into.amount += from.amount;
            into.without_amount += from.without_amount;
            into.buyers += from.buyers;
            into.new_buyers += from.new_buyers;
            into.new_amount += from.new_amount;
            into.kept += from.kept;
        }
    }
}
