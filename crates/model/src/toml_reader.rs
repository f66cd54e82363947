//! Reading TOML so that every problem is reported at once, with line and column.
//!
//! A [`TomlFile`] hands out [`Section`]s (tables). Typed getters return `None` where a key is absent or
//! wrong, and note what is wrong; every key asked for is a known key, so [`Section::done`] can report
//! the rest as unknown. Nothing here knows what the keys mean.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml_edit::{Document, Item, TableLike, Value};

use crate::diagnostic::{Diagnostic, Level, hint_among};
use crate::place::Lines;
pub use crate::place::Place;

/// The newest format of definition files that this version reads.
pub const FORMAT: i64 = 1;

/// The format of a file that only a newer version can read.
pub fn newer_format(text: &str) -> Option<i64> {
    let file = Document::parse(text).ok()?;
    file.get("format").and_then(Item::as_integer).filter(|format| *format > FORMAT)
}

/// One parsed file together with the problems found in it so far.
#[derive(Debug)]
pub struct TomlFile {
    path: String,
    lines: Lines,
    document: Option<Document<String>>,
    problems: RefCell<Vec<Diagnostic>>,
}

impl TomlFile {
    /// Parses `text`; broken TOML is one problem at the place where it breaks.
    pub fn parse(path: &str, text: &str) -> TomlFile {
        let mut file = TomlFile {
            path: path.to_owned(),
            lines: Lines::new(text),
            document: None,
            problems: RefCell::new(Vec::new()),
        };
        match Document::parse(text.to_owned()) {
            Ok(document) => file.document = Some(document),
            Err(error) => {
                let place = file.lines.place(error.span().map_or(text.len(), |span| span.start));
                let message = format!("this is not valid TOML: {}", error.message().trim());
                file.push(Level::Error, place, message, None);
            }
        }
        file
    }

    /// The whole file as a section, or `None` where it is not TOML.
    pub fn root(&self) -> Option<Section<'_>> {
        let document = self.document.as_ref()?;
        Some(Section::new(self, document.as_table(), Place::START, String::new()))
    }

    /// The root of a definition file whose `format` this version reads, or `None` with the problem noted.
    pub fn versioned_root(&self) -> Option<Section<'_>> {
        let root = self.root()?;
        if !root.has("format") {
            let hint = format!("add `format = {FORMAT}` as the first line");
            root.error(Place::START, "the file does not say its format", Some(hint));
            return Some(root);
        }
        match root.integer("format") {
            Some(format) if format > FORMAT => {
                let message = format!("format {format} was written by a newer version");
                let hint = format!("this version reads formats up to {FORMAT}; install a newer one");
                root.error(root.at("format"), message, Some(hint));
                None
            }
            Some(format) if format < 1 => {
                let hint = Some(format!("write `format = {FORMAT}`"));
                root.error(root.at("format"), format!("there is no format {format}"), hint);
                Some(root)
            }
            _ => Some(root),
        }
    }

    /// Path as handed in.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Everything found so far, in the order of the file.
    pub fn into_problems(self) -> Vec<Diagnostic> {
        let mut problems = self.problems.into_inner();
        crate::diagnostic::sort(&mut problems);
        problems
    }

    fn push(&self, level: Level, place: Place, message: String, hint: Option<String>) {
        let Place { line, column } = place;
        let file = self.path.clone();
        self.problems.borrow_mut().push(Diagnostic { level, file, line, column, message, hint });
    }

    fn place(&self, span: Option<std::ops::Range<usize>>) -> Option<Place> {
        Some(self.lines.place(span?.start))
    }
}

/// A table of a file: the root, `[x]`, one of `[[x]]`, or `{ .. }`.
pub struct Section<'a> {
    file: &'a TomlFile,
    table: &'a dyn TableLike,
    place: Place,
    name: String,
    known: RefCell<BTreeSet<String>>,
}

/// One value with its place.
pub struct Field<'a> {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub value: FieldValue<'a>,
}

/// The kinds of values a definition may hold.
pub enum FieldValue<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction; may be infinite or NaN, as TOML allows both.
    Float(f64),
    /// true or false.
    Flag(bool),
    /// A TOML date or time, as written.
    Date(String),
    /// A list.
    List(Vec<Field<'a>>),
    /// A table.
    Section(Section<'a>),
}

impl FieldValue<'_> {
    /// What it is, for a message: "text", "a number" ...
    pub fn kind(&self) -> &'static str {
        match self {
            FieldValue::Text(_) => "text",
            FieldValue::Integer(_) => "a whole number",
            FieldValue::Float(_) => "a number",
            FieldValue::Flag(_) => "true or false",
            FieldValue::Date(_) => "a date",
            FieldValue::List(_) => "a list",
            FieldValue::Section(_) => "a table",
        }
    }
}

