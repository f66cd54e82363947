//! A shop with definitions in files and readings made up by rules, so that its scorecard is the same
//! on every machine.

use std::path::Path;

use jiff::Timestamp;
use throughline_engine::scorecard::{
    Choice, Input, Observation, Readings, ScorecardView, Series, Standing, choose_period, compute,
};
use throughline_model::definitions::{DefinitionFile, Definitions, read};
use throughline_model::period::{Calendar, Grain};
use throughline_model::reading::{Empty, Interval, Reading};

/// Index of March 2026.
const MARCH: i32 = 56 * 12 + 2;

fn definition_files() -> Vec<DefinitionFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/shop");
    let mut paths = vec!["throughline.toml".to_owned(), "scorecard.toml".to_owned()];
    let measures = std::fs::read_dir(folder.join("measures")).unwrap();
    paths.extend(measures.map(|entry| format!("measures/{}", entry.unwrap().file_name().to_str().unwrap())));
    paths.sort();
    paths
        .into_iter()
        .map(|path| DefinitionFile { text: std::fs::read_to_string(folder.join(&path)).unwrap(), path })
        .collect()
}

fn definitions() -> Definitions {
    let journey = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/journey.toml");
    let catalog = [DefinitionFile { path: "journey.toml".into(), text: std::fs::read_to_string(journey).unwrap() }];
    let (definitions, problems) = read(&definition_files(), &catalog);
    let errors: Vec<String> =
        problems.iter().filter(|p| p.level == throughline_model::Level::Error).map(ToString::to_string).collect();
    assert_eq!(errors, [""; 0]);
    definitions
}

/// A wave over the months that never repeats exactly, between −1 and 1.
fn wave(month: i32, phase: f64) -> f64 {
    let x = f64::from(month) * 0.9 + phase;
    (x.sin() + (x * 1.7).cos()) / 2.0
}

struct Made {
    value: f64,
    n: u64,
    half: Option<f64>,
}

fn made(measure: &str, back: i32) -> Option<Made> {
    let month = MARCH - back;
    let made = |value: f64, n: u64, half: Option<f64>| Some(Made { value, n, half });
    match measure {
        "revenue" => made(900_000.0 + 11_000.0 * f64::from(36 - back) + 30_000.0 * wave(month, 0.0), 9_400, None),
        "margin" => made(0.36 + 0.02 * wave(month, 1.0), 9_400, Some(0.006)),
        "csat" => made(0.86 + 0.012 * wave(month, 2.0) - if back == 0 { 0.03 } else { 0.0 }, 1_204, Some(0.02)),
        "nps" if back == 7 => None,
        "nps" => made(41.0 + 4.0 * wave(month, 3.0), 310, Some(6.0)),
        "repeat_rate" => made(0.24 + 0.01 * wave(month, 4.0), 2_100, Some(0.018)),
        "brand" if back % 3 == 0 => made(0.17, 18, Some(0.05)),
        "first_response_time_p90" => {
            made(20_000.0 + 1_500.0 * wave(month, 5.0) + if back < 2 { 14_000.0 } else { 0.0 }, 1_377, Some(1_800.0))
        }
        "backlog" => made((62.0 + 9.0 * wave(month, 6.0)).round(), 62, None),
        "defects" if back < 12 => made(0.031 + 0.004 * wave(month, 7.0), 9_400, Some(0.004)),
        _ => None,
    }
}

fn reading(calendar: &Calendar, measure: &str, back: i32) -> Reading {
    let found = made(measure, back);
    Reading {
        period: calendar.period(Grain::Month, MARCH - back),
        segment: None,
        value: found.as_ref().map(|f| f.value),
        n: found.as_ref().map_or(0, |f| f.n),
        numerator: None,
        denominator: None,
        interval: found
            .as_ref()
            .and_then(|f| f.half.map(|half| Interval { low: f.value - half, high: f.value + half })),
        mature: measure != "repeat_rate" || back > 2,
        left_out: u64::from(measure == "revenue" && back == 0) * 12,
        empty: found.is_none().then_some(Empty::NoRows),
    }
}

/// The scorecard of March 2026, or of the period that is chosen where `named` is false.
pub fn view(named: bool) -> ScorecardView {
    let definitions = definitions();
    let calendar = Calendar::new(&definitions.settings).unwrap();
    let mut readings = Readings::default();
    for id in definitions.measures.keys() {
        readings.add(id, (0..37).map(|back| reading(&calendar, id, back)));
    }
    let chat = Reading { segment: Some("chat".into()), n: 214, ..reading(&calendar, "csat", 1) };
    readings.add_segments("csat", "channel", [Reading { period: calendar.period(Grain::Month, MARCH), ..chat }]);
    let as_of: Timestamp = calendar.parse_instant("2026-04-20T09:30").unwrap();
    let figure = Observation {
        at: calendar.parse_instant("2026-02-15").unwrap(),
        value: 38.0,
        publisher: Some("Trade association".into()),
        sample: None,
    };
    let period = calendar.period(Grain::Month, MARCH);
    let choice = if named {
        Choice { period, why: None }
    } else {
        choose_period(&definitions, &readings, &calendar, as_of).unwrap()
    };
    let standing = Standing { definitions: &definitions, readings: &readings };
    compute(&Input {
        now: standing,
        before: standing,
        calendar: &calendar,
        series: &Series::from([("industry_nps".to_owned(), vec![figure])]),
        as_of,
        choice,
    })
}
