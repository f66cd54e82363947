//! `throughline sql`: questions to the standard tables and views.

use clap::Args;
use serde_json::Value;
use throughline_engine::Result;
use throughline_engine::sql::Answer;

use crate::cli::Moment;
use crate::context::Context;
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::reply::Reply;
use crate::wire;

/// Arguments of `sql`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// One SELECT; `SHOW TABLES` lists what there is, `DESCRIBE orders` its columns
    #[arg(value_name = "SQL")]
    query: String,
    /// Most rows to show
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: usize,
    /// Show every row
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    #[command(flatten)]
    moment: Moment,
}

/// Answers one query.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let reader = context.read(&arguments.moment)?;
    let most = (!arguments.all).then_some(arguments.limit);
    let answer = reader.sql(&arguments.query, most).await?;
    context.reply(|style| page(&answer, style), || wire::sql::Table::from(&answer))
}

fn page(answer: &Answer, style: &Style) -> String {
    let mut table = Table::new();
    for column in &answer.columns {
        let numbers = ["number", "integer", "decimal"].contains(&column.kind.as_str());
        table = if numbers { table.number(&column.name) } else { table.text(&column.name) };
    }
    for row in &answer.rows {
        table.row(row.iter().map(cell));
    }
    let mut lines = table.lines(0, style);
    if table.is_empty() {
        lines.push(style.paint(Ink::Quiet, "No rows."));
    }
    if answer.cut_off {
        let note = format!("Only the first {} rows; --limit N or --all shows more.", answer.rows.len());
        lines.push(style.paint(Ink::Quiet, &note));
    }
    lines.join("\n") + "\n"
}

/// A value as it is, without rounding; nothing is a dash that no text can be mistaken for.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
