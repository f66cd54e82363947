//! Obstacles found, as plain data.

use throughline_stats::{Difference, Interval};

/// The five sorts of obstacle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sort {
    /// Drop-off above expectation.
    DropOff,
    /// Repeated contact.
    RepeatedContact,
    /// Long wait.
    LongWait,
    /// Falling score.
    FallingScore,
    /// Loop.
    Loop,
}

/// What stands in the way, and the numbers that say so.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// At a step more customers drop off than among all others at it.
    DropOff {
        /// The step.
        step: String,
        /// The step that should follow.
        next: String,
        /// By what the last touchpoint at the step was told apart.
        by: LastTouch,
        /// Customers here whose drop-off is decided, and those who dropped off.
        here: (u64, u64),
        /// The same of all others at the step.
        others: (u64, u64),
        /// Share here less share of the others, with Newcombe's 95 % interval.
        difference: Difference,
    },
    /// Several tickets about one order.
    SameOrder {
        /// Longest time between the first ticket and another, microseconds.
        within: i64,
    },
    /// A new or reopened ticket soon after one was solved.
    AfterSolved {
        /// Longest time from solved to contact, microseconds.
        within: i64,
    },
    /// A long wait for an answer.
    SlowAnswer {
        /// Longer than this, microseconds.
        longer_than: i64,
        /// Of so many waits this is the quantile; `None` where the bound was given.
        waits: Option<u64>,
    },
    /// A delivery later than promised.
    LateDelivery,
    /// A long time from order to delivery.
    SlowDelivery {
        /// Longer than this, microseconds.
        longer_than: i64,
        /// Of so many deliveries this is the quantile; `None` where the bound was given.
        waits: Option<u64>,
    },
    /// A customer's score falls from one answer to the next.
    CustomerScore {
        /// Instrument, or kind of the touchpoint where none is known.
        instrument: String,
        /// By this share of the scale or more.
        by: f64,
    },
    /// The mean score at a touchpoint falls; affected are answers below the first half's mean in the second half.
    TouchpointScore {
        /// The touchpoint.
        kind: String,
        /// Mean share of the scale and number of scores in the first half of the period.
        first: (f64, u64),
        /// The same in the second half.
        second: (f64, u64),
        /// Second mean less first, with Welch's 95 % interval.
        difference: Difference,
    },
    /// The same step over and over in one visit without moving on.
    Repeat {
        /// The step.
        step: String,
        /// So many times or more.
        times: u32,
    },
    /// Back and forth between two steps: a, b, a, b.
    BackAndForth {
        /// The first step.
        from: String,
        /// The other.
        to: String,
    },
}

/// What tells a last touchpoint from others at the same step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastTouch {
    /// Its channel.
    Channel(String),
    /// Its kind.
    Kind(String),
}

/// What the comparison shows. It describes and does not explain: nobody was assigned to an obstacle by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The affected bought less often than comparable customers; the interval lies below 0.
    BoughtLess,
    /// The interval covers 0.
    NoDifferenceShown,
    /// The affected bought more often; the interval lies above 0.
    BoughtMore,
    /// Too few customers on a side, or no orders known.
    TooLittleData,
}

/// Later purchase of the affected against comparable customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Affected customers whose horizon is over and who had comparable ones.
    pub affected: u64,
    /// How many of them bought within the horizon.
    pub affected_buyers: u64,
    /// Share of them who bought.
    pub affected_share: f64,
    /// Comparable customers.
    pub comparable: u64,
    /// Their moments; a customer who had several without the obstacle counts at each.
    pub comparable_moments: u64,
    /// After how many of these moments an order followed within the horizon.
    pub comparable_buyers: u64,
    /// Share of the comparable moments followed by an order, standardised to the strata of the affected.
    pub comparable_share: f64,
    /// `affected_share − comparable_share`.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: Interval,
    /// Strata compared.
    pub strata: u64,
    /// Strata of affected customers with fewer than two comparable ones: left out.
    pub dropped_strata: u64,
    /// Affected customers in them.
    pub dropped: u64,
    /// Mean value of comparable buyers' next order in ten-thousandths, and of how many; `None` where no amount is known.
    pub order_value: Option<(f64, u64)>,
}

/// Money at stake in ten-thousandths: affected customers compared × −difference × mean value of comparable buyers' next
/// order. The interval is that of the difference; the mean value is taken as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// The estimate.
    pub value: i64,
    /// Low end of its 95 % interval.
    pub low: i64,
    /// High end.
    pub high: i64,
}

/// A customer who met an obstacle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Id of the case.
    pub case: String,
    /// Place in the journey of the touchpoint where it happened first, counted from 0.
    pub row: usize,
    /// When that touchpoint was, microseconds since 1970.
    pub at: i64,
}

/// One obstacle.
#[derive(Debug, Clone, PartialEq)]
pub struct Pain {
    /// What stands in the way.
    pub obstacle: Obstacle,
    /// Customers affected at least once. Of a drop-off: all who stood where it is high; it says how many dropped off.
    pub cases: u64,
    /// How often it happened.
    pub moments: u64,
    /// Affected customers whose horizon is not over, counted at the first time.
    pub open: u64,
    /// What the comparison shows.
    pub finding: Finding,
    /// Later purchase; `None` if there is too little data on a side.
    pub comparison: Option<Comparison>,
    /// Money at stake; only where the affected bought less.
    pub money: Option<Money>,
    /// Some of the customers, the same ones every time.
    pub examples: Vec<Example>,
}

/// All obstacles found. One customer may have met several, and one obstacle may bring another: money at stake does not
/// add up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pains {
    /// By money at stake, then by customers affected, then by what stands in the way.
    pub pains: Vec<Pain>,
    /// Obstacles met by some customers, but fewer than `minimum_n`: they are not listed.
    pub too_few: u64,
    /// How long later purchases were awaited, microseconds.
    pub horizon: i64,
}

impl Obstacle {
    /// Its sort.
    pub fn sort(&self) -> Sort {
        match self {
            Obstacle::DropOff { .. } => Sort::DropOff,
            Obstacle::SameOrder { .. } | Obstacle::AfterSolved { .. } => Sort::RepeatedContact,
            Obstacle::SlowAnswer { .. } | Obstacle::LateDelivery | Obstacle::SlowDelivery { .. } => Sort::LongWait,
            Obstacle::CustomerScore { .. } | Obstacle::TouchpointScore { .. } => Sort::FallingScore,
            Obstacle::Repeat { .. } | Obstacle::BackAndForth { .. } => Sort::Loop,
        }
    }
}
