//! Examples worked out by hand.

use throughline_journey::pains::{Finding, LastTouch, Obstacle, Pain, Pains, Spec, pains};
use throughline_journey::{Block, Periods};

use super::world::*;

/// Bounds are given, nothing is too few, and all instants from 0 to 1000 are asked for and known.
fn spec() -> Spec {
    let mut spec = small_spec();
    spec.quarters = Periods::new(vec![0, 10_000]);
    spec.period = (0, 1000);
    spec.known_until = 1000;
    spec.limits.answer_within = Some(5);
    spec.limits.delivery_within = Some(50);
    spec.limits.false_discovery = 0.05;
    spec
}

fn run(log: &[Touch], spec: &Spec) -> Pains {
    let owned = blocks(log, 2);
    let blocks: Vec<Block<'_>> = owned.iter().enumerate().map(|(number, block)| block.as_block(number)).collect();
    pains(&blocks, spec, 2)
}

/// What was found, in words, with cases and moments.
fn found(log: &[Touch]) -> Vec<(String, u64, u64)> {
    let pains = run(log, &spec()).pains;
    pains.iter().map(|pain| (pain.obstacle.to_string(), pain.cases, pain.moments)).collect()
}

fn touch(case: u32, at: i64, kind: u16) -> Touch {
    Touch { case, at, kind, channel: 1, counts: kind == ORDER, ..Touch::default() }
}

fn score(at: i64, kind: u16, share: f64) -> Touch {
    Touch { share: Some(share), ..touch(1, at, kind) }
}

fn ticket(at: i64, kind: u16, ticket: u64, order: u64) -> Touch {
    Touch { ticket: Some(ticket), order: Some(order).filter(|order| *order > 0), ..touch(1, at, kind) }
}

#[test]
fn three_searches_in_a_visit_are_a_loop_unless_a_cart_lies_between() {
    let visit = |kinds: &[u16]| -> Vec<Touch> {
        kinds.iter().enumerate().map(|(at, kind)| Touch { session: 7, ..touch(1, at as i64, *kind) }).collect()
    };
    let looped = |kinds: &[u16]| found(&visit(kinds)).into_iter().map(|(words, ..)| words).collect::<Vec<_>>();
    let again = "search 3 times or more in a visit without moving on";
    assert_eq!(looped(&[SEARCH, VIEW, SEARCH, SEARCH]), [again]);
    assert!(looped(&[SEARCH, SEARCH, CART, SEARCH]).is_empty());
    assert!(looped(&[SEARCH, SEARCH, ORDER, SEARCH, SEARCH]).is_empty());
    assert_eq!(looped(&[SEARCH, CART, SEARCH, CART]), ["back and forth between search and cart in a visit"]);
    assert!(looped(&[SEARCH, CART, SEARCH, VIEW, CART]).is_empty());
    let mut apart = visit(&[SEARCH, SEARCH, SEARCH]);
    apart[2].session = 8;
    assert!(found(&apart).is_empty());
    // Without sessions of the source the gap of 4 decides: less than it belongs together.
    let at = |instants: [i64; 3]| instants.map(|at| touch(1, at, CHECKOUT));
    assert_eq!(found(&at([0, 3, 6])).len(), 1);
    assert!(found(&at([0, 3, 7])).is_empty());
}

#[test]
fn contacts_about_one_order_or_soon_after_solving_are_repeated() {
    let (same, soon) = ("several tickets about one order within 0.0 minutes", "contact again within 0.0 minutes of");
    let tell = |log: &[Touch], words: &str| {
        found(log).into_iter().filter(|(own, ..)| own.starts_with(&words[..20])).map(|(_, _, n)| n).sum::<u64>()
    };
    let two = |at: i64, second: u64| [ticket(0, OPENED, 1, 9), ticket(at, OPENED, second, 9)];
    // Within 8 of the first, inclusive; another ticket.
    assert_eq!((tell(&two(8, 2), same), tell(&two(9, 2), same), tell(&two(8, 1), same)), (1, 0, 0));
    // Within 5 of solving: another ticket, or one reopened.
    let after = |at: i64, kind: u16, own: u64| [ticket(0, SOLVED, 1, 0), ticket(at, kind, own, 0)];
    assert_eq!((tell(&after(5, OPENED, 2), soon), tell(&after(6, OPENED, 2), soon)), (1, 0));
    assert_eq!((tell(&after(5, REOPENED, 1), soon), tell(&after(5, OPENED, 1), soon)), (1, 0));
}

