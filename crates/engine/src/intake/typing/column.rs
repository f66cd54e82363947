//! Reading one column of a standard table from text.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    StringArray, StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::datatypes::DataType;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use throughline_model::layout::{ColumnMap, NumberStyle, Otherwise};
use throughline_model::settings::check_currency;
use throughline_model::vocabulary::{Column, ColumnType};

use super::problems::{Problems, Remark, Remarks};
use super::time::{Clock, TimeReader};
use super::{json, scalar};
use crate::Result;
use crate::intake::raw::parquet::as_text;

/// Money that may be negative: corrections of spending come as negative entries.
const MAY_BE_NEGATIVE: [(&str, &str); 1] = [("spending", "amount")];

/// How one column is read.
#[derive(Debug, Clone)]
pub(crate) struct ColumnReader {
    /// Name in the standard table.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) kind: ColumnType,
    /// Rows without it are set aside.
    pub(crate) required: bool,
    times: TimeReader,
    typed_times: TimeReader,
    style: NumberStyle,
    words: HashMap<String, String>,
    otherwise: Otherwise,
    domain: Vec<String>,
    currency: bool,
    negative_allowed: bool,
}

impl ColumnReader {
    /// Reads `column` of `table` as `map` says; `zone` is that of local times.
    pub(crate) fn new(table: &str, column: &Column, map: &ColumnMap, zone: &TimeZone) -> Self {
        let own_zone = map.zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        let zone = own_zone.unwrap_or_else(|| zone.clone());
        ColumnReader {
            name: column.name.clone(),
            kind: column.kind,
            required: column.required,
            typed_times: TimeReader::new(&[], TimeZone::UTC),
            times: TimeReader::new(&map.times, zone),
            style: map.number.unwrap_or_default(),
            words: map.words.iter().map(|(word, ours)| (word.trim().to_lowercase(), ours.clone())).collect(),
            otherwise: map.otherwise.clone(),
            domain: column.values.clone(),
            currency: column.pattern.as_deref() == Some("currency"),
            negative_allowed: MAY_BE_NEGATIVE.contains(&(table, column.name.as_str())),
        }
    }

    /// Reads values of any Arrow type; those that are not text come from SQL and are written the standard way.
    pub(crate) fn read(&self, values: &ArrayRef, problems: &mut Problems, remarks: &mut Remarks) -> Result<ArrayRef> {
        if *values.data_type() == DataType::Utf8 {
            return Ok(self.read_text(values.as_string(), problems, remarks));
        }
        let text = as_text(values)?;
        if matches!(values.data_type(), DataType::Utf8View | DataType::LargeUtf8 | DataType::Dictionary(..)) {
            return Ok(self.read_text(text.as_string(), problems, remarks));
        }
        let standard = ColumnReader { times: self.typed_times.clone(), style: NumberStyle::Point, ..self.clone() };
        Ok(standard.read_text(text.as_string(), problems, remarks))
    }

    /// Reads text. Rows that cannot be read go to `problems` and are null.
    pub(crate) fn read_text(&self, texts: &StringArray, problems: &mut Problems, remarks: &mut Remarks) -> ArrayRef {
        let rows = texts.len();
        let mut cells = Cells { reader: self, texts, problems, remarks };
        match self.kind {
            ColumnType::Text => cells.text(),
            ColumnType::Json => cells.json(),
            ColumnType::Instant => {
                let mut built = TimestampMicrosecondBuilder::with_capacity(rows);
                cells.each(|remarks, row, text| self.instant(text, row, remarks), |value| built.append_option(value));
                Arc::new(built.finish().with_timezone("UTC"))
            }
            ColumnType::Day => {
                let mut built = Date32Builder::with_capacity(rows);
                cells.each(|_, _, text| self.times.day(text).map(days), |value| built.append_option(value));
                Arc::new(built.finish())
            }
            ColumnType::Money => {
                let mut built = Decimal128Builder::with_capacity(rows).with_data_type(DataType::Decimal128(18, 4));
                cells.each(
                    |_, _, text| scalar::money(text, self.style, self.negative_allowed),
                    |value| built.append_option(value),
                );
                Arc::new(built.finish())
            }
            ColumnType::Number => {
                let mut built = Float64Builder::with_capacity(rows);
                cells.each(|_, _, text| scalar::number(text, self.style), |value| built.append_option(value));
                Arc::new(built.finish())
            }
            ColumnType::Integer => {
                let mut built = Int64Builder::with_capacity(rows);
                cells.each(|_, _, text| scalar::integer(text, self.style), |value| built.append_option(value));
                Arc::new(built.finish())
            }
            ColumnType::Flag => {
                let mut built = BooleanBuilder::with_capacity(rows);
                cells.each(|_, _, text| scalar::flag(text), |value| built.append_option(value));
                Arc::new(built.finish())
            }
        }
    }

