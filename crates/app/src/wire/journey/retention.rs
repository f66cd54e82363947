//! The JSON of `throughline journey retention`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{GroupAnswer, RetentionAnswer, pooled};
use throughline_journey::{Retention, RetentionVariant};
use utoipa::ToSchema;

use super::{About, Share};

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Retention)]
pub struct Answer {
    about: About,
    every: String,
    variant: &'static str,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RetentionGroup)]
struct Group {
    group: String,
    customers: u64,
    outside: u64,
    reason: Option<&'static str>,
    cohorts: Vec<Cohort>,
    all: Vec<Pooled>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RetentionCohort)]
struct Cohort {
    cohort: String,
    customers: u64,
    cells: Vec<Cell>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RetentionCell)]
struct Cell {
    offset: usize,
    kept: Share,
    complete: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RetentionPooled)]
struct Pooled {
    offset: usize,
    kept: Share,
}

impl Answer {
    /// Retention as known at an instant.
    pub fn new(found: &RetentionAnswer, as_of: Timestamp) -> Answer {
        Answer {
            about: About::new(&found.about, as_of),
            every: found.request.every.to_string(),
            variant: match found.request.variant {
                RetentionVariant::In => "in",
                RetentionVariant::InOrAfter => "in_or_after",
            },
            groups: found.groups.iter().map(|group| Group::new(group, found)).collect(),
        }
    }
}

impl Group {
    fn new(group: &GroupAnswer<Retention>, found: &RetentionAnswer) -> Group {
        let Retention { cohorts, outside } = &group.answer;
        let cohort = |cohort: &throughline_journey::Cohort| Cohort {
            cohort: found.label(cohort.period).to_owned(),
            customers: cohort.customers,
            cells: cohort
                .cells
                .iter()
                .map(|cell| Cell { offset: cell.offset, kept: cell.kept.into(), complete: cell.complete })
                .collect(),
        };
        let all = pooled(&group.answer).into_iter().enumerate();
        Group {
            group: group.group.clone(),
            customers: cohorts.iter().map(|cohort| cohort.customers).sum(),
            outside: *outside,
            reason: cohorts.is_empty().then_some("no first order that counts in the periods asked for"),
            cohorts: cohorts.iter().map(cohort).collect(),
            all: all.map(|(offset, share)| Pooled { offset, kept: share.into() }).collect(),
        }
    }
}
