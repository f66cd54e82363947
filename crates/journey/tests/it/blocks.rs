//! Blocks hold what was pushed, in the one order.

use proptest::prelude::*;
use throughline_journey::Block;

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
