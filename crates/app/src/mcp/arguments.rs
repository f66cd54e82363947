//! What tools take: the options of the commands, under the same names, with a schema that says what is allowed.

use std::fmt::Write as _;

use clap::ArgMatches;
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use throughline_engine::{Error, Result};

use super::reply::in_words_of_tools;
use crate::question::Question;

/// As known when, and by which links.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct Moment {
    /// Answer by what had been recorded until then: a day (2026-03-14, meaning its start), a local time
    /// (2026-03-14T10:00) or an instant (2026-03-14T09:00Z). Without it: all that is known now.
    pub as_of: Option<String>,
    /// Which links between names of one customer count: strict (only sure ones) or loose (all).
    #[serde(default)]
    pub linking: Linking,
}

/// Which links count.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Linking {
    Strict,
    #[default]
    Loose,
}

/// Length of periods.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Every {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Which journeys, broken down by what.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct Scope {
    /// Break down by: channel (of the very first touchpoint), segment, region, acquisition_channel, cohort (month of the
    /// first order), known (customers known by name against visitors).
    pub by: Option<Breakdown>,
    /// First period or day that is looked at, such as 2026-01 or 2026-01-15. Without it: from where data begin.
    pub from: Option<String>,
    /// Last period or day that is looked at, included. Without it: to where data end.
    pub to: Option<String>,
    /// Leave out visitors nobody knows by name.
    #[serde(default)]
    pub known: bool,
    /// Look only at visitors never linked to a customer. Not together with known.
    #[serde(default)]
    pub visitors: bool,
    #[serde(flatten)]
    pub moment: Moment,
}

/// What journeys can be broken down by.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Breakdown {
    Channel,
    Segment,
    Region,
    AcquisitionChannel,
    Cohort,
    Known,
}

/// Whose journeys.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Case {
    #[default]
    Customer,
    Ticket,
}

/// What touchpoints are called.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Steps {
    #[default]
    Kind,
    Stage,
    Channel,
}

/// Makes a schema refuse what it does not name, and its descriptions single lines.
pub(super) fn finish(schema: &mut Map<String, Value>) {
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        if let Some(Value::String(text)) = property.get_mut("description") {
            *text = text.replace('\n', " ");
        }
    }
}

/// The question that arguments of a tool ask, read as the command line reads its options.
///
/// # Errors
/// Input: an option is wrong, or two do not go together.
pub(super) fn question<Q: Question>(asked: &impl Serialize) -> Result<Q> {
    from(asked, &[], &[])
}

/// As [`question`], without arguments of the tool alone, and with words that are no options.
pub(super) fn from<Q: Question>(asked: &impl Serialize, ours: &[&str], words: &[String]) -> Result<Q> {
    let options = options(&serde_json::to_value(asked)?, ours, words);
    let command = Q::augment_args(clap::Command::new("tool").no_binary_name(true).disable_help_flag(true));
    let matches: std::result::Result<ArgMatches, clap::Error> = command.try_get_matches_from(options);
    matches.and_then(|matches| Q::from_arg_matches(&matches)).map_err(|error| wrong(&error))
}

/// `--name=value` for what is told, `--name` for what is so, then the words.
fn options(asked: &Value, ours: &[&str], words: &[String]) -> Vec<String> {
    let mut options = Vec::new();
    for (name, value) in asked.as_object().into_iter().flatten().filter(|(name, _)| !ours.contains(&name.as_str())) {
        let name = name.replace('_', "-");
        match value {
            Value::Null | Value::Bool(false) => {}
            Value::Bool(true) => options.push(format!("--{name}")),
            Value::String(text) => options.push(format!("--{name}={text}")),
            other => options.push(format!("--{name}={other}")),
        }
    }
    if !words.is_empty() {
        options.push("--".to_owned());
        options.extend(words.iter().cloned());
    }
    options
}

fn wrong(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    // What follows is about how to call a command.
    let told = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    let mut message = in_words_of_tools(told);
    if !message.ends_with(['.', ']']) {
        let _ = write!(message, ".");
    }
    Error::input(message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_become_options() {
        let asked =
            json!({"from_step": "a b", "top": 3, "collapse": true, "known": false, "by": null, "detail": "full"});
        let words = ["x".to_owned(), "-y".to_owned()];
        assert_eq!(options(&asked, &["detail"], &words), ["--from-step=a b", "--top=3", "--collapse", "--", "x", "-y"]);
    }
}
