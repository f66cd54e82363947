//! Journeys in place, and the questions asked of them.
//!
//! A journey is everything dated that concerns one case (a customer, or a ticket), in the order of touchpoints. Journeys
//! lie in [`Block`]s of plain sorted columns; a question is a [`Fold`]: a state per walk, fed case by case and merged
//! over threads. Nothing here reads files, knows a table or the clock.

mod block;
mod build;
mod conformance;
mod elapsed;
mod fold;
mod funnel;
mod kinds;
mod paths;
mod periods;
mod share;
mod stages;
mod steps;
mod transitions;

pub use block::{Block, Fact, Facts, Ids, Journey};
pub use build::{BlockBuilder, NewFact, NewTouch, OwnedBlock, OwnedFacts, flags};
pub use conformance::{
    Conformance, ConformanceFold, ConformanceGroup, ConformanceSpec, ConformanceState, Deviation, DeviationKind,
    conformance,
};
pub use elapsed::Elapsed;
pub use fold::{Fold, walk};
pub use funnel::{Funnel, FunnelFold, FunnelGroup, FunnelMode, FunnelSpec, FunnelState, FunnelStep, Repeat, funnel};
pub use kinds::{Kind, Kinds};
pub use paths::{Flow, Path, PathDifference, Paths, PathsFold, PathsSpec, PathsState, paths};
pub use periods::Periods;
pub use share::Share;
pub use stages::{StageRow, Stages};
pub use steps::{Grouping, Steps};
pub use transitions::{
    StepExits, Transition, Transitions, TransitionsFold, TransitionsSpec, TransitionsState, transitions,
};
