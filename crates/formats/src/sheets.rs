//! Spreadsheets: every visible sheet with something in it is a part, one line of JSON per row of the sheet.

mod cell;
mod ods;
mod rows;

use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Range, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx};

use crate::parts::{Content, Part, Source};
use crate::spool::Spool;
use crate::{Problem, Result};
use rows::SheetRows;

/// How a workbook is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Excel's since 2007, with or without macros.
    Xlsx,
    /// The same in binary.
    Xlsb,
    /// Excel's of before.
    Xls,
    /// OpenDocument.
    Ods,
}

/// What stops reading, in words that follow a colon.
pub(super) type Stop = Box<dyn std::error::Error>;

/// The sheets of a workbook.
pub(crate) fn parts(source: &Source<'_>, kind: Kind, spool: &mut Spool) -> Result<Vec<Part>> {
    let read = || -> std::result::Result<Vec<Part>, Stop> {
        let file = BufReader::new(File::open(source.path)?);
        let mut found = Vec::new();
        // Types with the same methods that share no trait.
        macro_rules! by_cell {
            ($book:ident) => {{
                let mut book = $book::new(file)?;
                for name in visible(&book) {
                    let mut cells = book.worksheet_cells_reader(&name)?;
                    let mut rows = SheetRows::new(spool)?;
                    while let Some(cell) = cells.next_cell()? {
                        rows.cell(cell.get_position(), &Data::from(cell.get_value().clone()))?;
                    }
                    found.extend(part(source, &name, rows)?);
                }
            }};
        }
        match kind {
            Kind::Xlsx => by_cell!(Xlsx),
            Kind::Xlsb => by_cell!(Xlsb),
            Kind::Xls => ranges(source, &mut Xls::new(file)?, spool, &mut found)?,
            Kind::Ods => found = ods::parts(source, spool)?,
        }
        Ok(found)
    };
    // A broken file may break an assumption of the library; that is the file's problem.
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(parts)) => Ok(parts),
        Ok(Err(error)) => Err(unreadable(source, error.as_ref())),
        Err(_) => Err(unreadable(source, &"the file is broken")),
    }
}

fn unreadable(source: &Source<'_>, error: &(impl std::fmt::Display + ?Sized)) -> Problem {
    Problem::new(format!("{} cannot be read as a spreadsheet: {error}.", source.display))
        .hint("Save it anew without a password as .xlsx, or export the sheet as CSV (UTF-8).")
}

fn ranges<R: Reader<BufReader<File>>>(
    source: &Source<'_>,
    book: &mut R,
    spool: &mut Spool,
    found: &mut Vec<Part>,
) -> std::result::Result<(), Stop>
where
    R::Error: std::error::Error + 'static,
{
    for name in visible(book) {
        let range: Range<Data> = book.worksheet_range(&name)?;
        let mut rows = SheetRows::new(spool)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            rows.cell((top.saturating_add(row as u32), left.saturating_add(column as u32)), value)?;
        }
        found.extend(part(source, &name, rows)?);
    }
    Ok(())
}

fn visible<R: Reader<BufReader<File>>>(book: &R) -> Vec<String> {
    let seen = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet);
    seen.map(|sheet| sheet.name.clone()).collect()
}

fn part(source: &Source<'_>, name: &str, rows: SheetRows) -> std::result::Result<Option<Part>, Stop> {
    let Some((path, columns)) = rows.finish()? else { return Ok(None) };
    Ok(Some(source.part("sheet", name, Content { path, columns: Some(columns) })))
}