impl<'a> Section<'a> {
    fn new(file: &'a TomlFile, table: &'a dyn TableLike, place: Place, name: String) -> Self {
        Section { file, table, place, name, known: RefCell::default() }
    }

    /// Where the section begins.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Path of the file.
    pub fn path(&self) -> &'a str {
        &self.file.path
    }

    /// Whether the key is present (it counts as known from now on).
    pub fn has(&self, key: &str) -> bool {
        self.known.borrow_mut().insert(key.to_owned());
        self.table.get(key).is_some_and(|item| !item.is_none())
    }

    /// Place of a key, or of the section where the key is absent.
    pub fn key_place(&self, key: &str) -> Place {
        let span = self.table.get_key_value(key).and_then(|(key, _)| key.span());
        self.file.place(span).unwrap_or(self.place)
    }

    /// Place of a key's value, or of the section where the key is absent.
    pub fn at(&self, key: &str) -> Place {
        let span = self.table.get(key).and_then(Item::span);
        self.file.place(span).unwrap_or_else(|| self.key_place(key))
    }

    /// Place where the characters of a text value begin: behind its quotes, on the next line where a
    /// multi-line text begins with a line break.
    pub fn text_start(&self, key: &str) -> Place {
        let Some(start) = self.table.get(key).and_then(Item::span).map(|span| span.start) else {
            return self.at(key);
        };
        let written = self.file.lines.from(start);
        let long = written.starts_with("\"\"\"") || written.starts_with("'''");
        let quotes = if long { 3 } else { 1 };
        let inner = written.get(quotes..).unwrap_or_default();
        let line_break = match inner.as_bytes() {
            [b'\n', ..] if long => 1,
            [b'\r', b'\n', ..] if long => 2,
            _ => 0,
        };
        self.file.lines.place(start + quotes + line_break)
    }

    /// Text under a key without noting anything, for finding out what a broken section was meant to be.
    pub fn peek_text(&self, key: &str) -> Option<&'a str> {
        self.table.get(key).and_then(Item::as_str)
    }

    /// Makes keys known without reading them, where what they mean cannot be told.
    pub fn ignore(&self, keys: &[&str]) {
        self.known.borrow_mut().extend(keys.iter().map(|key| (*key).to_owned()));
    }

    /// All keys in the order of the file; asking for them makes none of them known.
    pub fn keys(&self) -> Vec<&'a str> {
        self.table.iter().map(|(key, _)| key).collect()
    }

    /// Notes an error.
    pub fn error(&self, place: Place, message: impl Into<String>, hint: Option<String>) {
        self.file.push(Level::Error, place, message.into(), hint);
    }

    /// Notes a warning.
    pub fn warning(&self, place: Place, message: impl Into<String>, hint: Option<String>) {
        self.file.push(Level::Warning, place, message.into(), hint);
    }

    /// Any value.
    pub fn field(&self, key: &str) -> Option<Field<'a>> {
        self.known.borrow_mut().insert(key.to_owned());
        let item = self.table.get(key)?;
        let value = match item {
            Item::None => return None,
            Item::Value(value) => return Some(self.field_of(value, self.at(key), key)),
            Item::Table(table) => FieldValue::Section(self.inner(table, self.at(key), key)),
            Item::ArrayOfTables(tables) => FieldValue::List(
                tables
                    .iter()
                    .map(|table| {
                        let place = self.file.place(table.span()).unwrap_or(self.place);
                        Field { place, value: FieldValue::Section(self.inner(table, place, key)) }
                    })
                    .collect(),
            ),
        };
        Some(Field { place: self.at(key), value })
    }

    fn field_of(&self, value: &'a Value, fallback: Place, key: &str) -> Field<'a> {
        let place = self.file.place(value.span()).unwrap_or(fallback);
        let value = match value {
            Value::String(text) => FieldValue::Text(text.value()),
            Value::Integer(number) => FieldValue::Integer(*number.value()),
            Value::Float(number) => FieldValue::Float(*number.value()),
            Value::Boolean(flag) => FieldValue::Flag(*flag.value()),
            Value::Datetime(date) => FieldValue::Date(date.value().to_string()),
            Value::Array(list) => FieldValue::List(list.iter().map(|value| self.field_of(value, place, key)).collect()),
            Value::InlineTable(table) => FieldValue::Section(self.inner(table, place, key)),
        };
        Field { place, value }
    }

    fn inner(&self, table: &'a dyn TableLike, place: Place, key: &str) -> Section<'a> {
        let name = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        Section::new(self.file, table, place, name)
    }

    fn wrong_type(&self, key: &str, field: &Field<'_>, expected: &str) {
        let message = format!("`{key}` must be {expected}, not {}", field.value.kind());
        self.error(field.place, message, None);
    }

    fn missing(&self, key: &str) {
        let message = if self.name.is_empty() {
            format!("`{key}` is missing")
        } else {
            format!("`{key}` is missing in `{}`", self.name)
        };
        self.error(self.place, message, None);
    }

    /// Optional text; empty or blank text is an error.
    pub fn text(&self, key: &str) -> Option<String> {
        let field = self.field(key)?;
        match field.value {
            FieldValue::Text(text) if text.trim().is_empty() => {
                self.error(field.place, format!("`{key}` is empty"), None);
                None
            }
            FieldValue::Text(text) => Some(text.to_owned()),
            _ => {
                self.wrong_type(key, &field, "text");
                None
            }
        }
    }

    /// Text that must be there.
    pub fn required_text(&self, key: &str) -> Option<String> {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key)
    }

    /// Optional text or TOML date, as written: `2026-03-31` or `"2026-03-31"`.
    pub fn date_text(&self, key: &str) -> Option<String> {
        match self.field(key)?.value {
            FieldValue::Date(date) => Some(date),
            _ => self.text(key),
        }
    }

    /// Optional finite number, whole or not.
    pub fn number(&self, key: &str) -> Option<f64> {
        let field = self.field(key)?;
        match field.value {
            FieldValue::Integer(number) => Some(number as f64),
            FieldValue::Float(number) if number.is_finite() => Some(number),
            FieldValue::Float(number) => {
                self.error(field.place, format!("`{key}` must be a finite number, not {number}"), None);
                None
            }
            _ => {
                self.wrong_type(key, &field, "a number");
                None
            }
        }
    }

    /// Optional whole number.
    pub fn integer(&self, key: &str) -> Option<i64> {
        let field = self.field(key)?;
        match field.value {
            FieldValue::Integer(number) => Some(number),
            _ => {
                self.wrong_type(key, &field, "a whole number");
                None
            }
        }
    }

    /// Optional flag.
    pub fn flag(&self, key: &str) -> Option<bool> {
        let field = self.field(key)?;
        match field.value {
            FieldValue::Flag(flag) => Some(flag),
            _ => {
                self.wrong_type(key, &field, "true or false");
                None
            }
        }
    }

    /// Optional list of texts; a single text counts as a list of one. Absent is empty.
    pub fn texts(&self, key: &str) -> Vec<String> {
        self.placed_texts(key).into_iter().map(|(text, _)| text).collect()
    }

    /// As [`Section::texts`], each with its place.
    pub fn placed_texts(&self, key: &str) -> Vec<(String, Place)> {
        let Some(field) = self.field(key) else { return Vec::new() };
        let list = match field.value {
            FieldValue::List(list) => list,
            _ => vec![field],
        };
        let mut texts = Vec::with_capacity(list.len());
        for field in list {
            match field.value {
                FieldValue::Text(text) if !text.trim().is_empty() => {
                    texts.push((text.to_owned(), field.place));
                }
                FieldValue::Text(_) => {
                    self.error(field.place, format!("`{key}` holds an empty text"), None);
                }
                _ => self.wrong_type(key, &field, "a list of texts"),
            }
        }
        texts
    }

    /// Optional text out of a list of words, each with what it stands for.
    pub fn choice<T: Clone>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let hint = hint_among(&text, choices.iter().map(|(word, _)| *word));
            self.error(self.at(key), format!("`{key}` cannot be \"{text}\""), hint);
        }
        found.map(|(_, meaning)| meaning.clone())
    }

    /// As [`Section::choice`], but it must be there.
    pub fn required_choice<T: Clone>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        if !self.has(key) {
            self.missing(key);
        }
        self.choice(key, choices)
    }

    /// Optional table.
    pub fn section(&self, key: &str) -> Option<Section<'a>> {
        let field = self.field(key)?;
        match field.value {
            FieldValue::Section(section) => Some(section),
            _ => {
                self.wrong_type(key, &field, "a table");
                None
            }
        }
    }

    /// Optional list of tables, `[[key]]` or `key = [{ .. }]`. Absent is empty.
    pub fn sections(&self, key: &str) -> Vec<Section<'a>> {
        let Some(field) = self.field(key) else { return Vec::new() };
        let FieldValue::List(list) = field.value else {
            let hint = Some(format!("write `[[{key}]]`, once for each"));
            self.error(field.place, format!("`{key}` must be a list of tables"), hint);
            return Vec::new();
        };
        let mut sections = Vec::with_capacity(list.len());
        for field in list {
            match field.value {
                FieldValue::Section(section) => sections.push(section),
                _ => self.wrong_type(key, &field, "a list of tables"),
            }
        }
        sections
    }

    /// Reports every key that nothing has asked for.
    pub fn done(self) {
        let known = self.known.borrow();
        for (key, _) in self.table.iter() {
            if known.contains(key) {
                continue;
            }
            let message = if self.name.is_empty() {
                format!("unknown key `{key}`")
            } else {
                format!("unknown key `{key}` in `{}`", self.name)
            };
            self.error(self.key_place(key), message, hint_among(key, known.iter().map(String::as_str)));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn read_all(text: &str) -> Vec<String> {
        let file = TomlFile::parse("t.toml", text);
        if let Some(root) = file.versioned_root() {
            root.required_text("id");
            root.number("weight");
            root.flag("on");
            root.texts("names");
            root.date_text("day");
            root.choice("role", &[("leading", 1), ("lagging", 2)]);
            for part in root.sections("part") {
                part.required_text("id");
                part.done();
            }
            root.done();
        }
        file.into_problems().iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(read_all(text), expected, "{text}");
    }

    #[test]
    fn all_problems_at_once_with_their_places() {
        check("format = 1\nid = \"a\"\nday = 2026-03-31\nnames = \"one\"\nweight = 2", &[]);
        check(
            "format = 1\nid = 3\nweight = nan\non = \"yes\"\nnames = [\"a\", 1]\nrole = \"leadng\"\nwieght = 1\n\n[[part]]\nid = \" \"\n[[part]]\n",
            &[
                "t.toml:2:6: error: `id` must be text, not a whole number",
                "t.toml:3:10: error: `weight` must be a finite number, not NaN",
                "t.toml:4:6: error: `on` must be true or false, not text",
                "t.toml:5:15: error: `names` must be a list of texts, not a whole number",
                "t.toml:6:8: error: `role` cannot be \"leadng\" (did you mean `leading`?)",
                "t.toml:7:1: error: unknown key `wieght` (did you mean `weight`?)",
                "t.toml:10:6: error: `id` is empty",
                "t.toml:11:1: error: `id` is missing in `part`",
            ],
        );
        check(
            "part = [{ id = \"x\", idd = 1 }, 3]\nformat = 1\nid = 'ä'\n",
            &[
                "t.toml:1:21: error: unknown key `idd` in `part` (did you mean `id`?)",
                "t.toml:1:32: error: `part` must be a list of tables, not a whole number",
            ],
        );
    }

    #[test]
    fn format_is_checked_first() {
        check(
            "id = \"a\"",
            &["t.toml:1:1: error: the file does not say its format (add `format = 1` as the first line)"],
        );
        check(
            "format = 2\nbroken = 1",
            &[
                "t.toml:1:10: error: format 2 was written by a newer version (this version reads formats up to 1; install a newer one)",
            ],
        );
        check("\u{feff}format = 1\nid = \"a\"", &[]);
        check("format = \"1\"\nid = \"a\"", &["t.toml:1:10: error: `format` must be a whole number, not text"]);
    }

    #[test]
    fn broken_toml_names_its_line() {
        let problems = read_all("format = 1\nid = \"a\nx = 1\n");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("t.toml:2:8: error: this is not valid TOML"), "{problems:?}");
        assert!(read_all("format = 1\nid = 'a'\nid = 'b'")[0].starts_with("t.toml:3:1"));
        assert!(read_all("format = 1\n\0")[0].starts_with("t.toml:2:2: error: this is not valid TOML"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            read_all(&text);
        }

        #[test]
        fn never_panics_on_near_toml(
            text in "(format|id|part|weight|\\[|\\]|\\[\\[|=|\"|'|\\{|\\}|,|\\.|1|nan|ä|\n| ){0,40}"
        ) {
            for problem in read_all(&text) {
                prop_assert!(problem.starts_with("t.toml:"));
            }
        }
    }
}
