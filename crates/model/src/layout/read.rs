//! Reading a layout from TOML: everything that is wrong is reported at once.

use encoding_rs::Encoding;
use jiff::tz::TimeZone;

use super::read_columns::{column_map, column_maps};
use super::{Input, Layout, Lookup, Origin, Record, Sql, ValueFrom};
use crate::diagnostic::{Diagnostic, Level, hint_among};
use crate::toml_reader::{Place, Section, TomlFile};
use crate::vocabulary::{Table, Vocabulary};

/// Reads one layout. A layout with an error is not returned: half a mapping would lose data silently.
pub fn read(path: &str, text: &str, vocabulary: &Vocabulary) -> (Option<Layout>, Vec<Diagnostic>) {
    let file = TomlFile::parse(path, text);
    let layout = file.versioned_root().and_then(|root| layout(root, vocabulary));
    let problems = file.into_problems();
    let sound = problems.iter().all(|problem| problem.level != Level::Error);
    (layout.filter(|_| sound), problems)
}

fn layout(root: Section<'_>, vocabulary: &Vocabulary) -> Option<Layout> {
    let id = root.required_text("id");
    let name = root.required_text("name");
    let about = root.text("about").unwrap_or_default();
    let version_note = root.text("version_note");
    let zone = zone(&root);
    let inputs: Vec<Input> = root.sections("input").into_iter().filter_map(input).collect();
    if inputs.is_empty() {
        root.error(root.place(), "the layout has no `[[input]]`", None);
    }
    for (index, one) in inputs.iter().enumerate() {
        if inputs.iter().take(index).any(|other| other.name == one.name) {
            root.error(one.place, format!("there are two inputs named `{}`", one.name), None);
        }
    }
    let records = root.sections("record");
    let records = records.into_iter().filter_map(|section| record(section, &inputs, vocabulary)).collect();
    let file = root.path().to_owned();
    root.done();
    Some(Layout { id: id?, name: name?, about, version_note, zone, inputs, records, file })
}

/// Reads the key `zone` and checks it.
pub(super) fn zone(section: &Section<'_>) -> Option<String> {
    let zone = section.text("zone")?;
    if TimeZone::get(&zone).is_err() {
        section.error(
            section.at("zone"),
            format!("there is no time zone \"{zone}\""),
            Some("for instance Europe/Berlin".into()),
        );
        return None;
    }
    Some(zone)
}

fn input(section: Section<'_>) -> Option<Input> {
    let name = section.required_text("name");
    let input = Input {
        header: section.texts("header"),
        optional: section.texts("optional"),
        synonyms: synonyms(&section),
        columns: section.texts("columns"),
        files: section.text("files"),
        part: section.text("part"),
        delimiter: delimiter(&section),
        encoding: encoding(&section),
        header_lines: header_lines(&section),
        quoted: section.choice("quote", &[("none", false), ("double", true)]),
        missing: section.texts("missing"),
        skip: section.text("skip"),
        place: section.place(),
        name: name.clone().unwrap_or_default(),
    };
    if input.header.is_empty() && input.columns.is_empty() {
        section.error(input.place, "an input needs `header` (or `columns`, for files without a header line)", None);
    }
    if !input.columns.is_empty() && input.files.is_none() {
        let hint = Some("a file without header line can only be recognised by its name".into());
        section.error(input.place, "an input with `columns` needs `files`", hint);
    }
    section.done();
    name.map(|_| input)
}

fn synonyms(section: &Section<'_>) -> Vec<(String, Vec<String>)> {
    let Some(table) = section.section("synonyms") else { return Vec::new() };
    let synonyms = table.keys().into_iter().map(|key| (key.to_owned(), table.texts(key))).collect();
    table.done();
    synonyms
}

