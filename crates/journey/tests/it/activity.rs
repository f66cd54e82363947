//! Activity against its definitions: case by case, by columns, and in one pass with another question.

use std::collections::BTreeSet;

use proptest::prelude::*;
use throughline_journey::{
    ActivityFold, ActivitySpec, RetentionFold, RetentionSpec, RetentionVariant, ScoreBounds, Share, Steps, activity,
    retention, walk,
};

use crate::shop::{self, CART, CSAT, DELIVERY, Event, ORDER, REVIEW, VISIT};

/// Two kinds are one step, deliveries come before orders, and some kinds are none.
fn steps() -> Steps {
    let steps = vec![
        ("look".to_owned(), vec![VISIT, CART]),
        ("delivery".to_owned(), vec![DELIVERY]),
        ("order".to_owned(), vec![ORDER]),
        ("score".to_owned(), vec![CSAT, REVIEW]),
    ];
    Steps::named(steps, &shop::kinds())
}

fn step(kind: u16) -> Option<usize> {
    [(VISIT, 0), (CART, 0), (DELIVERY, 1), (ORDER, 2), (CSAT, 3), (REVIEW, 3)]
        .iter()
        .find(|of| of.0 == kind)
        .map(|of| of.1)
}

fn full(channel: Option<u16>) -> ActivitySpec {
    ActivitySpec {
        periods: shop::tens(),
        steps: steps(),
        channel,
        cases: true,
        sessions: vec![0, 2],
        scores: vec![3],
        orders: true,
        bounds: ScoreBounds::default(),
    }
}

fn plain(channel: Option<u16>, steps: Steps) -> ActivitySpec {
    ActivitySpec { steps, cases: false, sessions: Vec::new(), scores: Vec::new(), orders: false, ..full(channel) }
}

/// Orders, money, without money, buyers, new buyers, their money, kept.
type Sales = (u64, i128, u64, u64, u64, i128, u64);

fn naive_sales(journeys: &[Vec<Event>], channel: Option<u16>, period: usize) -> Sales {
    let mut found = (0, 0, 0, 0, 0, 0, 0);
    for journey in journeys {
        let orders = shop::orders(journey);
        let in_period = |order: &&&Event, period: usize| {
            shop::ten(order.at) == Some(period) && channel.is_none_or(|channel| channel == order.channel)
        };
        let own: Vec<&&Event> = orders.iter().filter(|order| in_period(order, period)).collect();
        if own.is_empty() {
            continue;
        }
        let new = shop::ten(orders[0].at) == Some(period);
        let money: i128 = own.iter().filter_map(|order| order.amount).map(i128::from).sum();
        found.0 += own.len() as u64;
        found.1 += money;
        found.2 += own.iter().filter(|order| order.amount.is_none()).count() as u64;
        found.3 += 1;
        found.4 += u64::from(new);
        found.5 += if new { money } else { 0 };
        found.6 += u64::from(period > 0 && orders.iter().any(|order| in_period(&order, period - 1)));
    }
    found
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize, gone in prop::option::of(0..6_u8),
        channel in prop::option::of(0..4_u16),
    ) {
        let world = shop::world(&events, blocks, gone);
        let found = activity(&world.blocks(), &full(channel), threads);
        let journeys = shop::journeys(&events, gone);
        for (period, of) in found.periods.iter().enumerate() {
            for (place, told) in of.steps.iter().enumerate() {
                let is_own = |event: &&Event| {
                    shop::ten(event.at) == Some(period)
                        && step(event.kind) == Some(place)
                        && channel.is_none_or(|channel| channel == event.channel)
                };
                let own: Vec<&Event> = journeys.iter().flatten().filter(is_own).collect();
                let sessions: BTreeSet<u64> = own.iter().map(|event| event.session).filter(|id| *id > 0).collect();
                let cases: BTreeSet<u8> = own.iter().map(|event| event.case).collect();
                prop_assert_eq!(told.touchpoints, own.len() as u64);
                prop_assert_eq!(told.cases, Some(cases.len() as u64));
                prop_assert_eq!(told.sessions, [0, 2].contains(&place).then_some(sessions.len() as u64));
                let scores: Vec<f64> = own.iter().filter_map(|event| event.share).collect();
                let share = |holds: &dyn Fn(f64) -> bool| {
                    Share::of(scores.iter().filter(|score| holds(**score)).count() as u64, scores.len() as u64)
                };
                let shares = told.scores.as_ref().map(|told| (told.good, told.promoters, told.detractors));
                let expected = (share(&|x| x > 0.74), share(&|x| x > 0.89), share(&|x| x < 0.61));
                prop_assert_eq!(shares, (place == 3).then_some(expected));
            }
            let told = of.orders.as_ref().unwrap();
            let sales = naive_sales(&journeys, channel, period);
            let before = period.checked_sub(1).map(|before| naive_sales(&journeys, channel, before).3);
            prop_assert_eq!(told.kept, before.map(|before| Share::of(sales.6, before)));
            let told =
                (told.orders, told.amount, told.without_amount, told.buyers, told.new_buyers, told.new_amount, sales.6);
            prop_assert_eq!(told, sales);
        }
    }

    #[test]
    fn columns_and_cases_count_the_same(
        events in prop::collection::vec(shop::events(), 3).prop_map(|logs| logs.concat()),
        blocks in 1..3_usize, gone in prop::option::of(0..6_u8), channel in prop::option::of(0..4_u16), every_kind: bool,
    ) {
        let world = shop::world(&events, blocks, gone);
        let steps = if every_kind { Steps::kinds(&shop::kinds()) } else { steps() };
        let scanned = activity(&world.blocks(), &plain(channel, steps.clone()), 2);
        let walked = activity(&world.blocks(), &ActivitySpec { cases: true, ..plain(channel, steps) }, 1);
        for (scanned, walked) in scanned.periods.iter().zip(&walked.periods) {
            for (scanned, walked) in scanned.steps.iter().zip(&walked.steps) {
                prop_assert_eq!(scanned.touchpoints, walked.touchpoints);
                prop_assert_eq!((scanned.cases, scanned.sessions), (None, None));
            }
        }
    }

    #[test]
    fn one_pass_answers_two_questions(events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize) {
        let world = shop::world(&events, blocks, None);
        let blocks = world.blocks();
        let (first, second) =
            (full(None), RetentionSpec { periods: shop::tens(), known_until: 50, variant: RetentionVariant::In });
        let (a, b) = (ActivityFold::new(&first), RetentionFold::new(&second));
        let both = walk(&blocks, &(a.clone(), b), threads);
        prop_assert_eq!(a.finish(both.0), activity(&blocks, &first, 1));
        prop_assert_eq!(b.finish(both.1), retention(&blocks, &second, 1));
    }
}

#[test]
fn sessions_of_two_customers_with_one_id_are_one() {
    let visit = |case: u8, at: i64, session: u64| Event { case, at, kind: VISIT, session, ..Event::default() };
    let log = [visit(0, 11, 5), visit(1, 12, 5), visit(1, 13, 6), visit(1, 14, 5), visit(0, 21, 5), visit(0, 15, 0)];
    let found = activity(&shop::world(&log, 2, None).blocks(), &full(None), 2);
    let look: Vec<_> =
        found.periods.iter().map(|of| &of.steps[0]).map(|of| (of.touchpoints, of.cases, of.sessions)).collect();
    assert_eq!(look, [(5, Some(2), Some(2)), (1, Some(1), Some(1)), (0, Some(0), Some(0)), (0, Some(0), Some(0))]);
}
