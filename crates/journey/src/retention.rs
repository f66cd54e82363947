//! Retention: of the customers who ordered first in a period, how many order again in the periods after it.

use crate::{Block, Fold, Journey, Periods, Share, walk};

/// Which orders keep a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetentionVariant {
    /// Orders in the k-th period after the first order's.
    #[default]
    In,
    /// Orders in the k-th period after it or in any later one. Later orders can still raise every cell.
    InOrAfter,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct RetentionSpec {
    /// Periods of first orders and of orders; orders outside them are not seen.
    pub periods: Periods,
    /// Until when orders are known, microseconds; cells of periods that end later are marked.
    pub known_until: i64,
    /// Which orders keep a customer.
    pub variant: RetentionVariant,
}

/// Customers by the period of their first counting order. Cohorts without customers are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Retention {
    /// Ascending by period.
    pub cohorts: Vec<Cohort>,
    /// Customers whose first counting order lies outside all periods.
    pub outside: u64,
}

/// The customers of one period of first orders.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    /// Place of the period.
    pub period: usize,
    /// How many customers.
    pub customers: u64,
    /// One for each offset from 0 to the last period; by definition the first is everybody.
    pub cells: Vec<CohortCell>,
}

/// The customers of a cohort who ordered `offset` periods after the first order's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CohortCell {
    /// Periods after the first order's.
    pub offset: usize,
    /// Kept customers of all of the cohort.
    pub kept: Share,
    /// Whether orders are known until the end of the period.
    pub complete: bool,
}

/// One row per cohort, one number per offset seen.
#[derive(Debug, Default)]
pub struct RetentionState {
    customers: Vec<Vec<u64>>,
    outside: u64,
}

/// The question as a fold.
#[derive(Debug, Clone, Copy)]
pub struct RetentionFold<'a> {
    spec: &'a RetentionSpec,
}

/// Retention of all journeys.
pub fn retention(blocks: &[Block<'_>], spec: &RetentionSpec, threads: usize) -> Retention {
    let fold = RetentionFold::new(spec);
    fold.finish(walk(blocks, &fold, threads))
}

impl Fold for RetentionFold<'_> {
    type State = RetentionState;

    fn start(&self) -> RetentionState {
        RetentionState { customers: vec![Vec::new(); self.spec.periods.len()], outside: 0 }
    }

    #[inline]
    fn case(&self, journey: &Journey<'_>, state: &mut RetentionState) {
        let mut orders = journey.counting_orders();
        let Some(first) = orders.next() else { return };
        let periods = &self.spec.periods;
        let Some(cohort) = periods.index(first.at) else {
            state.outside += 1;
            return;
        };
        let Some(row) = state.customers.get_mut(cohort) else { return };
        let mut last = cohort;
        let mut end = periods.start(cohort + 1).unwrap_or(i64::MAX);
        add(row, 0);
        // Orders ascend: only the first one beyond the end of a period begins another.
        for order in orders {
            if order.at < end {
                continue;
            }
            let Some(period) = periods.index(order.at) else { break };
            (last, end) = (period, periods.start(period + 1).unwrap_or(i64::MAX));
            if self.spec.variant == RetentionVariant::In {
                add(row, period - cohort);
            }
        }
        // Whoever orders in the last period orders in or after each before it: one number says it all.
        if self.spec.variant == RetentionVariant::InOrAfter && last > cohort {
            add(row, last - cohort);
        }
    }

    fn merge(&self, into: &mut RetentionState, from: RetentionState) {
        into.outside += from.outside;
        for (into, from) in into.customers.iter_mut().zip(from.customers) {
            into.resize(into.len().max(from.len()), 0);
            into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
        }
    }
}

fn add(row: &mut Vec<u64>, offset: usize) {
    if row.len() <= offset {
        row.resize(offset + 1, 0);
    }
    if let Some(count) = row.get_mut(offset) {
        *count += 1;
    }
}

impl<'a> RetentionFold<'a> {
    /// The fold of a question.
    pub fn new(spec: &'a RetentionSpec) -> Self {
        RetentionFold { spec }
    }

    /// What the walk found.
    pub fn finish(&self, state: RetentionState) -> Retention {
        let rows = state.customers.into_iter().enumerate().filter(|(_, row)| !row.is_empty());
        Retention { cohorts: rows.map(|(period, row)| self.cohort(period, row)).collect(), outside: state.outside }
    }

    fn cohort(&self, period: usize, mut row: Vec<u64>) -> Cohort {
        let customers = row.first().copied().unwrap_or(0);
        row.resize(self.spec.periods.len() - period, 0);
        if self.spec.variant == RetentionVariant::InOrAfter {
            let mut after = 0;
            for count in row.iter_mut().skip(1).rev() {
                after += *count;
                *count = after;
            }
        }
        let cell = |(offset, kept): (usize, u64)| {
            let end = self.spec.periods.start(period + offset + 1);
            let complete = end.is_some_and(|end| end <= self.spec.known_until);
            CohortCell { offset, kept: Share::of(kept, customers), complete }
        };
        Cohort { period, customers, cells: row.into_iter().enumerate().map(cell).collect() }
    }
}
