//! A block: some cases and their touchpoints as sorted columns, read where they lie.

/// No value in a column of amounts or instants.
pub(crate) const NO_NUMBER: i64 = i64::MIN;
/// No share in a column of shares.
pub(crate) const NO_SHARE: f64 = -1.0;
/// Never: the first order of a case without one.
pub(crate) const NEVER: i64 = i64::MAX;

/// Texts one after another.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids<'a> {
    /// Where each begins, and the end of the last.
    pub offsets: &'a [i32],
    /// All of them, UTF-8.
    pub bytes: &'a [u8],
}

impl<'a> Ids<'a> {
    /// The text at `index`; empty beyond the end.
    pub fn get(&self, index: usize) -> &'a str {
        let place = |index: usize| self.offsets.get(index).and_then(|offset| usize::try_from(*offset).ok());
        let range = place(index).zip(place(index + 1));
        let bytes = range.and_then(|(from, to)| self.bytes.get(from..to)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// What only some touchpoints carry, as columns of equal length.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// Money in ten-thousandths of the workspace's currency.
    pub amount: &'a [i64],
    /// Score as a share of its scale.
    pub share: &'a [f64],
    /// Hash of the order's id.
    pub order: &'a [u64],
    /// Hash of the ticket's id.
    pub ticket: &'a [u64],
    /// Until when delivery was promised, in microseconds.
    pub promised: &'a [i64],
    /// See [`crate::flags`].
    pub flags: &'a [u8],
}

/// What one touchpoint carries beyond time, kind and channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fact {
    /// Money in ten-thousandths of the workspace's currency.
    pub amount: Option<i64>,
    /// Score as a share of its scale, 0 to 1.
    pub share: Option<f64>,
    /// Hash of the order's id.
    pub order: Option<u64>,
    /// Hash of the ticket's id.
    pub ticket: Option<u64>,
    /// Until when delivery was promised, microseconds since 1970; the promise is kept before or at it.
    pub promised: Option<i64>,
    /// See [`crate::flags`].
    pub flags: u8,
}

/// Some cases and their touchpoints. Columns of cases have one entry per case, columns of touchpoints one per row; the
/// rows of a case are contiguous and in the order of touchpoints.
#[derive(Debug, Clone, Copy, Default)]
pub struct Block<'a> {
    /// Place of the block among those walked together; [`Grouping::ByCase`](crate::Grouping) counts by it.
    pub number: usize,
    /// Ids of the cases, ascending.
    pub ids: Ids<'a>,
    /// First row of each case.
    pub starts: &'a [u32],
    /// First order of each case in microseconds, whatever became of it; `i64::MAX` without one.
    pub first_order: &'a [i64],
    /// Cases that a newer block replaced, one bit each; empty where none is.
    pub replaced: &'a [u64],
    /// When, microseconds since 1970 UTC.
    pub at: &'a [i64],
    /// Code of the kind.
    pub kind: &'a [u16],
    /// Code of the channel; 0 where none is known.
    pub channel: &'a [u16],
    /// Hash of the source's session id; 0 without one.
    pub session: &'a [u64],
    /// Place in the source; `i64::MAX` where it has none.
    pub seq: &'a [i64],
    /// Place of the row's fact, counted from 1; 0 without one.
    pub fact: &'a [u32],
    /// What rows carry.
    pub facts: Facts<'a>,
}

impl<'a> Block<'a> {
    /// Number of cases, replaced ones included.
    pub fn cases(&self) -> usize {
        self.starts.len()
    }

    /// Number of touchpoints, those of replaced cases included.
    pub fn rows(&self) -> usize {
        self.at.len()
    }

    /// Whether a newer block replaced the case.
    pub fn is_replaced(&self, case: usize) -> bool {
        self.replaced.get(case / 64).is_some_and(|word| word >> (case % 64) & 1 == 1)
    }

    /// The rows of a case.
    fn range(&self, case: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(case).map_or(self.rows(), |start| *start as usize);
        let end = self.starts.get(case + 1).map_or(self.rows(), |start| *start as usize);
        start.min(self.rows())..end.clamp(start, self.rows().max(start)).min(self.rows())
    }

