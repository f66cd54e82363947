//! Journeys in place, and the questions asked of them.
//!
//! A journey is everything dated that concerns one case (a customer, or a ticket), in the order of touchpoints. Journeys
//! lie in [`Block`]s of plain sorted columns; a question is a [`Fold`]: a state per walk, fed case by case and merged
//! over threads. Nothing here reads files, knows a table or the clock.

pub mod activity;
pub mod attribution;
mod block;
mod build;
mod carried;
pub mod delivery;
mod elapsed;
mod emotion;
mod fold;
mod kinds;
pub mod lifecycle;
mod periods;
pub mod retention;
pub mod rfm;
mod share;
mod stages;
pub mod stages_map;
mod steps;
pub mod tickets;

pub use block::{Block, Fact, Facts, Ids, Journey};
pub use build::{BlockBuilder, NewFact, NewTouch, OwnedBlock, flags};
pub use elapsed::Elapsed;
pub use emotion::{Emotion, EmotionSums};
pub use fold::{Fold, walk};
pub use kinds::{Kind, Kinds};
pub use periods::Periods;
pub use share::Share;
pub use stages::{StageRow, Stages};
pub use steps::{Grouping, Steps};
