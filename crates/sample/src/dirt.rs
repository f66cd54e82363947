//! What is wrong with real exports, planted and counted: late rows, duplicates, broken rows.

use csv::ByteRecord;

use crate::dice::Dice;
use crate::schema::{Kind, Schema};

/// Share of rows that are recorded days after they happened.
pub(crate) const LATE_SHARE: f64 = 0.006;
/// Share of rows that are written twice.
pub(crate) const DUPLICATE_SHARE: f64 = 0.000_8;
/// Broken rows per good row of `interactions`, by far the longest table.
pub(crate) const BROKEN_SHARE_OF_MANY: f64 = 0.000_1;
/// Broken rows per good row of the other tables that get any.
pub(crate) const BROKEN_SHARE: f64 = 0.000_8;

/// How a row is broken. Every kind must be set aside by an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breakage {
    ImpossibleDate,
    UnknownCurrency,
    TextInNumber,
    MissingRequired,
}

/// All kinds with their names in `truth.json`.
pub(crate) const BREAKAGES: [(Breakage, &str); 4] = [
    (Breakage::ImpossibleDate, "impossible_date"),
    (Breakage::UnknownCurrency, "unknown_currency"),
    (Breakage::TextInNumber, "text_in_number"),
    (Breakage::MissingRequired, "missing_required"),
];

/// The dirt of one table.
pub(crate) struct Dirt {
    dice: Dice,
    broken_share: f64,
    /// Broken rows by kind, in the order of [`BREAKAGES`].
    pub(crate) broken: [u64; 4],
}

impl Dirt {
    /// `broken_share`: broken rows per good row; 0 for none.
    pub(crate) fn new(dice: Dice, broken_share: f64) -> Dirt {
        Dirt { dice, broken_share, broken: [0; 4] }
    }

    /// Seconds by which the next row is recorded too late, if it is.
    pub(crate) fn lateness(&mut self) -> Option<i64> {
        self.dice.chance(LATE_SHARE).then(|| self.dice.seconds(86_400, 9 * 86_400))
    }

    pub(crate) fn duplicates(&mut self) -> bool {
        self.dice.chance(DUPLICATE_SHARE)
    }

    /// A broken row beside `row`, with a key of its own, if one is due here.
    pub(crate) fn broken_copy(&mut self, schema: &Schema, row: &ByteRecord) -> Option<ByteRecord> {
        if !self.dice.chance(self.broken_share) {
            return None;
        }
        let choices: Vec<(usize, usize)> = (0..BREAKAGES.len())
            .flat_map(|kind| targets(BREAKAGES[kind].0, schema, row).into_iter().map(move |c| (kind, c)))
            .collect();
        // First the kind, then the column: else tables with many dates would have little else.
        let kinds: Vec<usize> = (0..BREAKAGES.len()).filter(|kind| choices.iter().any(|c| c.0 == *kind)).collect();
        let kind = *kinds.get(self.dice.below(kinds.len()))?;
        let columns: Vec<usize> = choices.iter().filter(|c| c.0 == kind).map(|c| c.1).collect();
        let column = *columns.get(self.dice.below(columns.len()))?;
        let value = self.value(BREAKAGES[kind].0);
        let number = self.broken.iter().sum::<u64>() + 1;
        self.broken[kind] += 1;
        Some(replace(schema, row, column, value, &format!("X{number:06}")))
    }

    fn value(&mut self, breakage: Breakage) -> &'static str {
        match breakage {
            Breakage::ImpossibleDate => self.dice.pick(&[
                "2025-02-31T10:15:00Z",
                "0000-00-00",
                "2025-13-01T00:00:00Z",
                "yesterday",
                "31.02.2025",
            ]),
            Breakage::UnknownCurrency => self.dice.pick(&["EURO", "??", "E", "money"]),
            Breakage::TextInNumber => self.dice.pick(&["n/a", "twelve", "#REF!", "12,3.4,5", "--"]),
            Breakage::MissingRequired => "",
        }
    }
}

/// Columns of this row that can be broken in this way. The first column of the key is kept, so that a
/// broken row never stands for a good one.
fn targets(breakage: Breakage, schema: &Schema, row: &ByteRecord) -> Vec<usize> {
    let fits = |kind: Kind| match breakage {
        Breakage::ImpossibleDate => matches!(kind, Kind::Instant | Kind::Day),
        Breakage::UnknownCurrency => kind == Kind::Currency,
        Breakage::TextInNumber => matches!(kind, Kind::Money | Kind::Number | Kind::Integer),
        Breakage::MissingRequired => true,
    };
    let missing = breakage == Breakage::MissingRequired;
    (0..schema.columns.len())
        .filter(|&at| {
            let column = schema.columns[at];
            let filled = row.get(at).is_some_and(|field| !field.is_empty());
            filled && fits(column.kind) && !column.key && (!missing || column.required)
        })
        .collect()
}

fn replace(schema: &Schema, row: &ByteRecord, column: usize, value: &str, key: &str) -> ByteRecord {
    let key_column = schema.columns.iter().position(|c| c.key);
    let mut copy = ByteRecord::new();
    for (at, field) in row.iter().enumerate() {
        if at == column {
            copy.push_field(value.as_bytes());
        } else if Some(at) == key_column {
            copy.push_field(key.as_bytes());
        } else {
            copy.push_field(field);
        }
    }
    copy
}
