//! Measures: what there is to read, read over periods, and one number opened.

use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::CallToolResult;
use rmcp::schemars::{self, JsonSchema};
use rmcp::{tool, tool_router};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use throughline_engine::Result;

use super::Server;
use super::arguments::{Every, Moment, from};
use super::bounds::{Bound, Keep, leave_out};
use super::reply::Answer;
use crate::commands::{explain, measure};

/// Records behind a number that are shown at most.
const MOST_RECORDS: usize = 50;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct ListMeasures {
    /// Only measures of this perspective, by its id: financial, customer, internal_process, learning_growth, or one of the workspace's own.
    perspective: Option<String>,
    /// Only measures of this stage of the journey, such as purchase or support.
    stage: Option<String>,
    /// Only measures with this text in id, name, or explanation; capitals do not matter.
    search: Option<String>,
    /// Only measures that stand on the scorecard.
    #[serde(default)]
    on_scorecard: bool,
    /// Also the exact definition of each measure, in words.
    #[serde(default)]
    definitions: bool,
    #[serde(flatten)]
    moment: Moment,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct ReadMeasure {
    /// Id of the measure, as list_measures gives it.
    id: String,
    /// Length of the periods. Without it: that of the scorecard.
    every: Option<Every>,
    /// Break down by one of the measure's dimensions.
    by: Option<String>,
    /// First period or day, such as 2026-01, 2026-Q1, 2026-W05 or 2026-01-15. Without it: where data begin.
    from: Option<String>,
    /// Last period or day, included. Without it: where data end.
    to: Option<String>,
    /// Show at most so many of the last periods.
    #[serde(default = "last_periods")]
    periods: usize,
    #[serde(flatten)]
    moment: Moment,
}

fn last_periods() -> usize {
    36
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct ExplainMeasure {
    /// Id of the measure, as list_measures gives it.
    id: String,
    /// The period, such as 2026-03. Without it: the last complete one with a value that is final.
    period: Option<String>,
    /// One segment only, as dimension=value, such as channel=chat.
    segment: Option<String>,
    /// Also list so many of the records behind the number. 0 lists none.
    #[serde(default)]
    #[schemars(range(max = 50))]
    rows: usize,
    #[serde(flatten)]
    moment: Moment,
}

#[tool_router(router = measure_tools, vis = "pub(super)")]
impl Server {
    #[tool(
        title = "List measures",
        description = "Lists the measures that can be read: id, name, what each says in plain words, perspective, stage, unit, \
            which direction is better, the dimensions it can be broken down by, and whether it stands on the scorecard. Use it \
            to find the id that read_measure and explain_measure need.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn list_measures(&self, Parameters(asked): Parameters<ListMeasures>) -> CallToolResult {
        let answer = self.listed(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Read a measure",
        description = "Reads one measure period by period: value, n, 95 % interval, numerator and denominator, and whether the \
            value is mature (final). With `by` there is one reading per period and segment. Values are in the measure's unit: \
            a share is 0 to 1, a duration seconds, money the workspace's currency. Also tells how far the inputs can be \
            trusted.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn read_measure(&self, Parameters(asked): Parameters<ReadMeasure>) -> CallToolResult {
        let answer = self.readings(&asked).await;
        self.reply(answer)
    }

    #[tool(
        title = "Explain a number",
        description = "Opens one number: how it is calculated, the SQL that ran, the tables it read with how fresh they are, \
            the parts of a formula, and with `rows` the records that count, those that do not, and why. Use it when somebody \
            asks where a number comes from or doubts it.",
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn explain_measure(&self, Parameters(asked): Parameters<ExplainMeasure>) -> CallToolResult {
        let answer = self.explained(&asked).await;
        self.reply(answer)
    }
}

impl Server {
    async fn listed(&self, asked: &ListMeasures) -> Result<Answer> {
        let question: measure::All =
            from(asked, &["perspective", "stage", "search", "on_scorecard", "definitions"], &[])?;
        let mut answer = self.ask(&question).await?;
        let (mut all, mut shown) = (0, 0);
        if let Some(Value::Array(measures)) = answer.wire.get_mut("measures") {
            all = measures.len();
            measures.retain(|measure| asked.wants(measure));
            shown = measures.len();
        }
        answer.summary = format!("{shown} of {all} measures.");
        if !asked.definitions {
            leave_out(&mut answer.wire, &["measures"], &["definition"]);
            answer.left_out.push("The exact definitions are left out; `definitions` shows them.".to_owned());
        }
        let more = "`perspective`, `stage` or `search` choose among them";
        Ok(answer.within([Bound::room(&["measures"], Keep::First, more)]))
    }

    async fn readings(&self, asked: &ReadMeasure) -> Result<Answer> {
        let mut question: measure::One = from(asked, &["id", "periods"], &[])?;
        question.id.clone_from(&asked.id);
        let last = Bound::room(&["readings"], Keep::Last, "`periods`, or `from` and `to`, show others");
        let largest = Bound::room(&["readings"], Keep::Largest("/n"), "`sql` can show the others");
        Ok(self.ask(&question).await?.within([
            last.together("/period/start").at_most(asked.periods.max(1)),
            largest.together("/segment").at_most(12),
        ]))
    }

    async fn explained(&self, asked: &ExplainMeasure) -> Result<Answer> {
        let mut question: explain::One = from(asked, &["id", "rows"], &[])?;
        question.id.clone_from(&asked.id);
        question.rows = (asked.rows > 0).then_some(asked.rows.min(MOST_RECORDS));
        let more = "ask for fewer `rows` to see each in full";
        let of_parts = Bound::room(&["parts", "explanation", "records", "rows"], Keep::First, more);
        Ok(self.ask(&question).await?.within([of_parts, Bound::room(&["records", "rows"], Keep::First, more)]))
    }
}

impl ListMeasures {
    fn wants(&self, measure: &Value) -> bool {
        let text = |name: &str| measure.get(name).and_then(Value::as_str).unwrap_or_default();
        let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| text(name) == wanted);
        let mentions = |search: &String| {
            let search = search.to_lowercase();
            ["id", "name", "plain", "definition"].iter().any(|name| text(name).to_lowercase().contains(&search))
        };
        is(&self.perspective, "perspective")
            && is(&self.stage, "stage")
            && self.search.as_ref().is_none_or(mentions)
            && (!self.on_scorecard || measure.get("on_scorecard") == Some(&Value::Bool(true)))
    }
}
