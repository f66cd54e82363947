//! The JSON of `throughline measure`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_model::measure as model;
use utoipa::ToSchema;

use super::trust::Trust;
use super::{Between, Period, direction, role};

/// What a measure is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Measure {
    id: String,
    name: String,
    plain: String,
    definition: Option<String>,
    perspective: String,
    stage: Option<String>,
    role: &'static str,
    unit: String,
    direction: &'static str,
    minimum_n: u64,
    /// show, bounds or withhold; null where the scorecard says.
    when_failed: Option<&'static str>,
    dimensions: Vec<String>,
}

impl From<&model::Measure> for Measure {
    fn from(measure: &model::Measure) -> Measure {
        Measure {
            id: measure.id.clone(),
            name: measure.name.clone(),
            plain: measure.plain.clone(),
            definition: measure.definition.clone(),
            perspective: measure.perspective.clone(),
            stage: measure.stage.clone(),
            role: role(measure.role),
            unit: measure.unit.to_string(),
            direction: direction(measure.direction),
            minimum_n: measure.minimum_n,
            when_failed: measure.when_failed.map(model::WhenFailed::word),
            dimensions: measure.dimensions.clone(),
        }
    }
}

/// What it said about one period.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reading {
    period: Period,
    segment: Option<String>,
    value: Option<f64>,
    n: u64,
    numerator: Option<f64>,
    denominator: Option<f64>,
    interval: Option<Between>,
    mature: bool,
    left_out: u64,
    reason: Option<String>,
}

impl From<&throughline_model::reading::Reading> for Reading {
    fn from(reading: &throughline_model::reading::Reading) -> Reading {
        Reading {
            period: (&reading.period).into(),
            segment: reading.segment.clone(),
            value: reading.value,
            n: reading.n,
            numerator: reading.numerator,
            denominator: reading.denominator,
            interval: reading.interval.map(Between::from),
            mature: reading.mature,
            left_out: reading.left_out,
            reason: reading.empty.as_ref().map(ToString::to_string),
        }
    }
}

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MeasureReadings)]
pub struct Readings {
    measure: Measure,
    every: String,
    by: Option<String>,
    as_of: Timestamp,
    currency: String,
    trust: Trust,
    readings: Vec<Reading>,
}

impl Readings {
    /// Readings of a measure by a dimension, as known at an instant.
    pub fn new(
        measure: &model::Measure,
        every: throughline_model::period::Grain,
        by: Option<&str>,
        as_of: Timestamp,
        currency: &str,
        trust: &throughline_engine::Trust,
        readings: &[throughline_model::reading::Reading],
    ) -> Readings {
        Readings {
            measure: measure.into(),
            every: every.to_string(),
            by: by.map(str::to_owned),
            as_of,
            currency: currency.to_owned(),
            trust: trust.into(),
            readings: readings.iter().map(Reading::from).collect(),
        }
    }
}

/// All measures, sorted by id.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MeasureList)]
pub struct Measures {
    measures: Vec<Listed>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MeasureListed)]
struct Listed {
    #[serde(flatten)]
    measure: Measure,
    on_scorecard: bool,
    shipped: bool,
}

impl From<&throughline_model::definitions::Definitions> for Measures {
    fn from(definitions: &throughline_model::definitions::Definitions) -> Measures {
        let uses = || definitions.scorecard.objectives.iter().flat_map(|o| &o.measures);
        let listed = definitions.measures.values().map(|measure| Listed {
            measure: measure.into(),
            on_scorecard: uses().any(|u| u.id == measure.id),
            shipped: measure.shipped,
        });
        Measures { measures: listed.collect() }
    }
}
