//! Deliveries against their definitions.

use std::collections::BTreeSet;

use proptest::prelude::*;
use throughline_journey::{Delivery, DeliverySpec, Elapsed, Promise, Share, delivery};

use crate::shop::{self, DELIVERY, Event, OPENED, ORDER};

const DAY: i64 = 86_400_000_000;

/// The log with days for instants.
fn in_days(mut events: Vec<Event>) -> Vec<Event> {
    for event in &mut events {
        event.at *= DAY;
        event.promised = event.promised.map(|promised| promised * DAY);
    }
    events
}

fn spec() -> DeliverySpec {
    let mut spec = DeliverySpec::new(vec![DELIVERY], vec![OPENED], 45 * DAY);
    (spec.horizon, spec.again, spec.days, spec.minimum_scores) = (5 * DAY, 10 * DAY, vec![2, 6], 2);
    spec
}

/// Days of lateness of each class, straight from the names.
fn class(lateness: i64) -> &'static str {
    match lateness {
        ..=-6 => "6 days early or more",
        -5..=-2 => "2 to 6 days early",
        -1..=0 => "less than 2 days early",
        1..=2 => "up to 2 days late",
        3..=6 => "2 to 6 days late",
        7.. => "more than 6 days late",
    }
}

const CLASSES: [&str; 7] = [
    "6 days early or more",
    "2 to 6 days early",
    "less than 2 days early",
    "up to 2 days late",
    "2 to 6 days late",
    "more than 6 days late",
    "overdue",
];

/// An order by its fate, with what followed: ticket, score, again; `None` where it is too early to say.
struct Fate {
    class: &'static str,
    ticket: Option<bool>,
    score: Option<Option<f64>>,
    again: Option<bool>,
}

#[derive(Default)]
struct Naive {
    fates: Vec<Fate>,
    lateness: Vec<i64>,
    overdue_by: Vec<i64>,
    open: u64,
    without_promise: u64,
}

fn naive(journeys: &[Vec<Event>], spec: &DeliverySpec) -> Naive {
    let mut found = Naive::default();
    for journey in journeys {
        let mut seen = BTreeSet::new();
        for order in shop::orders(journey) {
            let asked = spec.dates.as_ref().is_none_or(|dates| dates.contains(&order.at));
            if !seen.insert(order.order) || !asked {
                continue;
            }
            let delivered = journey.iter().find(|event| event.kind == DELIVERY && event.order == order.order);
            let Some(promised) = order.promised else {
                found.without_promise += 1;
                continue;
            };
            let (class, moment) = match delivered {
                Some(delivered) => {
                    found.lateness.push(delivered.at - promised);
                    let late = delivered.at > promised;
                    (class((delivered.at - promised) / DAY), if late { promised } else { delivered.at })
                }
                None if promised >= spec.known_until => {
                    found.open += 1;
                    continue;
                }
                None => {
                    found.overdue_by.push(spec.known_until - promised);
                    ("overdue", promised)
                }
            };
            let after = |event: &&Event, length: i64| event.at > moment && event.at <= moment + length;
            let about = |event: &&Event| event.order == 0 || event.order == order.order;
            let mut soon = journey.iter().filter(|event| after(event, spec.horizon)).filter(about);
            let ticket = soon.clone().any(|event| event.kind == OPENED);
            let score = soon.find_map(|event| event.share);
            let others = journey.iter().filter(|event| event.counts() && event.order != order.order);
            let again = others.clone().any(|event| after(&event, spec.again));
            let mature = moment + spec.horizon <= spec.known_until;
            found.fates.push(Fate {
                class,
                ticket: mature.then_some(ticket),
                score: mature.then_some(score),
                again: (moment + spec.again <= spec.known_until).then_some(again),
            });
        }
    }
    found
}

