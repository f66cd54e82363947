//! The derived views: one SELECT each, from `catalog/views`, with the stage rules filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast::{self as sqlparser, Expr, OrderByKind, visit_expressions};

use crate::{Error, Result, catalog, identity};

/// Stands for the CASE expression of the stage rules.
const STAGE: &str = "{{stage}}";
const FOLDER: &str = "views/";
/// The standard table of links that are stated.
const LINKS: &str = "identities";

/// The derived views of one journey. Nothing is parsed before it is asked for.
pub(crate) struct Views {
    views: BTreeMap<String, Entry>,
}

struct Entry {
    sql: String,
    parsed: OnceLock<std::result::Result<Arc<Parsed>, String>>,
}

/// What a view's text says about itself.
pub(crate) struct Parsed {
    /// Tables and views it reads, by name.
    pub references: BTreeSet<String>,
    /// Whether it asks for the present moment.
    pub asks_the_time: bool,
    /// Whether it depends on the grain of the session.
    pub asks_the_period: bool,
    /// Columns that its rows are sorted by, ascending with empty ones last.
    pub order: Vec<String>,
    /// Whether it depends on which links of aliases count.
    pub asks_the_linking: bool,
}

/// A view together with everything below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Closure {
    /// Names of the views, itself included.
    pub views: BTreeSet<String>,
    /// Names of the standard tables that its rows are made of; those that only tell who is who are not among them.
    pub tables: BTreeSet<String>,
    /// Whether any of them asks for the present moment.
    pub asks_the_time: bool,
    /// Whether any of them depends on the grain of the session.
    pub asks_the_period: bool,
    /// Whether any of them depends on which links of aliases count.
    pub asks_the_linking: bool,
}

/// Whether a view is only a part of others: it is not listed, and never kept.
pub(crate) fn is_part(view: &str) -> bool {
    view.starts_with('_')
}

impl Views {
    /// The views of the catalog for one set of stage rules.
    pub(crate) fn shipped(stage: &str) -> Views {
        let files = catalog::files(FOLDER)
            .filter_map(|(path, text)| Some((path.strip_prefix(FOLDER)?.strip_suffix(".sql")?.to_owned(), text)));
        Views::new(files, stage)
    }

    fn new<'a>(files: impl Iterator<Item = (String, &'a str)>, stage: &str) -> Views {
        let entry = |text: &str| Entry { sql: text.replace(STAGE, stage), parsed: OnceLock::new() };
        Views { views: files.map(|(name, text)| (name, entry(text))).collect() }
    }

    /// Names of the views that people see.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.views.keys().map(String::as_str).filter(|name| !is_part(name))
    }

    /// The SQL of a view.
    pub(crate) fn sql(&self, name: &str) -> Option<&str> {
        self.views.get(name).map(|entry| entry.sql.as_str())
    }

    /// Columns that a view's rows are sorted by: those of its own ORDER BY.
    pub(crate) fn order(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.parsed(name)?.map(|parsed| parsed.order.clone()).unwrap_or_default())
    }

    /// What a view says about itself: the comment lines that its file begins with.
    pub(crate) fn about(&self, name: &str) -> Option<String> {
        let lines = self.sql(name)?.lines().map_while(|line| line.strip_prefix("--"));
        Some(lines.map(str::trim).collect::<Vec<_>>().join(" "))
    }

    /// A view and everything below it; an error where views refer to each other in a circle.
    pub(crate) fn closure(&self, name: &str) -> Result<Closure> {
        let mut closure = Closure::default();
        self.collect(name, &mut Vec::new(), &mut closure)?;
        Ok(closure)
    }

    fn collect(&self, name: &str, path: &mut Vec<String>, closure: &mut Closure) -> Result<()> {
        if path.iter().any(|above| above == name) {
            return Err(Error::internal(format!(
                "Views refer to each other in a circle: {} → {name}.",
                path.join(" → ")
            )));
        }
        let Some(parsed) = self.parsed(name)? else {
            closure.tables.insert(name.to_owned());
            return Ok(());
        };
        closure.asks_the_time |= parsed.asks_the_time;
        closure.asks_the_period |= parsed.asks_the_period;
        closure.asks_the_linking |= parsed.asks_the_linking;
        // A view whose own name stands in it reads the standard table beneath: circles are found below.
        if closure.views.contains(name) {
            return Ok(());
        }
        path.push(name.to_owned());
        let tables = closure.tables.clone();
        for reference in &parsed.references {
            self.collect(reference, path, closure)?;
        }
        path.pop();
        if name == identity::ALIASES {
            // Links are looked for in tables that say nothing else about the rows they are joined to.
            closure.tables = tables;
            closure.tables.insert(LINKS.to_owned());
        }
        closure.views.insert(name.to_owned());
        Ok(())
    }

    fn parsed(&self, name: &str) -> Result<Option<Arc<Parsed>>> {
        let Some(entry) = self.views.get(name) else { return Ok(None) };
        let parsed = entry.parsed.get_or_init(|| parse(&entry.sql).map(Arc::new));
        parsed.clone().map(Some).map_err(|message| Error::internal(message).context(format!("The view {name}")))
    }
}

