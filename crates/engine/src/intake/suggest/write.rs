//! Writing a guessed layout as TOML with comments.

use std::collections::BTreeSet;
use std::fmt::Write;

use throughline_model::layout::NumberStyle;
use throughline_model::vocabulary::{Column, ColumnType};

use super::Looked;
use super::profile::{Kind, Profile};
use super::tables::{Fill, Guess, words};
use crate::catalog;

/// Words that sources use, and ours.
const KNOWN_WORDS: [(&str, &[&str]); 15] = [
    ("cancelled", &["cancelled", "canceled", "void", "voided", "storniert", "cancelada", "annulled"]),
    ("delivered", &["delivered", "complete", "completed", "fulfilled", "done", "geliefert", "zugestellt"]),
    ("shipped", &["shipped", "sent", "in transit", "dispatched", "versendet"]),
    ("returned", &["returned", "refunded", "retourniert"]),
    ("paid", &["paid", "approved", "bezahlt"]),
    ("processing", &["processing", "invoiced", "in progress", "open", "in bearbeitung"]),
    ("placed", &["placed", "created", "pending", "new", "neu"]),
    ("unavailable", &["unavailable", "out of stock"]),
    ("solved", &["solved", "resolved", "resolve ticket"]),
    ("closed", &["closed", "close"]),
    ("assigned", &["assigned", "reassigned", "take in charge ticket"]),
    ("pending", &["wait", "waiting", "on hold", "awaiting user info"]),
    ("public_answer", &["answered", "replied", "reply", "response"]),
    ("customer_message", &["customer message", "opened", "question"]),
    ("reopened", &["reopened", "reopen"]),
];

/// The layout as text.
pub(super) fn layout(looked: &Looked, others: Vec<String>, columns: &[Profile], guesses: &[Guess]) -> String {
    let name = looked.file.name();
    let stem = name.split('.').next().unwrap_or_default();
    let id: String = stem.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let id = id.trim_matches('_');
    let id = if id.is_empty() { "source" } else { id };
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# Guessed from the first rows of {}. Read it line by line: what is wrong here is wrong in",
        comment(&name)
    );
    out += "# every number. Columns and tables are described in docs/layouts.md and docs/tables.md.\n";
    out += "format = 1\n";
    let _ = writeln!(out, "id = {}\nname = {}", text(id), text(stem));
    out += "# The zone of times without one; the workspace's where it is absent.\n# zone = \"Europe/Berlin\"\n";
    if !others.is_empty() {
        let _ =
            writeln!(out, "# Other parts of the file, each of which can be an input: {}", comment(&others.join(", ")));
    }
    describe(&mut out, columns);
    input(&mut out, looked, stem, columns, guesses);
    for guess in guesses {
        record(&mut out, columns, guess);
    }
    out
}

fn describe(out: &mut String, columns: &[Profile]) {
    out.push_str("\n# What the columns look like:\n");
    for column in columns {
        let kind = match &column.kind {
            Kind::Empty => "empty".to_owned(),
            Kind::Time { pattern, .. } => format!("time {pattern}"),
            Kind::Number { style: NumberStyle::Comma, .. } => "number with decimal comma".to_owned(),
            Kind::Number { whole: true, .. } => "whole number".to_owned(),
            Kind::Number { .. } => "number".to_owned(),
            Kind::Words(words) => format!("{} words", words.len()),
            Kind::Text => "text".to_owned(),
        };
        let unique = if column.unique() { ", unique" } else { "" };
        let filled = if column.filled < column.rows {
            format!(", {} of {} filled", column.filled, column.rows)
        } else {
            String::new()
        };
        let examples: Vec<String> = column.examples.iter().map(|example| shortened(example)).collect();
        let _ =
            writeln!(out, "#   {}: {kind}{unique}{filled}; {}", comment(&column.name), comment(&examples.join(" | ")));
    }
}

fn shortened(example: &str) -> String {
    let mut short: String = example.chars().take(40).collect();
    if short.len() < example.len() {
        short.push('…');
    }
    short
}

fn input(out: &mut String, looked: &Looked, stem: &str, columns: &[Profile], guesses: &[Guess]) {
    let all: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    out.push_str("\n[[input]]\nname = \"rows\"\n");
    if looked.with_header {
        let used = used(guesses);
        let of_header = |at: &usize| used.is_empty() || used.contains(at);
        let (header, optional): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(at, _)| of_header(at));
        let names =
            |list: Vec<(usize, &&str)>| list.into_iter().map(|(_, name)| text(name)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "# A file with all these columns is recognised.\nheader = [{}]", names(header));
        if !optional.is_empty() {
            let _ = writeln!(out, "optional = [{}]", names(optional));
        }
    } else {
        let names = all.iter().map(|name| text(name)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            out,
            "# The file has no header line: give the columns their names, here and below.\ncolumns = [{names}]"
        );
        let _ = writeln!(out, "files = {}", text(&format!("{}*", stem.replace(['[', ']', '{', '}', '?', '*'], "?"))));
    }
    if let Some(part) = looked.file.part.as_ref().filter(|part| !part.name.is_empty()) {
        let _ = writeln!(out, "# Only the sheet, member or list of this name:\n# part = {}", text(&part.name));
    }
    if let Some(delimiter) = super::delimiter(looked.format) {
        let _ = writeln!(out, "delimiter = {}", text(delimiter));
    }
    if looked.file.encoding != encoding_rs::UTF_8 {
        let _ = writeln!(out, "encoding = {}", text(&looked.file.encoding.name().to_lowercase()));
    }
    out.push_str("# missing = [\"NULL\", \"?\"]\n");
}

