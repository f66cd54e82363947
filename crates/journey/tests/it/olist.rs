//! Olist's deliveries against the facts of its reference table.

use std::collections::{BTreeMap, HashMap};

use throughline_journey::{BlockBuilder, DeliverySpec, NewFact, NewTouch, delivery, flags};

use crate::public_sets;

fn touch(at: &str, kind: u16, fact: NewFact) -> NewTouch<'static> {
    let at = public_sets::instant(at);
    NewTouch { at, seq: None, table: 0, key: "", kind, channel: 0, session: 0, fact: Some(fact) }
}

#[test]
fn late_by_timestamp() {
    let Some(customers) = public_sets::open("olist/olist_customers_dataset.csv.gz") else { return };
    let Some(orders) = public_sets::open("olist/olist_orders_dataset.csv.gz") else { return };
    let customers = csv::Reader::from_reader(customers).into_records().map(|row| row.unwrap());
    let customers: HashMap<String, String> = customers.map(|row| (row[0].to_owned(), row[1].to_owned())).collect();
    let mut builders = BTreeMap::from([(false, BlockBuilder::default()), (true, BlockBuilder::default())]);
    for (row, record) in csv::Reader::from_reader(orders).records().enumerate() {
        let record = record.unwrap();
        let (customer, order) = (&customers[&record[1]], row as u64 + 1);
        let counts = !matches!(&record[2], "canceled" | "unavailable");
        let placed = NewFact {
            order,
            promised: Some(public_sets::instant(&record[7])),
            flags: if counts { flags::PLACED | flags::COUNTS } else { flags::PLACED },
            ..NewFact::default()
        };
        let builder = builders.get_mut(&customer.starts_with(|letter: char| letter < '8')).unwrap();
        builder.push(customer, &touch(&record[3], 0, placed));
        if !record[6].is_empty() {
            builder.push(customer, &touch(&record[6], 1, NewFact { order, ..NewFact::default() }));
        }
    }
    let owned: Vec<_> = builders.into_values().map(|builder| builder.finish(u32::from)).collect();
    let blocks: Vec<_> = owned.iter().enumerate().map(|(number, block)| block.as_block(number)).collect();
    let until = public_sets::instant("2018-10-18 00:00:00");
    let found = delivery(&blocks, &DeliverySpec::new(vec![1], vec![], until), 2);
    // 99,441 orders, less 625 cancelled and 609 unavailable.
    assert_eq!((found.orders, found.without_promise), (98_207, 0));
    assert_eq!((found.kept.n, found.kept.n - found.kept.count), (96_470, 7_826));
    assert_eq!(found.open + found.overdue, 98_207 - 96_470);
    assert_eq!(found.classes.iter().map(|class| class.orders).sum::<u64>(), 96_470 + found.overdue);
}
