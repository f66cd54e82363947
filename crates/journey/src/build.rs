//! Building a block: touchpoints in any order become journeys in the one order.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::block::{NEVER, NO_NUMBER, NO_SHARE};
use crate::{Block, Facts, Ids, Journey};

/// What a touchpoint's fact says beyond numbers.
pub mod flags {
    /// An order was placed.
    pub const PLACED: u8 = 1;
    /// The order counts: it is neither cancelled nor unavailable.
    pub const COUNTS: u8 = 2;
}

/// A touchpoint on its way into a block.
#[derive(Debug, Clone, Copy)]
pub struct NewTouch<'a> {
    /// When, microseconds since 1970 UTC.
    pub at: i64,
    /// Place in the source.
    pub seq: Option<i64>,
    /// Rank of the standard table among their names.
    pub table: u8,
    /// Key in that table.
    pub key: &'a str,
    /// Code of the kind.
    pub kind: u16,
    /// Code of the channel; 0 where none is known.
    pub channel: u16,
    /// Hash of the source's session id; 0 without one.
    pub session: u64,
    /// What it carries, if anything.
    pub fact: Option<NewFact>,
}

/// What a touchpoint carries; see [`crate::Fact`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct NewFact {
    /// Money in ten-thousandths.
    pub amount: Option<i64>,
    /// Score as a share of its scale.
    pub share: Option<f64>,
    /// Hash of the order's id; 0 without one.
    pub order: u64,
    /// Hash of the ticket's id; 0 without one.
    pub ticket: u64,
    /// Until when delivery was promised.
    pub promised: Option<i64>,
    /// See [`flags`].
    pub flags: u8,
}

/// Collects the touchpoints of some cases.
#[derive(Debug, Default)]
pub struct BlockBuilder {
    cases: HashMap<Box<str>, u32, FixedState>,
    case: Vec<u32>,
    at: Vec<i64>,
    seq: Vec<i64>,
    table: Vec<u8>,
    kind: Vec<u16>,
    channel: Vec<u16>,
    session: Vec<u64>,
    fact: Vec<u32>,
    keys: Vec<u8>,
    key_ends: Vec<u32>,
    facts: OwnedFacts,
}

/// What rows of a block carry; see [`Facts`].
#[derive(Debug, Default, Clone, PartialEq)]
pub struct OwnedFacts {
    /// Money in ten-thousandths.
    pub amount: Vec<i64>,
    /// Scores as shares of their scales.
    pub share: Vec<f64>,
    /// Hashes of orders.
    pub order: Vec<u64>,
    /// Hashes of tickets.
    pub ticket: Vec<u64>,
    /// Until when delivery was promised.
    pub promised: Vec<i64>,
    /// See [`flags`].
    pub flags: Vec<u8>,
}

/// A block that owns its columns; see [`Block`] for what they hold.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct OwnedBlock {
    /// Where each id begins, and the end of the last.
    pub id_offsets: Vec<i32>,
    /// Ids one after another.
    pub id_bytes: Vec<u8>,
    /// First row of each case.
    pub starts: Vec<u32>,
    /// First order of each case.
    pub first_order: Vec<i64>,
    /// When.
    pub at: Vec<i64>,
    /// Codes of kinds.
    pub kind: Vec<u16>,
    /// Codes of channels.
    pub channel: Vec<u16>,
    /// Hashes of sessions.
    pub session: Vec<u64>,
    /// Places in the source.
    pub seq: Vec<i64>,
    /// Places of facts.
    pub fact: Vec<u32>,
    /// What rows carry.
    pub facts: OwnedFacts,
}

impl BlockBuilder {
    /// Touchpoints so far.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Adds a touchpoint of a case.
    pub fn push(&mut self, case: &str, touch: &NewTouch<'_>) {
        let code = match self.cases.get(case) {
            Some(code) => *code,
            None => {
                let code = u32::try_from(self.cases.len()).unwrap_or(u32::MAX);
                self.cases.insert(case.into(), code);
                code
            }
        };
        self.case.push(code);
        self.at.push(touch.at);
        self.seq.push(touch.seq.unwrap_or(i64::MAX));
        self.table.push(touch.table);
        self.kind.push(touch.kind);
        self.channel.push(touch.channel);
        self.session.push(touch.session);
        self.keys.extend_from_slice(touch.key.as_bytes());
        self.key_ends.push(u32::try_from(self.keys.len()).unwrap_or(u32::MAX));
        let place = touch.fact.map_or(0, |fact| self.facts.push(&fact));
        self.fact.push(place);
    }

    /// The touchpoints as journeys. `kind_rank` gives the rank of a kind's name, the last word on ties.
    pub fn finish(self, kind_rank: impl Fn(u16) -> u32) -> OwnedBlock {
        let ids = self.sorted_ids();
        let mut rank = vec![0_u32; ids.len()];
        for (place, (_, code)) in ids.iter().enumerate() {
            if let Some(slot) = rank.get_mut(*code as usize) {
                *slot = u32::try_from(place).unwrap_or(u32::MAX);
            }
        }
        let (mut rows, starts) = self.by_case(&rank);
        for (case, start) in starts.iter().enumerate() {
            let end = starts.get(case + 1).copied().unwrap_or(rows.len() as u32);
            if let Some(rows) = rows.get_mut(*start as usize..end as usize) {
                self.sort(rows, &kind_rank);
            }
        }
        self.lay_out(&ids, starts, &rows)
    }

