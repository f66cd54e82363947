//! Random shops: orders with promises, deliveries, tickets and scores, and the naive view of them.

use proptest::prelude::*;
use throughline_journey::{Block, BlockBuilder, Kind, Kinds, NewFact, NewTouch, OwnedBlock, Periods, flags};

/// A touchpoint as a naive program sees it; its place in the log breaks ties.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    pub case: u8,
    pub at: i64,
    pub kind: u16,
    pub channel: u16,
    pub session: u64,
    pub amount: Option<i64>,
    pub share: Option<f64>,
    pub order: u64,
    pub ticket: u64,
    pub promised: Option<i64>,
    pub flags: u8,
}

impl Event {
    pub fn counts(&self) -> bool {
        self.flags & flags::COUNTS != 0
    }
}

pub const ORDER: u16 = 0;
pub const VISIT: u16 = 1;
pub const CART: u16 = 2;
pub const DELIVERY: u16 = 3;
pub const OPENED: u16 = 4;
pub const ANSWER: u16 = 5;
pub const SOLVED: u16 = 6;
pub const REOPENED: u16 = 7;
pub const CSAT: u16 = 8;
pub const REVIEW: u16 = 9;
pub const KINDS: [&str; 10] =
    ["order", "visit", "cart", "delivery", "ticket_opened", "answer", "solved", "reopened", "csat", "review"];
pub const CHANNELS: [&str; 3] = ["email", "paid_search", "shop"];

pub fn kinds() -> Kinds {
    let kind = |name: &&str| Kind { table: "t".into(), kind: (*name).to_owned(), ..Kind::default() };
    Kinds { kinds: KINDS.iter().map(kind).collect(), channels: CHANNELS.map(str::to_owned).to_vec() }
}

/// Few customers, few instants, few ids: ties, repeats and contradictions of every sort.
pub fn events() -> impl Strategy<Value = Vec<Event>> {
    let event =
        (0..6_u8, 0..60_i64, 0..10_u16, 0..4_u16, 0..4_u64, 0..4_u8, 0..11_u8, 0..3_u64, prop::option::of(0..60_i64));
    prop::collection::vec(event, 0..160).prop_map(|events| events.into_iter().map(event_of).collect())
}

type Drawn = (u8, i64, u16, u16, u64, u8, u8, u64, Option<i64>);

fn event_of((case, at, kind, channel, session, luck, score, id, promised): Drawn) -> Event {
    let order = kind == ORDER;
    let about_order = matches!(kind, ORDER | DELIVERY) || (luck == 0 && matches!(kind, OPENED | CSAT | REVIEW));
    let about_ticket = matches!(kind, OPENED | ANSWER | SOLVED | REOPENED | CSAT);
    Event {
        case,
        at,
        kind,
        channel,
        session,
        amount: (order && luck > 0).then(|| i64::from(score) * 10_000),
        share: matches!(kind, CSAT | REVIEW).then(|| f64::from(score) / 10.0),
        order: if about_order { id + 1 } else { 0 },
        ticket: if about_ticket { id + 1 } else { 0 },
        promised: promised.filter(|_| order),
        flags: match (order, luck) {
            (false, _) => 0,
            (true, 1) => flags::PLACED,
            (true, _) => flags::PLACED | flags::COUNTS,
        },
    }
}

/// Blocks and the bits of replaced cases.
pub struct World {
    owned: Vec<OwnedBlock>,
    replaced: Vec<Vec<u64>>,
}

pub fn name(case: u8) -> String {
    format!("customer {case}")
}

/// The log in `count` blocks, the cases dealt out in turn; `replaced` is passed over.
pub fn world(events: &[Event], count: usize, replaced: Option<u8>) -> World {
    let mut builders: Vec<BlockBuilder> = (0..count).map(|_| BlockBuilder::default()).collect();
    for (row, event) in events.iter().enumerate() {
        let fact = NewFact {
            amount: event.amount,
            share: event.share,
            order: event.order,
            ticket: event.ticket,
            promised: event.promised,
            flags: event.flags,
        };
        let touch = NewTouch {
            at: event.at,
            seq: Some(row as i64),
            table: 0,
            key: "",
            kind: event.kind,
            channel: event.channel,
            session: event.session,
            fact: (fact != NewFact::default()).then_some(fact),
        };
        builders[usize::from(event.case) % count].push(&name(event.case), &touch);
    }
    let owned: Vec<OwnedBlock> = builders.into_iter().map(|builder| builder.finish(u32::from)).collect();
    let bits = |block: &OwnedBlock| {
        let block = block.as_block(0);
        let gone = |case: &usize| replaced.is_some_and(|gone| block.ids.get(*case) == name(gone));
        vec![(0..block.cases()).filter(gone).fold(0_u64, |bits, case| bits | 1 << case)]
    };
    let replaced = owned.iter().map(bits).collect();
    World { owned, replaced }
}

impl World {
    pub fn blocks(&self) -> Vec<Block<'_>> {
        let blocks = self.owned.iter().zip(&self.replaced).enumerate();
        blocks.map(|(number, (owned, replaced))| Block { replaced, ..owned.as_block(number) }).collect()
    }
}

/// The journeys of all cases that are not replaced, by case.
pub fn journeys(events: &[Event], replaced: Option<u8>) -> Vec<Vec<Event>> {
    let journey = |case: u8| {
        let mut events: Vec<Event> = events.iter().filter(|event| event.case == case).cloned().collect();
        events.sort_by_key(|event| event.at);
        events
    };
    let cases = (0..=u8::MAX).filter(|case| Some(*case) != replaced);
    cases.map(journey).filter(|journey| !journey.is_empty()).collect()
}

/// Periods of ten instants from 10 to 50: some of 0 to 59 lies before and after them.
pub fn tens() -> Periods {
    Periods::new((1..=5).map(|ten| ten * 10).collect())
}

/// The period of `tens` by division.
pub fn ten(at: i64) -> Option<usize> {
    (10..50).contains(&at).then(|| (at / 10 - 1) as usize)
}

/// Orders that count, of one journey.
pub fn orders(journey: &[Event]) -> Vec<&Event> {
    journey.iter().filter(|event| event.counts()).collect()
}
