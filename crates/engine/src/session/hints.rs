//! What went wrong with a query, said so that a person can mend it.

use datafusion::common::{DataFusionError, SchemaError};
use throughline_model::diagnostic::nearest;

use crate::Error;
use crate::error::DOCTOR;

const OUT_OF_MEMORY: &str = "The query needs more memory than it may use";
/// Names listed in a hint where none is near.
const LISTED: usize = 30;

/// There is no table of that name.
pub(crate) fn unknown_table<'a>(name: &str, tables: impl Iterator<Item = &'a str>) -> Error {
    let mut tables: Vec<&str> = tables.collect();
    tables.sort_unstable();
    Error::input(format!("There is no table {name}.")).hint(hint(name, "table", &tables))
}

fn hint(name: &str, what: &str, known: &[&str]) -> String {
    let begins = known.iter().copied().find(|candidate| name.len() > 2 && candidate.starts_with(name));
    if let Some(near) = begins.or_else(|| nearest(name, known.iter().copied())) {
        return format!("did you mean `{near}`?");
    }
    match known.split_at_checked(LISTED) {
        Some((listed, more)) if !more.is_empty() => {
            format!("{what}s are {} and {} more", listed.join(", "), more.len())
        }
        _ => format!("{what}s are {}", known.join(", ")),
    }
}

/// An error of planning a query, in our words where we have better ones.
pub(crate) fn planning_error(error: &DataFusionError) -> Error {
    let place = place(error);
    match error.find_root() {
        DataFusionError::External(inner) => match inner.downcast_ref::<Error>() {
            Some(ours) => Error { kind: ours.kind, message: ours.message.clone(), hint: ours.hint.clone() },
            None => Error::input(sentence(&error.strip_backtrace())),
        },
        DataFusionError::SchemaError(schema, _) => schema_error(schema, &place),
        DataFusionError::SQL(parser, _) => {
            Error::input(format!("The SQL cannot be read: {}.", clean(&parser.to_string())))
        }
        DataFusionError::Plan(message) => plan_error(message, &place),
        root => Error::input(sentence(&root.strip_backtrace())),
    }
}

/// An error of running a query.
pub(crate) fn running_error(error: &DataFusionError) -> Error {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(message) => Error::input(format!("{OUT_OF_MEMORY}: {}.", clean(message)))
            .hint("ask for less at once, or give it more memory"),
        // A filter pushed into the files fails there, though the query is at fault.
        DataFusionError::ParquetError(inner) if inner.to_string().contains("Cannot cast") => planning_error(error),
        // Files that were changed or cut are noticed and named before they are read; what is left is a disk that errs.
        DataFusionError::ObjectStore(_) | DataFusionError::ParquetError(_) => {
            Error::damaged(format!("A file of the workspace cannot be read: {}", sentence(&error.strip_backtrace())))
                .hint(DOCTOR)
        }
        DataFusionError::IoError(_) | DataFusionError::Internal(_) => {
            Error::internal(sentence(&error.strip_backtrace()))
        }
        _ => planning_error(error),
    }
}

/// Whether a query failed because it may not use more memory.
pub(crate) fn is_out_of_memory(error: &Error) -> bool {
    error.message.starts_with(OUT_OF_MEMORY)
}

/// Line and column in the SQL, where they are known.
pub(crate) fn position(error: &DataFusionError) -> Option<(u64, u64)> {
    let span = error.diagnostic()?.span?;
    Some((span.start.line, span.start.column))
}

fn place(error: &DataFusionError) -> String {
    match position(error) {
        Some((line, column)) => format!(" (line {line}, column {column})"),
        None => String::new(),
    }
}

fn schema_error(error: &SchemaError, place: &str) -> Error {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let from = field.relation.as_ref().map(|table| format!(" in {table}")).unwrap_or_default();
            let mut known: Vec<&str> = valid_fields.iter().map(|column| column.name.as_str()).collect();
            known.sort_unstable();
            known.dedup();
            Error::input(format!("There is no column {}{from}{place}.", field.name)).hint(hint(
                &field.name,
                "column",
                &known,
            ))
        }
        SchemaError::AmbiguousReference { field } => {
            Error::input(format!("The column {} is in more than one of the tables{place}.", field.name))
                .hint(format!("write the table before it: table.{}", field.name))
        }
        other => Error::input(sentence(&other.to_string())),
    }
}

fn plan_error(message: &str, place: &str) -> Error {
    let Some(rest) = message.strip_prefix("Invalid function '") else {
        return Error::input(sentence(message));
    };
    let name = rest.split('\'').next().unwrap_or_default();
    let error = Error::input(format!("There is no function {name}(){place}."));
    match (name, rest.split("Did you mean '").nth(1).and_then(|rest| rest.split('\'').next())) {
        ("current_date" | "today", _) => error.hint("write local_day(as_of()), so that the answer can be repeated"),
        ("random" | "uuid", _) => error.hint("an answer must be the same every time"),
        (_, Some(near)) => error.hint(format!("did you mean `{near}()`?")),
        _ => error,
    }
}

fn clean(message: &str) -> String {
    let message = message.trim().trim_start_matches("sql parser error: ").trim_start_matches("Error during planning: ");
    message.trim_start_matches("Execution error: ").trim_start_matches("Arrow error: ").trim_end_matches('.').to_owned()
}

fn sentence(message: &str) -> String {
    format!("{}.", clean(message))
}
