//! Life cycle against its definition.

use proptest::prelude::*;
use throughline_journey::{Lifecycle, LifecycleSpec, Steps, lifecycle};

use crate::shop::{self, Event, ORDER, VISIT};

/// Every customer's state in a period, from the list of all instants of activity.
fn naive(active: &[Vec<i64>], period: usize, window: usize) -> Lifecycle {
    let (start, end) = ((period as i64 + 1) * 10, (period as i64 + 2) * 10);
    let since = (start - 10 * window as i64).max(10);
    let mut found = Lifecycle { period, complete: end <= 35, ..Lifecycle::default() };
    for instants in active {
        let any = |from: i64, until: i64| instants.iter().any(|at| (from..until).contains(at));
        let slot = match (any(start, end), any(i64::MIN, start), any(since, start)) {
            (true, false, _) => &mut found.new,
            (true, true, true) => &mut found.returning,
            (true, true, false) => &mut found.resurrected,
            (false, true, true) => &mut found.paused,
            (false, true, false) => &mut found.dormant,
            (false, false, _) => continue,
        };
        *slot += 1;
    }
    found
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize, gone in prop::option::of(0..6_u8),
        window in 1..4_usize, visits: bool,
    ) {
        let world = shop::world(&events, blocks, gone);
        let activity = visits.then(|| Steps::named(vec![("visit".into(), vec![VISIT])], &shop::kinds()));
        let spec = LifecycleSpec { periods: shop::tens(), window, activity, known_until: 35 };
        let counts = |event: &&Event| if visits { event.kind == VISIT } else { event.counts() };
        let active: Vec<Vec<i64>> = shop::journeys(&events, gone)
            .iter()
            .map(|journey| journey.iter().filter(counts).map(|event| event.at).collect())
            .collect();
        let found = lifecycle(&world.blocks(), &spec, threads);
        let expected: Vec<Lifecycle> = (0..4).map(|period| naive(&active, period, window)).collect();
        prop_assert_eq!(&found, &expected);
        for of in found {
            let end = (of.period as i64 + 2) * 10;
            let ever = active.iter().filter(|instants| instants.iter().any(|at| *at < end)).count() as u64;
            prop_assert_eq!(of.active() + of.paused + of.dormant, ever, "they add up");
        }
    }
}

#[test]
fn one_customer_by_hand() {
    let order = |at: i64| Event { at, kind: ORDER, flags: 3, order: 1, ..Event::default() };
    let world = shop::world(&[order(11), order(22), order(45)], 1, None);
    let spec = LifecycleSpec { periods: shop::tens(), window: 1, activity: None, known_until: 50 };
    let states: Vec<_> = lifecycle(&world.blocks(), &spec, 1)
        .iter()
        .map(|of| (of.new, of.returning, of.resurrected, of.paused, of.dormant))
        .collect();
    assert_eq!(states, [(1, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0, 0, 1, 0), (0, 0, 1, 0, 0)]);
}