fn delimiter(section: &Section<'_>) -> Option<char> {
    // `text` refuses blank text, but a blank is a delimiter.
    let field = section.field("delimiter")?;
    let crate::toml_reader::FieldValue::Text(text) = field.value else {
        section.error(field.place, "`delimiter` must be one character", None);
        return None;
    };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) if one.is_ascii() => Some(one),
        _ => {
            section.error(field.place, "`delimiter` must be one ASCII character", None);
            None
        }
    }
}

/// Rows of a header that a layout may speak of.
const MOST_HEADER_LINES: u16 = 20;

fn header_lines(section: &Section<'_>) -> u16 {
    let Some(lines) = section.integer("header_lines") else { return 1 };
    match u16::try_from(lines) {
        Ok(lines) if (1..=MOST_HEADER_LINES).contains(&lines) => lines,
        _ => {
            let message = format!("`header_lines` must be between 1 and {MOST_HEADER_LINES}");
            section.error(section.at("header_lines"), message, None);
            1
        }
    }
}

fn encoding(section: &Section<'_>) -> Option<String> {
    let name = section.text("encoding")?;
    if Encoding::for_label(name.trim().as_bytes()).is_none() {
        let hint = Some("for instance utf-8, windows-1252, windows-1250, utf-16le or shift_jis".into());
        section.error(section.at("encoding"), format!("there is no encoding \"{name}\""), hint);
        return None;
    }
    Some(name)
}

fn record(section: Section<'_>, inputs: &[Input], vocabulary: &Vocabulary) -> Option<Record> {
    let name = section.required_text("table");
    let table = name.as_deref().and_then(|name| vocabulary.table(name).filter(|table| !table.ledger));
    if let (Some(name), None) = (&name, table) {
        let tables = vocabulary.tables.iter().filter(|table| !table.ledger).map(|table| table.name.as_str());
        section.error(section.at("table"), format!("there is no standard table `{name}`"), hint_among(name, tables));
    }
    let origin = origin(&section, inputs);
    let filter = sql(&section, "where");
    let lookups = section.sections("lookup").into_iter().filter_map(|lookup| self::lookup(lookup, inputs)).collect();
    let group_by = section.texts("group_by");
    let key_by = key_by(&section);
    let system = |key: &str| section.has(key).then(|| column_map(&section, key, None)).flatten();
    let (source_seq, updated, recorded) = (system("source_seq"), system("source_updated_at"), system("recorded_at"));
    let grouped = !group_by.is_empty();
    let columns = match section.section("columns") {
        Some(columns) => column_maps(columns, table, grouped),
        None => {
            section.error(section.place(), "a record needs `[record.columns]`", None);
            Vec::new()
        }
    };
    let each: Vec<_> = section.sections("each").into_iter().map(|each| column_maps(each, table, grouped)).collect();
    let record = Record {
        table: name.unwrap_or_default(),
        origin: origin?,
        filter,
        lookups,
        group_by,
        key_by,
        columns,
        each,
        source_seq,
        source_updated_at: updated,
        recorded_at: recorded,
        place: section.place(),
    };
    if let Some(table) = table {
        check_key(&section, &record, table);
    }
    check_columns(&section, &record, inputs);
    section.done();
    Some(record)
}

fn origin(section: &Section<'_>, inputs: &[Input]) -> Option<Origin> {
    let query = sql(section, "query");
    match (section.text("from"), query) {
        (Some(from), None) if inputs.iter().any(|input| input.name == from) => Some(Origin::Input(from)),
        (Some(from), None) => {
            let hint = hint_among(&from, inputs.iter().map(|input| input.name.as_str()));
            section.error(section.at("from"), format!("there is no input `{from}`"), hint);
            None
        }
        (None, Some(query)) => Some(Origin::Query(query)),
        (Some(_), Some(_)) => {
            section.error(section.at("query"), "a record has either `from` or `query`", None);
            None
        }
        (None, None) => {
            section.error(section.place(), "a record needs `from`, the input it is made from", None);
            None
        }
    }
}

/// Reads SQL under a key.
pub(super) fn sql(section: &Section<'_>, key: &str) -> Option<Sql> {
    Some(Sql { text: section.text(key)?, place: section.at(key) })
}

