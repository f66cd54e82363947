//! Random logs, and the naive view of them: one sorted list of touchpoints.

use proptest::prelude::*;
use throughline_journey::{BlockBuilder, Kind, Kinds, NewFact, NewTouch, OwnedBlock, flags};

/// A touchpoint as a naive program sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Touch {
    pub case: String,
    pub at: i64,
    pub seq: Option<i64>,
    pub table: u8,
    pub key: String,
    pub kind: u16,
    pub channel: u16,
    pub session: u64,
    pub amount: Option<i64>,
    pub share: Option<f64>,
}

/// Code of the kind that places an order in random logs.
pub const ORDER: u16 = 0;
pub const KINDS: [&str; 6] = ["order", "visit", "view", "cart", "ticket_opened", "csat_answer"];
pub const CHANNELS: [&str; 3] = ["email", "paid_search", "shop"];

pub fn kinds() -> Kinds {
    let kind = |(code, name): (usize, &&str)| Kind {
        table: ["orders", "interactions", "interactions", "interactions", "tickets", "feedback"][code].to_owned(),
        kind: (*name).to_owned(),
        ..Kind::default()
    };
    Kinds { kinds: KINDS.iter().enumerate().map(kind).collect(), channels: CHANNELS.map(str::to_owned).to_vec() }
}

/// Few cases, few instants: ties of every sort.
pub fn logs() -> impl Strategy<Value = Vec<Touch>> {
    let touch = (0..5_u8, 0..40_i64, prop::option::of(0..6_i64), 0..6_u16, 0..4_u16, 0..3_u64, 0..5_u8, 0..4_u8);
    prop::collection::vec(touch, 0..120).prop_map(|touches| {
        let touches =
            touches.into_iter().enumerate().map(|(row, (case, at, seq, kind, channel, session, key, score))| Touch {
                case: format!("c{case}"),
                at,
                seq,
                table: [4, 2, 2, 2, 7, 1][usize::from(kind)],
                key: format!("{key}-{row}"),
                kind,
                channel,
                session,
                amount: (kind == ORDER).then_some(i64::from(key) * 10_000),
                share: (kind == 5).then_some(f64::from(score) / 4.0),
            });
        touches.collect()
    })
}

/// The same touchpoints case by case in the one order.
pub fn sorted(log: &[Touch]) -> Vec<Touch> {
    let mut rows = log.to_vec();
    let key = |touch: &Touch| {
        (
            touch.case.clone(),
            touch.at,
            touch.seq.unwrap_or(i64::MAX),
            touch.table,
            touch.key.clone(),
            KINDS[usize::from(touch.kind)],
        )
    };
    rows.sort_by_key(key);
    rows
}

/// The naive journeys: id and touchpoints, by id.
pub fn journeys(log: &[Touch]) -> Vec<(String, Vec<Touch>)> {
    let mut cases: Vec<(String, Vec<Touch>)> = Vec::new();
    for touch in sorted(log) {
        match cases.last_mut() {
            Some((case, touches)) if *case == touch.case => touches.push(touch),
            _ => cases.push((touch.case.clone(), vec![touch])),
        }
    }
    cases
}

/// The log as `count` blocks, cases dealt out in turn.
pub fn blocks(log: &[Touch], count: usize) -> Vec<OwnedBlock> {
    let mut builders: Vec<BlockBuilder> = (0..count).map(|_| BlockBuilder::default()).collect();
    for touch in log {
        let block = touch.case.bytes().map(usize::from).sum::<usize>() % count;
        let fact = (touch.amount.is_some() || touch.share.is_some()).then(|| NewFact {
            amount: touch.amount,
            share: touch.share,
            flags: if touch.kind == ORDER { flags::PLACED | flags::COUNTS } else { 0 },
            ..NewFact::default()
        });
        builders[block].push(
            &touch.case,
            &NewTouch {
                at: touch.at,
                seq: touch.seq,
                table: touch.table,
                key: &touch.key,
                kind: touch.kind,
                channel: touch.channel,
                session: touch.session,
                fact,
            },
        );
    }
    let mut names = KINDS.to_vec();
    names.sort_unstable();
    let rank = |code: u16| names.binary_search(&KINDS[usize::from(code)]).unwrap() as u32;
    builders.into_iter().map(|builder| builder.finish(rank)).collect()
}
