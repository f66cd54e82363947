//! OpenDocument sheets, cell by cell. calamine reads them, too, but for ever where a table does not end, and holds
//! every repetition of a cell.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;

use calamine::Data;
use quick_xml::events::{BytesStart, Event};
use zip::read::ZipArchive;

use super::rows::SheetRows;
use super::{Stop, part};
use crate::parts::{Part, Source};
use crate::source;
use crate::spool::Spool;
use crate::xml::{self, Log};

/// Columns of the widest sheet there can be.
const MOST_COLUMNS: u32 = 1 << 14;
/// Elements within each other.
const DEEPEST: usize = 1_000;

/// The sheets of a document.
pub(super) fn parts(source: &Source<'_>, spool: &mut Spool) -> Result<Vec<Part>, Stop> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(source.path)?)).map_err(|error| error.to_string())?;
    if is_encrypted(&mut archive) {
        return Err("it is protected by a password".into());
    }
    let content = spool.path();
    let mut member = archive.by_name("content.xml").map_err(|error| error.to_string())?;
    std::io::copy(&mut member, &mut File::create(&content)?)?;
    let log = xml::log(source::open(&content, std::sync::Arc::default())?);
    Document { source, log, buffer: Vec::new(), path: Vec::new(), hidden: HashSet::new() }.sheets(spool)
}

/// Whether the manifest tells how its members are to be deciphered.
fn is_encrypted(archive: &mut ZipArchive<BufReader<File>>) -> bool {
    let mut text = String::new();
    let manifest = archive.by_name("META-INF/manifest.xml").ok();
    let read = manifest
        .and_then(|member| std::io::Read::read_to_string(&mut std::io::Read::take(member, 1 << 20), &mut text).ok());
    read.is_some() && text.contains("encryption-data")
}

struct Document<'s> {
    source: &'s Source<'s>,
    log: Log,
    buffer: Vec<u8>,
    /// Names of the open elements.
    path: Vec<String>,
    /// Styles of tables that are not shown.
    hidden: HashSet<String>,
}

/// What happens next, of what matters here.
enum Step {
    Begin(String, Vec<(String, String)>),
    End,
    Text(String),
    Eof,
}