#[test]
fn a_promise_is_kept_until_its_instant_and_an_answer_until_its_bound() {
    let order = |promised: i64, delivered: Option<i64>| -> Vec<Touch> {
        let order = Touch { order: Some(3), promised: Some(promised), ..touch(1, 10, ORDER) };
        let delivery = delivered.map(|at| Touch { order: Some(3), ..touch(1, at, DELIVERY) });
        std::iter::once(order).chain(delivery).collect()
    };
    let late = |log: Vec<Touch>| found(&log).iter().any(|(words, ..)| words == "delivery later than promised");
    assert!(!late(order(20, Some(20))) && late(order(20, Some(21))));
    assert!(late(order(20, None)), "overdue");
    assert!(!late(order(1001, None)), "not due yet");
    assert!(!late(order(5, Some(30))), "promised for before the order");
    let answer = |at: i64| [ticket(10, OPENED, 1, 0), ticket(at, ANSWER, 1, 0)];
    let slow = |log: &[Touch]| found(log).iter().any(|(words, ..)| words.ends_with("for an answer"));
    assert!(!slow(&answer(15)) && slow(&answer(16)));
    assert!(slow(&[ticket(10, OPENED, 1, 0)]), "never answered");
    assert!(!slow(&[ticket(997, OPENED, 1, 0)]), "not known yet");
    assert!(!slow(&[ticket(10, OPENED, 1, 0), ticket(12, SOLVED, 1, 0)]), "solved without an answer");
    // A second message does not begin a second wait; one after the answer does.
    let waits = |at: i64| [ticket(10, OPENED, 1, 0), ticket(14, MESSAGE, 1, 0), ticket(at, ANSWER, 1, 0)];
    assert!(slow(&waits(16)));
    let next = [&answer(12)[..], &[ticket(20, MESSAGE, 1, 0), ticket(26, ANSWER, 1, 0)]].concat();
    assert!(slow(&next));
}

#[test]
fn a_score_falls_by_a_quarter_of_the_scale_from_one_answer_of_an_instrument_to_the_next() {
    let falls = |log: &[Touch]| found(log).into_iter().map(|(words, _, n)| (words, n)).collect::<Vec<_>>();
    let csat = "the customer's csat score falls by 25 % of the scale or more".to_owned();
    assert_eq!(falls(&[score(1, CSAT, 1.0), score(2, CSAT_AGAIN, 0.75)]), [(csat.clone(), 1)]);
    assert!(falls(&[score(1, CSAT, 1.0), score(2, CSAT, 0.76)]).is_empty());
    assert!(falls(&[score(1, CSAT, 1.0), score(2, NPS, 0.0)]).is_empty());
    assert_eq!(falls(&[score(1, CSAT, 1.0), score(2, CSAT, 0.5), score(3, CSAT, 0.0)]), [(csat, 2)]);
}

#[test]
fn a_touchpoint_whose_mean_falls_affects_those_below_its_former_mean() {
    // First half: 0.75 and 1 in turn, mean 0.875; second half: 0.75 and 0.25 in turn, all below.
    let give = |case: u32| {
        let early = case < 40;
        let share = if early { [0.75, 1.0] } else { [0.75, 0.25] }[case as usize % 2];
        Touch { case, share: Some(share), ..touch(case, if early { 100 } else { 900 }, NPS) }
    };
    let log: Vec<Touch> = (0..80).map(give).collect();
    let found = run(&log, &spec()).pains;
    let [Pain { obstacle: Obstacle::TouchpointScore { kind, first, second, difference }, cases, .. }] = &found[..]
    else {
        panic!("{found:?}");
    };
    assert_eq!((kind.as_str(), *first, *second, *cases), ("nps", (0.875, 40), (0.5, 40), 40));
    assert!((difference.estimate + 0.375).abs() < 1e-12 && difference.interval.high < 0.0);
}

#[test]
fn drop_off_is_told_by_the_channel_that_has_more_than_the_others() {
    // At search 90 of 100 over email go no further, and 50 of 100 over the shop.
    let mut log = Vec::new();
    for case in 0..200 {
        let (channel, moves) = if case < 100 { (1, case < 10) } else { (3, case < 150) };
        log.push(Touch { channel, ..touch(case, 10, SEARCH) });
        if moves {
            log.push(touch(case, 16, CART));
        }
    }
    let found = run(&log, &spec()).pains;
    let drops: Vec<&Pain> = found.iter().filter(|pain| matches!(pain.obstacle, Obstacle::DropOff { .. })).collect();
    let [Pain { obstacle: Obstacle::DropOff { step, next, by, here, others, difference }, cases, .. }] = drops[..]
    else {
        panic!("{found:?}");
    };
    assert_eq!((step.as_str(), next.as_str(), by), ("search", "cart", &LastTouch::Channel("email".into())));
    assert_eq!((*here, *others, *cases), ((100, 90), (100, 50), 100));
    assert!((difference.estimate - 0.4).abs() < 1e-12 && difference.interval.low > 0.25);
    // A cart more than 6 after the search is too late for everyone: nothing tells the channels apart.
    for touch in log.iter_mut().filter(|touch| touch.kind == CART) {
        touch.at = 17;
    }
    assert!(!run(&log, &spec()).pains.iter().any(|pain| matches!(pain.obstacle, Obstacle::DropOff { .. })));
}

