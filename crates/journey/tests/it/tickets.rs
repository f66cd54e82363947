//! Tickets against their definitions.

use std::collections::BTreeSet;

use proptest::prelude::*;
use throughline_journey::{Elapsed, Share, TicketPeriod, Tickets, TicketsSpec, tickets};

use crate::shop::{self, ANSWER, CSAT, Event, OPENED, REOPENED, SOLVED};

fn spec() -> TicketsSpec {
    TicketsSpec {
        periods: shop::tens(),
        opened: vec![OPENED],
        answered: vec![ANSWER],
        solved: vec![SOLVED],
        reopened: vec![REOPENED],
        scored: vec![CSAT],
        answer_within: 3,
        good: 0.7,
    }
}

/// One ticket's opening and what followed.
struct Ticket {
    opened: Option<i64>,
    answered: Option<i64>,
    solved: Vec<i64>,
    again: Option<i64>,
    scores: Vec<f64>,
}

fn all(journeys: &[Vec<Event>]) -> Vec<Ticket> {
    let mut found = Vec::new();
    for journey in journeys {
        let ids: BTreeSet<u64> = journey.iter().map(|event| event.ticket).filter(|ticket| *ticket > 0).collect();
        for id in ids {
            let of = |kinds: &[u16]| -> Vec<&Event> {
                journey.iter().filter(|event| event.ticket == id && kinds.contains(&event.kind)).collect()
            };
            let opened = of(&[OPENED]).iter().map(|event| event.at).min();
            let after = |kinds: &[u16]| -> Vec<i64> {
                of(kinds).iter().map(|event| event.at).filter(|at| Some(*at) >= opened).collect()
            };
            found.push(Ticket {
                opened,
                answered: after(&[ANSWER]).into_iter().min(),
                solved: after(&[SOLVED]),
                again: after(&[OPENED, REOPENED]).into_iter().max(),
                scores: of(&[CSAT]).iter().filter_map(|event| event.share).collect(),
            });
        }
    }
    found
}

fn naive(journeys: &[Vec<Event>]) -> Tickets {
    let all = all(journeys);
    let period = |period: usize| {
        let of: Vec<&Ticket> = all.iter().filter(|ticket| ticket.opened.and_then(shop::ten) == Some(period)).collect();
        let since = |pick: &dyn Fn(&Ticket) -> Option<i64>| -> Vec<i64> {
            of.iter().filter_map(|ticket| Some(pick(ticket)? - ticket.opened?)).collect()
        };
        let mut answers = since(&|ticket| ticket.answered);
        let mut first = since(&|ticket| ticket.solved.iter().min().copied());
        let reopened =
            of.iter().filter(|ticket| !ticket.solved.is_empty() && ticket.again > ticket.solved.iter().min().copied());
        let scores: Vec<f64> = of.iter().flat_map(|ticket| ticket.scores.clone()).collect();
        TicketPeriod {
            period,
            tickets: of.len() as u64,
            answered_in_time: Share::of(answers.iter().filter(|time| **time <= 3).count() as u64, of.len() as u64),
            first_answer: Elapsed::of(&mut answers),
            reopened: Share::of(reopened.count() as u64, first.len() as u64),
            first_solved: Elapsed::of(&mut first),
            last_solved: Elapsed::of(&mut since(&|ticket| ticket.solved.iter().max().copied())),
            good_scores: Share::of(scores.iter().filter(|share| **share > 0.69).count() as u64, scores.len() as u64),
        }
    };
    let unopened = all.iter().filter(|ticket| ticket.opened.is_none()).count() as u64;
    let inside = all.iter().filter(|ticket| ticket.opened.and_then(shop::ten).is_some()).count() as u64;
    Tickets { periods: (0..4).map(period).collect(), outside: all.len() as u64 - unopened - inside, unopened }
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize, gone in prop::option::of(0..6_u8),
    ) {
        let world = shop::world(&events, blocks, gone);
        let found = tickets(&world.blocks(), &spec(), threads);
        prop_assert_eq!(found, naive(&shop::journeys(&events, gone)));
    }
}

#[test]
fn one_ticket_by_hand() {
    let touch = |at: i64, kind: u16| Event { at, kind, ticket: 7, ..Event::default() };
    let score = Event { share: Some(0.7), ..touch(40, CSAT) };
    let log = [touch(11, OPENED), touch(14, ANSWER), touch(20, SOLVED), touch(25, REOPENED), touch(32, SOLVED), score];
    let found = tickets(&shop::world(&log, 1, None).blocks(), &spec(), 1).periods[0].clone();
    let times = (found.first_answer.median, found.first_solved.p90, found.last_solved.median);
    assert_eq!(times, (Some(3.0), Some(9.0), Some(21.0)));
    let shares = (found.answered_in_time.share, found.reopened.share, found.good_scores.share);
    assert_eq!(shares, (Some(1.0), Some(1.0), Some(1.0)));
}