    fn instant(&self, text: &str, row: usize, remarks: &mut Remarks) -> std::result::Result<i64, String> {
        let read = self.times.instant(text)?;
        match read.clock {
            Clock::Plain => {}
            Clock::Gap => remarks.0.push((row, Remark::Gap)),
            Clock::Overlap => remarks.0.push((row, Remark::Overlap)),
        }
        Ok(read.micros)
    }

    /// The word that a text stands for.
    fn word<'a>(&'a self, text: &'a str) -> std::result::Result<Option<&'a str>, String> {
        if self.words.is_empty() {
            return Ok(Some(text));
        }
        if let Some(ours) = self.words.get(&text.to_lowercase()) {
            return Ok(Some(ours));
        }
        match &self.otherwise {
            Otherwise::Keep => Ok(Some(text)),
            Otherwise::Empty => Ok(None),
            Otherwise::Value(value) => Ok(Some(value)),
            Otherwise::Reject => Err(format!("\"{text}\" is not among the words that the layout knows")),
        }
    }

    /// The value of the domain that a text names.
    fn in_domain<'a>(&'a self, text: &'a str) -> std::result::Result<&'a str, String> {
        if !self.domain.is_empty() {
            let found = self.domain.iter().find(|value| value.eq_ignore_ascii_case(text));
            return found
                .map(String::as_str)
                .ok_or_else(|| format!("\"{text}\" is none of {}", self.domain.join(", ")));
        }
        if self.currency && check_currency(text).is_err() {
            return Err(format!("\"{text}\" is not a currency of ISO 4217"));
        }
        Ok(text)
    }
}

/// The text without blanks around it; mostly there are none.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Days since 1970-01-01.
fn days(date: Date) -> i32 {
    let since = date.duration_since(jiff::civil::date(1970, 1, 1));
    i32::try_from(since.as_secs() / 86_400).unwrap_or_default()
}

/// The cells of one column while they are read.
struct Cells<'a> {
    reader: &'a ColumnReader,
    texts: &'a StringArray,
    problems: &'a mut Problems,
    remarks: &'a mut Remarks,
}

