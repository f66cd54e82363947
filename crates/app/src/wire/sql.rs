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

impl Table {
    /// Names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The rows, with a cell for each column.
    pub fn rows(&self) -> &[Vec<Value>] {
        &self.rows
    }

    /// Whether there were more rows than asked for.
    pub fn is_cut_off(&self) -> bool {
        self.cut_off
    }
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
