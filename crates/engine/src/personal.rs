//! Which columns of an answer may say who somebody is: found from where their values come from, whatever the
//! query calls them.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema};
use datafusion::logical_expr::expr::{Case, WindowFunctionDefinition};
use datafusion::logical_expr::{Distinct, Expr, LogicalPlan, Operator};

use crate::catalog;

/// Columns that name people, in standard tables and in views, besides those that the vocabulary calls personal.
const NAMES: [&str; 12] = [
    "customer_ref",
    "customer_id",
    "alias",
    "referred_by",
    "referrer",
    "person",
    "whose",
    "head",
    "subject",
    "names",
    "who",
    "note",
];

/// Functions that count or rank, and so tell nothing of the values themselves.
const COUNTS: [&str; 9] =
    ["count", "approx_distinct", "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "grouping"];

/// What lies below a node: schemas, and for each column whether it may be personal.
type Below<'a> = [(&'a DFSchema, Vec<bool>)];

/// For each column of the plan's answer, whether its values may be personal. Where that cannot be told, they are.
pub(crate) fn personal_columns(plan: &LogicalPlan) -> Vec<bool> {
    let inputs = plan.inputs().into_iter();
    let below: Vec<(&DFSchema, Vec<bool>)> =
        inputs.map(|input| (input.schema().as_ref(), personal_columns(input))).collect();
    let width = plan.schema().fields().len();
    let found = of_node(plan, &below);
    // A node whose columns are not one to one with what was looked at, such as grouping sets.
    if found.len() == width { found } else { vec![any(plan, &below); width] }
}

fn of_node(plan: &LogicalPlan, below: &Below<'_>) -> Vec<bool> {
    let as_below = || below.first().map(|(_, personal)| personal.clone()).unwrap_or_default();
    match plan {
        LogicalPlan::TableScan(scan) => {
            let fields = scan.projected_schema.fields();
            fields.iter().map(|field| is_personal(scan.table_name.table(), field.name())).collect()
        }
        LogicalPlan::Projection(projection) => of_expressions(&projection.expr, below),
        LogicalPlan::Aggregate(aggregate) => {
            of_expressions(aggregate.group_expr.iter().chain(&aggregate.aggr_expr), below)
        }
        LogicalPlan::Window(window) => {
            let mut found = as_below();
            found.extend(of_expressions(&window.window_expr, below));
            found
        }
        LogicalPlan::Union(_) => below.iter().map(|(_, personal)| personal.clone()).reduce(either).unwrap_or_default(),
        LogicalPlan::Join(_) => plan.schema().columns().iter().map(|column| column_tells(column, below)).collect(),
        LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::Distinct(Distinct::All(_))
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Repartition(_) => as_below(),
        LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::DescribeTable(_) => vec![false; plan.schema().fields().len()],
        _ => Vec::new(),
    }
}

fn either(one: Vec<bool>, other: Vec<bool>) -> Vec<bool> {
    one.into_iter().zip(other).map(|(one, other)| one || other).collect()
}

fn any(plan: &LogicalPlan, below: &Below<'_>) -> bool {
    plan.expressions().iter().any(|expression| tells(expression, below))
        || below.iter().any(|(_, personal)| personal.contains(&true))
}

fn is_personal(table: &str, column: &str) -> bool {
    let Ok(vocabulary) = catalog::vocabulary() else { return true };
    let told = |column: &throughline_model::vocabulary::Column| column.personal;
    NAMES.contains(&column)
        || match vocabulary.table(table) {
            Some(table) => table.column(column).is_some_and(told),
            // A view: it calls a column as the table below does. `name` alone is also a product's.
            None => column != "name" && vocabulary.tables.iter().filter_map(|table| table.column(column)).any(told),
        }
}

fn of_expressions<'a>(expressions: impl IntoIterator<Item = &'a Expr>, below: &Below<'_>) -> Vec<bool> {
    expressions.into_iter().map(|expression| tells(expression, below)).collect()
}

fn column_tells(column: &Column, below: &Below<'_>) -> bool {
    let mut places = below.iter().filter_map(|(schema, personal)| {
        let place = schema.maybe_index_of_column(column)?;
        Some(personal.get(place).copied().unwrap_or(true))
    });
    // The mark of a join is new, and neither here nor there.
    places.next().unwrap_or_else(|| column.name != "mark")
}

/// Whether the value of an expression may show a personal one. Tests only choose rows, as WHERE does.
fn tells(expression: &Expr, below: &Below<'_>) -> bool {
    match expression {
        Expr::Column(column) => column_tells(column, below),
        Expr::OuterReferenceColumn(..) => true,
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNotFalse(_)
        | Expr::IsNotUnknown(_)
        | Expr::Not(_)
        | Expr::Like(_)
        | Expr::SimilarTo(_)
        | Expr::Between(_)
        | Expr::InList(_)
        | Expr::Exists(_)
        | Expr::InSubquery(_)
        | Expr::SetComparison(_) => false,
        Expr::BinaryExpr(both) if is_test(both.op) => false,
        Expr::Case(case) => of_case(case, below),
        Expr::ScalarSubquery(subquery) => personal_columns(&subquery.subquery).contains(&true),
        Expr::AggregateFunction(function) => {
            !COUNTS.contains(&function.func.name()) && function.params.args.iter().any(|part| tells(part, below))
        }
        Expr::WindowFunction(window) => {
            let name = match &window.fun {
                WindowFunctionDefinition::AggregateUDF(function) => function.name(),
                WindowFunctionDefinition::WindowUDF(function) => function.name(),
            };
            !COUNTS.contains(&name) && window.params.args.iter().any(|part| tells(part, below))
        }
        other => any_part(other, below),
    }
}

fn is_test(operator: Operator) -> bool {
    operator.supports_propagation()
        || operator.is_logic_operator()
        || matches!(operator, Operator::IsDistinctFrom | Operator::IsNotDistinctFrom)
}

fn of_case(case: &Case, below: &Below<'_>) -> bool {
    let results = case.when_then_expr.iter().map(|(_, then)| then).chain(&case.else_expr);
    results.into_iter().any(|result| tells(result, below))
}

fn any_part(expression: &Expr, below: &Below<'_>) -> bool {
    let mut found = false;
    let walked = expression.apply_children(|part| {
        found |= tells(part, below);
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    found || walked.is_err()
}
