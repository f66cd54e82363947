//! The row query of a measure: its columns, their types, and whether they are what the aggregate needs.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::LogicalPlan;
use throughline_model::measure::{Aggregate, Measure};

use crate::session::{Session, quote};
use crate::{Error, Result};

/// What a column of a row query holds, as far as aggregates care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// True or false; counts as 1 or 0.
    Flag,
    /// Whole numbers.
    Integer,
    /// Exact decimals with so many places.
    Decimal(i8),
    /// Doubles.
    Double,
    /// Nothing but NULL.
    Nothing,
    /// An instant.
    Instant,
    /// A calendar day.
    Day,
    /// Anything else.
    Other,
}

impl Holds {
    fn of(data_type: &DataType) -> Holds {
        match data_type {
            DataType::Boolean => Holds::Flag,
            DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) => Holds::Decimal(*scale),
            DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) => Holds::Decimal(*scale),
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Holds::Double,
            DataType::Null => Holds::Nothing,
            DataType::Timestamp(..) => Holds::Instant,
            DataType::Date32 | DataType::Date64 => Holds::Day,
            other if other.is_integer() => Holds::Integer,
            _ => Holds::Other,
        }
    }

    /// Whether an aggregate can count with it.
    fn is_number(self) -> bool {
        !matches!(self, Holds::Instant | Holds::Day | Holds::Other)
    }
}

/// The planned row query of one measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowQuery {
    /// The SELECT as it was written, without a closing semicolon.
    pub sql: String,
    columns: Vec<(String, Holds)>,
}

/// One thing wrong with a row query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub message: String,
    pub hint: Option<String>,
    /// Line within the row query, from 1, where it is known.
    pub line: Option<usize>,
}

impl RowQuery {
    /// Plans the row query of a measure that is no formula and looks at its columns.
    pub(crate) async fn read(session: &Session, measure: &Measure) -> std::result::Result<RowQuery, Vec<Problem>> {
        let Some(sql) = &measure.rows else {
            let message = format!("{} has no row query", measure.id);
            return Err(vec![Problem { message, hint: None, line: None }]);
        };
        let sql = sql.trim_end().trim_end_matches(';').trim_end();
        let plan = match session.plan_select(sql).await {
            Ok(plan) => plan,
            Err((error, line)) => {
                let message = error.message.trim_end_matches('.').to_owned();
                return Err(vec![Problem { message, hint: error.hint, line }]);
            }
        };
        let rows = RowQuery { sql: sql.to_owned(), columns: columns(&plan) };
        let problems = rows.problems(measure);
        if problems.is_empty() { Ok(rows) } else { Err(problems) }
    }

    /// What a column holds; `None` where there is no such column.
    pub(crate) fn holds(&self, column: &str) -> Option<Holds> {
        self.columns.iter().find(|(name, _)| name == column).map(|(_, holds)| *holds)
    }

    /// The condition that keeps the rows of `[from, to)`; without `from` everything before `to`.
    pub(crate) fn within(&self, session: &Session, from: Option<jiff::Timestamp>, to: jiff::Timestamp) -> String {
        let bound = |at| match self.holds("at") {
            Some(Holds::Day) => format!("DATE '{}'", session.calendar().local_day(at)),
            _ => quote::instant(at),
        };
        match from {
            Some(from) => format!("at >= {} AND at < {}", bound(from), bound(to)),
            None => format!("at < {}", bound(to)),
        }
    }

    fn problems(&self, measure: &Measure) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut wrong = |message: String, hint: String| {
            problems.push(Problem { message, hint: Some(hint), line: None });
        };
        let needed = needed_columns(&measure.aggregate);
        for (column, why) in
            [("key", "the id of what is counted"), ("at", "the instant that puts the row into a period")]
                .iter()
                .chain(needed)
        {
            if self.holds(column).is_none() {
                wrong(format!("the row query has no column `{column}`"), format!("add {why}: ... AS {column}"));
            }
        }
        for (column, _) in needed.iter().chain(&[("denominator", "")]) {
            if let Some(holds) = self.holds(column)
                && *column != "unit"
                && !holds.is_number()
            {
                wrong(
                    format!("`{column}` is no number"),
                    "give a number, an amount or a flag; a time span as seconds".into(),
                );
            }
        }
        if self.holds("at").is_some_and(|holds| !matches!(holds, Holds::Instant | Holds::Day | Holds::Nothing)) {
            wrong("`at` is no instant".into(), "give an instant or a day; instant('2026-03-14') reads a text".into());
        }
        for dimension in measure.dimensions.iter().filter(|name| self.holds(name).is_none()) {
            wrong(format!("the row query has no column `{dimension}`, which is one of its dimensions"), self.known());
        }
        problems
    }

    fn known(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        format!("columns are {}", names.join(", "))
    }

    /// Fails where the measure cannot be broken down by a dimension.
    pub(crate) fn check_dimension(&self, measure: &Measure, dimension: &str) -> Result<()> {
        if measure.dimensions.iter().any(|known| known == dimension) && self.holds(dimension).is_some() {
            return Ok(());
        }
        let error = Error::input(format!("{} cannot be broken down by {dimension}.", measure.id));
        Err(match measure.dimensions.as_slice() {
            [] => error.hint("it has no dimensions"),
            known => error.hint(format!("its dimensions are {}", known.join(", "))),
        })
    }
}

fn needed_columns(aggregate: &Aggregate) -> &'static [(&'static str, &'static str)] {
    match aggregate {
        Aggregate::Count | Aggregate::Formula(_) => &[],
        Aggregate::Distinct => &[("unit", "what is counted once")],
        Aggregate::Ratio => &[("numerator", "a flag or a number")],
        Aggregate::Sum | Aggregate::Mean | Aggregate::Nps | Aggregate::Quantile(_) => {
            &[("value", "the value of the row")]
        }
        Aggregate::Level => &[("value", "the change, such as +1 and -1")],
    }
}

fn columns(plan: &LogicalPlan) -> Vec<(String, Holds)> {
    let fields = plan.schema().fields();
    fields.iter().map(|field| (field.name().clone(), Holds::of(field.data_type()))).collect()
}

/// The problems of a row query as one error.
pub(crate) fn error_of(measure: &Measure, problems: &[Problem]) -> Error {
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    let error = Error::definition(format!("{}: {}.", measure.id, messages.join("; ")));
    match problems.iter().find_map(|problem| problem.hint.clone()) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
