//! Rows that were set aside: listed, and handed out to be mended.

use serde_json::Value;

use crate::Result;
use crate::reader::Reader;
use crate::session::quote;

/// Which rejects.
#[derive(Debug, Clone, Default)]
pub struct RejectFilter {
    /// Of this import.
    pub import_id: Option<String>,
    /// Of this file, as it was given.
    pub file: Option<String>,
    /// Also those that were mended and imported.
    pub replayed: bool,
    /// At most so many.
    pub most: Option<usize>,
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its id.
    pub reject_id: String,
    /// The import that met it.
    pub import_id: String,
    /// The file, as it was given.
    pub file: String,
    /// Line where the row begins.
    pub line: u64,
    /// Layout that read it.
    pub layout: Option<String>,
    /// Standard table it was meant for.
    pub table: Option<String>,
    /// Column at fault.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// The row as it stood in the file.
    pub original: String,
    /// When it was mended and imported, as text.
    pub replayed_at: Option<String>,
}

impl Reader {
    /// Rows set aside, by file, line, table and column.
    pub async fn rejects(&self, filter: &RejectFilter) -> Result<Vec<Rejected>> {
        let mut conditions = vec!["TRUE".to_owned()];
        if let Some(import) = &filter.import_id {
            conditions.push(format!("import_id = {}", quote::text(import)));
        }
        if let Some(file) = &filter.file {
            conditions.push(format!("file = {}", quote::text(file)));
        }
        if !filter.replayed {
            conditions.push("replayed_at IS NULL".to_owned());
        }
        let query = format!(
            "SELECT reject_id, import_id, file, line, layout, target, \"column\", reason, original, replayed_at FROM rejects \
             WHERE {} ORDER BY file, line, target, \"column\", reject_id",
            conditions.join(" AND ")
        );
        let answer = self.sql(&query, filter.most).await?;
        Ok(answer.rows.iter().map(|row| rejected(row)).collect())
    }
}

fn rejected(row: &[Value]) -> Rejected {
    let text = |place: usize| row.get(place).and_then(Value::as_str).map(str::to_owned);
    Rejected {
        reject_id: text(0).unwrap_or_default(),
        import_id: text(1).unwrap_or_default(),
        file: text(2).unwrap_or_default(),
        line: row.get(3).and_then(Value::as_u64).unwrap_or(0),
        layout: text(4),
        table: text(5),
        column: text(6),
        reason: text(7).unwrap_or_default(),
        original: text(8).unwrap_or_default(),
        replayed_at: text(9),
    }
}
