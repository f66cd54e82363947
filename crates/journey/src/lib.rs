//! Journeys in place, and the questions asked of them.
//!
//! A journey is everything dated that concerns one case (a customer, or a ticket), in the order of touchpoints. Journeys
//! lie in [`Block`]s of plain sorted columns; a question is a [`Fold`]: a state per walk, fed case by case and merged
//! over threads. Nothing here reads files, knows a table or the clock.

mod block;
mod build;
mod fold;
mod kinds;
pub mod pains;
mod periods;
mod stages;
mod steps;

pub use block::{Block, Fact, Facts, Ids, Journey};
pub use build::{BlockBuilder, NewFact, NewTouch, OwnedBlock, OwnedFacts, flags};
pub use fold::{Fold, walk};
pub use kinds::{Kind, Kinds};
pub use periods::Periods;
pub use stages::{StageRow, Stages};
pub use steps::{Grouping, Steps};