impl Cells<'_> {
    /// Reads every cell that is not empty.
    fn each<T>(
        &mut self,
        mut read: impl FnMut(&mut Remarks, usize, &str) -> std::result::Result<T, String>,
        mut put: impl FnMut(Option<T>),
    ) {
        for (row, text) in self.texts.iter().enumerate() {
            let value = match text.map(trimmed).filter(|text| !text.is_empty()).map(|text| self.reader.word(text)) {
                None | Some(Ok(None)) => None,
                Some(Ok(Some(text))) => Some(read(self.remarks, row, text)),
                Some(Err(reason)) => Some(Err(reason)),
            };
            match value {
                None => put(None),
                Some(Ok(value)) => put(Some(value)),
                Some(Err(reason)) => {
                    self.problems.push(row, Some(&self.reader.name), reason);
                    put(None);
                }
            }
        }
    }

    /// Whether all texts can stay as they are.
    fn texts_stand(&self) -> bool {
        let reader = self.reader;
        let free = reader.words.is_empty() && reader.domain.is_empty() && !reader.currency;
        let clean = |text: &str| match text.as_bytes() {
            [b'=' | b'@', _, ..] | [] => false,
            _ => trimmed(text).len() == text.len(),
        };
        free && self.texts.iter().flatten().all(clean)
    }

    fn text(&mut self) -> ArrayRef {
        if self.texts_stand() {
            return Arc::new(self.texts.clone());
        }
        let mut built = StringBuilder::with_capacity(self.texts.len(), self.texts.value_data().len());
        for (row, text) in self.texts.iter().enumerate() {
            let Some(text) = text.map(trimmed).filter(|text| !text.is_empty()) else {
                built.append_null();
                continue;
            };
            if matches!(text.as_bytes(), [b'=' | b'@', _, ..]) {
                self.remarks.0.push((row, Remark::Formula));
            }
            let read = self.reader.word(text).and_then(|word| word.map(|word| self.reader.in_domain(word)).transpose());
            match read {
                Ok(word) => built.append_option(word),
                Err(reason) => {
                    self.problems.push(row, Some(&self.reader.name), reason);
                    built.append_null();
                }
            }
        }
        Arc::new(built.finish())
    }

    fn json(&mut self) -> ArrayRef {
        let mut built = StringBuilder::new();
        for (row, text) in self.texts.iter().enumerate() {
            match text.map(|text| json::check(text).map(|()| text)) {
                None => built.append_null(),
                Some(Ok(text)) => built.append_value(text),
                Some(Err(reason)) => {
                    self.problems.push(row, Some(&self.reader.name), reason);
                    built.append_null();
                }
            }
        }
        Arc::new(built.finish())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use datafusion::arrow::util::display::array_value_to_string;
    use throughline_model::layout::ValueFrom;
    use throughline_model::toml_reader::Place;

    use super::*;

    fn map(times: &[&str], words: &[(&str, &str)], otherwise: Otherwise) -> ColumnMap {
        ColumnMap {
            name: String::new(),
            from: ValueFrom::Value(String::new()),
            times: times.iter().map(|time| (*time).to_owned()).collect(),
            zone: None,
            number: None,
            words: words.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            otherwise,
            aggregate: None,
            place: Place::START,
        }
    }

    /// Reads one cell of `table.column`: the value, or the reason.
    fn cell(table: &str, column: &str, map: &ColumnMap, text: &str) -> String {
        let table = crate::catalog::vocabulary().unwrap().table(table).unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let reader = ColumnReader::new(&table.name, table.column(column).unwrap(), map, &zone);
        let (mut problems, mut remarks) = (Problems::default(), Remarks::default());
        let values: ArrayRef = Arc::new(StringArray::from(vec![text]));
        let read = reader.read(&values, &mut problems, &mut remarks).unwrap();
        assert_eq!(*read.data_type(), crate::store::schema::data_type(reader.kind));
        if let Some((row, _, reason)) = problems.iter().next() {
            assert!(row == 0 && read.is_null(0));
            return format!("! {reason}");
        }
        let remark = remarks.0.first().map(|(_, remark)| format!(" {remark:?}")).unwrap_or_default();
        if read.is_null(0) { "-".to_owned() } else { array_value_to_string(&read, 0).unwrap() + &remark }
    }

    #[test]
    fn cells() {
        let generic = map(&[], &[], Otherwise::Keep);
        for (table, column, text, expected) in [
            ("orders", "goods", "1,234.56", "1234.5600"),
            ("orders", "goods", "-1", "! \"-1\" is negative"),
            ("spending", "amount", "-1", "-1.0000"),
            ("orders", "goods", "12,50", "! \"12,50\" is not an amount written as 1,234.56"),
            ("orders", "currency", "EUR", "EUR"),
            ("orders", "currency", "EURO", "! \"EURO\" is not a currency of ISO 4217"),
            ("orders", "status", "Delivered", "delivered"),
            (
                "orders",
                "status",
                "lost",
                "! \"lost\" is none of placed, paid, processing, shipped, delivered, returned, cancelled, unavailable",
            ),
            ("orders", "order_id", " 7 ", "7"),
            ("orders", "order_id", "  ", "-"),
            ("orders", "coupon", "=1+1", "=1+1 Formula"),
            ("orders", "coupon", "@cmd", "@cmd Formula"),
            ("orders", "ordered_at", "2025-03-30 02:30", "2025-03-30T01:30:00Z Gap"),
            ("orders", "ordered_at", "2025-10-26 02:30", "2025-10-26T00:30:00Z Overlap"),
            ("orders", "promised_on", "2025-02-28", "2025-02-28"),
            ("orders", "promised_on", "1969-12-31", "1969-12-31"),
            (
                "orders",
                "promised_on",
                "2025-02-31",
                "! \"2025-02-31\" is not a date or time like 2026-03-14 or 2026-03-14T09:30:00+01:00",
            ),
            ("customers", "known", "Yes", "true"),
            ("customers", "known", "maybe", "! \"maybe\" is neither true nor false"),
            ("customers", "attributes", "{\"a\":1}", "{\"a\":1}"),
            ("tickets", "source_reopens", "2.0", "2"),
            ("tickets", "source_reopens", "2.5", "! \"2.5\" is not a whole number"),
            ("feedback", "score", "1e1", "10.0"),
        ] {
            assert_eq!(cell(table, column, &generic, text), expected, "{table}.{column} {text:?}");
        }
    }

    #[test]
    fn words() {
        let words = [("Canceled", "cancelled"), ("n/a", "")];
        for (otherwise, text, expected) in [
            (Otherwise::Keep, "CANCELED", "cancelled"),
            (Otherwise::Keep, "paid", "paid"),
            (Otherwise::Reject, "paid", "! \"paid\" is not among the words that the layout knows"),
            (Otherwise::Empty, "paid", "-"),
            (Otherwise::Value("placed".into()), "odd", "placed"),
        ] {
            assert_eq!(cell("orders", "status", &map(&[], &words, otherwise), text), expected);
        }
    }
}
