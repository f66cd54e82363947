//! Recency, frequency and money of every customer with an order that counts: what re-purchase models are fitted on.

use crate::{Block, Fold, Ids, Journey, Periods, walk};

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct RfmSpec {
    /// Local days, one period each; orders outside them are not seen.
    pub days: Periods,
    /// Place of the last observed day, the cut-off; later orders are not seen.
    pub last_day: usize,
}

/// Columns with one entry per customer, ascending by id. The unit of time is the day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rfm {
    /// Where each id begins in `id_bytes`, and the end of the last.
    pub id_offsets: Vec<i32>,
    /// Ids one after another, UTF-8.
    pub id_bytes: Vec<u8>,
    /// Frequency x: days with orders, less the first.
    pub x: Vec<u32>,
    /// Recency `t_x`: days from the first to the last day with orders.
    pub t_x: Vec<u32>,
    /// Age T: days from the first day with orders to the cut-off.
    pub age: Vec<u32>,
    /// Monetary value m: mean money of the days with orders but the first, in units of the currency. Days with an order
    /// of unknown amount are left out; `None` where no day is left.
    pub monetary: Vec<Option<f64>>,
}

impl Rfm {
    /// How many customers.
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// The id of a customer.
    pub fn id(&self, index: usize) -> &str {
        Ids { offsets: &self.id_offsets, bytes: &self.id_bytes }.get(index)
    }
}

/// One customer; sums of money are ten-thousandths.
#[derive(Debug, Clone, Copy)]
struct Customer {
    block: u32,
    case: u32,
    first: u32,
    last: u32,
    repeats: u32,
    known: u32,
    money: i64,
}

/// The customers seen.
#[derive(Debug, Default)]
pub struct RfmState {
    customers: Vec<Customer>,
}

/// The question as a fold.
#[derive(Debug, Clone, Copy)]
pub struct RfmFold<'a> {
    spec: &'a RfmSpec,
}

/// Frequency, recency, age and money of every customer.
pub fn rfm(blocks: &[Block<'_>], spec: &RfmSpec, threads: usize) -> Rfm {
    let fold = RfmFold::new(spec);
    fold.finish(walk(blocks, &fold, threads), blocks)
}

impl Fold for RfmFold<'_> {
    type State = RfmState;

    fn start(&self) -> RfmState {
        RfmState::default()
    }

    #[inline]
    fn case(&self, journey: &Journey<'_>, state: &mut RfmState) {
        let mut customer: Option<Customer> = None;
        let (mut day, mut total, mut end) = (0, Some(0_i64), i64::MIN);
        for order in journey.counting_orders() {
            if order.at >= end {
                let Some(index) = self.spec.days.index(order.at).filter(|day| *day <= self.spec.last_day) else {
                    continue;
                };
                if let Some(customer) = &mut customer {
                    customer.close(day, total);
                }
                (day, total) = (u32::try_from(index).unwrap_or(u32::MAX), Some(0));
                end = self.spec.days.start(index + 1).unwrap_or(i64::MAX);
                customer.get_or_insert_with(|| Customer::new(journey, day));
            }
            total = total.zip(order.amount).map(|(total, amount)| total.saturating_add(amount));
        }
        if let Some(mut customer) = customer {
            customer.close(day, total);
            state.customers.push(customer);
        }
    }

    fn merge(&self, into: &mut RfmState, mut from: RfmState) {
        into.customers.append(&mut from.customers);
    }
}

impl Customer {
    fn new(journey: &Journey<'_>, day: u32) -> Customer {
        let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let (block, case) = (place(journey.block()), place(journey.case));
        Customer { block, case, first: day, last: day, repeats: 0, known: 0, money: 0 }
    }

    /// Adds a day whose orders are all seen.
    fn close(&mut self, day: u32, total: Option<i64>) {
        self.last = day;
        if day == self.first {
            return;
        }
        self.repeats += 1;
        if let Some(total) = total {
            self.known += 1;
            self.money = self.money.saturating_add(total);
        }
    }

    fn monetary(&self) -> Option<f64> {
        (self.known > 0).then(|| self.money as f64 / 10_000.0 / f64::from(self.known))
    }
}

impl<'a> RfmFold<'a> {
    /// The fold of a question.
    pub fn new(spec: &'a RfmSpec) -> Self {
        RfmFold { spec }
    }

    /// What the walk over `blocks` found.
    pub fn finish(&self, state: RfmState, blocks: &[Block<'_>]) -> Rfm {
        let mut found: Vec<(u64, &[u8], Customer)> = state.customers.into_iter().map(|c| keyed(c, blocks)).collect();
        // Each block lies in the order of ids already: first blocks one after another, then runs are merged.
        found.sort_by_key(|(_, _, customer)| (customer.block, customer.case));
        found.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let mut columns = Rfm { id_offsets: vec![0], ..Rfm::default() };
        let last_day = u32::try_from(self.spec.last_day).unwrap_or(u32::MAX);
        for (_, id, customer) in found {
            columns.id_bytes.extend_from_slice(id);
            columns.id_offsets.push(i32::try_from(columns.id_bytes.len()).unwrap_or(i32::MAX));
            columns.x.push(customer.repeats);
            columns.t_x.push(customer.last - customer.first);
            columns.age.push(last_day - customer.first);
            columns.monetary.push(customer.monetary());
        }
        columns
    }
}

/// A customer with its id, and the id's first eight bytes as a number, by which most comparisons end.
fn keyed<'a>(customer: Customer, blocks: &[Block<'a>]) -> (u64, &'a [u8], Customer) {
    let id = blocks.get(customer.block as usize).map_or("", |block| block.ids.get(customer.case as usize)).as_bytes();
    let mut head = [0; 8];
    head.iter_mut().zip(id).for_each(|(slot, byte)| *slot = *byte);
    (u64::from_be_bytes(head), id, customer)
}
