//! Questions about journeys as table functions of SQL, one file each: `SELECT * FROM journey_funnel('visit, order')`.

mod answer;
mod attribution;
mod conformance;
mod delivery;
mod funnel;
mod lifecycle;
mod pains;
mod paths;
mod retention;
mod stages;
mod transitions;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{MemTable, Session as QuerySession, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{DataFusionError, Result as DataFusionResult, ScalarValue, plan_err};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;

use throughline_model::Grain;

use crate::session::{Asker, Session};
use crate::{Error, Result};

/// A question that SQL can ask.
#[async_trait]
pub(crate) trait Question: fmt::Debug + Send + Sync {
    /// Name of the function.
    fn name(&self) -> &'static str;

    /// Its arguments, as a user reads them; those in brackets may be left out.
    fn usage(&self) -> &'static str;

    /// Columns of the answer.
    fn schema(&self) -> SchemaRef;

    /// The answer. `arguments` are as many as the call gave, at most as many as `usage` names.
    async fn answer(&self, session: &Session, arguments: &[String]) -> Result<RecordBatch>;
}

/// All questions.
pub(crate) fn questions() -> Vec<Arc<dyn Question>> {
    vec![
        Arc::new(attribution::JourneyAttribution),
        Arc::new(conformance::JourneyConformance),
        Arc::new(delivery::JourneyDelivery),
        Arc::new(funnel::JourneyFunnel),
        Arc::new(lifecycle::JourneyLifecycle),
        Arc::new(pains::JourneyPains),
        Arc::new(paths::JourneyPaths),
        Arc::new(retention::JourneyRetention),
        Arc::new(stages::JourneyStages),
        Arc::new(transitions::JourneyTransitions),
    ]
}

/// A question as a table function of one session.
#[derive(Debug)]
pub(crate) struct JourneyFunction {
    question: Arc<dyn Question>,
    asker: Asker,
}

impl JourneyFunction {
    /// The question, asked of the session that `asker` finds.
    pub(crate) fn new(question: Arc<dyn Question>, asker: Asker) -> Self {
        JourneyFunction { question, asker }
    }
}

impl TableFunctionImpl for JourneyFunction {
    fn call_with_args(&self, arguments: TableFunctionArgs) -> DataFusionResult<Arc<dyn TableProvider>> {
        let usage = self.question.usage();
        let most = if usage.is_empty() { 0 } else { usage.split(',').count() };
        let least = usage.split(',').filter(|name| !name.contains('[') && !name.trim().is_empty()).count();
        let given = arguments.exprs().iter().map(text).collect::<Option<Vec<String>>>();
        match given {
            Some(given) if (least..=most).contains(&given.len()) => {
                Ok(Arc::new(Answer { question: self.question.clone(), asker: self.asker.clone(), arguments: given }))
            }
            _ => plan_err!("{}({usage}) takes texts and numbers as they stand", self.question.name()),
        }
    }
}

/// A constant as text.
fn text(argument: &Expr) -> Option<String> {
    match argument {
        Expr::Literal(value, _) if !value.is_null() => match value {
            ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) | ScalarValue::LargeUtf8(Some(text)) => {
                Some(text.clone())
            }
            other => Some(other.to_string()),
        },
        _ => None,
    }
}

/// Days of a window as microseconds.
fn days(text: &str, what: &str) -> Result<i64> {
    const DAY: f64 = 86_400e6;
    match text.trim().parse::<f64>() {
        Ok(days) if days > 0.0 && days < 1e6 => Ok((days * DAY) as i64),
        _ => Err(Error::input(format!("`{text}` is no {what} in days.")).hint("a number above 0, such as 30")),
    }
}

/// A whole number.
fn whole(text: &str, what: &str) -> Result<usize> {
    text.trim().parse().map_err(|_| Error::input(format!("`{text}` is no {what}.")).hint("a whole number, such as 20"))
}

/// The length of periods.
fn grain(text: &str) -> Result<Grain> {
    text.parse().map_err(|error: String| Error::input(error))
}

/// The answer to a question, which is found when it is read.
struct Answer {
    question: Arc<dyn Question>,
    asker: Asker,
    arguments: Vec<String>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.question.name(), self.arguments.join(", "))
    }
}

#[async_trait]
impl TableProvider for Answer {
    fn schema(&self) -> SchemaRef {
        self.question.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        state: &dyn QuerySession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let session = self.asker.session()?;
        let rows = self.question.answer(&session, &self.arguments).await;
        let rows = rows.map_err(|error| DataFusionError::External(Box::new(error)))?;
        MemTable::try_new(self.schema(), vec![vec![rows]])?.scan(state, projection, filters, limit).await
    }
}
