//! Our own form: rows of standard tables, columns by their names.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};
use throughline_model::settings::check_currency;
use throughline_model::vocabulary::{Column, ColumnType, Table};

use crate::Context;
use crate::amount::Amount;
use crate::event::{Event, Wrong, wrong};
use crate::field;
use crate::row::{Row, hashed};
use crate::segment::number;
use crate::time;

/// Tables that events may fill.
pub const TABLES: [&str; 11] = [
    "interactions",
    "customers",
    "identities",
    "orders",
    "order_lines",
    "payments",
    "tickets",
    "ticket_events",
    "feedback",
    "loyalty_events",
    "exposures",
];
/// The table of an event that names none.
const USUAL: &str = "interactions";
/// Members that are no columns.
const OTHER: [&str; 3] = ["table", "id", "lines"];
/// Most characters of a key.
const KEY: usize = 1_000;
/// Numbers that must not be negative.
const NOT_NEGATIVE: [(&str, &str); 4] = [
    ("loyalty_events", "points"),
    ("ticket_events", "handle_seconds"),
    ("tickets", "source_reopens"),
    ("tickets", "source_handoffs"),
];

/// Reads one event.
pub fn read<'v>(event: &Value, context: &Context<'v>) -> Result<Event<'v>, Wrong> {
    let name = field::text(event.get("table")).unwrap_or_else(|| USUAL.to_owned());
    let table = TABLES.contains(&name.as_str()).then(|| context.vocabulary.table(&name)).flatten();
    let fix = || format!("Send \"table\" as one of {}.", TABLES.join(", "));
    let table =
        table.ok_or_else(|| wrong(format!("is for the table {}, which takes no events", shown(&name)), fix()))?;
    let members = event.as_object().ok_or_else(|| wrong("is not an object", "Send a JSON object."))?;
    let mut rows = vec![Reading { table, members, event, context }.row()?.for_event()];
    if let (Some(lines), "orders") = (members.get("lines"), table.name.as_str()) {
        rows.extend(order_lines(lines, &rows, context)?);
    }
    Ok(Event::Rows(rows))
}

/// The lines that stand inside an order.
fn order_lines<'v>(lines: &Value, order: &[Row<'v>], context: &Context<'v>) -> Result<Vec<Row<'v>>, Wrong> {
    let fix = "Send \"lines\" as a list of objects with columns of order_lines.";
    let table = context.vocabulary.table("order_lines").ok_or_else(|| wrong("has lines", fix))?;
    let order_id = order.first().and_then(|order| order.get("order_id")).unwrap_or_default();
    let lines = lines.as_array().ok_or_else(|| wrong("has lines that are no list", fix))?;
    let mut rows = Vec::with_capacity(lines.len());
    for (place, line) in lines.iter().enumerate() {
        let mut members = line.as_object().cloned().ok_or_else(|| wrong("has a line that is no object", fix))?;
        members.insert("order_id".into(), order_id.into());
        members.entry("line").or_insert_with(|| (place + 1).into());
        let event = Value::Object(members.clone());
        rows.push(Reading { table, members: &members, event: &event, context }.row()?);
    }
    Ok(rows)
}

struct Reading<'a, 'v> {
    table: &'v Table,
    members: &'a Map<String, Value>,
    event: &'a Value,
    context: &'a Context<'v>,
}