    fn sorted_ids(&self) -> Vec<(&str, u32)> {
        let mut ids: Vec<(&str, u32)> = self.cases.iter().map(|(id, code)| (&**id, *code)).collect();
        ids.sort_unstable();
        ids
    }

    /// Rows grouped by case, and the first of each.
    fn by_case(&self, rank: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let place = |code: u32| rank.get(code as usize).map_or(0, |place| *place as usize);
        let mut next = vec![0_u32; rank.len() + 1];
        for code in &self.case {
            next[place(*code) + 1] += 1;
        }
        for index in 1..next.len() {
            next[index] += next[index - 1];
        }
        let mut starts = next.clone();
        starts.pop();
        let mut rows = vec![0_u32; self.case.len()];
        for (row, code) in self.case.iter().enumerate() {
            let slot = &mut next[place(*code)];
            rows[*slot as usize] = row as u32;
            *slot += 1;
        }
        (rows, starts)
    }

    /// Sorts the rows of one case: (at, source_seq, table, key, kind).
    fn sort(&self, rows: &mut [u32], kind_rank: &impl Fn(u16) -> u32) {
        let quick = |row: &u32| {
            let row = *row as usize;
            (self.at[row], self.seq[row], self.table[row])
        };
        let by_text = |a: &u32, b: &u32| {
            let kind = |row: &u32| kind_rank(self.kind[*row as usize]);
            self.key(*a).cmp(self.key(*b)).then_with(|| kind(a).cmp(&kind(b)))
        };
        rows.sort_unstable_by(|a, b| quick(a).cmp(&quick(b)).then_with(|| by_text(a, b)));
    }

    fn key(&self, row: u32) -> &[u8] {
        let row = row as usize;
        let start = row.checked_sub(1).and_then(|before| self.key_ends.get(before)).map_or(0, |end| *end as usize);
        let end = self.key_ends.get(row).map_or(start, |end| *end as usize);
        self.keys.get(start..end).unwrap_or_default()
    }

    fn lay_out(&self, ids: &[(&str, u32)], starts: Vec<u32>, rows: &[u32]) -> OwnedBlock {
        fn take<T: Copy>(column: &[T], rows: &[u32]) -> Vec<T> {
            rows.iter().map(|row| column[*row as usize]).collect()
        }
        let mut block = OwnedBlock {
            id_offsets: vec![0],
            at: take(&self.at, rows),
            kind: take(&self.kind, rows),
            channel: take(&self.channel, rows),
            session: take(&self.session, rows),
            seq: take(&self.seq, rows),
            fact: Vec::with_capacity(rows.len()),
            ..OwnedBlock::default()
        };
        for (id, _) in ids {
            block.id_bytes.extend_from_slice(id.as_bytes());
            block.id_offsets.push(i32::try_from(block.id_bytes.len()).unwrap_or(i32::MAX));
        }
        let facts = self.facts.as_facts();
        for row in rows {
            let place = self.fact[*row as usize];
            let placed = place.checked_sub(1).map_or(0, |place| block.facts.copy(&facts, place as usize));
            block.fact.push(placed);
        }
        let ends = starts.iter().skip(1).map(|start| *start as usize).chain([rows.len()]);
        let ranges = starts.iter().map(|start| *start as usize).zip(ends);
        block.first_order = ranges.map(|(start, end)| block.first_order_in(start..end)).collect();
        block.starts = starts;
        block
    }
}

/// What the order of touchpoints looks at first, as far as blocks hold it: (at, source_seq, table).
fn place(journey: &Journey<'_>, row: usize, table: &[u8]) -> (i64, i64, u8) {
    let block = journey.whole();
    let kind = usize::from(block.kind[row]);
    (block.at[row], block.seq[row], table.get(kind).copied().unwrap_or(u8::MAX))
}

/// Whether a touchpoint of one journey ties with one of another in (at, source_seq, table): then only their keys, which
/// blocks do not hold, could tell their order. `table` ranks the tables of kinds.
pub fn ties(old: &Journey<'_>, new: &Journey<'_>, table: &[u8]) -> bool {
    let (mut mine, mut theirs) = (old.rows(), new.rows());
    while !mine.is_empty() && !theirs.is_empty() {
        match place(old, mine.start, table).cmp(&place(new, theirs.start, table)) {
            std::cmp::Ordering::Less => mine.start += 1,
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => theirs.start += 1,
        }
    }
    false
}