impl Document<'_> {
    fn sheets(mut self, spool: &mut Spool) -> Result<Vec<Part>, Stop> {
        let (mut found, mut style) = (Vec::new(), String::new());
        loop {
            match self.step()? {
                Step::Begin(name, attributes) => match name.as_str() {
                    "style:style" => style = value(&attributes, "style:name").to_owned(),
                    "style:table-properties" if value(&attributes, "table:display") == "false" => {
                        self.hidden.insert(style.clone());
                    }
                    "table:table" => {
                        let rows = self.table(SheetRows::new(spool)?)?;
                        if !self.hidden.contains(value(&attributes, "table:style-name")) {
                            found.extend(part(self.source, value(&attributes, "table:name"), rows)?);
                        }
                    }
                    _ => {}
                },
                Step::Eof => return Ok(found),
                Step::End | Step::Text(_) => {}
            }
        }
    }

    /// The rows of a table, from behind its beginning to its end.
    fn table(&mut self, mut rows: SheetRows) -> Result<SheetRows, Stop> {
        let (depth, mut row) = (self.path.len(), 0_u32);
        loop {
            match self.step()? {
                Step::Begin(name, attributes) if name == "table:table-row" => {
                    let cells = self.row()?;
                    let times = repeated(&attributes, "table:number-rows-repeated");
                    for repetition in 0..if cells.is_empty() { 0 } else { times } {
                        self.repeat(&cells, row.saturating_add(repetition), &mut rows)?;
                    }
                    row = row.saturating_add(times);
                }
                Step::End if self.path.len() < depth => return Ok(rows),
                Step::Eof => return Err("it ends within a table".into()),
                _ => {}
            }
        }
    }

    /// Cells with something in them, each with its first column and how often it stands there.
    fn row(&mut self) -> Result<Vec<(u32, u32, Data)>, Stop> {
        let (depth, mut column, mut cells) = (self.path.len(), 0_u32, Vec::new());
        loop {
            match self.step()? {
                Step::Begin(name, attributes) if name == "table:table-cell" || name == "table:covered-table-cell" => {
                    let times = repeated(&attributes, "table:number-columns-repeated");
                    let text = self.text()?;
                    let data = data(&attributes, text)?;
                    if !matches!(data, Data::Empty) {
                        cells.push((column, times, data));
                    }
                    column = column.saturating_add(times);
                }
                Step::End if self.path.len() < depth => return Ok(cells),
                Step::Eof => return Err("it ends within a row".into()),
                _ => {}
            }
        }
    }

    fn repeat(&self, cells: &[(u32, u32, Data)], row: u32, rows: &mut SheetRows) -> Result<(), Stop> {
        for (first, times, data) in cells {
            for column in *first..first.saturating_add(*times).min(MOST_COLUMNS) {
                rows.cell((row, column), data)?;
            }
        }
        Ok(())
    }

    /// The paragraphs of a cell; notes on it and drawings in it are not its text.
    fn text(&mut self) -> Result<String, Stop> {
        let (depth, mut text, mut paragraphs) = (self.path.len(), String::new(), 0);
        loop {
            let step = self.step()?;
            let in_paragraph = self.path.get(depth).is_some_and(|name| name == "text:p");
            match step {
                Step::Begin(name, attributes) if in_paragraph => match name.as_str() {
                    "text:p" if self.path.len() == depth + 1 => {
                        text.extend((paragraphs > 0).then_some('\n'));
                        paragraphs += 1;
                    }
                    "text:s" => {
                        text.extend(std::iter::repeat_n(' ', repeated(&attributes, "text:c").min(1 << 10) as usize))
                    }
                    "text:tab" => text.push('\t'),
                    "text:line-break" => text.push('\n'),
                    _ => {}
                },
                Step::Text(more) if in_paragraph => text += &more,
                Step::End if self.path.len() < depth => return Ok(text),
                Step::Eof => return Err("it ends within a cell".into()),
                _ => {}
            }
        }
    }

    /// The next event. An element that ended is no longer in the path.
    fn step(&mut self) -> Result<Step, Stop> {
        loop {
            let (line, event) =
                xml::next(self.source, &mut self.log, &mut self.buffer).map_err(|problem| problem.message)?;
            return Ok(match event {
                Event::Start(element) => {
                    let name = element.name().into_inner().to_owned();
                    let attributes = attributes(self.source, line, &element)?;
                    if self.path.len() == DEEPEST {
                        return Err(format!("its elements stand {DEEPEST} deep within each other").into());
                    }
                    self.path.push(name.clone());
                    Step::Begin(name, attributes)
                }
                Event::End(_) => {
                    self.path.pop();
                    Step::End
                }
                Event::Text(text) => Step::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(name) => {
                    Step::Text(quick_xml::escape::unescape(&format!("&{};", &*name)).unwrap_or_default().into_owned())
                }
                Event::Eof => Step::Eof,
                _ => continue,
            });
        }
    }
}

fn attributes(source: &Source<'_>, line: u64, element: &BytesStart<'_>) -> Result<Vec<(String, String)>, Stop> {
    Ok(xml::attributes(source, line, element).map_err(|problem| problem.message)?)
}

fn value<'a>(attributes: &'a [(String, String)], name: &str) -> &'a str {
    attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

fn repeated(attributes: &[(String, String)], name: &str) -> u32 {
    value(attributes, name).parse().unwrap_or(1)
}

/// The value of a cell: what its type says it is, else its text.
fn data(attributes: &[(String, String)], text: String) -> Result<Data, Stop> {
    let named = |name: &str| Some(value(attributes, name)).filter(|value| !value.is_empty());
    Ok(match value(attributes, "office:value-type") {
        "float" | "percentage" | "currency" => {
            let number = named("office:value").unwrap_or_default();
            Data::Float(number.parse().map_err(|_| format!("a cell has the number \"{number}\""))?)
        }
        "boolean" => Data::Bool(named("office:boolean-value") == Some("true")),
        "date" => Data::DateTimeIso(named("office:date-value").map_or(text, str::to_owned)),
        "time" => Data::DurationIso(named("office:time-value").map_or(text, str::to_owned)),
        _ => match named("office:string-value").map_or(text, str::to_owned) {
            text if text.is_empty() => Data::Empty,
            text => Data::String(text),
        },
    })
}
