//! Life cycle: new, returning, resurrected, paused and dormant customers, period by period.

use throughline_journey::{Lifecycle, LifecycleSpec, Periods, lifecycle};
use throughline_model::Grain;

use super::retention::about_customers;
use super::{About, Asked, GroupAnswer, Scope};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// One day of elapsed time, microseconds.
const DAY: f64 = 86_400e6;

/// What is asked of the life cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleRequest {
    /// Length of the periods.
    pub every: Grain,
    /// How long activity keeps a customer from being dormant, microseconds; as whole periods, see
    /// [`LifecycleRequest::periods`].
    pub window: i64,
    /// Kinds that count as activity; none: orders that count.
    pub activity: Vec<String>,
}

/// The life cycle by group.
#[derive(Debug, Clone)]
pub struct LifecycleAnswer {
    /// What it is about.
    pub about: About,
    /// What was asked.
    pub request: LifecycleRequest,
    /// Labels of the periods that states are numbered by.
    pub periods: Vec<String>,
    /// The groups. Periods are those that overlap the range asked for, without those before the first activity.
    pub groups: Vec<GroupAnswer<Vec<Lifecycle>>>,
}

impl LifecycleAnswer {
    /// The label of a period.
    pub fn label(&self, period: usize) -> &str {
        self.periods.get(period).map_or("", String::as_str)
    }
}

impl LifecycleRequest {
    /// How many periods the window is: by their mean length, to the nearest, at least 1.
    pub fn periods(&self) -> usize {
        let days = match self.every {
            Grain::Day => 1.0,
            Grain::Week => 7.0,
            Grain::Month => 365.2425 / 12.0,
            Grain::Quarter => 365.2425 / 4.0,
            Grain::Year => 365.2425,
        };
        // A cast of a float to an integer stops at the ends of its range.
        (self.window as f64 / DAY / days).round().max(1.0) as usize
    }
}

impl Session {
    /// In each period: customers active for the first time, again, or again after a long rest; and those who pause or
    /// lie dormant. The range narrows the periods shown, not what is known of the time before.
    ///
    /// # Errors
    /// Input: the scope is none or about tickets, the window is not above 0, or no touchpoint is of a kind named.
    pub async fn journey_lifecycle(
        &self,
        scope: &Scope,
        request: &LifecycleRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<LifecycleAnswer> {
        about_customers(scope, "The life cycle")?;
        if request.window <= 0 {
            return Err(Error::input("The window of the life cycle must be longer than nothing.").hint("such as 90d"));
        }
        let asked = self.ask(scope, progress).await?;
        let (periods, labels) = self.periods_of(request.every, &asked.journeys.blocks());
        let mut codes = Vec::new();
        for kind in &request.activity {
            codes.extend(asked.journeys.codes(kind)?);
        }
        let named = vec![("activity".to_owned(), codes)];
        let activity = throughline_journey::Steps::named(named, asked.journeys.kinds());
        let spec = LifecycleSpec {
            periods,
            window: request.periods(),
            activity: (!request.activity.is_empty()).then_some(activity),
            known_until: self.whole_days_until(&asked),
        };
        let threads = asked.threads();
        let groups = asked.ask_groups(|blocks| shown(lifecycle(blocks, &spec, threads), &spec.periods, &asked));
        Ok(LifecycleAnswer { about: asked.about(scope), request: request.clone(), periods: labels, groups })
    }
}

/// The periods asked for, from the first with an active customer on.
fn shown(all: Vec<Lifecycle>, periods: &Periods, asked: &Asked) -> Vec<Lifecycle> {
    let (from, to) = asked.range.unwrap_or((i64::MIN, i64::MAX));
    let is_asked = |one: &Lifecycle| {
        let (start, end) = (periods.start(one.period), periods.start(one.period + 1));
        start.is_some_and(|start| start < to) && end.is_some_and(|end| end > from)
    };
    let begun = all.into_iter().skip_while(|one| one.active() == 0);
    begun.filter(is_asked).collect()
}