fn used(guesses: &[Guess]) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    for guess in guesses {
        used.extend(guess.group_by);
        used.extend(guess.updated);
        used.extend(guess.each.iter().map(|(_, _, at)| *at));
        used.extend(guess.columns.iter().filter_map(|(_, fill)| match fill {
            Fill::Column(at) | Fill::Grouped(at, _) => Some(*at),
            Fill::Value(_) => None,
        }));
    }
    used
}

fn record(out: &mut String, columns: &[Profile], guess: &Guess) {
    let Some(table) = catalog::vocabulary().ok().and_then(|vocabulary| vocabulary.table(guess.table)) else { return };
    let _ = writeln!(out, "\n# {}.\n[[record]]\ntable = {}\nfrom = \"rows\"", comment(&guess.why), text(guess.table));
    let profile = |at: usize| columns.get(at);
    if let Some(group) = guess.group_by.and_then(profile) {
        let _ = writeln!(out, "group_by = [{}]", text(&group.name));
    }
    if guess.key_by_row {
        out.push_str("# No column names the row: its key is made of all of it.\nkey_by = \"row\"\n");
    }
    if let Some(updated) = guess.updated.and_then(profile)
        && guess.group_by.is_none()
    {
        let _ = writeln!(
            out,
            "# An older export does not overwrite a newer one.\nsource_updated_at = {}",
            map(updated, None, None)
        );
    }
    out.push_str("[record.columns]\n");
    for (name, fill) in &guess.columns {
        let Some(column) = table.column(name) else { continue };
        column_line(out, column, fill, columns);
    }
    let mapped = |name: &str| {
        guess.columns.iter().any(|(known, _)| *known == name)
            || (name == "at" || name == "kind" || name == "event_id") && !guess.each.is_empty()
    };
    let keyed = |name: &str| guess.key_by_row && table.key.iter().any(|key| key == name);
    for column in table.columns.iter().filter(|column| column.required && !mapped(&column.name) && !keyed(&column.name))
    {
        let _ = writeln!(
            out,
            "# {} is needed for a row to count ({}): name its column.\n# {} = \"\"",
            column.name, column.about, column.name
        );
    }
    for (event, kind, at) in &guess.each {
        let Some(column) = profile(*at) else { continue };
        let _ = writeln!(
            out,
            "[[record.each]]\nevent_id = {{ value = {} }}\nkind = {{ value = {} }}\nat = {}",
            text(event),
            text(kind),
            map(column, None, None)
        );
        let _ = writeln!(out, "label = {{ value = {} }}", text(&column.name));
    }
}

fn column_line(out: &mut String, column: &Column, fill: &Fill, columns: &[Profile]) {
    match fill {
        Fill::Value(value) => {
            let _ = writeln!(out, "{} = {{ value = {} }}", column.name, text(value));
        }
        Fill::Column(at) | Fill::Grouped(at, _) => {
            let Some(profile) = columns.get(*at) else { return };
            if matches!(profile.kind, Kind::Time { ambiguous: true, .. }) {
                out.push_str("# Day or month first? Both fit every value seen.\n");
            }
            let aggregate = match fill {
                Fill::Grouped(_, how) => Some(*how),
                _ => None,
            };
            let _ = writeln!(out, "{} = {}", column.name, map(profile, Some(column), aggregate));
        }
    }
}

/// The right side of a mapping.
fn map(profile: &Profile, column: Option<&Column>, aggregate: Option<&str>) -> String {
    let kind = column.map_or(ColumnType::Instant, |column| column.kind);
    let mut parts = Vec::new();
    match (&profile.kind, kind) {
        (Kind::Time { pattern, .. }, ColumnType::Instant | ColumnType::Day) if pattern != "iso" => {
            parts.push(format!("time = {}", text(pattern)))
        }
        (
            Kind::Number { style: NumberStyle::Comma, .. },
            ColumnType::Money | ColumnType::Number | ColumnType::Integer,
        ) => {
            parts.push("number = \"1.234,56\"".to_owned());
        }
        _ => {}
    }
    if let Some(column) = column.filter(|column| !column.values.is_empty()) {
        let (known, unknown) = translated(profile, column);
        if !known.is_empty() || !unknown.is_empty() {
            parts.push(format!("words = {{ {} }}", known.join(", ")));
            let fallback = if column.values.iter().any(|value| value == "other") { "other" } else { "empty" };
            parts.push(format!("otherwise = {}", text(fallback)));
        }
    }
    parts.extend(aggregate.map(|how| format!("aggregate = {}", text(how))));
    if parts.is_empty() {
        text(&profile.name)
    } else {
        format!("{{ column = {}, {} }}", text(&profile.name), parts.join(", "))
    }
}

/// Words with what they stand for, and words that nothing is known about.
fn translated(profile: &Profile, column: &Column) -> (Vec<String>, Vec<String>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for word in words(profile) {
        let lower = word.to_lowercase();
        let ours = column.values.iter().find(|value| **value == lower).map(String::as_str);
        let alike = KNOWN_WORDS
            .iter()
            .find(|(ours, theirs)| theirs.contains(&lower.as_str()) && column.values.iter().any(|value| value == ours));
        match ours.or(alike.map(|(ours, _)| *ours)) {
            Some(ours) => known.push(format!("{} = {}", text(word), text(ours))),
            None => unknown.push(word.clone()),
        }
    }
    (known, unknown)
}

/// Text as TOML.
fn text(value: &str) -> String {
    let mut quoted = String::from("\"");
    for character in value.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// Text that can stand behind `#`.
fn comment(value: &str) -> String {
    value.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
