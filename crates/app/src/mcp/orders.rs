//! Journeys and what came of them: retention, attribution, delivery, obstacles.

use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::CallToolResult;
use rmcp::schemars::{self, JsonSchema};
use rmcp::{tool, tool_router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use throughline_engine::Result;

use super::Server;
use super::arguments::{Every, Scope, from, question};
use super::bounds::{Bound, Keep};
use super::reply::Answer;
use super::walks::{groups, groups_in_order};
use crate::commands::journey::{attribution, delivery, pains, retention};

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Retention {
    /// Length of the periods: week, month, quarter or year.
    #[serde(default = "month")]
    #[schemars(extend("enum" = ["week", "month", "quarter", "year"]))]
    every: Every,
    /// in: who orders in the k-th period after the first order's. in_or_after: who orders in it or in any later one.
    #[serde(default)]
    variant: Variant,
    /// Show at most so many of the last cohorts.
    #[serde(default = "cohorts")]
    cohorts: usize,
    #[serde(flatten)]
    scope: Scope,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Variant {
    #[default]
    In,
    InOrAfter,
}

fn month() -> Every {
    Every::Month
}

fn cohorts() -> usize {
    24
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Attribution {
    /// Visits at most this long before an order get a part of it, such as 30d.
    #[serde(default = "window")]
    window: String,
    /// Time in which a visit loses half its weight by time decay.
    #[serde(default = "half_life")]
    half_life: String,
    #[serde(flatten)]
    scope: Scope,
}

fn window() -> String {
    "90d".to_owned()
}

fn half_life() -> String {
    "7d".to_owned()
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Delivery {
    #[serde(flatten)]
    scope: Scope,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Pains {
    /// How long later purchases are awaited after an obstacle, such as 90d.
    #[serde(default = "window")]
    horizon: String,
    /// How many obstacles are listed, those with most money at stake first.
    #[serde(default = "pains_listed")]
    top: usize,
    /// Also tell the journeys of the example customers of the obstacle of this rank, around the moment.
    show: Option<usize>,
    #[serde(flatten)]
    scope: Scope,
}

fn pains_listed() -> usize {
    10
}

#[tool_router(router = order_tools, vis = "pub(super)")]
impl Server {
    #[tool(
        title = "Journey: retention",
        description = "Of the customers who ordered for the first time in a period, how many order again in each period after \
            it. `cohorts` has one row per period of the first order with cells by offset (0 is everybody); a cell that is not \
            `complete` can still grow. `all` pools the complete cells. `from` and `to` choose cohorts.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn journey_retention(&self, Parameters(asked): Parameters<Retention>) -> CallToolResult {
        let answer = self.retention(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Journey: attribution",
        description = "Shares orders and their money among the channels of the visits before them, by six rules side by side: \
            first, last, linear, position, time decay and Markov (removal effect). They are rules and not causes: name the rule \
            with the number, and never say that a channel caused orders. `from` and `to` choose orders by their date.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn journey_attribution(&self, Parameters(asked): Parameters<Attribution>) -> CallToolResult {
        let answer = self.attribution(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Journey: delivery",
        description = "Holds deliveries against promises: how many were kept, how late the others were, and what followed by \
            lateness: tickets and scores within 30 days, another order within 90. It describes and is no proof of a cause. \
            `from` and `to` choose orders by when they were placed.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn journey_delivery(&self, Parameters(asked): Parameters<Delivery>) -> CallToolResult {
        let answer = self.delivery(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Journey: obstacles",
        description = "Obstacles found in the way of customers: repeated contact, long waits, falling scores, loops, and places \
            where more drop off than elsewhere. Of each: whom it met, whether they bought less often within the horizon than \
            comparable customers, with a 95 % interval, and what that is worth. `words` says it in a sentence; `finding` \
            no_difference_shown means just that. `from` and `to` choose obstacles by when they began.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn journey_pains(&self, Parameters(asked): Parameters<Pains>) -> CallToolResult {
        let answer = self.pains(&asked).await;
        self.reply(answer)
    }
}

impl Server {
    async fn retention(&self, asked: &Retention) -> Result<Answer> {
        let mut options = serde_json::to_value(asked)?;
        // The command line joins the words of a value by hyphens.
        if let (Variant::InOrAfter, Value::Object(options)) = (asked.variant, &mut options) {
            options.insert("variant".to_owned(), json!("in-or-after"));
        }
        let question: retention::Arguments = from(&options, &["cohorts"], &[])?;
        let cells = "`every` quarter has fewer; `all` pools them";
        Ok(self.ask(&question).await?.within([
            Bound::room(&["groups", "cohorts"], Keep::Last, "`cohorts`, or `from` and `to`, show others")
                .at_most(asked.cohorts.max(1)),
            Bound::room(&["groups", "cohorts", "cells"], Keep::First, cells).at_most(13),
            groups("/customers"),
        ]))
    }

    async fn attribution(&self, asked: &Attribution) -> Result<Answer> {
        let question: attribution::Journeys = question(asked)?;
        let channels =
            Bound::room(&["groups", "channels"], Keep::Largest("/linear/conversions"), "the others got less");
        Ok(self.ask(&question).await?.within([channels.at_most(20), groups("/conversions")]))
    }

    async fn delivery(&self, asked: &Delivery) -> Result<Answer> {
        let question: delivery::Arguments = question(asked)?;
        Ok(self.ask(&question).await?.within([groups("/orders")]))
    }

    async fn pains(&self, asked: &Pains) -> Result<Answer> {
        let question: pains::Arguments = question(asked)?;
        Ok(self.ask(&question).await?.within([
            Bound::room(
                &["groups", "stories", "touchpoints"],
                Keep::First,
                "ask without `show` for the obstacles alone",
            ),
            Bound::room(&["groups", "pains", "examples"], Keep::First, "`show` tells the journeys of the examples"),
            Bound::room(&["groups", "pains"], Keep::First, "`top` shows more").at_most(asked.top),
            groups_in_order(),
        ]))
    }
}
