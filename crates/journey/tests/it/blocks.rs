//! Blocks hold what was pushed, in the one order.

use proptest::prelude::*;
use throughline_journey::{Block, OwnedBlock, ties};

use crate::log::{self, ORDER};

proptest! {
    #[test]
    fn a_block_holds_each_journey_in_the_one_order(log in log::logs(), count in 1..4_usize) {
        let owned = log::blocks(&log, count);
        let mut found = Vec::new();
        for (number, block) in owned.iter().enumerate() {
            for journey in block.as_block(number).journeys() {
                let touches: Vec<_> = (0..journey.len())
                    .map(|row| {
                        let fact = journey.fact(row);
                        let (at, kind, channel) = (journey.at[row], journey.kinds[row], journey.channels[row]);
                        (at, kind, channel, journey.sessions()[row], fact.and_then(|f| f.amount), fact.and_then(|f| f.share))
                    })
                    .collect();
                found.push((journey.id().to_owned(), journey.first_order(), touches));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let expected: Vec<_> = log::journeys(&log)
            .into_iter()
            .map(|(id, touches)| {
                let first = touches.iter().find(|touch| touch.kind == ORDER).map(|touch| touch.at);
                let touches: Vec<_> =
                    touches.iter().map(|t| (t.at, t.kind, t.channel, t.session, t.amount, t.share)).collect();
                (id, first, touches)
            })
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn replaced_cases_are_passed_over(log in log::logs(), replaced in 0..32_u64) {
        let owned = log::blocks(&log, 1);
        let words = [replaced];
        let block = Block { replaced: &words, ..owned[0].as_block(0) };
        let cases: Vec<usize> = block.journeys().map(|journey| journey.case).collect();
        let expected: Vec<usize> = (0..block.cases()).filter(|case| replaced >> case & 1 == 0).collect();
        prop_assert_eq!(&cases, &expected);
        let rows: usize = block.live_rows().into_iter().map(|run| run.len()).sum();
        prop_assert_eq!(rows, block.journeys().map(|journey| journey.len()).sum::<usize>());
    }
}

proptest! {
    #[test]
    fn merging_new_touchpoints_equals_building_anew(old in log::logs(), new in log::logs()) {
        let both: Vec<_> = old.iter().chain(&new).cloned().collect();
        let (whole, old, new) = (log::blocks(&both, 1), log::blocks(&old, 1), log::blocks(&new, 1));
        let (whole, old, new) = (whole[0].as_block(0), old[0].as_block(0), new[0].as_block(0));
        let table = [4, 2, 2, 2, 7, 1];
        for journey in whole.journeys() {
            let mut merged = OwnedBlock::empty();
            let tied = match (old.find(journey.id()), new.find(journey.id())) {
                (Some(a), Some(b)) => {
                    merged.append_merged(&old.journey(a), &new.journey(b), &table);
                    ties(&old.journey(a), &new.journey(b), &table)
                }
                (Some(a), None) => { merged.append(&old.journey(a)); false }
                (None, Some(b)) => { merged.append(&new.journey(b)); false }
                (None, None) => panic!("a journey from nowhere"),
            };
            let merged = merged.as_block(0);
            let merged = merged.journey(0);
            prop_assert_eq!(merged.at, journey.at);
            prop_assert_eq!(merged.first_order(), journey.first_order());
            if !tied {
                prop_assert_eq!((merged.id(), merged.kinds, merged.channels), (journey.id(), journey.kinds, journey.channels));
                for row in 0..merged.len() {
                    prop_assert_eq!(merged.fact(row), journey.fact(row));
                }
            }
        }
    }
}
