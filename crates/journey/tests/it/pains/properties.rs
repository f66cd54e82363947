//! Every kind of obstacle, and every number of the comparison, against the naive program on random logs.

use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline_journey::Block;
use throughline_journey::pains::{Finding, LastTouch, Obstacle, Pain, Pains, Spec, pains};

use super::naive::usual;
use super::naive_compare::{self, Naive};
use super::world::*;

const ALL: &[u16] = &[
    ORDER, ORDER, DELIVERY, OPENED, MESSAGE, ANSWER, SOLVED, REOPENED, CSAT, CSAT_AGAIN, NPS, SEARCH, VIEW, CART,
    CHECKOUT,
];
const BUYING: &[u16] = &[ORDER, ORDER, ORDER, DELIVERY, DELIVERY];
const SUPPORT: &[u16] = &[ORDER, OPENED, OPENED, MESSAGE, ANSWER, SOLVED, REOPENED];
const SCORES: &[u16] = &[ORDER, CSAT, CSAT, CSAT_AGAIN, NPS];
const VISITING: &[u16] = &[ORDER, SEARCH, SEARCH, VIEW, CART, CHECKOUT];

const WANDERING: &[u16] = &[ORDER, SEARCH, SEARCH, SEARCH, VIEW, VIEW, VIEW, CART];

/// Every other customer's orders are not delivered, and for some logs those customers do not come back.
fn deliveries_and_leaving() -> impl Strategy<Value = Vec<Touch>> {
    let log = logs(120, BUYING, 2000);
    (log, prop::sample::select(vec![80, 40, 30])).prop_map(|(mut log, leave)| {
        log.retain(|touch| touch.case % 2 == 0 || touch.kind == ORDER && touch.at < leave);
        log
    })
}

fn run(log: &[Touch], count: usize, threads: usize, spec: &Spec) -> Pains {
    let owned = blocks(log, count);
    let blocks: Vec<Block<'_>> = owned.iter().enumerate().map(|(number, block)| block.as_block(number)).collect();
    pains(&blocks, spec, threads)
}

fn code(name: &str) -> usize {
    NAMES.iter().position(|own| *own == name).unwrap()
}

/// The naive program's name of an obstacle.
fn name(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::DropOff { step, by, .. } => {
            let place = ["search", "cart", "checkout"].iter().position(|own| own == step).unwrap();
            match by {
                LastTouch::Channel(channel) => format!("drop-off {place} channel {channel}"),
                LastTouch::Kind(kind) => format!("drop-off {place} kind {kind}"),
            }
        }
        Obstacle::SameOrder { .. } => "same order".into(),
        Obstacle::AfterSolved { .. } => "after solved".into(),
        Obstacle::SlowAnswer { .. } => "slow answer".into(),
        Obstacle::LateDelivery => "late delivery".into(),
        Obstacle::SlowDelivery { .. } => "slow delivery".into(),
        Obstacle::CustomerScore { instrument, .. } => format!("score {}", code(instrument)),
        Obstacle::TouchpointScore { kind, .. } => format!("touchpoint {}", code(kind)),
        Obstacle::Repeat { step, .. } => format!("repeat {}", code(step)),
        Obstacle::BackAndForth { from, to } => format!("between {} {}", code(from), code(to)),
    }
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

fn check(pain: &Pain, naive: &Naive) -> Result<(), TestCaseError> {
    prop_assert_eq!((pain.cases, pain.moments, pain.open), (naive.affected.len() as u64, naive.moments, naive.open));
    prop_assert_eq!(pain.examples.len(), naive.affected.len().min(3));
    for example in &pain.examples {
        prop_assert_eq!(Some(&example.row), naive.affected.get(&example.case));
    }
    prop_assert_eq!(pain.comparison.is_some(), naive.compared.is_some(), "{:?} {:?}", pain, naive);
    let (Some(own), Some(naive)) = (&pain.comparison, &naive.compared) else {
        prop_assert_eq!((pain.finding, pain.money), (Finding::TooLittleData, None));
        return Ok(());
    };
    prop_assert_eq!((own.affected, own.affected_buyers), naive.affected);
    prop_assert_eq!((own.comparable, own.comparable_moments, own.comparable_buyers), naive.comparable);
    prop_assert_eq!((own.strata, own.dropped_strata), naive.strata);
    prop_assert_eq!(own.dropped, naive.dropped);
    prop_assert!(near(own.difference, naive.difference), "{own:?} {naive:?}");
    let (low, high) = ((naive.difference - naive.half).max(-1.0), (naive.difference + naive.half).min(1.0));
    prop_assert!(near(own.interval.low, low) && near(own.interval.high, high), "{own:?} {naive:?}");
    prop_assert_eq!(own.order_value, naive.value);
    let less = high < 0.0;
    prop_assert_eq!(pain.finding == Finding::BoughtLess, less);
    prop_assert_eq!(pain.finding == Finding::BoughtMore, low > 0.0);
    prop_assert_eq!(pain.money.is_some(), less && naive.value.is_some());
    if let (Some(money), Some((value, _))) = (pain.money, naive.value) {
        let of = |difference: f64| -difference * value * naive.affected.0 as f64;
        prop_assert!((money.value as f64 - of(naive.difference)).abs() < 0.6, "{money:?}");
        prop_assert!((money.low as f64 - of(high)).abs() < 0.6 && (money.high as f64 - of(low)).abs() < 0.6);
    }
    Ok(())
}

