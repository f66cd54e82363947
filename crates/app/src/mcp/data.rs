//! The data themselves: where they come from, and questions in SQL.

use std::time::Duration;

use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::CallToolResult;
use rmcp::schemars::{self, JsonSchema};
use rmcp::{tool, tool_router};
use serde::{Deserialize, Serialize};
use throughline_engine::sql::Answer as Table;
use throughline_engine::{Error, Result};

use super::Server;
use super::arguments::{Linking, Moment, question};
use super::bounds::{Bound, Keep};
use super::reply::Answer;
use crate::commands::sources;
use crate::wire;

/// Rows and seconds that a query may take at most, whatever is asked for.
const MOST_ROWS: usize = 1000;
const MOST_SECONDS: u64 = 120;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct ListSources {
    #[serde(flatten)]
    moment: Moment,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Sql {
    /// One SELECT (or WITH … SELECT). SHOW TABLES lists the tables, DESCRIBE orders the columns of one.
    query: String,
    /// Most rows of the answer, up to 1000.
    #[serde(default = "rows")]
    #[schemars(range(min = 1, max = 1000))]
    limit: usize,
    /// The query is stopped after so many seconds, at most 120.
    #[serde(default = "seconds")]
    #[schemars(range(min = 1, max = 120))]
    seconds: u64,
    #[serde(flatten)]
    moment: Moment,
}

fn rows() -> usize {
    100
}

fn seconds() -> u64 {
    30
}

#[tool_router(router = data_tools, vis = "pub(super)")]
impl Server {
    #[tool(
        title = "List sources",
        description = "Where the data come from and how far they can be trusted: every source of every table with its rows, \
            first and last record, age against its own rhythm (`stale`), lateness, completeness, validity and uniqueness. Use \
            it before relying on a number that looks odd.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn list_sources(&self, Parameters(asked): Parameters<ListSources>) -> CallToolResult {
        let answer = self.sources(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Ask in SQL",
        description = "Answers one read-only SELECT over the standard tables and derived views (DataFusion SQL, close to \
            PostgreSQL's). Use it only for what no other tool answers: measures, funnels and retention have definitions that SQL \
            written by hand rarely repeats. The resource throughline://docs/tables lists tables and columns; order_facts, \
            ticket_facts, feedback_facts, customer_facts, sessions and touchpoints are the ones to begin with. Add up in SQL \
            instead of asking for many rows. Unless the server was started unmasked, values that name people are replaced by \
            masked-N; counts and groupings by them work.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn sql(&self, Parameters(asked): Parameters<Sql>) -> CallToolResult {
        let answer = self.table(&asked).await;
        self.reply(answer)
    }
}

impl Server {
    async fn sources(&self, asked: &ListSources) -> Result<Answer> {
        let question: sources::Arguments = question(asked)?;
        let more = "`sql` over the tables shows others";
        let older = "`throughline sources --json` lists all";
        let failed = Bound::room(&["failed_checks"], Keep::Last, older).at_most(40);
        Ok(self.ask(&question).await?.within([failed, Bound::room(&["sources"], Keep::First, more)]))
    }

    async fn table(&self, asked: &Sql) -> Result<Answer> {
        let linking = match asked.moment.linking {
            Linking::Strict => throughline_engine::Linking::Strict,
            Linking::Loose => throughline_engine::Linking::Loose,
        };
        let moment = crate::cli::Moment { as_of: asked.moment.as_of.clone(), working: false, linking };
        let reader = self.reader(&moment)?;
        let (limit, seconds) = (asked.limit.clamp(1, MOST_ROWS), asked.seconds.clamp(1, MOST_SECONDS));
        let asking = reader.sql(&asked.query, Some(limit));
        let found = self.compute.within(Duration::from_secs(seconds), asking).await.ok_or_else(|| {
            Error::input(format!("The query took longer than {seconds} s and was stopped."))
                .hint("Narrow it in time, add up in smaller steps, or ask for more `seconds` (at most 120).")
        })??;
        let found = self.masked(found);
        let summary = match (found.rows.len(), found.cut_off) {
            (0, _) => "No rows.".to_owned(),
            (1, false) => "1 row.".to_owned(),
            (count, false) => format!("{count} rows."),
            (count, true) => format!("Only the first {count} rows; `limit` shows up to {MOST_ROWS}."),
        };
        let more = "ask for fewer columns, or add up in SQL";
        let answer = Answer::new(summary, serde_json::to_value(wire::sql::Table::from(&found))?);
        Ok(answer.within([Bound::room(&["rows"], Keep::First, more)]))
    }

    /// The table without the values that may say who somebody is.
    fn masked(&self, mut found: Table) -> Table {
        let Some(masks) = &self.masks else { return found };
        let personal: Vec<bool> = found.columns.iter().map(|column| column.personal).collect();
        for row in &mut found.rows {
            row.iter_mut().zip(&personal).filter(|(_, personal)| **personal).for_each(|(cell, _)| masks.cell(cell));
        }
        found
    }
}
