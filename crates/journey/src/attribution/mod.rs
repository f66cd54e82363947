//! Attribution: which channels led to orders, by several rules side by side. They are rules, not causes.
//!
//! A path is the channels of the touchpoints before a conversion; a conversion is an order that counts. Every rule but
//! the Markov chain shares each conversion among the touchpoints of its path:
//!
//! - first, last: all to the first, to the last touchpoint;
//! - linear: equal parts;
//! - position: 40 % to the first, 40 % to the last, 20 % in equal parts to those between; half and half of two;
//! - time decay: weights `2^(−age / half-life)`, age measured before the conversion.
//!
//! The Markov chain (see `markov.rs`) looks at paths without a conversion, too.

mod fold;
mod markov;
mod paths;
mod result;

use std::ops::Range;

use crate::{Block, Kinds, walk};

pub use fold::{AttributionFold, AttributionState};
use paths::PathSums;
pub use paths::{AggregatedPath, attribution_from_paths};
pub use result::{Attribution, ChannelCredit, Credit};

/// What is asked.
#[derive(Debug, Clone)]
pub struct AttributionSpec<'a> {
    /// Names of the channels.
    pub kinds: &'a Kinds,
    /// Codes of the kinds whose touchpoints belong to paths; `None`: all that carry a channel. Placed orders never do.
    pub touches: Option<Vec<u16>>,
    /// Touchpoints at most this long before the conversion, microseconds, the bound included; of a path without a
    /// conversion, before its last touchpoint. `None`: all since the conversion before.
    pub window: Option<i64>,
    /// Whether consecutive touchpoints of a path with the same session id count once, as the first of them.
    pub collapse_sessions: bool,
    /// Time in which a touchpoint loses half its weight by time decay, microseconds; above 0.
    pub half_life: i64,
    /// Only conversions in this half-open range, and paths without one whose last touchpoint is.
    pub dates: Option<Range<i64>>,
}

impl<'a> AttributionSpec<'a> {
    /// The half-life where none is asked for: seven days.
    pub const HALF_LIFE: i64 = 7 * 86_400_000_000;

    /// All touchpoints with a channel since the conversion before, each for itself, half-life seven days, all dates.
    pub fn new(kinds: &'a Kinds) -> Self {
        AttributionSpec {
            kinds,
            touches: None,
            window: None,
            collapse_sessions: false,
            half_life: Self::HALF_LIFE,
            dates: None,
        }
    }
}

/// Conversions and their money by channel and rule.
pub fn attribution(blocks: &[Block<'_>], spec: &AttributionSpec<'_>, threads: usize) -> Attribution {
    let fold = AttributionFold::new(spec);
    fold.finish(&walk(blocks, &fold, threads))
}