impl<'v> Reading<'_, 'v> {
    fn row(&self) -> Result<Row<'v>, Wrong> {
        self.no_strangers()?;
        let mut columns: Vec<(&'v str, String)> = Vec::with_capacity(self.members.len() + 1);
        for column in &self.table.columns {
            if let Some(value) = self.value(column)? {
                columns.push((&column.name, value));
            } else if column.required || self.table.key.contains(&column.name) {
                let fix = format!("Send \"{}\": {}.", column.name, column.about);
                return Err(wrong(format!("has no {}", column.name), fix));
            }
        }
        self.agree(&columns)?;
        let value = |name: &str| columns.iter().find(|(column, _)| *column == name).map_or("", |(_, value)| value);
        let key: Vec<&str> = self.table.key.iter().map(|name| value(name)).collect();
        let mut row = Row::stated(&self.table.name, &key.join("\0"), &self.event.to_string());
        row.columns = columns;
        Ok(row)
    }

    fn no_strangers(&self) -> Result<(), Wrong> {
        let known = |name: &str| self.table.column(name).is_some() || OTHER.contains(&name);
        let Some(stranger) = self.members.keys().find(|name| !known(name)) else { return Ok(()) };
        let columns: Vec<&str> = self.table.columns.iter().map(|column| column.name.as_str()).collect();
        let fix = format!("Columns of {}: {}.", self.table.name, columns.join(", "));
        Err(wrong(format!("has {}, which is no column of {}", shown(stranger), self.table.name), fix))
    }

    /// The column's value as the event gives it, or what it is where the event leaves it out.
    fn value(&self, column: &'v Column) -> Result<Option<String>, Wrong> {
        let is_key = self.table.key.contains(&column.name);
        let mut given = self.members.get(&column.name).filter(|value| !value.is_null());
        if given.is_none() && is_key && self.table.key.len() == 1 {
            given = self.members.get("id").filter(|value| !value.is_null());
        }
        let read = given.map(|value| self.read(column, value)).transpose()?.flatten();
        if is_key && read.as_ref().is_some_and(|key| key.chars().count() > KEY) {
            return Err(wrong(
                format!("has an id ({}) of more than {KEY} characters", column.name),
                "Send a shorter id.",
            ));
        }
        Ok(read.or_else(|| match (self.table.name.as_str(), column.name.as_str()) {
            ("interactions", "interaction_id") => Some(hashed(self.event, &[])),
            ("interactions", "occurred_at") => Some(self.context.received.to_string()),
            // A link without a beginning always held.
            ("identities", "since") => Some(Timestamp::UNIX_EPOCH.to_string()),
            _ => None,
        }))
    }

    fn read(&self, column: &Column, value: &Value) -> Result<Option<String>, Wrong> {
        let name = column.name.as_str();
        let no = |what: &str| {
            wrong(
                format!("has {name} {}, which is {what}", shown(&value.to_string())),
                format!("{name}: {}.", column.about),
            )
        };
        if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Ok(None);
        }
        match column.kind {
            ColumnType::Text => {
                let text = field::text(Some(value)).ok_or_else(|| no("no text"))?;
                domain(column, text).map(Some)
            }
            ColumnType::Instant => {
                let at = time::instant(name, value)?;
                let dated = self.table.at.as_deref() == Some(name);
                let at = if dated { time::not_ahead(name, at, self.context.received)? } else { at };
                Ok(Some(at.to_string()))
            }
            ColumnType::Day => {
                let day = value.as_str().and_then(|text| text.trim().parse::<Date>().ok());
                let day = day.filter(|day| (1900..2200).contains(&day.year()));
                day.map(|day| Some(day.to_string())).ok_or_else(|| no("no day like 2026-03-14"))
            }
            ColumnType::Money => {
                let amount = Amount::read(Some(value)).and_then(Amount::positive);
                amount.map(|amount| Some(amount.to_string())).ok_or_else(|| no("no positive amount"))
            }
            ColumnType::Number => number(Some(value)).map(Some).ok_or_else(|| no("no number")),
            ColumnType::Integer => {
                let read = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
                read.map(|read| Some(read.to_string())).ok_or_else(|| no("no whole number"))
            }
            ColumnType::Flag => {
                let read = value.as_bool().or_else(|| value.as_str()?.trim().to_lowercase().parse().ok());
                read.map(|read| Some(read.to_string())).ok_or_else(|| no("neither true nor false"))
            }
            ColumnType::Json => Ok(Some(value.to_string())),
        }
    }

    /// Rules over several columns.
    fn agree(&self, columns: &[(&str, String)]) -> Result<(), Wrong> {
        let number = |name: &str| -> Option<f64> {
            columns.iter().find(|(column, _)| *column == name).and_then(|(_, value)| value.parse().ok())
        };
        let table = self.table.name.as_str();
        if let ("feedback", Some(score), Some(low), Some(high)) =
            (table, number("score"), number("scale_min"), number("scale_max"))
            && !(low..=high).contains(&score)
        {
            return Err(wrong(
                format!("has score {score}, outside its scale {low} to {high}"),
                "Send the scale as it is.",
            ));
        }
        if number("confidence").is_some_and(|value| !(0.0..=1.0).contains(&value)) {
            return Err(wrong("has a confidence outside 0 to 1", "Send a share such as 0.9."));
        }
        for (_, name) in NOT_NEGATIVE.iter().filter(|(of, _)| *of == table) {
            if number(name).is_some_and(|value| value < 0.0) {
                return Err(wrong(format!("has a negative {name}"), format!("Send {name} as a positive number.")));
            }
        }
        Ok(())
    }
}

/// A text within the column's domain.
fn domain(column: &Column, text: String) -> Result<String, Wrong> {
    let name = &column.name;
    if !column.values.is_empty() {
        let known = column.values.iter().find(|value| value.eq_ignore_ascii_case(&text));
        let fix = format!("Send {name} as one of {}.", column.values.join(", "));
        return known.cloned().ok_or_else(|| wrong(format!("has {name} {}, which is unknown", shown(&text)), fix));
    }
    if column.pattern.as_deref() == Some("currency") && check_currency(&text).is_err() {
        let fix = "Send a code of ISO 4217 such as EUR.";
        return Err(wrong(format!("has {name} {}, which is no currency", shown(&text)), fix));
    }
    Ok(text)
}

fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}
