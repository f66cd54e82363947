//! Rows of a sheet as lines of JSON: where the header is, and what the columns are called.

use std::io;
use std::path::PathBuf;

use calamine::Data;

use super::{Stop, cell};
use crate::names::distinct_names;
use crate::spool::{Rows, Spool, push_text};

/// Filled rows that decide where the header is.
const LOOKED_AT: usize = 200;
/// Bytes of text that wait to be written.
const MOST_WAITING: usize = 64 << 20;
/// Rows of the longest sheet there can be.
const MOST_ROWS: u32 = 1 << 20;

type Cells = Vec<(u32, Data)>;

/// Takes the cells of a sheet in their order.
pub(super) struct SheetRows {
    out: Rows,
    row: u32,
    cells: Cells,
    held: Vec<(u32, Cells)>,
    /// Bytes of text in both.
    waiting: usize,
    columns: Option<Columns>,
}

/// The columns of a sheet.
struct Columns {
    /// Place in the sheet, and `"name":`.
    keys: Vec<(u32, Vec<u8>)>,
    names: Vec<String>,
}

impl SheetRows {
    /// A sheet without cells yet.
    pub(super) fn new(spool: &mut Spool) -> io::Result<Self> {
        Ok(SheetRows { out: spool.rows()?, row: 0, cells: Vec::new(), held: Vec::new(), waiting: 0, columns: None })
    }

    /// The next cell, by row and column from 0.
    pub(super) fn cell(&mut self, (row, column): (u32, u32), value: &Data) -> Result<(), Stop> {
        if row >= MOST_ROWS {
            return Err(format!("it says that it has a row {}", u64::from(row) + 1).into());
        }
        if matches!(value, Data::Empty) || matches!(value, Data::String(text) if text.trim().is_empty()) {
            return Ok(());
        }
        if row != self.row {
            self.end_row()?;
            self.row = row;
        }
        if let Data::String(text) = value {
            self.waiting += text.len();
        }
        if self.waiting > MOST_WAITING {
            return Err(format!("the rows around {} hold more than {} MiB of text", row + 1, MOST_WAITING >> 20).into());
        }
        self.cells.push((column, value.clone()));
        Ok(())
    }

    /// Ends the sheet: where its rows are, and its columns; None where it is empty.
    pub(super) fn finish(mut self) -> Result<Option<(PathBuf, Vec<String>)>, Stop> {
        self.end_row()?;
        if self.columns.is_none() {
            self.decide()?;
        }
        let path = self.out.finish()?;
        Ok(self.columns.filter(|columns| !columns.names.is_empty()).map(|columns| (path, columns.names)))
    }

    fn end_row(&mut self) -> io::Result<()> {
        if self.cells.is_empty() {
            return Ok(());
        }
        let mut cells = std::mem::take(&mut self.cells);
        cells.sort_by_key(|(column, _)| *column);
        match &self.columns {
            Some(columns) => {
                self.waiting = 0;
                write(&mut self.out, columns, self.row, &cells)
            }
            None => {
                self.held.push((self.row, cells));
                if self.held.len() == LOOKED_AT { self.decide() } else { Ok(()) }
            }
        }
    }

    /// The header is the first row at least half as wide as the widest: titles above it have a cell or two.
    fn decide(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        self.waiting = 0;
        let widest = held.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let header = held.iter().position(|(_, cells)| cells.len() * 2 >= widest).unwrap_or(0);
        let rows = held.get(header..).unwrap_or_default();
        let columns = Columns::of(rows);
        for (row, cells) in rows.iter().skip(1) {
            write(&mut self.out, &columns, *row, cells)?;
        }
        self.columns = Some(columns);
        Ok(())
    }
}

impl Columns {
    /// Of the header and rows behind it. A column is one where any of them says something.
    fn of(rows: &[(u32, Cells)]) -> Columns {
        let mut filled: Vec<u32> = rows.iter().flat_map(|(_, cells)| cells.iter().map(|(column, _)| *column)).collect();
        filled.sort_unstable();
        filled.dedup();
        let empty = Vec::new();
        let header = rows.first().map_or(&empty, |(_, cells)| cells);
        let named = |column: &u32| match header.iter().find(|(place, _)| place == column) {
            Some((_, value)) => cell::text(value),
            None => format!("column_{}", u64::from(*column) + 1),
        };
        let names = distinct_names(filled.iter().map(named));
        let key = |(column, name): (&u32, &String)| {
            let mut key = Vec::new();
            push_text(&mut key, name);
            key.push(b':');
            (*column, key)
        };
        Columns { keys: filled.iter().zip(&names).map(key).collect(), names }
    }
}

fn write(out: &mut Rows, columns: &Columns, row: u32, cells: &Cells) -> io::Result<()> {
    let mut line = vec![b'{'];
    let mut rest = cells.iter().peekable();
    for (column, key) in &columns.keys {
        if line.len() > 1 {
            line.push(b',');
        }
        line.extend_from_slice(key);
        while rest.next_if(|(place, _)| place < column).is_some() {}
        match rest.next_if(|(place, _)| place == column) {
            Some((_, value)) => cell::push(&mut line, value),
            None => line.extend_from_slice(b"null"),
        }
    }
    line.push(b'}');
    out.write(u64::from(row) + 1, &line)
}
