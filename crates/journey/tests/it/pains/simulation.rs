//! Simulate and recover: worlds whose truth is known, and how often the interval covers it.

use throughline_journey::pains::{Comparison, Finding, Obstacle, Pain, Spec, pains};
use throughline_journey::{Block, Periods};

use super::world::*;

const SEEDS: u64 = 200;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ word >> 31) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn falls(&mut self, probability: f64) -> bool {
        self.share() < probability
    }
}

fn spec() -> Spec {
    let mut spec = small_spec();
    spec.quarters = Periods::new(vec![0, 10_000]);
    spec.period = (0, 10_000);
    spec.known_until = 10_000;
    spec.horizon = 90;
    spec.flows.clear();
    spec.limits.minimum_n = 30;
    spec.limits.answer_within = Some(10);
    spec.limits.delivery_within = Some(1000);
    spec
}

fn run(log: &[Touch]) -> Vec<Pain> {
    let owned = blocks(log, 3);
    let blocks: Vec<Block<'_>> = owned.iter().enumerate().map(|(number, block)| block.as_block(number)).collect();
    pains(&blocks, &spec(), 1).pains
}

fn touch(case: u32, at: i64, kind: u16) -> Touch {
    Touch { case, at, kind, counts: kind == ORDER, ..Touch::default() }
}

fn raw(own: &Comparison) -> f64 {
    own.affected_share - own.comparable_buyers as f64 / own.comparable_moments as f64
}

/// Customers over channel 1 buy more and are delivered late more often; lateness itself takes `effect` from buying.
fn late(seed: u64, customers: u32, base: [f64; 2], effect: f64) -> Pain {
    let mut dice = Dice(seed);
    let mut log = Vec::new();
    for case in 0..customers {
        let eager = dice.falls(0.5);
        let is_late = dice.falls(if eager { 0.6 } else { 0.1 });
        let order =
            Touch { channel: 2 - u16::from(eager), order: Some(1), promised: Some(30), ..touch(case, 10, ORDER) };
        log.push(order);
        log.push(Touch { order: Some(1), ..touch(case, if is_late { 40 } else { 30 }, DELIVERY) });
        if dice.falls(base[usize::from(!eager)] + if is_late { effect } else { 0.0 }) {
            log.push(Touch { amount: Some(10_000), ..touch(case, 60, ORDER) });
        }
    }
    run(&log).into_iter().find(|pain| pain.obstacle == Obstacle::LateDelivery).unwrap()
}

#[test]
fn where_the_raw_difference_is_wrong_the_interval_covers_the_truth() {
    let (mut covered, mut misled) = (0, 0);
    for seed in 0..SEEDS {
        let own = late(seed, 1000, [0.6, 0.2], -0.1).comparison.unwrap();
        covered += u32::from(own.interval.contains(-0.1));
        misled += u32::from(raw(&own) > 0.0);
    }
    // 190 expected, standard deviation 3.
    assert!((181..=198).contains(&covered), "{covered}");
    assert!(misled > 190, "{misled}");
}

#[test]
fn without_an_effect_and_with_few_buyers_a_difference_is_seldom_claimed() {
    let claims = |pain: &Pain| pain.finding == Finding::BoughtLess || pain.finding == Finding::BoughtMore;
    let claimed = (0..SEEDS).filter(|seed| claims(&late(*seed, 120, [0.04, 0.02], 0.0))).count();
    assert!(claimed <= 10, "{claimed}");
}

/// Customers open one to five tickets, each answered at once or late, and buy after each with a propensity of their
/// own: what one customer does after several tickets is alike, and who has more tickets has more chances to be late.
fn slow(seed: u64) -> Comparison {
    let mut dice = Dice(seed);
    let mut log = Vec::new();
    for case in 0..400 {
        let eager = dice.falls(0.5);
        let own = if dice.falls(0.5) { 0.25 } else { -0.25 };
        let base = if eager { 0.65 } else { 0.35 };
        let tickets = 1 + (dice.share() * 5.0) as i64;
        for ticket in 0..tickets {
            let at = 200 * ticket;
            let slow = dice.falls(if eager { 0.4 } else { 0.15 });
            let about =
                Touch { channel: 2 - u16::from(eager), ticket: Some(ticket as u64 + 1), ..touch(case, at, OPENED) };
            log.push(about);
            log.push(Touch { at: at + if slow { 20 } else { 5 }, kind: ANSWER, ..about });
            if dice.falls(base + own - if slow { 0.1 } else { 0.0 }) {
                log.push(touch(case, at + 50, ORDER));
            }
        }
    }
    let pain = run(&log).into_iter().find(|pain| matches!(pain.obstacle, Obstacle::SlowAnswer { .. })).unwrap();
    pain.comparison.unwrap()
}

#[test]
fn several_moments_of_one_customer_do_not_mislead() {
    let mut covered = 0;
    let mut sum = 0.0;
    for seed in 0..SEEDS {
        let own = slow(seed);
        covered += u32::from(own.interval.contains(-0.1));
        sum += own.difference;
    }
    assert!((181..=198).contains(&covered), "{covered}");
    // The mean of 200 differences, each of a standard error near 0.04.
    assert!((sum / SEEDS as f64 + 0.1).abs() < 0.01, "{}", sum / SEEDS as f64);
}
