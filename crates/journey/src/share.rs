//! A share of counts, never without its n.

use throughline_stats::{Interval, wilson};

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// How many have it.
    pub count: u64,
    /// Of how many.
    pub n: u64,
    /// `count / n`, 0 to 1; `None` of none.
    pub share: Option<f64>,
    /// The 95 % interval of the share (Wilson).
    pub interval: Option<Interval>,
}

impl Share {
    /// `count` of `n`.
    pub fn of(count: u64, n: u64) -> Share {
        Share { count, n, share: (n > 0).then(|| count as f64 / n as f64), interval: wilson(count, n) }
    }
}
