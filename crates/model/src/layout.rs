//! A layout: how the files of one source map onto the standard tables.
//!
//! A layout names its inputs (kinds of files, recognised by their header) and its records (rows of
//! standard tables made from an input). The text is TOML; see `docs/layouts.md` for the words.

mod read;
mod read_columns;

pub use read::read;

use crate::toml_reader::Place;

/// How the files of one source map onto the standard tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Id; rows carry it as their `source`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What the source is.
    pub about: String,
    /// Which version of the source's export it was written for.
    pub version_note: Option<String>,
    /// IANA zone of local times; the workspace's where absent.
    pub zone: Option<String>,
    /// The kinds of files it reads.
    pub inputs: Vec<Input>,
    /// The rows it makes.
    pub records: Vec<Record>,
    /// File it was read from, as shown in messages.
    pub file: String,
}

/// One kind of file.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Name by which records refer to it.
    pub name: String,
    /// Columns that must all be present for a file to be this input.
    pub header: Vec<String>,
    /// Columns that a file may lack; they are empty then.
    pub optional: Vec<String>,
    /// Column name of the layout ← other spellings of it.
    pub synonyms: Vec<(String, Vec<String>)>,
    /// Names of the columns of a file without a header line.
    pub columns: Vec<String>,
    /// Pattern that the file's name must follow.
    pub files: Option<String>,
    /// Pattern that the name of a sheet, of a member of an archive or of a list must follow.
    pub part: Option<String>,
    /// Delimiter; found by looking where absent. A blank stands for any run of blanks.
    pub delimiter: Option<char>,
    /// Name of the encoding; found by looking where absent.
    pub encoding: Option<String>,
    /// Rows that the header takes: the first names the columns, the others are passed over.
    pub header_lines: u16,
    /// Whether double quotes enclose fields; found by looking where not said.
    pub quoted: Option<bool>,
    /// Words that mean empty.
    pub missing: Vec<String>,
    /// Recognised, but not imported, for this reason.
    pub skip: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// Text of an SQL expression or query with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Sql {
    /// The text.
    pub text: String,
    /// Where it begins.
    pub place: Place,
}

/// Rows of one standard table made from an input.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The standard table.
    pub table: String,
    /// Where the rows come from.
    pub origin: Origin,
    /// Only rows for which this is true.
    pub filter: Option<Sql>,
    /// Other inputs joined by a key, at most one row of them for each row.
    pub lookups: Vec<Lookup>,
    /// Columns that make several rows one.
    pub group_by: Vec<String>,
    /// The key is made of these columns (empty list: of the whole row) and the occurrence number among equal ones.
    pub key_by: Option<Vec<String>>,
    /// Columns of the table, in the order of the file.
    pub columns: Vec<ColumnMap>,
    /// The record once for each of these, with their columns added.
    pub each: Vec<Vec<ColumnMap>>,
    /// The source's own numbering of its events.
    pub source_seq: Option<ColumnMap>,
    /// When the source last changed the record.
    pub source_updated_at: Option<ColumnMap>,
    /// When the row became known.
    pub recorded_at: Option<ColumnMap>,
    /// Where it stands.
    pub place: Place,
}

/// Where the rows of a record come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// An input, by name.
    Input(String),
    /// A query over inputs.
    Query(Sql),
}

/// A join with another input: its columns are named `input.column`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// The other input.
    pub input: String,
    /// Column of the record's own input.
    pub on: String,
    /// Column of the other input.
    pub to: String,
    /// Where it stands.
    pub place: Place,
}

/// Where the value of a column comes from and how it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnMap {
    /// Column of the standard table.
    pub name: String,
    /// Where the text comes from.
    pub from: ValueFrom,
    /// Patterns tried in turn; empty means the generic reading (ISO 8601).
    pub times: Vec<String>,
    /// Zone of local times of this column.
    pub zone: Option<String>,
    /// How numbers are written.
    pub number: Option<NumberStyle>,
    /// Word of the source → word of ours.
    pub words: Vec<(String, String)>,
    /// What becomes of words that are not listed.
    pub otherwise: Otherwise,
    /// How the values of a group become one.
    pub aggregate: Option<Aggregate>,
    /// Where it stands.
    pub place: Place,
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueFrom {
    /// A column of the input, or `input.column` of a lookup.
    Column(String),
    /// An SQL expression over the columns.
    Sql(Sql),
    /// The same text for all rows.
    Value(String),
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberStyle {
    /// `1,234.56`
    #[default]
    Point,
    /// `1.234,56`
    Comma,
}

/// What becomes of a word that is not listed.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Otherwise {
    /// It stays as it is.
    #[default]
    Keep,
    /// The row is set aside.
    Reject,
    /// The column is empty.
    Empty,
    /// This value instead.
    Value(String),
}

/// How the values of a group become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// The first that is not empty, in the order of the file.
    First,
    /// The last that is not empty.
    Last,
    /// Their exact sum.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// How many are not empty.
    Count,
}

impl Layout {
    /// The input of that name.
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// Columns of the standard table that a record sets; other columns keep the value they have.
    pub fn owned_columns(&self, record: usize) -> Vec<String> {
        let Some(record) = self.records.get(record) else { return Vec::new() };
        let mut names: Vec<String> = Vec::new();
        for map in record.columns.iter().chain(record.each.iter().flatten()) {
            if !names.contains(&map.name) {
                names.push(map.name.clone());
            }
        }
        names
    }
}

impl Input {
    /// The layout's name of a column as a file spells it; blanks around it and capitals do not matter.
    pub fn canonical(&self, spelled: &str) -> Option<&str> {
        let same = |name: &str| name.trim().to_lowercase() == spelled.trim().to_lowercase();
        let named = self.header.iter().chain(&self.optional).chain(self.synonyms.iter().map(|(name, _)| name));
        named.map(String::as_str).find(|name| same(name)).or_else(|| {
            let (name, _) = self.synonyms.iter().find(|(_, others)| others.iter().any(|other| same(other)))?;
            Some(name.as_str())
        })
    }
}
