//! Retention against its definition.

use proptest::prelude::*;
use throughline_journey::{RetentionSpec, RetentionVariant, retention};

use crate::shop::{self, Event, ORDER};

/// Cohort, offset → customers kept, straight from the definition.
fn naive(journeys: &[Vec<Event>], variant: RetentionVariant) -> Vec<(usize, usize, u64, u64)> {
    let firsts: Vec<(Option<usize>, Vec<i64>)> = journeys
        .iter()
        .map(|journey| shop::orders(journey).iter().map(|order| order.at).collect::<Vec<i64>>())
        .filter(|orders| !orders.is_empty())
        .map(|orders| (shop::ten(orders[0]), orders))
        .collect();
    let mut cells = Vec::new();
    for cohort in 0..4 {
        let members: Vec<&Vec<i64>> = firsts.iter().filter(|(c, _)| *c == Some(cohort)).map(|(_, o)| o).collect();
        for offset in 0..4 - cohort {
            let keeps = |at: &i64| match (shop::ten(*at), variant) {
                (Some(period), RetentionVariant::In) => period == cohort + offset,
                (Some(period), RetentionVariant::InOrAfter) => period >= cohort + offset,
                (None, _) => false,
            };
            let kept = members.iter().filter(|orders| orders.iter().any(keeps)).count() as u64;
            if !members.is_empty() {
                cells.push((cohort, offset, kept, members.len() as u64));
            }
        }
    }
    cells
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize, gone in prop::option::of(0..6_u8), after: bool,
    ) {
        let variant = if after { RetentionVariant::InOrAfter } else { RetentionVariant::In };
        let world = shop::world(&events, blocks, gone);
        let spec = RetentionSpec { periods: shop::tens(), known_until: 35, variant };
        let found = retention(&world.blocks(), &spec, threads);
        let cells: Vec<_> = found
            .cohorts
            .iter()
            .flat_map(|c| c.cells.iter().map(|cell| (c.period, cell.offset, cell.kept.count, cell.kept.n)))
            .collect();
        let journeys = shop::journeys(&events, gone);
        prop_assert_eq!(cells, naive(&journeys, variant));
        let buyers = journeys.iter().filter(|journey| !shop::orders(journey).is_empty()).count() as u64;
        prop_assert_eq!(found.outside + found.cohorts.iter().map(|c| c.customers).sum::<u64>(), buyers);
        for cohort in &found.cohorts {
            for cell in &cohort.cells {
                prop_assert_eq!(cell.complete, (cohort.period + cell.offset + 2) as i64 * 10 <= 35);
            }
        }
    }
}

#[test]
fn two_customers_by_hand() {
    let order = |case: u8, at: i64| Event { case, at, kind: ORDER, flags: 3, order: 1, ..Event::default() };
    let world = shop::world(&[order(0, 12), order(0, 33), order(1, 19), order(1, 10)], 2, None);
    let ask =
        |variant| retention(&world.blocks(), &RetentionSpec { periods: shop::tens(), known_until: 50, variant }, 2);
    let kept = |variant| -> Vec<u64> { ask(variant).cohorts[0].cells.iter().map(|cell| cell.kept.count).collect() };
    assert_eq!(kept(RetentionVariant::In), [2, 0, 1, 0]);
    assert_eq!(kept(RetentionVariant::InOrAfter), [2, 1, 1, 0]);
    let cell = ask(RetentionVariant::In).cohorts[0].cells[2];
    assert_eq!((cell.kept.share, cell.kept.n, cell.complete), (Some(0.5), 2, true));
}
