//! What an export has that the one before it had not, and the other way round.

use std::collections::{BTreeMap, BTreeSet};

use super::report::FileReport;
use crate::Result;
use crate::intake::Assigned;
use crate::intake::raw::input::Format;
use crate::reader::Reader;

/// Columns by layout and input.
type Columns = BTreeMap<(String, String), BTreeSet<String>>;

/// The columns of the newest file of every input, as the ledger knows them.
pub(super) async fn known(reader: &Reader) -> Result<Columns> {
    let sql = "SELECT layout, input, columns FROM (SELECT *, row_number() OVER (PARTITION BY layout, input \
               ORDER BY started_at DESC, entry_id DESC) AS place FROM imports WHERE columns IS NOT NULL) WHERE place = 1";
    let answer = reader.sql(sql, None).await?;
    let text = |value: Option<&serde_json::Value>| value.and_then(|value| value.as_str()).map(str::to_owned);
    let columns = |row: &Vec<serde_json::Value>| {
        let columns: BTreeSet<String> = serde_json::from_str(&text(row.get(2))?).ok()?;
        Some(((text(row.first())?, text(row.get(1))?), columns))
    };
    Ok(answer.rows.iter().filter_map(columns).collect())
}

/// Sentences about columns that came or went since the file before, file by file.
pub(super) fn notes(known: &mut Columns, files: &[FileReport], assigned: &[Assigned]) -> Vec<String> {
    let mut notes = Vec::new();
    for (file, assigned) in files.iter().zip(assigned) {
        let columns: BTreeSet<String> = file.columns.iter().cloned().collect();
        let before = known.insert((file.layout.clone(), file.input.clone()), columns.clone());
        // A layout without names of its own reads columns by their place.
        let Some((before, input)) = before.zip(assigned.layout.inputs.get(assigned.input)) else { continue };
        let is_mapped = |column: &&String| input.header.contains(column) || input.optional.contains(column);
        let gone: Vec<&String> = before.difference(&columns).collect();
        let (mapped, unmapped): (Vec<&String>, Vec<&String>) = gone.into_iter().partition(is_mapped);
        // Objects name only what they hold, and only the first ones were looked at.
        let is_json = matches!(assigned.format, Format::JsonLines(..));
        let new: Vec<&String> = columns.difference(&before).filter(|_| !is_json).collect();
        let (known_new, unknown_new): (Vec<&String>, Vec<&String>) = new.into_iter().partition(is_mapped);
        let mut say = |columns: &[&String], what: &str| {
            if !columns.is_empty() {
                let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
                notes.push(format!("{}: {} {what}", file.file, names.join(", ")));
            }
        };
        say(
            &mapped,
            "came with the file before and not with this one: rows that are known keep what they had there, new rows have nothing there",
        );
        if !is_json {
            say(&unmapped, "came with the file before and not with this one; the layout did not use it");
        }
        say(&known_new, "did not come with the file before: from now on it is read");
        say(
            &unknown_new,
            "did not come with the file before and the layout does not use it: where it is a new name of another column, add it to the layout's `synonyms` and import the file again",
        );
    }
    notes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::PathBuf;

    use super::*;
    use crate::intake::{SourceFile, layout_of};

    const LAYOUT: &str = r#"
format = 1
id = "shop"
name = "Shop"
[[input]]
name = "orders"
header = ["id", "date"]
optional = ["coupon", "state"]
[[record]]
table = "orders"
from = "orders"
[record.columns]
order_id = "id"
ordered_at = "date"
coupon = "coupon"
status = "state"
"#;

    #[test]
    fn columns_that_come_and_go_are_told_once() {
        let layout = layout_of(LAYOUT).unwrap();
        let mut known = Columns::new();
        let mut bring = |columns: &[&str], format: Format| {
            let header: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
            let file = SourceFile::new(PathBuf::new(), "o.csv");
            let assigned = Assigned { file, layout: layout.clone(), input: 0, format, header: header.clone() };
            let report = FileReport {
                file: "o.csv".into(),
                layout: "shop".into(),
                input: "orders".into(),
                columns: header,
                rows_read: 0,
                rows_rejected: 0,
            };
            notes(&mut known, &[report], &[assigned])
        };
        assert_eq!(bring(&["id", "date", "coupon", "note"], Format::Parquet), [""; 0]);
        assert_eq!(bring(&["id", "date", "coupon", "note"], Format::Parquet), [""; 0]);
        let changed = bring(&["id", "date", "voucher", "state"], Format::Parquet);
        let begins = |line: &str| line.chars().take(24).collect::<String>();
        let lines: Vec<String> = changed.iter().map(|line| begins(line)).collect();
        assert_eq!(
            lines,
            [
                "o.csv: \"coupon\" came wit",
                "o.csv: \"note\" came with ",
                "o.csv: \"state\" did not c",
                "o.csv: \"voucher\" did not"
            ]
        );
        assert_eq!(bring(&["id", "date", "voucher"], Format::JsonLines(0)).len(), 1);
    }
}