/// Customers whose one order was promised for 20, delivered at 20 or at 30, and who ordered again at 25 or not.
fn customers(log: &mut Vec<Touch>, n: u32, channel: u16, late: bool, buyers: u32, amount: i64) {
    let first = log.len() as u32;
    for place in 0..n {
        let case = first + place;
        let own = Touch { channel, order: Some(1), promised: Some(20), ..touch(case, 10, ORDER) };
        log.push(own);
        log.push(Touch { order: Some(1), ..touch(case, if late { 30 } else { 20 }, DELIVERY) });
        if place < buyers {
            log.push(Touch { order: Some(2), amount: Some(amount), ..touch(case, 25, ORDER) });
        }
    }
}

#[test]
fn the_comparison_is_standardised_to_the_affected() {
    let mut log = Vec::new();
    customers(&mut log, 80, 1, true, 20, 5_000_000);
    customers(&mut log, 200, 1, false, 100, 1_000_000);
    customers(&mut log, 40, 2, true, 0, 0);
    customers(&mut log, 160, 2, false, 40, 2_000_000);
    customers(&mut log, 20, 3, true, 20, 9_000_000);
    let mut spec = spec();
    spec.limits.delivery_within = Some(5000);
    spec.limits.examples = 5;
    let found = run(&log, &spec).pains;
    let [pain] = &found[..] else { panic!("{found:?}") };
    let own = pain.comparison.as_ref().unwrap();
    assert_eq!((pain.cases, pain.moments, pain.open, pain.finding), (140, 140, 0, Finding::BoughtLess));
    assert_eq!((own.affected, own.affected_buyers, own.comparable, own.comparable_buyers), (120, 20, 360, 140));
    assert_eq!((own.strata, own.dropped_strata, own.dropped), (2, 1, 20));
    // 20/120 against 80/120 · 100/200 + 40/120 · 40/160.
    assert!((own.affected_share - 1.0 / 6.0).abs() < 1e-12 && (own.comparable_share - 5.0 / 12.0).abs() < 1e-12);
    assert!((own.difference + 0.25).abs() < 1e-12);
    // Affected: 20 · 0.75² + 60 · 0.25² = 15, times 120/119. Comparable: (0.4 · 0.5)² · 200 · 200/199 and
    // 0.25² · (40 · 0.75² + 120 · 0.25²) · 160/159. Added: 2(p² + q²)/n² on each side. Student's t with 119 degrees.
    let affected = 15.0 * 120.0 / 119.0;
    let comparable = 8.0 * 200.0 / 199.0 + 1.875 * 160.0 / 159.0;
    let effective = 1.0 / ((2.0_f64 / 3.0).powi(2) / 200.0 + (1.0_f64 / 3.0).powi(2) / 160.0);
    let added = 2.0 * (26.0 / 36.0) / 14_400.0 + 2.0 * (74.0 / 144.0) / (effective * effective);
    let half = 1.980_100 * ((affected + comparable) / 14_400.0 + added).sqrt();
    assert!((half - 0.085_14).abs() < 1e-5);
    assert!((own.interval.low + 0.25 + half).abs() < 1e-6 && (own.interval.high + 0.25 - half).abs() < 1e-6);
    // 120 · 0.25 · (100 · 1,000,000 + 40 · 2,000,000) / 140.
    assert_eq!(own.order_value, Some((180_000_000.0 / 140.0, 140)));
    let money = pain.money.unwrap();
    assert_eq!(money.value, 38_571_429);
    let end = |difference: f64| 120.0 * difference * 180_000_000.0 / 140.0;
    assert!(
        (money.low as f64 - end(0.25 - half)).abs() < 200.0 && (money.high as f64 - end(0.25 + half)).abs() < 200.0
    );
    assert_eq!(
        pain.words(90 * 86_400_000_000),
        "Of 120 affected customers 16.7 % bought within 90 days, of 360 comparable ones 41.7 %: -25.0 points (95 % \
         interval -33.5 to -16.5). They bought less often; that describes and is no proof of a cause."
    );
    assert_eq!(pain.examples.len(), 5);
    assert!(pain.examples.iter().all(|example| example.at == 30));
}

#[test]
fn outcomes_still_open_are_counted_apart() {
    let mut log = Vec::new();
    customers(&mut log, 10, 1, true, 5, 1);
    customers(&mut log, 10, 1, false, 5, 1);
    let mut spec = spec();
    spec.limits.delivery_within = Some(5000);
    // The promise is for 20 and the horizon 9.
    spec.known_until = 29;
    let known = run(&log, &spec).pains;
    assert_eq!((known[0].cases, known[0].open), (10, 0));
    assert_eq!(known[0].comparison.as_ref().map(|own| own.affected), Some(10));
    assert_eq!((known[0].finding, known[0].money), (Finding::NoDifferenceShown, None));
    assert!(known[0].words(9).ends_with("No difference is shown."));
    spec.known_until = 28;
    let open = run(&log, &spec).pains;
    assert_eq!((open[0].cases, open[0].open), (10, 10));
    assert_eq!((open[0].finding, open[0].comparison.is_none()), (Finding::TooLittleData, true));
}
