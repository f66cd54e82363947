//! The scorecard.

use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::CallToolResult;
use rmcp::schemars::{self, JsonSchema};
use rmcp::{tool, tool_router};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use throughline_engine::{Error, Result};

use super::Server;
use super::arguments::{Moment, from};
use super::bounds::{Bound, Keep, leave_out};
use super::reply::Answer;
use crate::commands;

/// Way to the measures of a scorecard.
const MEASURES: [&str; 3] = ["perspectives", "objectives", "measures"];

/// How much is told of each measure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Detail {
    #[default]
    Short,
    Full,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Scorecard {
    /// The period, such as 2026-03. Without it: the last complete one that most measures have enough final data for.
    period: Option<String>,
    /// Only this perspective, by its id: financial, customer, internal_process, learning_growth, or one of the workspace's own.
    perspective: Option<String>,
    /// short: value, target, score and status of each measure. full: also the period before, history, trend, benchmarks,
    /// segments, trust, and the grid of stages by perspectives.
    #[serde(default)]
    detail: Detail,
    /// With full detail, how many of the last periods the history of each measure has.
    #[serde(default = "last_periods")]
    history: usize,
    #[serde(flatten)]
    moment: Moment,
}

fn last_periods() -> usize {
    6
}

#[tool_router(router = scorecard_tools, vis = "pub(super)")]
impl Server {
    #[tool(
        title = "Scorecard",
        description = "Where the company stands in a period: one sentence for the whole, then perspectives, objectives and \
            measures with value, target, score (0 to 120, 100 is on target) and status, and what moved since the period before. \
            Begin here. A score is null where coverage is too low; `reason` says why a measure is not scored. Ask again with \
            `perspective` and full detail to go deeper.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn scorecard(&self, Parameters(asked): Parameters<Scorecard>) -> CallToolResult {
        let answer = self.card(&asked).await;
        self.reply(answer)
    }
}

impl Server {
    async fn card(&self, asked: &Scorecard) -> Result<Answer> {
        let question: commands::scorecard::Arguments = from(asked, &["perspective", "detail", "history"], &[])?;
        let mut answer = self.ask(&question).await?;
        if let Some(headline) = answer.wire.get("headline").and_then(Value::as_str) {
            answer.summary = headline.to_owned();
        }
        if let Some(wanted) = &asked.perspective {
            only(&mut answer, wanted)?;
        }
        if asked.detail == Detail::Short {
            leave_out(
                &mut answer.wire,
                &MEASURES,
                &["before", "history", "benchmarks", "trend", "segments", "trust", "owner"],
            );
            leave_out(&mut answer.wire, &[], &["grid"]);
            let note = "Of each measure, the period before, history, trend, benchmarks, segments and trust are left out, and so \
                        is the grid of stages; `detail` full shows them.";
            answer.left_out.push(note.to_owned());
        }
        Ok(answer.within(bounds(asked.history.max(1))))
    }
}

fn bounds(history: usize) -> [Bound; 5] {
    let of_measures = "`perspective` shows one perspective in full";
    [
        Bound::room(
            &["perspectives", "objectives", "measures", "history"],
            Keep::Last,
            "`history` and read_measure show more",
        )
        .at_most(history),
        Bound::room(
            &["perspectives", "objectives", "measures", "segments"],
            Keep::First,
            "read_measure with `by` shows more",
        ),
        Bound::room(&["moves"], Keep::First, of_measures).at_most(12),
        Bound::room(&["grid"], Keep::First, of_measures),
        Bound::room(&["perspectives", "objectives", "measures"], Keep::Largest("/share_of_whole"), of_measures),
    ]
}

/// Leaves the other perspectives out.
fn only(answer: &mut Answer, wanted: &str) -> Result<()> {
    let Some(Value::Array(perspectives)) = answer.wire.get_mut("perspectives") else { return Ok(()) };
    let id = |perspective: &Value| perspective.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let known: Vec<String> = perspectives.iter().map(id).collect();
    if !known.iter().any(|known| known == wanted) {
        let error = Error::input(format!("There is no perspective `{wanted}` on this scorecard."));
        return Err(error.hint(format!("It has {}.", known.join(", "))));
    }
    perspectives.retain(|perspective| id(perspective) == wanted);
    answer.left_out.push(format!("Perspectives other than {wanted} are left out."));
    Ok(())
}
