//! Recency, frequency and money against their definitions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline_journey::{Rfm, RfmSpec, rfm};

use crate::shop::{self, Event, ORDER};

type Row = (String, u32, u32, u32, Option<f64>);

fn rows(found: &Rfm) -> Vec<Row> {
    let row = |i: usize| (found.id(i).to_owned(), found.x[i], found.t_x[i], found.age[i], found.monetary[i]);
    (0..found.len()).map(row).collect()
}

fn naive(journeys: &[Vec<Event>], last_day: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for journey in journeys {
        let mut days: BTreeMap<usize, Vec<Option<i64>>> = BTreeMap::new();
        for order in shop::orders(journey) {
            if let Some(day) = shop::ten(order.at).filter(|day| *day <= last_day) {
                days.entry(day).or_default().push(order.amount);
            }
        }
        let (Some(first), Some(last)) = (days.keys().next(), days.keys().last()) else { continue };
        let totals: Vec<i64> =
            days.values().skip(1).filter_map(|amounts| amounts.iter().copied().sum::<Option<i64>>()).collect();
        let mean = (!totals.is_empty()).then(|| totals.iter().sum::<i64>() as f64 / 10_000.0 / totals.len() as f64);
        let name = shop::name(journey[0].case);
        rows.push((name, days.len() as u32 - 1, (last - first) as u32, (last_day - first) as u32, mean));
    }
    rows
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize, gone in prop::option::of(0..6_u8),
        last_day in 0..4_usize,
    ) {
        let world = shop::world(&events, blocks, gone);
        let found = rfm(&world.blocks(), &RfmSpec { days: shop::tens(), last_day }, threads);
        prop_assert_eq!(rows(&found), naive(&shop::journeys(&events, gone), last_day));
    }
}

#[test]
fn one_customer_by_hand() {
    let order = |at, euros: i64| Event {
        at,
        kind: ORDER,
        flags: 3,
        order: 1,
        amount: Some(euros * 10_000),
        ..Event::default()
    };
    let log = [order(12, 99), order(31, 5), order(39, 6), order(41, 10)];
    let found = rfm(&shop::world(&log, 1, None).blocks(), &RfmSpec { days: shop::tens(), last_day: 3 }, 1);
    assert_eq!(rows(&found), [(shop::name(0), 2, 3, 3, Some(10.5))], "two orders on one day are one purchase of 11");
    let found = rfm(&shop::world(&log, 1, None).blocks(), &RfmSpec { days: shop::tens(), last_day: 1 }, 1);
    assert_eq!(rows(&found), [(shop::name(0), 0, 0, 1, None)], "no mean without a repeat purchase");
}
