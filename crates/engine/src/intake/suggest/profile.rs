//! What the values of one column look like.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use throughline_model::layout::NumberStyle;
use throughline_model::settings::check_currency;

use crate::intake::typing::number::decimal;
use crate::intake::typing::time::TimeReader;

/// Different values that are remembered.
const DIFFERENT: usize = 20_000;
/// Words that a column of words may have.
const WORDS: usize = 30;

/// Patterns tried, day first before month first, so that what fits both can be said.
const PATTERNS: [&str; 19] = [
    "iso",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y",
];

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Nothing.
    Empty,
    /// Times written so; whether day and month could change places.
    Time { pattern: String, ambiguous: bool },
    /// Numbers.
    Number { style: NumberStyle, whole: bool, negative: bool },
    /// Few different words.
    Words(Vec<String>),
    /// Anything else.
    Text,
}

/// One column.
#[derive(Debug)]
pub(super) struct Profile {
    /// Its name.
    pub(super) name: String,
    /// What it holds.
    pub(super) kind: Kind,
    /// How many values.
    pub(super) filled: usize,
    /// Rows seen.
    pub(super) rows: usize,
    values: BTreeMap<String, usize>,
    overflowed: bool,
    /// A few values in the order of the file.
    pub(super) examples: Vec<String>,
}

/// Whether a cell of the first row is a value and no name of a column.
pub(super) fn is_data(cell: &str) -> bool {
    let utc = TimeReader::new(&["iso".to_owned()], TimeZone::UTC);
    !cell.is_empty()
        && (decimal(cell, NumberStyle::Point).is_some()
            && cell.bytes().any(|b| b.is_ascii_digit())
            && !cell.bytes().any(|b| b.is_ascii_alphabetic())
            || utc.instant(cell).is_ok())
}

impl Profile {
    /// A column nothing is known about yet.
    pub(super) fn new(name: &str) -> Self {
        Profile {
            name: name.to_owned(),
            kind: Kind::Empty,
            filled: 0,
            rows: 0,
            values: BTreeMap::new(),
            overflowed: false,
            examples: Vec::new(),
        }
    }

    /// Adds a cell.
    pub(super) fn add(&mut self, text: Option<&str>) {
        self.rows += 1;
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return };
        self.filled += 1;
        if self.examples.len() < 3 && !self.examples.iter().any(|known| known == text) {
            self.examples.push(text.to_owned());
        }
        if self.values.len() < DIFFERENT || self.values.contains_key(text) {
            *self.values.entry(text.to_owned()).or_default() += 1;
        } else {
            self.overflowed = true;
        }
    }

    /// Whether it has no value at all.
    pub(super) fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Whether no value occurs twice and none is missing.
    pub(super) fn unique(&self) -> bool {
        self.filled == self.rows && self.rows > 0 && (self.overflowed || self.values.len() == self.filled)
    }

    /// Decides on the kind.
    pub(super) fn finish(&mut self) {
        self.kind = self.decide();
    }

    fn decide(&self) -> Kind {
        let values: Vec<&str> = self.values.keys().map(String::as_str).collect();
        if values.is_empty() {
            return Kind::Empty;
        }
        if let Some(time) = unix(&super::roles::plain(&self.name), &values).or_else(|| time(&values)) {
            return time;
        }
        if let Some(number) = number(&values) {
            return number;
        }
        let repeated = self.filled >= self.values.len() * 2 || self.filled <= WORDS;
        if self.values.len() <= WORDS && repeated && values.iter().all(|value| value.chars().count() <= 60) {
            let mut words: Vec<(&String, &usize)> = self.values.iter().collect();
            words.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            return Kind::Words(words.into_iter().map(|(word, _)| word.clone()).collect());
        }
        Kind::Text
    }
}

/// Most values must fit; a few broken ones are what imports are for.
fn most(fitting: usize, all: usize) -> bool {
    fitting > 0 && fitting * 100 >= all * 95
}

fn time(values: &[&str]) -> Option<Kind> {
    let fits = |pattern: &str| {
        let reader = TimeReader::new(&[pattern.to_owned()], TimeZone::UTC);
        values.iter().filter(|value| reader.instant(value).is_ok()).count()
    };
    let mut best: Option<(usize, &str)> = None;
    for pattern in PATTERNS {
        let fitting = fits(pattern);
        if most(fitting, values.len()) && best.is_none_or(|(most, _)| fitting > most) {
            best = Some((fitting, pattern));
        }
    }
    let (fitting, pattern) = best?;
    let swapped = if pattern.starts_with("%d/%m") { pattern.replacen("%d/%m", "%m/%d", 1) } else { String::new() };
    let ambiguous = !swapped.is_empty() && fits(&swapped) == fitting;
    Some(Kind::Time { pattern: pattern.to_owned(), ambiguous })
}

/// Seconds or milliseconds since 1970, where the name speaks of time and all values lie in this century.
fn unix(name: &str, values: &[&str]) -> Option<Kind> {
    let speaks = name.split(' ').any(|word| ["ts", "time", "timestamp", "date", "at", "epoch", "unix"].contains(&word));
    let within = |low: i64, high: i64| {
        values.iter().all(|value| value.parse::<i64>().is_ok_and(|number| (low..high).contains(&number)))
    };
    let pattern = match speaks {
        true if within(946_684_800, 4_102_444_800) => "unix",
        true if within(946_684_800_000, 4_102_444_800_000) => "unix_ms",
        _ => return None,
    };
    Some(Kind::Time { pattern: pattern.to_owned(), ambiguous: false })
}

fn number(values: &[&str]) -> Option<Kind> {
    let digits = |value: &&str| value.bytes().any(|byte| byte.is_ascii_digit());
    // Zero-padded digits are names, not numbers.
    let padded =
        |value: &&str| value.len() > 1 && value.starts_with('0') && value.bytes().all(|byte| byte.is_ascii_digit());
    if values.iter().any(padded) {
        return None;
    }
    let fits = |style| {
        values.iter().filter(|value| digits(value) && no_name(value) && decimal(value, style).is_some()).count()
    };
    let (point, comma) = (fits(NumberStyle::Point), fits(NumberStyle::Comma));
    if !most(point.max(comma), values.len()) {
        return None;
    }
    // Marks of thousands fit both; a comma before anything but three digits decides.
    let style = if comma > point || (comma == point && values.iter().any(|value| decimal_comma(value))) {
        NumberStyle::Comma
    } else {
        NumberStyle::Point
    };
    let read = || values.iter().filter_map(|value| decimal(value, style));
    let whole =
        read().all(|number| number.integer().is_some()) && !values.iter().any(|value| value.contains(['.', ',']));
    let negative = read().any(|number| number.money().is_some_and(|money| money < 0));
    Some(Kind::Number { style, whole, negative })
}

/// Whether the letters of a number, if any, are those of a currency: `B-0001` names something.
fn no_name(value: &str) -> bool {
    let letters: String = value.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_uppercase).collect();
    letters.is_empty()
        || check_currency(&letters).is_ok()
        || ["KR", "FR", "ZŁ", "FT", "LEI", "KČ", "RS"].contains(&letters.as_str())
}

fn decimal_comma(value: &str) -> bool {
    value.rsplit_once(',').is_some_and(|(_, after)| after.len() != 3)
}