    /// The journey of a case.
    pub fn journey(&self, case: usize) -> Journey<'a> {
        let range = self.range(case);
        Journey {
            at: self.at.get(range.clone()).unwrap_or_default(),
            kinds: self.kind.get(range.clone()).unwrap_or_default(),
            channels: self.channel.get(range.clone()).unwrap_or_default(),
            case,
            first_row: range.start,
            block: *self,
        }
    }

    /// The case of that id, replaced or not.
    pub fn find(&self, id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.cases());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.ids.get(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The journeys of all cases that no newer block replaced.
    pub fn journeys(&self) -> impl Iterator<Item = Journey<'a>> + use<'a> {
        let block = *self;
        (0..block.cases()).filter(move |case| !block.is_replaced(*case)).map(move |case| block.journey(case))
    }

    /// Runs of rows whose cases no newer block replaced, for folds that need no cases.
    pub fn live_rows(&self) -> Vec<std::ops::Range<usize>> {
        if self.replaced.is_empty() {
            return std::iter::once(0..self.rows()).collect();
        }
        let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
        for range in (0..self.cases()).filter(|case| !self.is_replaced(*case)).map(|case| self.range(case)) {
            match runs.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => runs.push(range),
            }
        }
        runs
    }

    /// What a row of the block carries.
    pub fn fact(&self, row: usize) -> Option<Fact> {
        let place = (*self.fact.get(row)? as usize).checked_sub(1)?;
        let facts = &self.facts;
        let number = |column: &[i64]| column.get(place).copied().filter(|value| *value != NO_NUMBER);
        let hash = |column: &[u64]| column.get(place).copied().filter(|value| *value != 0);
        Some(Fact {
            amount: number(facts.amount),
            share: facts.share.get(place).copied().filter(|share| *share >= 0.0),
            order: hash(facts.order),
            ticket: hash(facts.ticket),
            promised: number(facts.promised),
            flags: facts.flags.get(place).copied().unwrap_or(0),
        })
    }
}

/// The touchpoints of one case in order.
#[derive(Debug, Clone, Copy)]
pub struct Journey<'a> {
    /// When, microseconds since 1970 UTC; never descending.
    pub at: &'a [i64],
    /// Codes of the kinds.
    pub kinds: &'a [u16],
    /// Codes of the channels; 0 where none is known.
    pub channels: &'a [u16],
    /// Place of the case in its block.
    pub case: usize,
    first_row: usize,
    block: Block<'a>,
}

impl<'a> Journey<'a> {
    /// Number of touchpoints.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Id of the case.
    pub fn id(&self) -> &'a str {
        self.block.ids.get(self.case)
    }

    /// The block it lies in.
    pub fn whole(&self) -> &Block<'a> {
        &self.block
    }

    /// Its rows in that block.
    pub fn rows(&self) -> std::ops::Range<usize> {
        self.first_row..self.first_row + self.len()
    }

    /// Number of the block it lies in.
    pub fn block(&self) -> usize {
        self.block.number
    }

    /// When the customer ordered first, whatever became of the order.
    pub fn first_order(&self) -> Option<i64> {
        self.block.first_order.get(self.case).copied().filter(|at| *at != NEVER)
    }

    /// Whether a touchpoint happened before the first order, or there was none.
    pub fn before_first_order(&self, row: usize) -> bool {
        let first = self.block.first_order.get(self.case).copied().unwrap_or(NEVER);
        self.at.get(row).is_some_and(|at| *at < first)
    }

    /// Session ids as hashes; 0 without one.
    pub fn sessions(&self) -> &'a [u64] {
        self.block.session.get(self.first_row..self.first_row + self.len()).unwrap_or_default()
    }

    /// Place of each touchpoint's fact among [`Journey::facts`], counted from 1; 0 without one.
    pub fn places(&self) -> &'a [u32] {
        self.block.fact.get(self.first_row..self.first_row + self.len()).unwrap_or_default()
    }

    /// What the touchpoints of the whole block carry.
    pub fn facts(&self) -> &Facts<'a> {
        &self.block.facts
    }

    /// What a touchpoint carries, by its place in the journey.
    pub fn fact(&self, row: usize) -> Option<Fact> {
        self.block.fact(self.first_row + row)
    }
}
