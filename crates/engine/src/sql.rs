//! Questions in SQL: one SELECT at a time, read only.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Field};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use futures::TryStreamExt;
use serde_json::{Map, Value};

use crate::personal::personal_columns;
use crate::session::{Joins, Session, caught, hints};
use crate::{Error, Result};

/// Digits that a double holds exactly; a decimal with more stays a text in JSON.
const EXACT_DIGITS: usize = 15;

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Its name.
    pub name: String,
    /// What it holds: text, instant, day, number, integer, decimal, flag, or the engine's own name.
    pub kind: String,
    /// Whether its values may say who somebody is, under whatever name.
    pub personal: bool,
}

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The columns, in order.
    pub columns: Vec<AnswerColumn>,
    /// The rows: numbers, texts, flags, null; instants and days as ISO 8601 text. Decimals are numbers
    /// where a double holds them exactly, else text.
    pub rows: Vec<Vec<Value>>,
    /// Whether there were more rows than asked for.
    pub cut_off: bool,
}

impl Session {
    /// Plans exactly one SELECT, EXPLAIN, SHOW or DESCRIBE; whatever would change or write something is
    /// refused. The error comes with its line in the SQL where that is known.
    pub(crate) async fn plan_select(&self, sql: &str) -> std::result::Result<LogicalPlan, (Error, Option<usize>)> {
        let planned = self.plan_checked(sql).await;
        planned.map_err(|error| {
            let line = hints::position(&error).and_then(|(line, _)| usize::try_from(line).ok());
            (hints::planning_error(&error), line)
        })
    }

    async fn plan_checked(&self, sql: &str) -> datafusion::common::Result<LogicalPlan> {
        let state = self.context().state();
        let dialect = state.config_options().sql_parser.dialect;
        let statement = state.sql_to_statement(sql, &dialect)?;
        if !reads_only(&statement) {
            return Err(Error::input("Only queries are answered here: nothing can be written or set.")
                .hint("begin with SELECT or WITH")
                .into());
        }
        let plan = state.statement_to_plan(statement).await?;
        let nothing_else = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        nothing_else.verify_plan(&plan)?;
        Ok(plan)
    }

    /// Answers one query with at most `most` rows (all without a limit).
    ///
    /// Errors: SQL that cannot be read, names that do not exist (with what was probably meant), anything
    /// that would write, and more memory than the session may use.
    pub async fn sql(&self, sql: &str, most: Option<usize>) -> Result<Answer> {
        let plan = self.plan_select(sql).await.map_err(|(error, _)| error)?;
        let columns = plan.schema().fields().iter().zip(personal_columns(&plan));
        let column = |(field, personal): (&Arc<Field>, bool)| AnswerColumn {
            name: field.name().clone(),
            kind: kind(field.data_type()),
            personal,
        };
        let columns: Vec<AnswerColumn> = columns.map(column).collect();
        let plan = limited(plan, most)?;
        match caught(self.answer(plan.clone(), &columns, most, Joins::Hash)).await {
            Err(error) if hints::is_out_of_memory(&error) => {
                caught(self.answer(plan, &columns, most, Joins::Merge)).await
            }
            answer => answer,
        }
    }

    async fn answer(
        &self,
        plan: LogicalPlan,
        columns: &[AnswerColumn],
        most: Option<usize>,
        joins: Joins,
    ) -> Result<Answer> {
        let mut answer = Answer { columns: columns.to_vec(), rows: Vec::new(), cut_off: false };
        let mut stream = self.stream(plan, joins).await?;
        while let Some(batch) = stream.try_next().await.map_err(|error| hints::running_error(&error))? {
            let room = most.map_or(usize::MAX, |most| most.saturating_sub(answer.rows.len()));
            answer.cut_off |= batch.num_rows() > room;
            answer.rows.extend(values(&batch.slice(0, batch.num_rows().min(room)))?);
        }
        Ok(answer)
    }
}

/// The plan with one row more than asked for, to know whether there are more.
fn limited(plan: LogicalPlan, most: Option<usize>) -> Result<LogicalPlan> {
    let whole = matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_));
    match most.filter(|_| !whole) {
        Some(most) => Ok(LogicalPlanBuilder::from(plan).limit(0, Some(most.saturating_add(1)))?.build()?),
        None => Ok(plan),
    }
}

