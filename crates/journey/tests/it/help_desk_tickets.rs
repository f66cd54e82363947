//! The Italian help desk, one customer per ticket, against computed facts.

use std::collections::BTreeMap;

use throughline_journey::{BlockBuilder, NewFact, NewTouch, Periods, TicketsSpec, tickets};

use crate::public_sets;

const DAY: f64 = 86_400_000_000.0;

#[test]
fn times_to_take_in_charge_and_to_resolve() {
    let Some(text) = public_sets::open("helpdesk_italian/helpdesk.csv.gz") else { return };
    let mut codes: BTreeMap<String, u16> = BTreeMap::new();
    let mut builder = BlockBuilder::default();
    for (row, record) in csv::Reader::from_reader(text).records().enumerate() {
        let record = record.unwrap();
        let next = codes.len() as u16;
        let kind = *codes.entry(record[1].to_owned()).or_insert(next);
        let ticket = record[0].trim_start_matches("Case ").parse().unwrap();
        let touch = NewTouch {
            at: public_sets::instant(&record[3]),
            seq: Some(row as i64),
            table: 0,
            key: "",
            kind,
            channel: 0,
            session: 0,
            fact: Some(NewFact { ticket, ..NewFact::default() }),
        };
        // All tickets of one customer, told apart by nothing but their number.
        builder.push("customer", &touch);
    }
    let owned = builder.finish(u32::from);
    let spec = TicketsSpec {
        periods: Periods::new(vec![0, i64::MAX]),
        opened: codes.values().copied().collect(),
        answered: vec![codes["Take in charge ticket"]],
        solved: vec![codes["Resolve ticket"]],
        reopened: vec![],
        scored: vec![],
        answer_within: DAY as i64,
        good: 0.75,
    };
    let found = tickets(&[owned.as_block(0)], &spec, 1);
    let all = &found.periods[0];
    assert_eq!((all.tickets, all.first_answer.n, all.first_solved.n), (4580, 4285, 4569));
    let days = |median: Option<f64>| (median.unwrap() / DAY * 1000.0).round() / 1000.0;
    assert_eq!((days(all.first_solved.median), days(all.last_solved.median)), (5.983, 6.658));
    assert!((all.first_answer.median.unwrap() / DAY * 24.0 - 16.390).abs() < 5.1e-4);
}
