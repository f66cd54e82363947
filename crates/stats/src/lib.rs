//! Numbers in, numbers out: the intervals, quantiles and charts that say how far a number can be
//! trusted. This crate knows no customers, no money and no calendar; it does no I/O, reads no clock
//! and draws no random numbers, so the same input always gives the same bytes.
//!
//! Every interval is a 95 % interval. What is undefined is `None`, never NaN and never zero; input
//! that makes no sense (more successes than trials, a mean of nothing, NaN) is undefined too.
//!
//! | question | where |
//! |---|---|
//! | a share of counts | [`wilson`](fn@wilson) |
//! | a mean | [`Moments`] |
//! | a ratio of two sums | [`RatioSums`] |
//! | a quantile | [`quantile`](fn@quantile), [`quantile_interval`] |
//! | a Net Promoter Score | [`nps`](fn@nps) |
//! | is a series signal or noise | [`xmr`](fn@xmr) |
//! | did fewer or more come than was expected | [`volume`](fn@volume) |
//! | did a share jump, did a mix shift | [`share_rises`], [`mix_shifts`] |
//! | did a number move from one period to the next | [`difference`](fn@difference), [`newcombe`](fn@newcombe), [`welch`](fn@welch) |
//! | what moved a rate, a formula, a quantile | [`mix_and_rate`](fn@mix_and_rate), [`shapley`](fn@shapley), [`quantile_by_replacement`] |
//! | which of many differences stand | [`two_proportions`](fn@two_proportions), [`benjamini_hochberg`](fn@benjamini_hochberg) |

mod benjamini_hochberg;
mod confidence;
mod difference;
mod interval;
mod mix;
mod mix_and_rate;
mod moments;
mod newcombe;
mod nps;
mod order_ranks;
mod quantile;
mod ratio;
mod replacement;
mod robust;
mod shapley;
mod share_rise;
mod student;
mod two_proportions;
mod volume;
mod welch;
mod wilson;
mod xmr;

pub use benjamini_hochberg::benjamini_hochberg;
pub use confidence::{CONFIDENCE, TAIL, Z};
pub use difference::{Difference, difference};
pub use interval::Interval;
pub use mix::{MixChange, MixSignal, mix_shifts};
pub use mix_and_rate::{MixRate, Stratum, mix_and_rate};
pub use moments::Moments;
pub use newcombe::newcombe;
pub use nps::nps;
pub use quantile::{quantile, quantile_interval};
pub use ratio::{RatioSums, ratio_interval};
pub use replacement::{Replaced, quantile_by_replacement};
pub use shapley::shapley;
pub use share_rise::{Share, ShareSignal, share_rises};
pub use student::student_t;
pub use two_proportions::two_proportions;
pub use volume::{Rhythm, VolumeSignal, volume};
pub use welch::welch;
pub use wilson::wilson;
pub use xmr::{MINIMUM_RANGES, Rule, Side, Signal, Xmr, xmr};
