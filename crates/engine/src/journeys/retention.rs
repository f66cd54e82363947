//! Retention: who orders again, period by period after the first order.

use jiff::Timestamp;
use throughline_journey::{CohortCell, Retention, RetentionSpec, RetentionVariant, Share, retention};
use throughline_model::Grain;

use super::{About, Asked, Case, GroupAnswer, Scope};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// What is asked of retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionRequest {
    /// Length of the periods: week, month, quarter or year.
    pub every: Grain,
    /// Which orders keep a customer.
    pub variant: RetentionVariant,
}

/// Retention by group.
#[derive(Debug, Clone)]
pub struct RetentionAnswer {
    /// What it is about.
    pub about: About,
    /// What was asked.
    pub request: RetentionRequest,
    /// Labels of the periods that cohorts are numbered by.
    pub periods: Vec<String>,
    /// The groups; cohorts are those whose period overlaps the range asked for.
    pub groups: Vec<GroupAnswer<Retention>>,
}

impl RetentionAnswer {
    /// The label of a cohort's period.
    pub fn label(&self, period: usize) -> &str {
        self.periods.get(period).map_or("", String::as_str)
    }
}

/// All cohorts of a retention together, offset by offset: those whose cell is complete.
pub fn pooled(retention: &Retention) -> Vec<Share> {
    let longest = retention.cohorts.iter().map(|cohort| cohort.cells.len()).max().unwrap_or(0);
    let complete = |offset: usize| {
        let cells = retention.cohorts.iter().filter_map(move |cohort| cohort.cells.get(offset));
        cells.filter(|cell: &&CohortCell| cell.complete)
    };
    let share = |offset: usize| {
        let sum = complete(offset).fold((0, 0), |(kept, n), cell| (kept + cell.kept.count, n + cell.kept.n));
        Share::of(sum.0, sum.1)
    };
    (0..longest).map(share).take_while(|share| share.n > 0).collect()
}

impl Session {
    /// Customers by the period of their first order that counts, and how many of them order again in the periods
    /// after it. The range narrows the cohorts.
    ///
    /// # Errors
    /// Input: the scope is none, is about tickets, or periods are days.
    pub async fn journey_retention(
        &self,
        scope: &Scope,
        request: &RetentionRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<RetentionAnswer> {
        about_customers(scope, "Retention")?;
        if request.every == Grain::Day {
            return Err(Error::input("Retention is told by week, month, quarter or year, not by day.")
                .hint("write --every week"));
        }
        let asked = self.ask(scope, progress).await?;
        let (periods, labels) = self.periods_of(request.every, &asked.journeys.blocks());
        let spec = RetentionSpec { periods, known_until: self.whole_days_until(&asked), variant: request.variant };
        let (from, to) = asked.range.unwrap_or((i64::MIN, i64::MAX));
        let is_asked = |period: usize| {
            let (start, end) = (spec.periods.start(period), spec.periods.start(period + 1));
            start.is_some_and(|start| start < to) && end.is_some_and(|end| end > from)
        };
        let threads = asked.threads();
        let groups = asked.ask_groups(|blocks| {
            let mut found = retention(blocks, &spec, threads);
            found.cohorts.retain(|cohort| is_asked(cohort.period));
            found
        });
        Ok(RetentionAnswer { about: asked.about(scope), request: *request, periods: labels, groups })
    }
}

impl Session {
    /// Until when whole days are known, microseconds: a day with touchpoints counts as known to its end, as far as that
    /// is past.
    pub(super) fn whole_days_until(&self, asked: &Asked) -> i64 {
        let Ok(latest) = Timestamp::from_microsecond(asked.known_until) else { return asked.known_until };
        self.calendar().containing(Grain::Day, latest).end.min(self.as_of()).as_microsecond()
    }
}

/// Fails where the question is about tickets and can only be asked about customers.
pub(super) fn about_customers(scope: &Scope, what: &str) -> Result<()> {
    match scope.case {
        Case::Customer => Ok(()),
        Case::Ticket => {
            Err(Error::input(format!("{what} is asked of customers: tickets place no orders."))
                .hint("leave --case out"))
        }
    }
}