fn lookup(section: Section<'_>, inputs: &[Input]) -> Option<Lookup> {
    let input = section.required_text("input");
    if let Some(input) = input.as_ref().filter(|name| !inputs.iter().any(|input| &input.name == *name)) {
        let hint = hint_among(input, inputs.iter().map(|input| input.name.as_str()));
        section.error(section.at("input"), format!("there is no input `{input}`"), hint);
    }
    let on = section.required_text("on");
    let to = section.text("to").or_else(|| on.clone());
    let place = section.place();
    section.done();
    Some(Lookup { input: input?, on: on?, to: to?, place })
}

fn key_by(section: &Section<'_>) -> Option<Vec<String>> {
    let columns = section.texts("key_by");
    match columns.as_slice() {
        [] => None,
        [one] if one == "row" => Some(Vec::new()),
        _ => Some(columns),
    }
}

/// Columns that a record names must be declared by its input (a query decides on its columns itself).
fn check_columns(section: &Section<'_>, record: &Record, inputs: &[Input]) {
    let Origin::Input(from) = &record.origin else { return };
    let columns = |name: &str| inputs.iter().find(|input| input.name == name).map(declared).unwrap_or_default();
    let mut known: Vec<String> = columns(from).into_iter().map(str::to_owned).collect();
    for lookup in &record.lookups {
        known.extend(columns(&lookup.input).into_iter().map(|column| format!("{}.{column}", lookup.input)));
        check_column(section, &lookup.on, lookup.place, &known, from);
        check_column(section, &format!("{}.{}", lookup.input, lookup.to), lookup.place, &known, &lookup.input);
    }
    let system = [&record.source_seq, &record.source_updated_at, &record.recorded_at];
    for map in record.columns.iter().chain(record.each.iter().flatten()).chain(system.into_iter().flatten()) {
        if let ValueFrom::Column(name) = &map.from {
            check_column(section, name, map.place, &known, from);
        }
    }
    for name in record.group_by.iter().chain(record.key_by.iter().flatten()) {
        check_column(section, name, section.place(), &known, from);
    }
}

fn declared(input: &Input) -> Vec<&str> {
    let synonyms = input.synonyms.iter().map(|(name, _)| name);
    input.header.iter().chain(&input.optional).chain(&input.columns).chain(synonyms).map(String::as_str).collect()
}

fn check_column(section: &Section<'_>, name: &str, place: Place, known: &[String], input: &str) {
    if !known.iter().any(|known| known == name) {
        let near = hint_among(name, known.iter().map(String::as_str));
        let hint = near.unwrap_or_else(|| "list it under `header` or `optional`".to_owned());
        section.error(place, format!("input `{input}` declares no column `{name}`"), Some(hint));
    }
}

