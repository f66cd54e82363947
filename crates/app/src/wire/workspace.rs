//! What a page needs to know of a workspace before it asks anything.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{Reader, SourceHealth};
use throughline_model::Calendar;
use utoipa::ToSchema;

use super::Period;

/// Periods listed at most.
const PERIODS: usize = 60;

/// The workspace: its name, its data, its periods, its words.
#[derive(Debug, Serialize, ToSchema)]
pub struct Workspace {
    name: String,
    zone: String,
    currency: String,
    /// Version of the program.
    version: String,
    /// Counts up with every import.
    data_version: u64,
    known_until: Timestamp,
    imported_at: Option<Timestamp>,
    has_data: bool,
    /// Whether the sample company can be imported: nothing was yet.
    sample: bool,
    /// Length of the scorecard's periods.
    every: String,
    /// Label of the period that is shown where none is asked for: the newest that most measures can speak about.
    latest_period: Option<String>,
    /// Newest first.
    periods: Vec<Period>,
    perspectives: Vec<Named>,
    stages: Vec<Named>,
    login: Login,
}

#[derive(Debug, Serialize, ToSchema)]
struct Named {
    id: String,
    name: String,
}

/// Who is asking.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Login {
    /// Whether one must log in.
    pub required: bool,
    /// Who did.
    pub user: Option<User>,
}

/// Somebody who may ask.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// Name.
    pub name: String,
    /// viewer, analyst, editor or admin.
    pub role: String,
}

/// The sources of a workspace, and the period that is shown where none is asked for.
pub type Known = (Vec<SourceHealth>, throughline_model::Period);

/// Which data a workspace holds.
#[derive(Debug, Clone, Copy)]
pub struct Data {
    /// Number of the newest import.
    pub version: u64,
    /// When it was.
    pub imported_at: Option<Timestamp>,
}

impl Workspace {
    /// The workspace as somebody sees it.
    pub fn new(reader: &Reader, data: Data, (sources, newest): &Known, login: Login) -> Workspace {
        let definitions = reader.definitions();
        let settings = &definitions.settings;
        let first = sources.iter().filter_map(|source| source.first).min();
        let last = throughline_engine::scorecard::last_complete(definitions, reader.calendar(), reader.known());
        let periods = first.map_or_else(Vec::new, |first| back_to(reader.calendar(), last, first));
        let perspectives = definitions.scorecard.perspectives.iter();
        let stages = definitions.journey.stages.iter();
        Workspace {
            name: settings.name.clone(),
            zone: settings.zone.clone(),
            currency: settings.currency.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_version: data.version,
            known_until: reader.known(),
            imported_at: data.imported_at,
            has_data: !sources.is_empty(),
            sample: data.version == 0,
            every: definitions.scorecard.every.to_string(),
            latest_period: (!periods.is_empty()).then(|| newest.label.clone()),
            periods: periods.iter().map(Period::from).collect(),
            perspectives: perspectives.map(|one| Named { id: one.id.clone(), name: one.name.clone() }).collect(),
            stages: stages.map(|one| Named { id: one.id.clone(), name: one.name.clone() }).collect(),
            login,
        }
    }
}

/// The periods from the last one back to the one in which data begin, newest first.
fn back_to(calendar: &Calendar, last: throughline_model::Period, first: Timestamp) -> Vec<throughline_model::Period> {
    let earlier = std::iter::successors(Some(last), |period| Some(calendar.previous(period)));
    earlier.take_while(|period| period.end > first).take(PERIODS).collect()
}