/// Reads what a query refers to, without planning it.
pub(crate) fn parse(sql: &str) -> std::result::Result<Parsed, String> {
    let mut statements = DFParser::parse_sql(sql).map_err(|error| error.strip_backtrace())?;
    let (Some(statement), true) = (statements.pop_front(), statements.is_empty()) else {
        return Err("it must be exactly one SELECT".to_owned());
    };
    let (tables, _) = resolve_table_references(&statement, true).map_err(|error| error.strip_backtrace())?;
    let references: BTreeSet<String> = tables.iter().map(|table| table.table().to_owned()).collect();
    let functions = functions(&statement);
    let uses = |names: &[&str]| names.iter().any(|name| functions.contains(*name));
    Ok(Parsed {
        asks_the_time: uses(&["as_of", "now", "current_timestamp"]),
        asks_the_period: uses(&["period_number"]) || references.contains("periods"),
        order: order(&statement),
        asks_the_linking: uses(&["least_confidence"]),
        references,
    })
}

/// The plain columns of a query's ORDER BY, up to the first that is none or descends.
fn order(statement: &Statement) -> Vec<String> {
    let Statement::Statement(statement) = statement else { return Vec::new() };
    let sqlparser::Statement::Query(query) = statement.as_ref() else { return Vec::new() };
    let kind = query.order_by.as_ref().map(|order| &order.kind);
    let Some(OrderByKind::Expressions(expressions)) = kind else { return Vec::new() };
    let column = |expression: &sqlparser::OrderByExpr| match &expression.expr {
        Expr::Identifier(name) if expression.options.asc != Some(false) => Some(name.value.clone()),
        _ => None,
    };
    expressions.iter().map_while(column).collect()
}

fn functions(statement: &Statement) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let Statement::Statement(statement) = statement {
        let _ = visit_expressions(statement.as_ref(), |expression| {
            if let Expr::Function(function) = expression {
                names.insert(function.name.to_string().to_lowercase());
            }
            ControlFlow::<()>::Continue(())
        });
    }
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn views(files: &[(&str, &'static str)]) -> Views {
        Views::new(files.iter().map(|(name, text)| ((*name).to_owned(), *text)), "CASE END")
    }

    #[test]
    fn a_closure_names_everything_below() {
        let views = views(&[
            ("a", "-- What a is,\n-- in two lines.\nWITH t AS (SELECT * FROM b) SELECT * FROM t JOIN orders ON true"),
            ("b", "SELECT *, as_of() AS t FROM history.tickets ORDER BY ticket_id, at, 3"),
            ("p", "SELECT period_number(at) FROM b"),
        ]);
        let closure = views.closure("a").unwrap();
        assert_eq!(closure.views, ["a".to_owned(), "b".to_owned()].into());
        assert_eq!(closure.tables, ["orders".to_owned(), "tickets".to_owned()].into());
        assert!(closure.asks_the_time && !closure.asks_the_period);
        assert!(views.closure("p").unwrap().asks_the_period);
        assert_eq!(views.about("a").unwrap(), "What a is, in two lines.");
        assert_eq!(views.order("b").unwrap(), ["ticket_id", "at"]);
    }

    #[test]
    fn circles_are_told() {
        let views = views(&[("a", "SELECT * FROM b"), ("b", "SELECT * FROM c"), ("c", "SELECT * FROM a")]);
        assert_eq!(views.closure("a").unwrap_err().message, "Views refer to each other in a circle: a → b → c → a.");
    }

    #[test]
    fn the_shipped_views_stand() {
        let views = Views::shipped("CAST(NULL AS TEXT)");
        for name in views.names() {
            let closure = views.closure(name).unwrap();
            assert!(!closure.asks_the_period, "{name}");
            assert!(!views.about(name).unwrap().is_empty(), "{name} says nothing about itself");
            for table in &closure.tables {
                let known = table == "range" || catalog::vocabulary().unwrap().table(table).is_some();
                assert!(known, "{name} reads {table}");
            }
        }
    }
}
