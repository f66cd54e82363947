//! What moved, and why.

use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::CallToolResult;
use rmcp::schemars::{self, JsonSchema};
use rmcp::{tool, tool_router};
use serde::{Deserialize, Serialize};
use throughline_engine::Result;

use super::Server;
use super::arguments::{Moment, from};
use super::bounds::{Bound, Keep};
use super::reply::Answer;
use crate::commands::moved;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct MeasureMoved {
    /// Id of the measure, as list_measures gives it.
    id: String,
    /// The later period, such as 2026-03. Without it: the last complete one with a value that is final.
    period: Option<String>,
    /// The earlier period. Without it: the one before.
    against: Option<String>,
    /// When the answer about the earlier period was given: a day, a local time or an instant. Without it: the end of that period.
    known_at: Option<String>,
    /// Split by this dimension only. Without it: by all, the one that tells most first.
    by: Option<String>,
    #[serde(flatten)]
    moment: Moment,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct ScorecardMoved {
    /// The later period, such as 2026-03. Without it: the one that scorecard would show.
    period: Option<String>,
    /// The earlier period. Without it: the one before.
    against: Option<String>,
    /// When the answer about the earlier period was given: a day, a local time or an instant. Without it: the end of that period.
    known_at: Option<String>,
    #[serde(flatten)]
    moment: Moment,
}

#[tool_router(router = moved_tools, vis = "pub(super)")]
impl Server {
    #[tool(
        title = "What moved a measure",
        description = "Why a measure changed between two periods: by changed definitions, by data that came late or were \
            corrected, and by what happened, split by each dimension into mix (what weighs more or less) and rate (what changed \
            within), or a formula by its inputs. All parts add up to the change. They describe the change and prove no cause.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn measure_moved(&self, Parameters(asked): Parameters<MeasureMoved>) -> CallToolResult {
        let answer = self.moved_measure(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "What moved the scorecard",
        description = "Why the score of the whole changed between two periods: the points of each measure, by what happened, by \
            late data and by changed definitions, targets and weights, adding up to the change. measure_moved opens one of them.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn scorecard_moved(&self, Parameters(asked): Parameters<ScorecardMoved>) -> CallToolResult {
        let answer = self.moved_scorecard(&asked).await;
        self.reply(answer)
    }
}

impl Server {
    async fn moved_measure(&self, asked: &MeasureMoved) -> Result<Answer> {
        let mut question: moved::One = from(asked, &["id"], &[])?;
        question.id.clone_from(&asked.id);
        let parts = Bound::room(&["splits", "parts"], Keep::First, "`by` shows one dimension");
        Ok(self.ask(&question).await?.within([parts, Bound::room(&["splits"], Keep::First, "`by` shows another")]))
    }

    async fn moved_scorecard(&self, asked: &ScorecardMoved) -> Result<Answer> {
        let question: moved::Whole = from(asked, &[], &[])?;
        let measures = Bound::room(&["measures"], Keep::First, "measure_moved opens any measure");
        Ok(self.ask(&question).await?.within([measures]))
    }
}
