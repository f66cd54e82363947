//! From codes to what a person reads.

use super::case::{self, By};
use super::result::{LastTouch, Obstacle};
use super::spec::Spec;
use super::survey::Survey;
use crate::{Kinds, Steps};

/// The instrument of a kind, or its name where none is known.
pub(super) fn instrument(kinds: &Kinds, code: u16) -> &str {
    let kind = kinds.kinds.get(usize::from(code));
    kind.map_or("", |kind| kind.instrument.as_deref().unwrap_or(&kind.kind))
}

fn kind(kinds: &Kinds, code: u16) -> String {
    kinds.kinds.get(usize::from(code)).map_or_else(String::new, |kind| match &kind.about {
        Some(about) => format!("{} about {about}", kind.kind),
        None => kind.kind.clone(),
    })
}

fn step(steps: Option<&Steps>, place: usize) -> String {
    steps.and_then(|steps| steps.names.get(place)).cloned().unwrap_or_default()
}

/// The obstacle with names and the numbers that say so; `None` if the survey did not find it.
pub(super) fn describe(obstacle: &case::Obstacle, spec: &Spec, survey: &Survey) -> Option<Obstacle> {
    let limits = &spec.limits;
    let own = |place: &u16| step(Some(&spec.steps), usize::from(*place));
    let waits = |waits: u64| (waits > 0).then_some(waits);
    Some(match obstacle {
        case::Obstacle::DropOff { flow, step, by } => drop_off(*flow, *step, by, spec, survey)?,
        case::Obstacle::SameOrder => Obstacle::SameOrder { within: limits.same_order_within },
        case::Obstacle::AfterSolved => Obstacle::AfterSolved { within: limits.after_solved_within },
        case::Obstacle::SlowAnswer => {
            let bound = survey.bounds.answer?;
            Obstacle::SlowAnswer { longer_than: bound.micros, waits: waits(bound.waits) }
        }
        case::Obstacle::LateDelivery => Obstacle::LateDelivery,
        case::Obstacle::SlowDelivery => {
            let bound = survey.bounds.delivery?;
            Obstacle::SlowDelivery { longer_than: bound.micros, waits: waits(bound.waits) }
        }
        case::Obstacle::CustomerScore(code) => {
            Obstacle::CustomerScore { instrument: instrument(&spec.kinds, *code).to_owned(), by: limits.score_fall }
        }
        case::Obstacle::TouchpointScore(code) => {
            let fall = survey.falls.get(code)?;
            Obstacle::TouchpointScore {
                kind: kind(&spec.kinds, *code),
                first: (fall.first.mean, fall.first.n),
                second: (fall.second.mean, fall.second.n),
                difference: fall.difference,
            }
        }
        case::Obstacle::Repeat(place) => Obstacle::Repeat { step: own(place), times: limits.repeats.max(2) },
        case::Obstacle::BackAndForth(a, b) => Obstacle::BackAndForth { from: own(a), to: own(b) },
    })
}

fn drop_off(flow: u16, place: u16, by: &By, spec: &Spec, survey: &Survey) -> Option<Obstacle> {
    let excess = survey.drop_offs.get(&(flow, place))?.get(by)?;
    let steps = spec.flows.get(usize::from(flow));
    Some(Obstacle::DropOff {
        step: step(steps, usize::from(place)),
        next: step(steps, usize::from(place) + 1),
        by: match by {
            By::Channel(code) => LastTouch::Channel(spec.kinds.channel(*code).unwrap_or_default().to_owned()),
            By::Kind(code) => LastTouch::Kind(kind(&spec.kinds, *code)),
        },
        here: (excess.here.cases, excess.here.dropped),
        others: (excess.others.cases, excess.others.dropped),
        difference: excess.difference,
    })
}
