//! A share of counts that carries its n.

use throughline_stats::{Interval, wilson};

/// `count` of `n`, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Those meant.
    pub count: u64,
    /// All of them.
    pub n: u64,
    /// `count / n`, 0 to 1; `None` of none.
    pub share: Option<f64>,
    /// Wilson's interval; `None` of none.
    pub interval: Option<Interval>,
}

impl Share {
    /// The share `count` of `n`.
    pub fn of(count: u64, n: u64) -> Share {
        let share = (n > 0).then(|| count as f64 / n as f64);
        Share { count, n, share, interval: wilson(count, n) }
    }
}
