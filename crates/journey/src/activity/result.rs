//! What activity there was, as a person reads it.

use throughline_stats::{Interval, nps};

use super::{ActivityFold, ActivityState, Orders, Scores};
use crate::Share;

/// Activity by period.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// Names of the steps, in the order of [`PeriodActivity::steps`].
    pub steps: Vec<String>,
    /// One entry per period.
    pub periods: Vec<PeriodActivity>,
}

/// What happened in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodActivity {
    /// Place of the period.
    pub period: usize,
    /// One entry per step.
    pub steps: Vec<StepActivity>,
    /// Orders that count, where asked for.
    pub orders: Option<OrderActivity>,
}

/// One step in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct StepActivity {
    /// Touchpoints.
    pub touchpoints: u64,
    /// Distinct cases, where asked for.
    pub cases: Option<u64>,
    /// Distinct sessions over all cases, where asked for.
    pub sessions: Option<u64>,
    /// Scores, where asked for.
    pub scores: Option<ScoreShares>,
}

/// The scores of one step in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreShares {
    /// Good ones of all.
    pub good: Share,
    /// Promoters' of all.
    pub promoters: Share,
    /// Detractors' of all.
    pub detractors: Share,
    /// Net Promoter Score with its 95 % interval; `None` without scores.
    pub nps: Option<(f64, Interval)>,
}

/// The orders of one period that count. Money is ten-thousandths of the workspace's currency.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderActivity {
    /// Orders.
    pub orders: u64,
    /// Their money.
    pub amount: i128,
    /// Orders of unknown amount.
    pub without_amount: u64,
    /// Distinct cases with an order.
    pub buyers: u64,
    /// Buyers whose very first order that counts lies in the period.
    pub new_buyers: u64,
    /// Money of new buyers' orders in the period.
    pub new_amount: i128,
    /// Buyers of the period before who bought again, of all of them; `None` in the first period.
    pub kept: Option<Share>,
}

impl ActivityFold<'_> {
    /// What the walk found.
    pub fn finish(&self, mut state: ActivityState) -> Activity {
        let spec = self.spec;
        let periods = (0..spec.periods.len()).map(|period| {
            let steps = (0..spec.steps.len()).map(|step| self.step(period, step, &mut state)).collect();
            let before = period.checked_sub(1).and_then(|before| state.orders.get(before)).map(|found| found.buyers);
            let orders = state.orders.get(period).filter(|_| spec.orders).map(|found| found.told(before));
            PeriodActivity { period, steps, orders }
        });
        let periods = periods.collect();
        Activity { steps: spec.steps.names.clone(), periods }
    }

    fn step(&self, period: usize, step: usize, state: &mut ActivityState) -> StepActivity {
        let cell = period * self.spec.steps.len() + step;
        let (sessions, scores) = self.extras.get(step).copied().unwrap_or_default();
        StepActivity {
            touchpoints: state.touchpoints.get(cell).copied().unwrap_or(0),
            cases: state.cases.get(cell).copied().filter(|_| self.spec.cases),
            sessions: state.sessions.get_mut(cell).filter(|_| sessions).map(distinct),
            scores: state.scores.get(cell).filter(|_| scores).map(Scores::told),
        }
    }
}

fn distinct(sessions: &mut Vec<u64>) -> u64 {
    sessions.sort_unstable();
    sessions.dedup();
    sessions.len() as u64
}

impl Scores {
    fn told(&self) -> ScoreShares {
        let passives = self.n.saturating_sub(self.promoters + self.detractors);
        ScoreShares {
            good: Share::of(self.good, self.n),
            promoters: Share::of(self.promoters, self.n),
            detractors: Share::of(self.detractors, self.n),
            nps: nps(self.promoters, passives, self.detractors),
        }
    }
}

impl Orders {
    fn told(&self, buyers_before: Option<u64>) -> OrderActivity {
        OrderActivity {
            orders: self.orders,
            amount: self.amount,
            without_amount: self.without_amount,
            buyers: self.buyers,
            new_buyers: self.new_buyers,
            new_amount: self.new_amount,
            kept: buyers_before.map(|before| Share::of(self.kept, before)),
        }
    }
}
