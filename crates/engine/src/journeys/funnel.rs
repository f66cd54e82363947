//! Funnels: how far people come along steps that somebody names.

use throughline_journey::{FunnelGroup, FunnelMode, FunnelSpec, Repeat, Steps, funnel};

use super::{About, Journeys, Scope};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// Most steps of a funnel.
const MOST_STEPS: usize = 32;

/// What is asked of a funnel. The range of the scope is that of entry dates.
#[derive(Debug, Clone)]
pub struct FunnelRequest {
    /// The steps in order, 2 to 32: a kind, several joined by `|`, or `name=kind|kind`.
    pub steps: Vec<String>,
    /// How steps follow each other.
    pub mode: FunnelMode,
    /// Longest time from the entry in microseconds, inclusive; `None` for any.
    pub window: Option<i64>,
    /// Which entries of a case count.
    pub repeat: Repeat,
    /// Whether times between steps are wanted.
    pub times: bool,
}

/// A funnel by group.
#[derive(Debug, Clone)]
pub struct FunnelView {
    /// What it is about.
    pub about: About,
    /// What was asked.
    pub request: FunnelRequest,
    /// Names of the steps.
    pub steps: Vec<String>,
    /// Groups with cases, ascending.
    pub groups: Vec<FunnelGroup>,
}

impl Session {
    /// How far people come along the steps.
    ///
    /// # Errors
    /// Input: too few or too many steps, a kind that no touchpoint bears or that stands in two steps, a window that is
    /// no time.
    pub async fn journey_funnel(
        &self,
        scope: &Scope,
        request: &FunnelRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<FunnelView> {
        if !(2..=MOST_STEPS).contains(&request.steps.len()) {
            return Err(Error::input(format!("A funnel has 2 to {MOST_STEPS} steps, not {}.", request.steps.len()))
                .hint("such as `throughline journey funnel product_view add_to_cart order`"));
        }
        if request.window.is_some_and(|window| window <= 0) {
            return Err(Error::input("A window is longer than no time at all.").hint("such as --window 30d"));
        }
        let asked = self.ask(scope, progress).await?;
        let spec = FunnelSpec {
            steps: distinct(&asked.journeys, &request.steps)?,
            mode: request.mode,
            window: request.window,
            entries: asked.range,
            known_until: asked.known_until,
            repeat: request.repeat,
            times: request.times,
            grouping: asked.grouping.clone(),
        };
        let groups = funnel(&asked.journeys.blocks(), &spec, asked.threads()).groups;
        Ok(FunnelView { about: asked.about(scope), request: request.clone(), steps: spec.steps.names, groups })
    }
}

/// The steps, none of whose kinds stands in two.
fn distinct(journeys: &Journeys, steps: &[String]) -> Result<Steps> {
    let named = steps.iter().map(|step| journeys.named(step)).collect::<Result<Vec<_>>>()?;
    for (place, (name, codes)) in named.iter().enumerate() {
        let mut before = named.iter().take(place);
        if let Some((other, _)) = before.find(|(_, others)| codes.iter().any(|code| others.contains(code))) {
            let message =
                format!("The steps `{other}` and `{name}` share a kind; a touchpoint is one step of a funnel.");
            return Err(Error::input(message).hint("leave the kind out of one of them"));
        }
    }
    Ok(Steps::named(named, journeys.kinds()))
}
