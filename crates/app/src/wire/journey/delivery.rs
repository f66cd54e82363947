//! The JSON of `throughline journey delivery`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::DeliveryAnswer;
use throughline_journey as fold;
use utoipa::ToSchema;

use super::{About, Elapsed, Share, between};
use crate::wire::Between;

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct Answer {
    about: About,
    horizon_seconds: f64,
    again_seconds: f64,
    minimum_scores: u64,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryGroup)]
struct Group {
    group: String,
    orders: u64,
    without_promise: u64,
    kept: Share,
    open: u64,
    overdue: u64,
    lateness: Elapsed,
    late_by: Elapsed,
    overdue_by: Elapsed,
    reason: Option<&'static str>,
    classes: Vec<Class>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryClass)]
struct Class {
    name: String,
    promise: &'static str,
    orders: u64,
    ticket: Option<Share>,
    scored: Share,
    score: Emotion,
    ordered_again: Share,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryEmotion)]
struct Emotion {
    n: u64,
    mean: Option<f64>,
    interval: Option<Between>,
}

impl Answer {
    /// Deliveries as known at an instant.
    pub fn new(found: &DeliveryAnswer, as_of: Timestamp) -> Answer {
        Answer {
            about: About::new(&found.about, as_of),
            horizon_seconds: found.request.horizon as f64 / 1e6,
            again_seconds: found.request.again as f64 / 1e6,
            minimum_scores: found.request.minimum_scores,
            groups: found
                .groups
                .iter()
                .map(|group| Group::new(&group.group, &group.answer, found.knows_tickets))
                .collect(),
        }
    }
}

impl Group {
    fn new(group: &str, found: &fold::Delivery, knows_tickets: bool) -> Group {
        let class = |class: &fold::DeliveryClass| Class {
            name: class.name.clone(),
            promise: match class.promise {
                fold::Promise::Kept => "kept",
                fold::Promise::Late => "late",
                fold::Promise::Overdue => "overdue",
            },
            orders: class.orders,
            ticket: knows_tickets.then(|| class.ticket.into()),
            scored: class.scored.into(),
            score: Emotion {
                n: class.emotion.n,
                mean: class.emotion.mean,
                interval: class.emotion.interval.map(between),
            },
            ordered_again: class.ordered_again.into(),
        };
        Group {
            group: group.to_owned(),
            orders: found.orders,
            without_promise: found.without_promise,
            kept: found.kept.into(),
            open: found.open,
            overdue: found.overdue,
            lateness: found.lateness.into(),
            late_by: found.late_by.into(),
            overdue_by: found.overdue_by.into(),
            reason: (found.orders == 0).then_some("no order that counts has a promise"),
            classes: found.classes.iter().map(class).collect(),
        }
    }
}