fn check(found: &Delivery, mut naive: Naive) {
    let mut late: Vec<i64> = naive.lateness.iter().copied().filter(|lateness| *lateness > 0).collect();
    let delivered = naive.lateness.len();
    assert_eq!(found.kept, Share::of((delivered - late.len()) as u64, delivered as u64));
    assert_eq!((found.open, found.without_promise), (naive.open, naive.without_promise));
    assert_eq!(found.overdue, naive.overdue_by.len() as u64);
    assert_eq!(found.orders, delivered as u64 + found.open + found.overdue);
    assert_eq!(found.lateness, Elapsed::of(&mut naive.lateness));
    assert_eq!(found.late_by, Elapsed::of(&mut late));
    assert_eq!(found.overdue_by, Elapsed::of(&mut naive.overdue_by));
    assert_eq!(found.classes.iter().map(|class| class.name.as_str()).collect::<Vec<_>>(), CLASSES);
    for told in &found.classes {
        let own: Vec<&Fate> = naive.fates.iter().filter(|fate| fate.class == told.name).collect();
        let share = |outcomes: Vec<bool>| {
            Share::of(outcomes.iter().filter(|outcome| **outcome).count() as u64, outcomes.len() as u64)
        };
        assert_eq!(told.orders, own.len() as u64);
        assert_eq!(told.ticket, share(own.iter().filter_map(|fate| fate.ticket).collect()));
        assert_eq!(told.ordered_again, share(own.iter().filter_map(|fate| fate.again).collect()));
        let scores: Vec<Option<f64>> = own.iter().filter_map(|fate| fate.score).collect();
        assert_eq!(told.scored, share(scores.iter().map(Option::is_some).collect()));
        let scores: Vec<f64> = scores.into_iter().flatten().collect();
        let mean = scores.iter().map(|share| share * 4.0 - 2.0).sum::<f64>() / scores.len() as f64;
        assert_eq!((told.emotion.n, told.emotion.mean.is_some()), (scores.len() as u64, scores.len() >= 2));
        assert!(told.emotion.mean.is_none_or(|found| (found - mean).abs() < 1e-8));
    }
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize, gone in prop::option::of(0..6_u8),
        dates in prop::option::of((0..60_i64, 0..60_i64)),
    ) {
        let events = in_days(events);
        let world = shop::world(&events, blocks, gone);
        let spec = DeliverySpec { dates: dates.map(|(from, days)| from * DAY..(from + days) * DAY), ..spec() };
        let found = delivery(&world.blocks(), &spec, threads);
        check(&found, naive(&shop::journeys(&events, gone), &spec));
    }
}

#[test]
fn four_orders_by_hand() {
    let order =
        |at, order, promised| Event { at, kind: ORDER, order, promised: Some(promised), flags: 3, ..Event::default() };
    let log = vec![
        order(0, 1, 10),
        Event { at: 4, kind: DELIVERY, order: 1, ..Event::default() },
        order(6, 2, 9),
        Event { at: 11, kind: OPENED, order: 2, ticket: 5, ..Event::default() },
        Event { at: 12, kind: DELIVERY, order: 2, ..Event::default() },
        order(20, 3, 30),
        order(40, 4, 50),
    ];
    let found = delivery(&shop::world(&in_days(log), 1, None).blocks(), &spec(), 1);
    assert_eq!((found.orders, found.kept.count, found.kept.n, found.open, found.overdue), (4, 1, 2, 1, 1));
    assert_eq!((found.late_by.median, found.overdue_by.median), (Some(3.0 * DAY as f64), Some(15.0 * DAY as f64)));
    let class = |name: &str| found.classes.iter().find(|class| class.name == name).unwrap();
    let early = class("6 days early or more");
    assert_eq!((early.orders, early.promise, early.ordered_again.count, early.ticket.count), (1, Promise::Kept, 1, 0));
    let late = class("2 to 6 days late");
    assert_eq!((late.promise, late.ticket.count, late.ticket.n), (Promise::Late, 1, 1), "a ticket before it arrived");
    assert_eq!((late.ordered_again.count, late.ordered_again.n), (0, 1), "the next came eleven days after the promise");
    assert_eq!((class("overdue").orders, class("overdue").promise), (1, Promise::Overdue));
}

#[test]
fn classes_have_names_however_few_there_are() {
    let names = |days: Vec<i64>| -> Vec<String> {
        let classes = delivery(&[], &DeliverySpec { days, ..spec() }, 1).classes;
        classes.into_iter().map(|class| class.name).collect()
    };
    assert_eq!(names(vec![]), ["in time", "late", "overdue"]);
    let one = ["1 day early or more", "less than 1 day early", "up to 1 day late", "more than 1 day late", "overdue"];
    assert_eq!(names(vec![1]), one);
}