fn check_key(section: &Section<'_>, record: &Record, table: &Table) {
    let mapped = |key: &String| {
        record.columns.iter().any(|map| &map.name == key)
            || (!record.each.is_empty() && record.each.iter().all(|each| each.iter().any(|map| &map.name == key)))
    };
    let missing: Vec<&str> = table.key.iter().filter(|key| !mapped(key)).map(String::as_str).collect();
    match (missing.as_slice(), &record.key_by) {
        ([], None) | ([_], Some(_)) => {}
        ([], Some(_)) => {
            section.error(section.at("key_by"), "every key column is mapped; `key_by` has nothing to fill", None);
        }
        (missing, _) => {
            let hint = Some("map it, or write `key_by = \"row\"` where the source has no key".into());
            let message = format!("the key of `{}` is not mapped: {}", table.name, missing.join(", "));
            section.error(record.place, message, hint);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::layout::{Aggregate, NumberStyle, Otherwise};

    fn vocabulary() -> Vocabulary {
        crate::vocabulary::read(include_str!("../../../../catalog/tables.toml")).unwrap()
    }

    fn problems(body: &str) -> Vec<String> {
        let text = format!("format = 1\nid = \"x\"\nname = \"X\"\n[[input]]\nname = \"a\"\nheader = [\"id\"]\n{body}");
        let (layout, problems) = read("l.toml", &text, &vocabulary());
        assert_eq!(layout.is_none(), !problems.is_empty());
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_layout_says_what_it_means() {
        let text = r#"
format = 1
id = "shop"
name = "Shop"
zone = "Europe/Berlin"
[[input]]
name = "orders"
header = ["Id", "Total"]
optional = ["At", "S"]
synonyms = { Total = ["Sum", "Amount"] }
delimiter = " "
part = "Orders*"
encoding = "windows-1250"
header_lines = 3
quote = "none"
[[record]]
table = "orders"
from = "orders"
where = "Total <> ''"
group_by = ["Id"]
source_seq = "Id"
[record.columns]
order_id = "Id"
ordered_at = { column = "At", time = ["%d.%m.%Y", "iso"], zone = "UTC" }
goods = { column = "Total", number = "1.234,56", aggregate = "sum" }
status = { column = "S", words = { ok = "paid" }, otherwise = "reject" }
currency = { value = "EUR" }
"#;
        let (layout, problems) = read("shop.toml", text, &vocabulary());
        assert_eq!(problems, []);
        let layout = layout.unwrap();
        let input = layout.input("orders").unwrap();
        assert_eq!((input.delimiter, input.canonical(" amount ")), (Some(' '), Some("Total")));
        assert_eq!((input.part.as_deref(), input.encoding.as_deref()), (Some("Orders*"), Some("windows-1250")));
        assert_eq!((input.header_lines, input.quoted), (3, Some(false)));
        let columns = &layout.records[0].columns;
        assert_eq!(columns[0].from, ValueFrom::Column("Id".into()));
        assert_eq!(columns[1].times, ["%d.%m.%Y", "iso"]);
        assert_eq!((columns[2].number, columns[2].aggregate), (Some(NumberStyle::Comma), Some(Aggregate::Sum)));
        assert_eq!(columns[3].otherwise, Otherwise::Reject);
        assert_eq!(layout.owned_columns(0), ["order_id", "ordered_at", "goods", "status", "currency"]);
    }

    #[test]
    fn every_problem_is_named_with_its_line() {
        let check = |body: &str, expected: &[&str]| {
            let found = problems(body);
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (found, expected) in found.iter().zip(expected) {
                assert!(found.contains(expected), "{found} must contain {expected}");
            }
        };
        check(
            "[[record]]\ntable = \"order\"\nfrom = \"b\"\n[record.columns]\norder_id = \"id\"\n",
            &[
                "8:9: error: there is no standard table `order` (did you mean `orders`?)",
                "9:8: error: there is no input `b`",
            ],
        );
        check(
            "[[record]]\ntable = \"orders\"\nfrom = \"a\"\n[record.columns]\norder_idd = \"id\"\nordered_at = { column = \"id\", time = \"%J\", number = \"1,234.56\" }\n",
            &["7:1: error: the key of `orders` is not mapped", "11:", "12:", "12:"],
        );
        check(
            "[[record]]\ntable = \"orders\"\nfrom = \"a\"\n",
            &["7:1: error: a record needs `[record.columns]`", "7:1: error: the key of"],
        );
        check(
            "[[record]]\ntable = \"imports\"\nfrom = \"a\"\n[record.columns]\nx = \"id\"\n",
            &["there is no standard table `imports`"],
        );
        check(
            "encoding = \"latin-99\"\nheader_lines = 0\nquote = \"single\"\n",
            &["7:12: error: there is no encoding \"latin-99\"", "8:16: error: `header_lines` must be", "9:9: error"],
        );
        check(
            "[[input]]\nname = \"a\"\n",
            &["7:1: error: an input needs `header`", "7:1: error: there are two inputs named `a`"],
        );
    }
}