impl OwnedFacts {
    fn as_facts(&self) -> Facts<'_> {
        Facts {
            amount: &self.amount,
            share: &self.share,
            order: &self.order,
            ticket: &self.ticket,
            promised: &self.promised,
            flags: &self.flags,
        }
    }

    /// Adds a fact; its place, counted from 1.
    fn push(&mut self, fact: &NewFact) -> u32 {
        self.amount.push(fact.amount.unwrap_or(NO_NUMBER));
        self.share.push(fact.share.filter(|share| *share >= 0.0).unwrap_or(NO_SHARE));
        self.order.push(fact.order);
        self.ticket.push(fact.ticket);
        self.promised.push(fact.promised.unwrap_or(NO_NUMBER));
        self.flags.push(fact.flags);
        u32::try_from(self.flags.len()).unwrap_or(u32::MAX)
    }

    fn copy(&mut self, from: &Facts<'_>, place: usize) -> u32 {
        self.amount.push(from.amount[place]);
        self.share.push(from.share[place]);
        self.order.push(from.order[place]);
        self.ticket.push(from.ticket[place]);
        self.promised.push(from.promised[place]);
        self.flags.push(from.flags[place]);
        u32::try_from(self.flags.len()).unwrap_or(u32::MAX)
    }
}

impl OwnedBlock {
    /// Without cases, ready to take some.
    pub fn empty() -> Self {
        OwnedBlock { id_offsets: vec![0], ..OwnedBlock::default() }
    }

    /// When the first order among some rows was placed; never where none was.
    fn first_order_in(&self, mut rows: std::ops::Range<usize>) -> i64 {
        let placed = |row: &usize| {
            let fact = self.fact[*row].checked_sub(1);
            fact.is_some_and(|fact| self.facts.flags[fact as usize] & flags::PLACED != 0)
        };
        rows.find(placed).map_or(NEVER, |row| self.at[row])
    }

    /// Begins a case behind the others; its rows follow.
    fn begin(&mut self, id: &str) {
        self.id_bytes.extend_from_slice(id.as_bytes());
        self.id_offsets.push(i32::try_from(self.id_bytes.len()).unwrap_or(i32::MAX));
        self.starts.push(u32::try_from(self.at.len()).unwrap_or(u32::MAX));
        self.first_order.push(NEVER);
    }

    /// Copies rows of a block to the end of the case begun last.
    fn copy(&mut self, block: &Block<'_>, rows: std::ops::Range<usize>) {
        self.at.extend_from_slice(&block.at[rows.clone()]);
        self.kind.extend_from_slice(&block.kind[rows.clone()]);
        self.channel.extend_from_slice(&block.channel[rows.clone()]);
        self.session.extend_from_slice(&block.session[rows.clone()]);
        self.seq.extend_from_slice(&block.seq[rows.clone()]);
        for row in rows {
            let place = block.fact[row].checked_sub(1).map_or(0, |place| self.facts.copy(&block.facts, place as usize));
            self.fact.push(place);
        }
    }

    /// Ends the case begun last.
    fn end(&mut self) {
        let start = self.starts.last().map_or(0, |start| *start as usize);
        let first = self.first_order_in(start..self.at.len());
        if let Some(slot) = self.first_order.last_mut() {
            *slot = first;
        }
    }

    /// Adds a journey behind the others. Ids must come in ascending order.
    pub fn append(&mut self, journey: &Journey<'_>) {
        self.begin(journey.id());
        self.copy(journey.whole(), journey.rows());
        self.end();
    }

    /// Adds a case whose touchpoints lie in two journeys, behind the others. `table` ranks the tables of kinds. Of two
    /// touchpoints that tie, the old one comes first: see [`ties`].
    pub fn append_merged(&mut self, old: &Journey<'_>, new: &Journey<'_>, table: &[u8]) {
        self.begin(old.id());
        let (mut mine, mut theirs) = (old.rows(), new.rows());
        while !mine.is_empty() && !theirs.is_empty() {
            if place(old, mine.start, table) <= place(new, theirs.start, table) {
                self.copy(old.whole(), mine.start..mine.start + 1);
                mine.start += 1;
            } else {
                self.copy(new.whole(), theirs.start..theirs.start + 1);
                theirs.start += 1;
            }
        }
        self.copy(old.whole(), mine);
        self.copy(new.whole(), theirs);
        self.end();
    }

    /// Gives kinds and channels other codes: the new one stands at the place of the old one.
    pub fn recode(&mut self, kinds: &[u16], channels: &[u16]) {
        let recode = |column: &mut [u16], codes: &[u16]| {
            for code in column {
                *code = codes.get(usize::from(*code)).copied().unwrap_or(*code);
            }
        };
        recode(&mut self.kind, kinds);
        recode(&mut self.channel, channels);
    }

    /// The block as it is read.
    pub fn as_block(&self, number: usize) -> Block<'_> {
        Block {
            number,
            ids: Ids { offsets: &self.id_offsets, bytes: &self.id_bytes },
            starts: &self.starts,
            first_order: &self.first_order,
            replaced: &[],
            at: &self.at,
            kind: &self.kind,
            channel: &self.channel,
            session: &self.session,
            seq: &self.seq,
            fact: &self.fact,
            facts: self.facts.as_facts(),
        }
    }
}