fn agrees(log: &[Touch], count: usize, threads: usize, spec: &Spec) -> Result<(), TestCaseError> {
    let found = run(log, count, threads, spec);
    let journeys = journeys(log);
    let usual = usual(&journeys, spec);
    let naive = naive_compare::pains(&journeys, spec, &usual);
    let by_name: BTreeMap<String, &Pain> = found.pains.iter().map(|pain| (name(&pain.obstacle), pain)).collect();
    prop_assert_eq!(by_name.len(), found.pains.len());
    prop_assert_eq!(by_name.keys().collect::<Vec<_>>(), naive.keys().collect::<Vec<_>>());
    for (what, pain) in by_name {
        check(pain, &naive[&what])?;
        if let Obstacle::DropOff { here, others, .. } = &pain.obstacle {
            let (step, by) = what.strip_prefix("drop-off ").and_then(|rest| rest.split_once(' ')).unwrap();
            prop_assert_eq!([*here, *others], usual.drop_offs[&(step.parse().unwrap(), by.to_owned())]);
        }
        match pain.obstacle {
            Obstacle::SlowAnswer { longer_than, .. } => prop_assert_eq!(Some(longer_than), usual.answer),
            Obstacle::SlowDelivery { longer_than, .. } => prop_assert_eq!(Some(longer_than), usual.delivery),
            _ => {}
        }
    }
    let ranks = |pair: &[Pain]| {
        let rank = |pain: &Pain| (pain.money.map(|money| money.value), pain.cases);
        rank(&pair[0]) >= rank(&pair[1])
    };
    prop_assert!(found.pains.windows(2).all(ranks));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn all_obstacles_at_once(log in logs(20, ALL, 900), count in 1..4_usize, threads in 1..4_usize) {
        agrees(&log, count, threads, &small_spec())?;
    }

    #[test]
    fn waits_for_deliveries(log in deliveries_and_leaving(), count in 1..4_usize) {
        agrees(&log, count, 2, &small_spec())?;
    }

    #[test]
    fn repeated_contacts_and_waits_for_answers(log in logs(30, SUPPORT, 700), count in 1..4_usize) {
        agrees(&log, count, 2, &small_spec())?;
    }

    #[test]
    fn falling_scores(log in logs(30, SCORES, 600), tilt in any::<bool>(), count in 1..4_usize) {
        let mut log = log;
        // Later scores are lower, so that means fall.
        for touch in log.iter_mut().filter(|touch| tilt && touch.at > 37) {
            touch.share = touch.share.map(|share| (share - 0.5).max(0.0));
        }
        agrees(&log, count, 2, &small_spec())?;
    }

    #[test]
    fn drop_off_and_loops(log in logs(60, VISITING, 500), stuck in 0..4_u16, count in 1..4_usize) {
        // Who comes over one of the channels goes no further.
        let stuck = |case: u32| log.iter().any(|touch| touch.case == case && touch.channel == stuck);
        let log: Vec<Touch> =
            log.iter().filter(|touch| touch.kind == SEARCH || !stuck(touch.case)).copied().collect();
        agrees(&log, count, 2, &small_spec())?;
    }

    #[test]
    fn back_and_forth(log in logs(30, WANDERING, 700), count in 1..4_usize) {
        agrees(&log, count, 2, &small_spec())?;
    }

    #[test]
    fn neither_blocks_nor_threads_matter(log in logs(8, ALL, 320)) {
        let one = run(&log, 1, 1, &small_spec());
        for (count, threads) in [(2, 1), (3, 3), (5, 2)] {
            prop_assert_eq!(&one, &run(&log, count, threads, &small_spec()));
        }
    }

    #[test]
    fn replaced_cases_are_passed_over(log in logs(8, ALL, 320), replaced in 0..256_u64) {
        let owned = blocks(&log, 1);
        let words = [replaced];
        let block = Block { replaced: &words, ..owned[0].as_block(0) };
        let places: BTreeMap<String, usize> =
            journeys(&log).into_iter().enumerate().map(|(place, (id, _))| (id, place)).collect();
        let live = |touch: &&Touch| replaced >> places[&super::world::name(touch.case)] & 1 == 0;
        let rest: Vec<Touch> = log.iter().filter(live).copied().collect();
        prop_assert_eq!(pains(&[block], &small_spec(), 2), run(&rest, 1, 1, &small_spec()));
    }

    #[test]
    fn too_few_are_not_listed(log in logs(8, ALL, 320), least in 2..5_u64) {
        let all = run(&log, 1, 1, &small_spec());
        let mut spec = small_spec();
        // Bounds come from as many waits; given ones make both runs ask the same.
        spec.limits.answer_within = Some(4);
        spec.limits.delivery_within = Some(4);
        let all_given = run(&log, 1, 1, &spec);
        prop_assert!(all.pains.iter().all(|pain| pain.cases >= 1));
        spec.limits.minimum_n = least;
        let some = run(&log, 1, 1, &spec);
        prop_assert!(some.pains.iter().all(|pain| pain.cases >= least));
        let usual = |pain: &&Pain| {
            !matches!(pain.obstacle, Obstacle::DropOff { .. } | Obstacle::TouchpointScore { .. })
        };
        let count = |pains: &[Pain], least: u64| pains.iter().filter(usual).filter(|pain| pain.cases >= least).count();
        prop_assert_eq!(count(&all_given.pains, least), count(&some.pains, least));
        prop_assert!(some.too_few as usize >= count(&all_given.pains, 1) - count(&all_given.pains, least));
        let enough = |pain: &Pain| {
            pain.comparison.as_ref().is_none_or(|own| own.affected >= least && own.comparable >= least)
        };
        prop_assert!(some.pains.iter().all(enough));
    }

    #[test]
    fn empty_roles_switch_off(log in logs(8, ALL, 320)) {
        let mut spec = small_spec();
        spec.roles = Default::default();
        spec.flows.clear();
        prop_assert_eq!(run(&log, 2, 2, &spec).pains, vec![]);
        spec.roles = roles();
        spec.roles.order.clear();
        prop_assert!(run(&log, 2, 2, &spec).pains.iter().all(|pain| pain.finding == Finding::TooLittleData));
    }
}