fn reads_only(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(statement) => matches!(
            statement.as_ref(),
            ast::Statement::Query(_)
                | ast::Statement::ExplainTable { .. }
                | ast::Statement::ShowTables { .. }
                | ast::Statement::ShowColumns { .. }
                | ast::Statement::ShowFunctions { .. }
        ),
        Statement::Explain(explain) => reads_only(&explain.statement),
        _ => false,
    }
}

pub(crate) fn kind(data_type: &DataType) -> String {
    let name = match data_type {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "text",
        DataType::Timestamp(..) => "instant",
        DataType::Date32 | DataType::Date64 => "day",
        DataType::Float16 | DataType::Float32 | DataType::Float64 => "number",
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            "decimal"
        }
        DataType::Boolean => "flag",
        other if other.is_integer() => "integer",
        other => return other.to_string(),
    };
    name.to_owned()
}

/// The rows of a batch.
pub(crate) fn values(batch: &RecordBatch) -> Result<Vec<Vec<Value>>> {
    let columns = batch.columns().iter().map(column_values).collect::<Result<Vec<_>>>()?;
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    Ok((0..batch.num_rows()).map(|_| columns.iter_mut().filter_map(Iterator::next).collect()).collect())
}

fn column_values(column: &ArrayRef) -> Result<Vec<Value>> {
    let options = FormatOptions::new().with_display_error(true);
    let formatter = ArrayFormatter::try_new(column, &options)?;
    let text = |row: usize| formatter.value(row).to_string();
    (0..column.len()).map(|row| if column.is_null(row) { Ok(Value::Null) } else { value(column, row, &text) }).collect()
}

fn value(column: &ArrayRef, row: usize, text: &dyn Fn(usize) -> String) -> Result<Value> {
    Ok(match column.data_type() {
        DataType::Boolean => Value::Bool(column.as_boolean().value(row)),
        DataType::Decimal128(..) => decimal(column.as_primitive::<Decimal128Type>().value_as_string(row)),
        DataType::Decimal256(..) => decimal(column.as_primitive::<Decimal256Type>().value_as_string(row)),
        DataType::List(_) => Value::Array(column_values(&column.as_list::<i32>().value(row))?),
        DataType::Struct(fields) => {
            let parts = column.as_struct().columns().iter().zip(fields).map(|(part, field)| {
                Ok((
                    field.name().clone(),
                    column_values(&part.slice(row, 1))?.into_iter().next().unwrap_or(Value::Null),
                ))
            });
            Value::Object(parts.collect::<Result<Map<String, Value>>>()?)
        }
        // NaN and the infinities are no JSON numbers and stay text.
        kind if kind.is_numeric() => serde_json::from_str(&text(row)).unwrap_or_else(|_| Value::String(text(row))),
        _ => Value::String(text(row)),
    })
}

fn decimal(digits: String) -> Value {
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    let number = digits.parse::<f64>().ok().filter(|_| count <= EXACT_DIGITS);
    number.and_then(serde_json::Number::from_f64).map_or(Value::String(digits), Value::Number)
}

impl Answer {
    /// One object per row.
    pub fn to_json(&self) -> Value {
        let object = |row: &Vec<Value>| {
            let pairs = self.columns.iter().zip(row).map(|(column, value)| (column.name.clone(), value.clone()));
            Value::Object(pairs.collect())
        };
        Value::Array(self.rows.iter().map(object).collect())
    }

    /// A plain table: a line of names, a line of dashes, a line per row; numbers to the right.
    pub fn to_text(&self) -> String {
        let mut lines = vec![self.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()];
        lines.extend(self.rows.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>()));
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        lines.insert(1, widths.iter().map(|width| "-".repeat(*width)).collect());
        let mut text = String::new();
        for line in &lines {
            let cells = line.iter().zip(&widths).zip(&self.columns).map(|((cell, width), column)| {
                let right = matches!(column.kind.as_str(), "number" | "integer" | "decimal");
                if right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace(['\n', '\r'], " "),
        other => other.to_string(),
    }
}
