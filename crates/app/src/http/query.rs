//! The query of a request is the command line under another spelling: `?every=week&by=channel` is
//! `--every week --by channel`. It is parsed by the same parser into the same arguments, and described from them.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Args, Command};
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Required, Schema};

use super::problem::{Problem, Result};
use super::state::Shared;
use crate::question::Question;

/// Numbers larger than this are cut: nobody reads that many rows of an answer.
const MOST: u64 = 10_000;

/// A question as it was asked.
pub struct Asked<Q> {
    /// The question.
    pub question: Q,
    /// Whether a table is wanted, as CSV.
    pub csv: bool,
    /// What was asked, in one spelling, for the key of the answer.
    pub text: String,
}

impl<Q: Question> FromRequestParts<Shared> for Asked<Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Asked<Q>> {
        let Query(mut pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::input("The query cannot be read."))?;
        pairs.retain(|(_, value)| !value.is_empty());
        let csv = wants_csv(&mut pairs)?;
        if csv && Q::TABLE.is_empty() {
            return Err(Problem::input("This answer is no table, so there is no CSV of it."));
        }
        Ok(Asked { csv, ..Asked::of(pairs)? })
    }
}

impl<Q: Args> Asked<Q> {
    /// The question that the pairs of a query ask.
    ///
    /// # Errors
    /// Those of [`parse`].
    pub fn of(mut pairs: Vec<(String, String)>) -> Result<Asked<Q>> {
        pairs.sort();
        let question = parse::<Q>(&pairs)?;
        let text = pairs.iter().map(|(name, value)| format!("{}={value}\0{name}\n", name.len())).collect();
        Ok(Asked { question, csv: false, text })
    }
}

/// Takes `format` out of a query: whether a table is wanted as CSV.
fn wants_csv(pairs: &mut Vec<(String, String)>) -> Result<bool> {
    let Some(place) = pairs.iter().position(|(name, _)| name == "format") else { return Ok(false) };
    match pairs.remove(place).1.as_str() {
        "json" => Ok(false),
        "csv" => Ok(true),
        format => Err(Problem::input(format!("`format` cannot be `{format}`: it is json or csv."))),
    }
}

/// The form of an answer whose question stands in the body: nothing else can be said in the query.
pub struct Form {
    /// Whether a table is wanted, as CSV.
    pub csv: bool,
}

impl FromRequestParts<Shared> for Form {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Form> {
        let Query(mut pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| Problem::input("The query cannot be read."))?;
        let csv = wants_csv(&mut pairs)?;
        match pairs.first() {
            None => Ok(Form { csv }),
            Some((key, _)) => Err(Problem::input(format!("There is no parameter `{key}` here."))
                .hint("The question stands in the body; `format` is the only parameter.")),
        }
    }
}

impl IntoParams for Form {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![format_parameter()]
    }
}

fn format_parameter() -> Parameter {
    let formats = ["json", "csv"].map(Value::from);
    let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(formats)).build();
    query("format", "Form of the answer: json, or its table as csv", schema, false)
}

fn command<A: Args>() -> Command {
    A::augment_args(Command::new("query").no_binary_name(true).disable_help_flag(true).disable_version_flag(true))
}

/// The name of an argument in a query.
fn name(argument: &Arg) -> String {
    argument.get_long().unwrap_or(argument.get_id().as_str()).replace('-', "_")
}

/// Arguments from the pairs of a query.
///
/// # Errors
/// Input: there is no such parameter, or it cannot have this value.
pub fn parse<A: Args>(pairs: &[(String, String)]) -> Result<A> {
    let command = command::<A>();
    let given = |argument: &&Arg| pairs.iter().any(|(key, _)| *key == name(argument));
    if let Some(missing) = command.get_arguments().filter(|argument| argument.is_required_set()).find(|one| !given(one))
    {
        return Err(Problem::input(format!("`{}` is missing.", name(missing))));
    }
    let (mut line, mut places) = (Vec::new(), Vec::new());
    for (key, value) in pairs {
        let argument = command.get_arguments().find(|argument| name(argument) == *key);
        let Some(argument) = argument else { return Err(unknown(&command, key)) };
        match argument.get_long() {
            None => places.extend(value.split(',').map(|part| part.trim().to_owned())),
            Some(long) if argument.get_action().takes_values() => {
                let several =
                    matches!(argument.get_action(), ArgAction::Append) && argument.get_value_delimiter().is_none();
                let values = if several { value.split(',').collect() } else { vec![value.as_str()] };
                line.extend(values.into_iter().map(|value| format!("--{long}={}", cut(argument, value))));
            }
            Some(long) => match value.as_str() {
                "true" | "1" => line.push(format!("--{long}")),
                "false" | "0" => {}
                _ => return Err(Problem::input(format!("`{key}` cannot be `{value}`: it is true or false."))),
            },
        }
    }
    line.push("--".to_owned());
    line.extend(places);
    let matches = command.try_get_matches_from(line).map_err(|error| problem(&error))?;
    A::from_arg_matches(&matches).map_err(|error| problem(&error))
}

/// A number no larger than anybody needs.
fn cut(argument: &Arg, value: &str) -> String {
    match value.parse::<u64>() {
        Ok(number) if is_number(argument) => number.min(MOST).to_string(),
        _ => value.to_owned(),
    }
}

fn is_number(argument: &Arg) -> bool {
    argument.get_value_names().is_some_and(|names| names.iter().any(|name| name == "N"))
}

