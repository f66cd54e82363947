//! A small world of orders, tickets, scores and visits: random logs, blocks, and what is asked.

use proptest::prelude::*;
use throughline_journey::pains::{Limits, Roles, Spec};
use throughline_journey::{BlockBuilder, Kind, Kinds, NewFact, NewTouch, OwnedBlock, Periods, Steps, flags};

pub const NAMES: [&str; 14] = [
    "order",
    "delivery",
    "opened",
    "message",
    "answer",
    "solved",
    "reopened",
    "csat",
    "csat_again",
    "nps",
    "search",
    "view",
    "cart",
    "checkout",
];
pub const ORDER: u16 = 0;
pub const DELIVERY: u16 = 1;
pub const OPENED: u16 = 2;
pub const MESSAGE: u16 = 3;
pub const ANSWER: u16 = 4;
pub const SOLVED: u16 = 5;
pub const REOPENED: u16 = 6;
pub const CSAT: u16 = 7;
pub const CSAT_AGAIN: u16 = 8;
pub const NPS: u16 = 9;
pub const SEARCH: u16 = 10;
pub const VIEW: u16 = 11;
pub const CART: u16 = 12;
pub const CHECKOUT: u16 = 13;
pub const CHANNELS: [&str; 3] = ["email", "search", "shop"];

/// A touchpoint; facts as the naive program sees them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Touch {
    pub case: u32,
    pub at: i64,
    pub kind: u16,
    pub channel: u16,
    pub session: u64,
    pub order: Option<u64>,
    pub ticket: Option<u64>,
    pub promised: Option<i64>,
    pub amount: Option<i64>,
    pub share: Option<f64>,
    pub counts: bool,
}

pub fn kinds() -> Kinds {
    let instrument = |code: usize| match code as u16 {
        CSAT | CSAT_AGAIN => Some("csat".to_owned()),
        _ => None,
    };
    let kind = |(code, name): (usize, &&str)| Kind {
        table: "t".into(),
        kind: (*name).into(),
        instrument: instrument(code),
        about: None,
    };
    Kinds { kinds: NAMES.iter().enumerate().map(kind).collect(), channels: CHANNELS.map(str::to_owned).to_vec() }
}

pub fn roles() -> Roles {
    Roles {
        order: vec![ORDER],
        delivery: vec![DELIVERY],
        ticket_opened: vec![OPENED],
        customer_message: vec![MESSAGE],
        public_answer: vec![ANSWER],
        solved: vec![SOLVED],
        reopened: vec![REOPENED],
        scored: vec![CSAT, CSAT_AGAIN, NPS],
        search: vec![SEARCH],
        cart: vec![CART],
        checkout: vec![CHECKOUT],
    }
}

/// Search, cart, checkout, order.
pub fn flow() -> Steps {
    let step = |code: u16| (NAMES[usize::from(code)].to_owned(), vec![code]);
    Steps::named([SEARCH, CART, CHECKOUT, ORDER].map(step).to_vec(), &kinds())
}

/// The steps of visits: search and cart are one step each, view another; the checkout and the order too.
pub fn steps() -> Steps {
    let step = |code: u16| (NAMES[usize::from(code)].to_owned(), vec![code]);
    Steps::named([SEARCH, VIEW, CART, CHECKOUT].map(step).to_vec(), &kinds())
}

/// What is asked of random logs, whose instants lie in 0..80.
pub fn small_spec() -> Spec {
    Spec {
        kinds: kinds(),
        roles: roles(),
        flows: vec![flow()],
        steps: steps(),
        quarters: Periods::new(vec![0, 60, 100]),
        period: (4, 70),
        known_until: 72,
        horizon: 9,
        limits: Limits {
            minimum_n: 1,
            false_discovery: 0.6,
            drop_after: 6,
            same_order_within: 8,
            after_solved_within: 5,
            wait_quantile: 0.6,
            answer_within: None,
            delivery_within: None,
            score_fall: 0.25,
            repeats: 3,
            session_gap: 4,
            examples: 3,
        },
    }
}

/// Logs of few cases with many touchpoints, few instants, orders and tickets.
pub fn logs(cases: u32, kinds: &'static [u16], most: usize) -> impl Strategy<Value = Vec<Touch>> {
    let ids = (prop::option::weighted(0.9, 1..4_u64), prop::option::weighted(0.9, 1..4_u64));
    let numbers = (prop::option::of(0..8_i64), prop::option::of(1..9_i64), 0..6_u8, prop::bool::weighted(0.8));
    let channel = prop::sample::select(vec![1, 1, 1, 1, 1, 1, 2, 2, 0, 3]);
    let touch = (0..cases, 0..80_i64, prop::sample::select(kinds), channel, 0..3_u64, ids, numbers);
    prop::collection::vec(touch, most / 4..most).prop_map(|touches| {
        touches
            .into_iter()
            .map(|(case, at, kind, channel, session, (order, ticket), numbers)| {
                let (promised, amount, score, counts) = numbers;
                let scored = (CSAT..=NPS).contains(&kind);
                let concerns_order = kind <= OPENED;
                let concerns_ticket = (OPENED..=REOPENED).contains(&kind);
                Touch {
                    case,
                    at,
                    kind,
                    channel,
                    session,
                    order: order.filter(|_| concerns_order),
                    ticket: ticket.filter(|_| concerns_ticket),
                    promised: promised.filter(|_| kind <= DELIVERY).map(|within| at + within - 1),
                    amount: amount.filter(|_| kind == ORDER),
                    share: (scored && score > 0).then(|| f64::from(score - 1) / 4.0),
                    counts: counts && kind == ORDER,
                }
            })
            .collect()
    })
}

pub fn name(case: u32) -> String {
    format!("c{case}")
}

/// The journeys in order: by instant, then place in the log.
pub fn journeys(log: &[Touch]) -> Vec<(String, Vec<Touch>)> {
    let mut cases: Vec<u32> = log.iter().map(|touch| touch.case).collect();
    cases.sort_unstable();
    cases.dedup();
    let of = |case: u32| {
        let mut touches: Vec<Touch> = log.iter().filter(|touch| touch.case == case).copied().collect();
        touches.sort_by_key(|touch| touch.at);
        (name(case), touches)
    };
    cases.into_iter().map(of).collect()
}

/// The log as blocks, cases dealt out in turn.
pub fn blocks(log: &[Touch], count: usize) -> Vec<OwnedBlock> {
    let mut builders: Vec<BlockBuilder> = (0..count).map(|_| BlockBuilder::default()).collect();
    for (seq, touch) in log.iter().enumerate() {
        let counts = if touch.counts { flags::COUNTS } else { 0 };
        let fact = NewFact {
            amount: touch.amount,
            share: touch.share,
            order: touch.order.unwrap_or(0),
            ticket: touch.ticket.unwrap_or(0),
            promised: touch.promised,
            flags: counts | if touch.kind == ORDER { flags::PLACED } else { 0 },
        };
        let new = NewTouch {
            at: touch.at,
            seq: Some(seq as i64),
            table: 0,
            key: "",
            kind: touch.kind,
            channel: touch.channel,
            session: touch.session,
            fact: (fact != NewFact::default()).then_some(fact),
        };
        builders[touch.case as usize % count].push(&name(touch.case), &new);
    }
    builders.into_iter().map(|builder| builder.finish(u32::from)).collect()
}
