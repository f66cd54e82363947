//! Profiles of the sample company straight from its files, without an import, so that many seeds are quick.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use throughline_engine::checks::{FEW_VALUES, Kind, Profile, kind_column, lateness, may_be_mixed, settled_after};
use throughline_model::vocabulary::{ColumnType, Table, Vocabulary};
use throughline_sample::{Options, generate};
use xxhash_rust::xxh3::xxh3_64;

/// A row as its newest version tells it; times as days, other fields as hashes.
struct Row {
    day: i64,
    first_told: i64,
    told: i64,
    fields: Vec<Option<u64>>,
}

type Texts = HashMap<u64, String>;

/// The profiles of a company's tables; all of it is one source.
pub fn profiles(options: &Options, vocabulary: &Vocabulary) -> Vec<Profile> {
    let folder = tempfile::tempdir().unwrap();
    generate(options, folder.path(), &mut |_| {}).unwrap();
    let zone = TimeZone::get(&options.zone).unwrap();
    let dated = vocabulary.tables.iter().filter(|table| table.at.is_some() && table.name != "identities");
    dated.filter_map(|table| profile(&folder.path().join("sources"), table, &zone)).collect()
}

fn number(day: Date) -> i64 {
    i64::from((day - date(1970, 1, 1)).get_days())
}

fn day_of(text: &str, zone: &TimeZone) -> Option<i64> {
    match text.parse::<Timestamp>() {
        Ok(at) => Some(number(at.to_zoned(zone.clone()).date())),
        Err(_) => text.parse::<Date>().ok().map(number),
    }
}

fn is_time(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Instant | ColumnType::Day)
}

fn profile(folder: &Path, table: &Table, zone: &TimeZone) -> Option<Profile> {
    let mut reader = csv::Reader::from_path(folder.join(format!("{}.csv", table.name))).ok()?;
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let place = |name: &str| header.iter().position(|column| column == name);
    let keys: Vec<usize> = table.key.iter().filter_map(|key| place(key)).collect();
    let (recorded, at) = (place("recorded_at")?, place(table.at.as_ref()?)?);
    let columns: Vec<Option<usize>> = table.columns.iter().map(|column| place(&column.name)).collect();
    let (mut rows, mut texts) = (HashMap::<u64, Row>::new(), Texts::new());
    for record in reader.records() {
        let record = record.unwrap();
        let (Some(told), Some(day)) = (day_of(&record[recorded], zone), day_of(&record[at], zone)) else { continue };
        let field = |(column, at): (usize, &Option<usize>)| {
            let text = at.map(|at| &record[at]).filter(|text| !text.is_empty())?;
            if is_time(table.columns[column].kind) {
                return day_of(text, zone).map(|day| u64::try_from(day).unwrap_or(0));
            }
            let hash = xxh3_64(text.as_bytes());
            texts.entry(hash).or_insert_with(|| text.to_owned());
            Some(hash)
        };
        let fields = columns.iter().enumerate().map(field).collect();
        let key: String = keys.iter().map(|at| record[*at].to_owned() + "\0").collect();
        let row =
            rows.entry(xxh3_64(key.as_bytes())).or_insert(Row { day, first_told: told, told, fields: Vec::new() });
        (row.first_told, row.told, row.fields) = (row.first_told.min(told), row.told.max(told), fields);
    }
    let rows: Vec<Row> = rows.into_values().collect();
    (!rows.is_empty()).then(|| counted(table, &rows, &texts))
}

/// What is counted of a column: its name, whether of rows that have it, whether of its values.
struct Counted<'a> {
    place: usize,
    name: &'a str,
    present: bool,
    values: bool,
}

fn columns<'a>(table: &'a Table, rows: &[Row]) -> Vec<Counted<'a>> {
    let counted = table.columns.iter().enumerate().map(|(place, column)| {
        let mut values = HashSet::new();
        for value in rows.iter().filter_map(|row| row.fields[place]) {
            if values.len() <= FEW_VALUES {
                values.insert(value);
            }
        }
        let few = may_be_mixed(table, column) && (1..=FEW_VALUES).contains(&values.len());
        let present = !column.required && Some(&column.name) != table.at.as_ref() && !values.is_empty();
        Counted { place, name: &column.name, present, values: few }
    });
    counted.collect()
}

fn counted(table: &Table, rows: &[Row], texts: &Texts) -> Profile {
    let (first, last) = (rows.iter().map(|row| row.day).min().unwrap(), rows.iter().map(|row| row.day).max().unwrap());
    let days = usize::try_from(last - first + 1).unwrap();
    let (place, week) = (|day: i64| usize::try_from(day - first).unwrap(), |day: i64| (day + 3).div_euclid(7));
    let kind_place = table.columns.iter().position(|column| Some(column.name.as_str()) == kind_column(table));
    let columns = columns(table, rows);
    let mut kinds = BTreeMap::<String, Kind>::new();
    for row in rows {
        let name = kind_place.and_then(|at| row.fields[at]).map_or("", |text| texts[&text].as_str());
        let kind = kinds.entry(name.to_owned()).or_insert_with(|| Kind { rows: vec![0; days], ..Kind::default() });
        kind.rows[place(row.day)] += 1;
        for column in &columns {
            let value = row.fields[column.place];
            if column.present {
                let present = kind.present.entry(column.name.to_owned()).or_insert_with(|| vec![0; days]);
                present[place(row.day)] += u64::from(value.is_some());
            }
            if let Some(value) = value.filter(|_| column.values) {
                let values = kind.values.entry(column.name.to_owned()).or_default();
                let weeks = values.entry(texts[&value].clone()).or_insert_with(|| vec![0; days / 7 + 2]);
                weeks[usize::try_from(week(row.day) - week(first)).unwrap()] += 1;
            }
        }
    }
    let at = table.column(table.at.as_ref().unwrap()).unwrap();
    Profile {
        source: "company".to_owned(),
        table: table.name.clone(),
        first,
        days,
        kind_column: kind_column(table).map(str::to_owned),
        kinds,
        lateness: told(rows),
        settled_after: settled(table, rows),
        instants: at.kind == ColumnType::Instant,
    }
}

fn told(rows: &[Row]) -> Vec<(i64, i64, u64)> {
    let mut told = BTreeMap::<(i64, i64), u64>::new();
    rows.iter().for_each(|row| *told.entry((row.day, row.first_told)).or_default() += 1);
    lateness(&told.into_iter().map(|((day, told), rows)| (day, told, rows)).collect::<Vec<_>>())
}

fn settled(table: &Table, rows: &[Row]) -> i64 {
    let times: Vec<usize> =
        (0..table.columns.len()).filter(|at| table.columns[*at].kind == ColumnType::Instant).collect();
    let last = |row: &Row| times.iter().filter_map(|at| i64::try_from(row.fields[*at]?).ok()).max().unwrap_or(row.day);
    let mut changed = BTreeMap::<(i64, i64, i64), u64>::new();
    rows.iter().for_each(|row| *changed.entry((row.day, row.told, last(row))).or_default() += 1);
    let changed: Vec<_> = changed.into_iter().map(|((day, told, last), rows)| (day, told, last, rows)).collect();
    settled_after(&changed)
}