fn unknown(command: &Command, key: &str) -> Problem {
    let problem = Problem::input(format!("There is no parameter `{key}` here."));
    let names: Vec<String> = command.get_arguments().map(name).collect();
    match throughline_model::diagnostic::hint_among(key, names.iter().map(String::as_str)) {
        Some(hint) => problem.hint(hint),
        None => problem.hint(format!("Parameters: {}.", names.join(", "))),
    }
}

/// What the parser says, in the words of a query.
fn problem(error: &clap::Error) -> Problem {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let spelled = |argument: String| {
        let bare = argument.trim_start_matches(['-', '<', '[']);
        bare.split([' ', '=', '>', ']']).next().unwrap_or_default().replace('-', "_").to_lowercase()
    };
    let argument = spelled(text(ContextKind::InvalidArg));
    let value = text(ContextKind::InvalidValue);
    Problem::input(match error.kind() {
        ErrorKind::ArgumentConflict => {
            let other = spelled(text(ContextKind::PriorArg));
            format!("`{argument}` and `{other}` cannot be asked together.")
        }
        ErrorKind::InvalidValue => {
            format!("`{argument}` cannot be `{value}`: it is one of {}.", text(ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
            format!("`{argument}` cannot be `{value}`: {}.", why.trim_end_matches('.'))
        }
        _ => format!("`{argument}` cannot be read."),
    })
}

/// The parameters of a question, described from its arguments.
pub struct Parameters<Q>(PhantomData<Q>);

impl<Q: Question> IntoParams for Parameters<Q> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let command = command::<Q>();
        let mut parameters: Vec<Parameter> = command.get_arguments().map(parameter).collect();
        if !Q::TABLE.is_empty() {
            parameters.push(format_parameter());
        }
        parameters
    }
}

fn query(name: &str, about: &str, schema: impl Into<Schema>, required: bool) -> Parameter {
    let required = if required { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(required)
        .description(Some(about))
        .schema(Some(RefOr::T(schema.into())))
        .build()
}

fn parameter(argument: &Arg) -> Parameter {
    let flag = !argument.get_action().takes_values();
    let kind = if flag {
        Type::Boolean
    } else if is_number(argument) {
        Type::Integer
    } else {
        Type::String
    };
    let mut schema = ObjectBuilder::new().schema_type(SchemaType::Type(kind.clone()));
    let choices: Vec<Value> =
        argument.get_possible_values().iter().map(|choice| Value::from(choice.get_name())).collect();
    if !flag && !choices.is_empty() {
        schema = schema.enum_values(Some(choices));
    }
    if kind == Type::Integer {
        schema = schema.minimum(Some(0));
    }
    if let Some(default) = argument.get_default_values().first().and_then(|default| default.to_str()).filter(|_| !flag)
    {
        let default =
            default.parse::<u64>().ok().filter(|_| is_number(argument)).map_or(Value::from(default), Value::from);
        schema = schema.default(Some(default));
    }
    let about = argument.get_help().map(ToString::to_string).unwrap_or_default();
    query(&name(argument), &about, schema.build(), argument.is_required_set())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::commands::{journey, measure, rejects};

    fn parsed<A: Args>(pairs: &[(&str, &str)]) -> Result<A> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        parse(&pairs)
    }

    fn detail<A: Args>(pairs: &[(&str, &str)]) -> String {
        parsed::<A>(pairs).err().unwrap().detail
    }

    #[test]
    fn a_query_means_what_the_command_line_means() {
        let found = parsed::<journey::funnel::Arguments>(&[
            ("steps", "view, cart|basket,order"),
            ("any_order", "true"),
            ("by", "--working"),
            ("window", "30d"),
        ]);
        let found = format!("{:?}", found.unwrap());
        assert!(found.contains(r#"steps: ["view", "cart|basket", "order"]"#), "{found}");
        assert!(found.contains(r#"by: Some("--working")"#) && found.contains("working: false"), "{found}");
        let found = parsed::<journey::conformance::Arguments>(&[("may_skip", "support,advocacy")]).unwrap();
        assert!(format!("{found:?}").contains(r#"may_skip: ["support", "advocacy"]"#));
        let found = parsed::<rejects::Filter>(&[("import", "import-000001"), ("limit", "99999999999")]).unwrap();
        let found = format!("{found:?}");
        assert!(found.contains(r#"import_id: Some("import-000001")"#) && found.contains("limit: 10000"), "{found}");
    }

    #[test]
    fn what_cannot_be_read_is_said_in_the_words_of_a_query() {
        use journey::{funnel, retention};
        assert_eq!(detail::<measure::One>(&[("evry", "week")]), "There is no parameter `evry` here.");
        assert!(detail::<measure::One>(&[("every", "fortnight")]).starts_with("`every` cannot be `fortnight`: "));
        assert_eq!(detail::<funnel::Arguments>(&[]), "`steps` is missing.");
        assert_eq!(
            detail::<retention::Arguments>(&[("variant", "x")]),
            "`variant` cannot be `x`: it is one of in, in-or-after."
        );
        let both = [("known", "true"), ("visitors", "true")];
        assert_eq!(detail::<retention::Arguments>(&both), "`known` and `visitors` cannot be asked together.");
        assert_eq!(
            detail::<retention::Arguments>(&[("known", "yes")]),
            "`known` cannot be `yes`: it is true or false."
        );
    }

    #[test]
    fn files_of_the_server_cannot_be_asked_for() {
        let asked = parsed::<journey::attribution::Journeys>(&[("paths", "/etc/passwd")]);
        assert_eq!(asked.err().unwrap().detail, "There is no parameter `paths` here.");
    }
}
