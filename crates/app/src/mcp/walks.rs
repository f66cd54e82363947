//! Journeys as ways from touchpoint to touchpoint: overview, funnel, transitions, paths.

use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::CallToolResult;
use rmcp::schemars::{self, JsonSchema};
use rmcp::{tool, tool_router};
use serde::{Deserialize, Serialize};
use throughline_engine::Result;

use super::Server;
use super::arguments::{Case, Scope, Steps, from, question};
use super::bounds::{Bound, Keep};
use super::reply::Answer;
use crate::commands::journey::{funnel, overview, paths, transitions};

/// Groups of a breakdown that are shown at most.
pub(super) const GROUPS: usize = 12;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Overview {
    /// Whose journeys: those of customers, or those of support tickets.
    #[serde(default)]
    case: Case,
    /// How many kinds of touchpoints are listed of each stage. Without it: 4, and none with `by`.
    top: Option<usize>,
    #[serde(flatten)]
    scope: Scope,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Funnel {
    /// 2 to 32 steps in order. A step is a kind of touchpoint, such as product_viewed or order (journey_overview and
    /// journey_transitions name those there are); several kinds as one step are joined by |, and can be named: look=view|search.
    #[schemars(length(min = 2, max = 32))]
    steps: Vec<String>,
    /// ordered: in this order, with anything between. strict: nothing between. any_order: in any order.
    #[serde(default)]
    mode: Mode,
    /// Longest time from entering to the last step, such as 30d, 12h or 1h 30m. Without it: any.
    window: Option<String>,
    /// Which entries of a person count: the one that comes furthest, the first, or every one.
    #[serde(default)]
    repeat: Repeat,
    /// Also how long each step takes.
    #[serde(default)]
    times: bool,
    /// Whose journeys: those of customers, or those of support tickets.
    #[serde(default)]
    case: Case,
    #[serde(flatten)]
    scope: Scope,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Mode {
    #[default]
    Ordered,
    Strict,
    AnyOrder,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Repeat {
    #[default]
    Best,
    First,
    Every,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Transitions {
    /// What a step is: the kind of the touchpoint, its stage, or its channel.
    #[serde(default)]
    steps: Steps,
    /// A pause longer than this ends a journey, such as 30m or 12h. Without it: none does.
    cut: Option<String>,
    /// Also the time within which nine of ten go on.
    #[serde(default)]
    p90: bool,
    /// How many transitions are listed, the most frequent first.
    #[serde(default = "transitions_listed")]
    top: usize,
    /// Whose journeys: those of customers, or those of support tickets.
    #[serde(default)]
    case: Case,
    #[serde(flatten)]
    scope: Scope,
}

fn transitions_listed() -> usize {
    20
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Paths {
    /// What a step is: the kind of the touchpoint, its stage, or its channel.
    #[serde(default)]
    steps: Steps,
    /// Count the same step several times in a row once.
    #[serde(default)]
    collapse: bool,
    /// Begin each path at the first time of this step; people without it have none.
    from_step: Option<String>,
    /// End each path at the first time of this step.
    until_step: Option<String>,
    /// Most steps of a path; longer ones are cut there.
    #[serde(default = "longest")]
    longest: usize,
    /// How many paths are listed, the most frequent first.
    #[serde(default = "paths_listed")]
    top: usize,
    /// Compare two groups of a breakdown, as breakdown=first,second: segment=retail,trade. Not together with `by`.
    compare: Option<String>,
    /// Whose journeys: those of customers, or those of support tickets.
    #[serde(default)]
    case: Case,
    #[serde(flatten)]
    scope: Scope,
}

fn longest() -> usize {
    50
}

fn paths_listed() -> usize {
    10
}

#[tool_router(router = walk_tools, vis = "pub(super)")]
impl Server {
    #[tool(
        title = "Journey: overview",
        description = "The journey at a glance, stage by stage: how many people are in each, who moved on to a later stage and \
            after how long, who dropped off there for good, who came back or passed over it, how people feel (mean from -2 to \
            2), and the touchpoints that happen most with what follows them. `from` and `to` narrow touchpoints.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn journey_overview(&self, Parameters(asked): Parameters<Overview>) -> CallToolResult {
        let answer = self.overview(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Journey: funnel",
        description = "How far people come along steps that you name: how many entered with the first step, how many reached \
            each next one, as shares of those who entered and of the step before, with 95 % intervals. Entries whose window is \
            still open where the data end are left out and counted as `open`. `from` and `to` choose entries by their date.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn journey_funnel(&self, Parameters(asked): Parameters<Funnel>) -> CallToolResult {
        let answer = self.funnel(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Journey: transitions",
        description = "Which touchpoint follows which: how often, as a share of all ways on from there, for how many people and \
            after how long (median); and after which steps nothing follows. `from` and `to` narrow the touchpoint that is left.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn journey_transitions(&self, Parameters(asked): Parameters<Transitions>) -> CallToolResult {
        let answer = self.transitions(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Journey: paths",
        description = "The whole sequences of steps that people go through, the most frequent first, with the share of people \
            who take each and the median time from first to last; and the flow between the first eight positions. With `compare`, \
            in which paths two groups differ most. Paths of kinds are long and rarely alike: steps by stage, `collapse`, \
            `from_step` and `until_step` bring alike ones together.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn journey_paths(&self, Parameters(asked): Parameters<Paths>) -> CallToolResult {
        let answer = self.paths(&asked).await;
        self.reply(answer)
    }
}

impl Server {
    async fn overview(&self, asked: &Overview) -> Result<Answer> {
        let question: overview::Arguments = question(asked)?;
        let top = asked.top.unwrap_or(if asked.scope.by.is_none() { 4 } else { 0 });
        let kinds = Keep::Largest("/touchpoints");
        Ok(self.ask(&question).await?.within([
            Bound::room(&["groups", "stages", "kinds"], kinds, "`top` shows more").at_most(top),
            Bound::room(&["groups", "without_stage"], kinds, "`sql` over touchpoints shows the others").at_most(10),
            groups("/cases"),
        ]))
    }

    async fn funnel(&self, asked: &Funnel) -> Result<Answer> {
        let question: funnel::Arguments = from(asked, &["steps"], &asked.steps)?;
        Ok(self.ask(&question).await?.within([groups("/cases")]))
    }

    async fn transitions(&self, asked: &Transitions) -> Result<Answer> {
        let question: transitions::Arguments = question(asked)?;
        Ok(self.ask(&question).await?.within([
            Bound::room(&["groups", "transitions"], Keep::First, "`top` shows more").at_most(asked.top),
            Bound::room(
                &["groups", "steps"],
                Keep::Largest("/exits"),
                "`sql` with journey_transitions() shows the others",
            )
            .at_most(30),
            groups_in_order(),
        ]))
    }

    async fn paths(&self, asked: &Paths) -> Result<Answer> {
        let question: paths::Arguments = question(asked)?;
        Ok(self.ask(&question).await?.within([
            Bound::room(
                &["groups", "flow"],
                Keep::Largest("/cases"),
                "a smaller `longest` or steps by stage have fewer",
            )
            .at_most(60),
            Bound::room(&["groups", "paths"], Keep::First, "a smaller `longest` makes room"),
            groups("/cases"),
        ]))
    }
}

/// The largest groups of a breakdown.
pub(super) fn groups(by: &'static str) -> Bound {
    Bound::room(&["groups"], Keep::Largest(by), "`sql` can show the others").at_most(GROUPS)
}

/// The first groups of a breakdown, where none is larger than another.
pub(super) fn groups_in_order() -> Bound {
    Bound::room(&["groups"], Keep::First, "`sql` can show the others").at_most(GROUPS)
}
