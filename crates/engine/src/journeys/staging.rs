//! Touchpoints on their way into buckets: from query batches, on all cores, within bounded memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use throughline_journey::{BlockBuilder, Kinds, NewFact, NewTouch, flags};
use xxhash_rust::xxh3::xxh3_64;

use super::codes::{Codes, hash_of};
use super::links::Links;
use super::run::BUCKETS;
use crate::store::schema;
use crate::{Error, Result};

/// Standard tables that hold touchpoints, ascending: the rank of a table is its place here.
const TABLES: [&str; 8] =
    ["exposures", "feedback", "interactions", "loyalty_events", "orders", "payments", "ticket_events", "tickets"];

/// The rank of a table among those that hold touchpoints.
pub(super) fn table_rank(table: &str) -> u8 {
    TABLES.binary_search(&table).ok().and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

/// The bucket of a case.
pub(super) fn bucket_of(case: &str) -> usize {
    // The highest bits, so that hash tables inside a bucket see all the others.
    usize::try_from(xxh3_64(case.as_bytes()) >> (u64::BITS - BUCKETS.ilog2())).unwrap_or(0)
}

/// A hash of an id; 0 for none.
fn hash_id(id: Option<&str>) -> u64 {
    id.filter(|id| !id.is_empty()).map_or(0, |id| xxh3_64(id.as_bytes()).max(1))
}

/// Where touchpoints of some buckets are collected.
pub(super) struct Staging {
    links: Arc<Links>,
    /// Only cases for which this holds.
    wanted: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    codes: Mutex<Codes>,
    buckets: Vec<Mutex<BlockBuilder>>,
}

impl Staging {
    /// Collects touchpoints of cases that are `wanted`; codes go on from `known`.
    pub(super) fn new(links: Arc<Links>, wanted: Arc<dyn Fn(&str) -> bool + Send + Sync>, known: &Kinds) -> Self {
        let buckets = (0..BUCKETS).map(|_| Mutex::default()).collect();
        Staging { links, wanted, codes: Mutex::new(Codes::from(known)), buckets }
    }

    /// What was collected: codes, and a builder for each bucket.
    pub(super) fn finish(self) -> (Codes, Vec<BlockBuilder>) {
        let own = |bucket: Mutex<BlockBuilder>| bucket.into_inner().unwrap_or_else(PoisonError::into_inner);
        let codes = self.codes.into_inner().unwrap_or_else(PoisonError::into_inner);
        (codes, self.buckets.into_iter().map(own).collect())
    }

    fn codes(&self) -> MutexGuard<'_, Codes> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the touchpoints of a batch of the query; `memo` is the caller's own.
    pub(super) fn add(&self, batch: &RecordBatch, memo: &mut Memo) -> Result<()> {
        let touches = Touches::of(batch)?;
        let (order, starts) = self.by_bucket(&touches);
        for (bucket, range) in starts.windows(2).enumerate() {
            let &[from, to] = range else { continue };
            let (Some(rows), Some(builder)) = (order.get(from..to), self.buckets.get(bucket)) else { continue };
            if rows.is_empty() {
                continue;
            }
            let coded = rows.iter().map(|row| self.code(&touches, *row, memo)).collect::<Result<Vec<_>>>()?;
            let mut builder = builder.lock().unwrap_or_else(PoisonError::into_inner);
            for (row, code) in rows.iter().zip(coded) {
                builder.push(self.links.case(touches.alias.value(*row)), &touches.touch(*row, code));
            }
        }
        Ok(())
    }

    /// Rows of wanted cases, bucket by bucket, and where each bucket begins.
    fn by_bucket(&self, touches: &Touches) -> (Vec<usize>, Vec<usize>) {
        let mut found = Vec::with_capacity(touches.alias.len());
        let mut starts = vec![0; BUCKETS + 1];
        for row in 0..touches.alias.len() {
            if touches.alias.is_null(row) || touches.at.is_null(row) {
                continue;
            }
            let case = self.links.case(touches.alias.value(row));
            if (self.wanted)(case) {
                let bucket = bucket_of(case);
                starts[bucket + 1] += 1;
                found.push((bucket, row));
            }
        }
        for bucket in 1..=BUCKETS {
            starts[bucket] += starts[bucket - 1];
        }
        let mut next = starts.clone();
        let mut order = vec![0; found.len()];
        for (bucket, row) in found {
            order[next[bucket]] = row;
            next[bucket] += 1;
        }
        (order, starts)
    }

    fn code(&self, touches: &Touches, row: usize, memo: &mut Memo) -> Result<Coded> {
        let text = |column: &'_ StringArray| column.is_valid(row).then(|| column.value(row).to_owned());
        let value = |column: &'_ StringArray| if column.is_valid(row) { Some(row) } else { None };
        let (instrument, about) = (value(&touches.instrument), value(&touches.about));
        let kind = if touches.kind.is_valid(row) { touches.kind.value(row) } else { "" };
        let parts = [touches.table.value(row), kind];
        let hash = hash_of(
            parts,
            instrument.map(|row| touches.instrument.value(row)),
            about.map(|row| touches.about.value(row)),
        );
        let (kind, table) = match memo.kinds.get(&hash) {
            Some(known) => *known,
            None => {
                let (instrument, about) = (text(&touches.instrument), text(&touches.about));
                let code = self.codes().kind(parts, instrument.as_deref(), about.as_deref())?;
                let known = (code, table_rank(touches.table.value(row)));
                memo.kinds.insert(hash, known);
                known
            }
        };
        if touches.channel.is_null(row) {
            return Ok(Coded { kind, table, channel: 0 });
        }
        let channel = touches.channel.value(row);
        let hash = xxh3_64(channel.as_bytes());
        let code = match memo.channels.get(&hash) {
            Some(code) => *code,
            None => {
                let code = self.codes().channel(channel)?;
                memo.channels.insert(hash, code);
                code
            }
        };
        Ok(Coded { kind, table, channel: code })
    }
}

/// What a touchpoint's texts became.
#[derive(Clone, Copy)]
struct Coded {
    kind: u16,
    /// Rank of the standard table.
    table: u8,
    channel: u16,
}

/// Codes that one reader has met, by hash, so that it need not ask for them again.
#[derive(Default)]
pub(super) struct Memo {
    /// The code, and the rank of the table.
    kinds: HashMap<u64, (u16, u8), foldhash::fast::FixedState>,
    channels: HashMap<u64, u16, foldhash::fast::FixedState>,
}

/// The columns of `catalog/journeys/*.sql`.
struct Touches {
    alias: StringArray,
    at: TimestampMicrosecondArray,
    seq: Int64Array,
    table: StringArray,
    key: StringArray,
    kind: StringArray,
    channel: StringArray,
    session: StringArray,
    amount: Decimal128Array,
    share: Float64Array,
    order: StringArray,
    ticket: StringArray,
    instrument: StringArray,
    about: StringArray,
    promised: TimestampMicrosecondArray,
    counts: BooleanArray,
}

impl Touches {
    fn of(batch: &RecordBatch) -> Result<Touches> {
        let column = |name: &str, kind: &DataType| -> Result<ArrayRef> {
            let column = batch.column_by_name(name);
            let column = column.ok_or_else(|| Error::internal(format!("The journeys' query has no column {name}.")))?;
            Ok(if column.data_type() == kind { column.clone() } else { cast(column, kind)? })
        };
        let text =
            |name: &str| -> Result<StringArray> { Ok(column(name, &DataType::Utf8)?.as_string::<i32>().clone()) };
        let instant = |name: &str| -> Result<TimestampMicrosecondArray> {
            Ok(column(name, &schema::instant())?.as_primitive::<TimestampMicrosecondType>().clone())
        };
        Ok(Touches {
            alias: text("alias")?,
            at: instant("at")?,
            seq: column("source_seq", &DataType::Int64)?.as_primitive::<Int64Type>().clone(),
            table: text("table_name")?,
            key: text("key")?,
            kind: text("kind")?,
            channel: text("channel")?,
            session: text("session_id")?,
            amount: column("amount", &DataType::Decimal128(18, 4))?.as_primitive::<Decimal128Type>().clone(),
            share: column("score_share", &DataType::Float64)?.as_primitive::<Float64Type>().clone(),
            order: text("order_id")?,
            ticket: text("ticket_id")?,
            instrument: text("instrument")?,
            about: text("about")?,
            promised: instant("promised_until")?,
            counts: column("counts", &DataType::Boolean)?.as_boolean().clone(),
        })
    }

    fn touch(&self, row: usize, code: Coded) -> NewTouch<'_> {
        let id = |column: &StringArray| hash_id(column.is_valid(row).then(|| column.value(row)));
        NewTouch {
            at: self.at.value(row),
            seq: self.seq.is_valid(row).then(|| self.seq.value(row)),
            table: code.table,
            key: if self.key.is_valid(row) { self.key.value(row) } else { "" },
            kind: code.kind,
            channel: code.channel,
            session: id(&self.session),
            fact: self.fact(row),
        }
    }

    fn fact(&self, row: usize) -> Option<NewFact> {
        let id = |column: &StringArray| hash_id(column.is_valid(row).then(|| column.value(row)));
        let placed = self.counts.is_valid(row);
        let fact = NewFact {
            amount: self.amount.is_valid(row).then(|| i64::try_from(self.amount.value(row)).ok()).flatten(),
            share: self.share.is_valid(row).then(|| self.share.value(row)),
            order: id(&self.order),
            ticket: id(&self.ticket),
            promised: self.promised.is_valid(row).then(|| self.promised.value(row)),
            flags: if placed { flags::PLACED | if self.counts.value(row) { flags::COUNTS } else { 0 } } else { 0 },
        };
        (fact != NewFact::default()).then_some(fact)
    }
}
