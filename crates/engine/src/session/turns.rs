//! Joins that let others have their turn. A join can make many rows of few, and a nested loop can work for hours and
//! make none: between two rows that it reads it asks nobody whether to go on. Such a query would keep its thread, so that
//! nothing else is answered and the query itself cannot be stopped. What joins read and write therefore pauses.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
    replace_children_if_necessary,
};
use futures::{Stream, StreamExt};

/// Puts pauses around the joins of a plan.
#[derive(Debug)]
pub(super) struct TakeTurns;

impl PhysicalOptimizerRule for TakeTurns {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = plan.transform_up(|plan| {
            if plan.is::<NestedLoopJoinExec>() {
                let inputs = plan.children().into_iter().map(|input| Pausing::around(Arc::clone(input))).collect();
                let paused = replace_children_if_necessary(plan, inputs)?;
                return Ok(Transformed::yes(Arc::new(CooperativeExec::new(paused)) as _));
            }
            let joins = plan.is::<CrossJoinExec>() || plan.is::<HashJoinExec>() || plan.is::<SortMergeJoinExec>();
            Ok(if joins { Transformed::yes(Arc::new(CooperativeExec::new(plan)) as _) } else { Transformed::no(plan) })
        })?;
        Ok(plan.data)
    }

    fn name(&self) -> &'static str {
        "take_turns"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// What another plan gives, with a pause after each batch: every one may cost its reader a second.
#[derive(Debug)]
struct Pausing {
    input: Arc<dyn ExecutionPlan>,
}

impl Pausing {
    fn around(input: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
        Arc::new(Pausing { input })
    }
}

impl DisplayAs for Pausing {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pausing")
    }
}

impl ExecutionPlan for Pausing {
    fn name(&self) -> &'static str {
        "Pausing"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(children.into_iter().next().map_or(self, Pausing::around))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        Ok(Box::pin(Pauses { rows: self.input.execute(partition, context)?, owed: false }))
    }
}

struct Pauses {
    rows: SendableRecordBatchStream,
    owed: bool,
}

impl Stream for Pauses {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.owed) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let batch = self.rows.poll_next_unpin(context);
        self.owed = matches!(batch, Poll::Ready(Some(_)));
        batch
    }
}

impl RecordBatchStream for Pauses {
    fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }
}
