//! The JSON of `throughline journey attribution`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{AttributionAnswer, PathsAnswer};
use throughline_journey as fold;
use utoipa::ToSchema;

use super::About;

/// Ten-thousandths of the workspace's currency.
const MONEY: f64 = 10_000.0;

/// The whole answer from journeys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attribution)]
pub struct Answer {
    about: About,
    currency: String,
    window_seconds: Option<f64>,
    half_life_seconds: f64,
    groups: Vec<Group>,
}

/// The whole answer from a file of paths.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttributionOfPaths)]
pub struct Paths {
    rows: u64,
    #[serde(flatten)]
    rules: Rules,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttributionGroup)]
struct Group {
    group: String,
    #[serde(flatten)]
    rules: Rules,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttributionRules)]
struct Rules {
    conversions: u64,
    value: Option<f64>,
    without_value: u64,
    without_path: u64,
    ended: u64,
    conversion_probability: Option<f64>,
    reason: Option<&'static str>,
    channels: Vec<Channel>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttributionChannel)]
struct Channel {
    channel: String,
    first: Credit,
    last: Credit,
    linear: Credit,
    position: Credit,
    time_decay: Option<Credit>,
    markov: Option<Credit>,
    removal_effect: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttributionCredit)]
struct Credit {
    conversions: f64,
    value: Option<f64>,
}

impl Answer {
    /// Attribution as known at an instant.
    pub fn new(found: &AttributionAnswer, currency: &str, as_of: Timestamp) -> Answer {
        let groups = found.groups.iter();
        let groups = groups
            .map(|group| Group { group: group.group.clone(), rules: Rules::new(&group.answer, Some(MONEY)) })
            .collect();
        Answer {
            about: About::new(&found.about, as_of),
            currency: currency.to_owned(),
            window_seconds: found.request.window.map(|window| window as f64 / 1e6),
            half_life_seconds: found.request.half_life as f64 / 1e6,
            groups,
        }
    }
}

impl From<&PathsAnswer> for Paths {
    fn from(found: &PathsAnswer) -> Paths {
        let unit = found.has_value.then_some(found.unit);
        Paths { rows: found.rows, rules: Rules::new(&found.attribution, unit) }
    }
}

impl Rules {
    /// `unit`: how many units of the fold are one of money; `None` where there is no money.
    fn new(found: &fold::Attribution, unit: Option<f64>) -> Rules {
        let credit = |credit: fold::Credit| Credit {
            conversions: credit.conversions,
            value: unit.map(|unit| credit.value / unit),
        };
        let channel = |one: &fold::ChannelCredit| Channel {
            channel: one.channel.clone(),
            first: credit(one.first),
            last: credit(one.last),
            linear: credit(one.linear),
            position: credit(one.position),
            time_decay: one.time_decay.map(credit),
            markov: one.markov.map(credit),
            removal_effect: one.removal_effect,
        };
        Rules {
            conversions: found.conversions,
            value: unit.map(|unit| found.value as f64 / unit),
            without_value: found.without_value,
            without_path: found.without_path,
            ended: found.ended,
            conversion_probability: found.conversion_probability,
            reason: found.channels.is_empty().then_some("no path has a channel"),
            channels: found.channels.iter().map(channel).collect(),
        }
    }
}
