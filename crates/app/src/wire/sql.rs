//! The JSON of `throughline sql`.

use serde::Serialize;
use serde_json::Value;
use throughline_engine::sql::Answer;
use utoipa::ToSchema;

/// The answer to a query.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SqlAnswer)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    cut_off: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SqlColumn)]
struct Column {
    name: String,
    kind: String,
}

impl From<&Answer> for Table {
    fn from(answer: &Answer) -> Table {
        let column = |column: &throughline_engine::sql::AnswerColumn| Column {
            name: column.name.clone(),
            kind: column.kind.clone(),
        };
        Table {
            columns: answer.columns.iter().map(column).collect(),
            rows: answer.rows.clone(),
            cut_off: answer.cut_off,
        }
    }
}
