//! What is asked about obstacles.

use crate::{Kinds, Periods, Steps};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Codes of kinds by the part they play. An empty role switches off what needs it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roles {
    /// An order was placed; it counts where its fact says so. Without it nothing is compared.
    pub order: Vec<u16>,
    /// An order was delivered.
    pub delivery: Vec<u16>,
    /// A ticket was opened.
    pub ticket_opened: Vec<u16>,
    /// The customer wrote in a ticket.
    pub customer_message: Vec<u16>,
    /// The customer was answered in a ticket, by a person.
    pub public_answer: Vec<u16>,
    /// A ticket was solved.
    pub solved: Vec<u16>,
    /// A solved ticket became unsolved again.
    pub reopened: Vec<u16>,
    /// A score was given.
    pub scored: Vec<u16>,
    /// The customer searched.
    pub search: Vec<u16>,
    /// The customer put something into the cart or looked at it.
    pub cart: Vec<u16>,
    /// The customer was in the checkout.
    pub checkout: Vec<u16>,
}

/// From where on something is an obstacle. Durations are microseconds, elapsed time.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Least number of customers for an obstacle to be listed, of customers on each side for a comparison, and of cases,
    /// waits or scores for a bound to be taken from them. Default 30.
    pub minimum_n: u64,
    /// Largest expected share of false ones among the drop-offs named (Benjamini and Hochberg). Default 0.05.
    pub false_discovery: f64,
    /// Who has reached no later step this long after the last touchpoint at a step has dropped off. Default 30 days.
    pub drop_after: i64,
    /// Another ticket about the same order within this time of the first is a repeated contact. Default 30 days.
    pub same_order_within: i64,
    /// A new or reopened ticket within this time of a solved one is a repeated contact. Default 7 days.
    pub after_solved_within: i64,
    /// A wait beyond this quantile of all waits is long. Default 0.9.
    pub wait_quantile: f64,
    /// A longer wait for an answer is long; default: the quantile.
    pub answer_within: Option<i64>,
    /// A longer time from order to delivery is long; default: the quantile.
    pub delivery_within: Option<i64>,
    /// A customer's score falls if it is lower than the one before by this share of the scale or more. Default 0.25.
    pub score_fall: f64,
    /// So many touchpoints of one step in a session without moving on are a loop. Default 3, at least 2.
    pub repeats: u32,
    /// Touchpoints without a session of the source belong together if less than this apart. Default 30 minutes.
    pub session_gap: i64,
    /// How many example customers are named. Default 5.
    pub examples: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            minimum_n: 30,
            false_discovery: 0.05,
            drop_after: 30 * DAY,
            same_order_within: 30 * DAY,
            after_solved_within: 7 * DAY,
            wait_quantile: 0.9,
            answer_within: None,
            delivery_within: None,
            score_fall: 0.25,
            repeats: 3,
            session_gap: HOUR / 2,
            examples: 5,
        }
    }
}

/// Which obstacles are looked for, when, and how long later purchases are awaited.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What the codes mean.
    pub kinds: Kinds,
    /// Kinds by the part they play.
    pub roles: Roles,
    /// Steps in the order in which they are gone through, such as the stages, or cart, checkout and order; drop-off is
    /// looked for between the steps of each. At most 64 steps each; more are passed over.
    pub flows: Vec<Steps>,
    /// The steps of visits, in which loops are looked for; kinds without a step are passed over.
    pub steps: Steps,
    /// Calendar quarters; customers are compared within one.
    pub quarters: Periods,
    /// Obstacles that begin in `[from, until)`, microseconds since 1970; its halves are compared for falling scores.
    pub period: (i64, i64),
    /// What happened before this instant is known; outcomes and waits that end later are open.
    pub known_until: i64,
    /// How long a later purchase is awaited, microseconds. [`Spec::HORIZON`] is customary.
    pub horizon: i64,
    /// From where on something is an obstacle.
    pub limits: Limits,
}

impl Spec {
    /// The customary horizon, 90 days.
    pub const HORIZON: i64 = 90 * DAY;

    /// Whether an obstacle that begins at this instant is asked for.
    pub(super) fn asks(&self, at: i64) -> bool {
        self.period.0 <= at && at < self.period.1
    }

    /// The middle of the period, where its second half begins.
    pub(super) fn middle(&self) -> i64 {
        i64::midpoint(self.period.0, self.period.1)
    }
}

/// The roles of a kind as bits.
pub(super) mod role {
    pub const ORDER: u16 = 1;
    pub const DELIVERY: u16 = 2;
    pub const OPENED: u16 = 4;
    pub const MESSAGE: u16 = 8;
    pub const ANSWER: u16 = 16;
    pub const SOLVED: u16 = 32;
    pub const REOPENED: u16 = 64;
    pub const SCORED: u16 = 128;
    pub const SEARCH: u16 = 256;
    pub const CART: u16 = 512;
    pub const CHECKOUT: u16 = 1024;
    /// Where loops are looked for.
    pub const WATCHED: u16 = SEARCH | CART | CHECKOUT;
}

impl Roles {
    /// The roles of every kind as bits, by code.
    pub(super) fn table(&self, kinds: usize) -> Vec<u16> {
        let all = [
            (&self.order, role::ORDER),
            (&self.delivery, role::DELIVERY),
            (&self.ticket_opened, role::OPENED),
            (&self.customer_message, role::MESSAGE),
            (&self.public_answer, role::ANSWER),
            (&self.solved, role::SOLVED),
            (&self.reopened, role::REOPENED),
            (&self.scored, role::SCORED),
            (&self.search, role::SEARCH),
            (&self.cart, role::CART),
            (&self.checkout, role::CHECKOUT),
        ];
        let mut table = vec![0; kinds];
        for (codes, bit) in all {
            for code in codes {
                if let Some(bits) = table.get_mut(usize::from(*code)) {
                    *bits |= bit;
                }
            }
        }
        table
    }
}
