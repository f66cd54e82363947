//! Journeys in place, and the questions asked of them.
//!
//! A journey is everything dated that concerns one case (a customer, or a ticket), in the order of touchpoints. Journeys
//! lie in [`Block`]s of plain sorted columns; a question is a [`Fold`]: a state per walk, fed case by case and merged
//! over threads. Nothing here reads files, knows a table or the clock.

mod activity;
mod attribution;
mod block;
mod build;
mod carried;
mod conformance;
mod delivery;
mod elapsed;
mod emotion;
mod fold;
mod funnel;
mod kinds;
mod lifecycle;
pub mod pains;
mod paths;
mod periods;
mod retention;
mod rfm;
mod seen;
mod share;
mod stages;
mod stages_map;
mod steps;
mod tickets;
mod transitions;

pub use activity::{
    Activity, ActivityFold, ActivitySpec, ActivityState, OrderActivity, PeriodActivity, ScoreBounds, ScoreShares,
    StepActivity, activity,
};
pub use attribution::{
    AggregatedPath, Attribution, AttributionFold, AttributionSpec, AttributionState, ChannelCredit, Credit,
    attribution, attribution_from_paths,
};
pub use block::{Block, Fact, Facts, Ids, Journey};
pub use build::{BlockBuilder, NewFact, NewTouch, OwnedBlock, OwnedFacts, flags, ties};
pub use conformance::{
    Conformance, ConformanceFold, ConformanceGroup, ConformanceSpec, ConformanceState, Deviation, DeviationKind,
    conformance,
};
pub use delivery::{Delivery, DeliveryClass, DeliveryFold, DeliverySpec, DeliveryState, Promise, delivery};
pub use elapsed::Elapsed;
pub use emotion::{Emotion, EmotionSums};
pub use fold::{Fold, walk};
pub use funnel::{Funnel, FunnelFold, FunnelGroup, FunnelMode, FunnelSpec, FunnelState, FunnelStep, Repeat, funnel};
pub use kinds::{Kind, Kinds};
pub use lifecycle::{Lifecycle, LifecycleFold, LifecycleSpec, LifecycleState, lifecycle};
pub use paths::{Flow, Path, PathDifference, Paths, PathsFold, PathsSpec, PathsState, paths};
pub use periods::Periods;
pub use retention::{
    Cohort, CohortCell, Retention, RetentionFold, RetentionSpec, RetentionState, RetentionVariant, retention,
};
pub use rfm::{Rfm, RfmFold, RfmSpec, RfmState, rfm};
pub use seen::steps_seen;
pub use share::Share;
pub use stages::{StageRow, Stages};
pub use stages_map::{
    GroupMap, NextTouchpoint, Onward, OverviewFold, OverviewSpec, OverviewState, StageMap, StageTouchpoint,
    UnstagedTouchpoint, overview,
};
pub use steps::{Grouping, Steps};
pub use tickets::{TicketPeriod, Tickets, TicketsFold, TicketsSpec, TicketsState, tickets};
pub use transitions::{
    StepExits, Transition, Transitions, TransitionsFold, TransitionsSpec, TransitionsState, transitions,
};