/// What the random logs reach: without it, agreement would say little.
#[test]
fn random_logs_reach_every_obstacle_with_a_comparison() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut reached: BTreeMap<String, u32> = BTreeMap::new();
    let themes = [ALL, BUYING, SUPPORT, SCORES, VISITING, WANDERING].map(|kinds| logs(30, kinds, 700).boxed());
    for theme in themes.into_iter().chain([deliveries_and_leaving().boxed()]) {
        for _ in 0..40 {
            let mut log = theme.new_tree(&mut runner).unwrap().current();
            for touch in log.iter_mut().filter(|touch| touch.at > 37) {
                touch.share = touch.share.map(|share| (share - 0.5).max(0.0));
            }
            for pain in run(&log, 1, 1, &small_spec()).pains.iter().filter(|pain| pain.comparison.is_some()) {
                let name = name(&pain.obstacle);
                let name = name.split_once(' ').map_or(name.clone(), |(first, _)| first.to_owned());
                *reached.entry(name).or_default() += 1;
                *reached.entry(format!("{:?}", pain.finding)).or_default() += 1;
            }
        }
    }
    assert!(reached.get("BoughtLess").is_some_and(|times| *times >= 2), "{reached:?}");
    for name in ["after", "between", "drop-off", "late", "repeat", "same", "score", "slow", "touchpoint"] {
        assert!(reached.get(name).is_some_and(|times| *times >= 5), "{name}: {reached:?}");
    }
}
