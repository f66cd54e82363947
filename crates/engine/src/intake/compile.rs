//! From a record of a layout to what is done with each batch: expressions bound to columns, readers of values.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::SessionContext;
use jiff::tz::TimeZone;
use throughline_model::layout::{ColumnMap, Layout, Record, Sql, ValueFrom};
use throughline_model::toml_reader::Place;
use throughline_model::vocabulary::{Column, ColumnType, Table};

use super::raw::input::{FILE, LINE, SEQ};
use super::typing::column::ColumnReader;
use crate::{Error, Result};

/// Where a value comes from, bound to a batch.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A column by its place.
    Column(usize),
    /// An expression.
    Expr(Arc<dyn PhysicalExpr>),
    /// The same text in all rows.
    Constant(String),
    /// Always empty.
    Absent,
}

/// One column of the standard table, bound.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// How it is read.
    pub(crate) reader: ColumnReader,
    /// Its place in the table; None for columns of the system.
    pub(crate) place: Option<usize>,
    /// Where its text comes from.
    pub(crate) value: Value,
    /// Whether the files say anything about it.
    pub(crate) owned: bool,
    /// As written in the layout.
    pub(crate) map: ColumnMap,
}

/// A record bound to the columns of its batches.
#[derive(Debug, Clone)]
pub(crate) struct BoundRecord {
    /// The standard table.
    pub(crate) table: &'static Table,
    /// The layout.
    pub(crate) layout: Arc<Layout>,
    /// Only rows for which this is true.
    pub(crate) filter: Option<Arc<dyn PhysicalExpr>>,
    /// Columns of every row.
    pub(crate) base: Vec<Bound>,
    /// One row for each of these.
    pub(crate) each: Vec<Vec<Bound>>,
    /// The source's own numbering.
    pub(crate) source_seq: Option<Bound>,
    /// When the source last changed it.
    pub(crate) source_updated_at: Option<Bound>,
    /// When it became known.
    pub(crate) recorded_at: Option<Bound>,
    /// Columns hashed for the key, and the place of the key in the table.
    pub(crate) key: Option<(Vec<usize>, usize)>,
    /// Raw columns that it uses, by place.
    pub(crate) used: BTreeSet<usize>,
}

/// What a record is bound to.
pub(crate) struct Binding<'a> {
    /// Session whose functions SQL may use.
    pub(crate) session: &'a SessionContext,
    /// The layout.
    pub(crate) layout: &'a Arc<Layout>,
    /// Columns of the batches; those of lookups carry the name of their input as qualifier.
    pub(crate) schema: &'a DFSchema,
    /// Whether some file has the column at a place.
    pub(crate) present: &'a dyn Fn(usize) -> bool,
    /// The workspace's zone.
    pub(crate) zone: &'a TimeZone,
}

/// An error in a layout, with file and line.
pub(crate) fn layout_error(layout: &Layout, place: Place, message: impl std::fmt::Display) -> Error {
    Error::definition(format!("{}:{}:{}: {message}", layout.file, place.line, place.column))
}

impl Binding<'_> {
    /// Binds a record.
    ///
    /// # Errors
    /// A column that is not there, SQL that is wrong: with file and line of the layout.
    pub(crate) fn record(&self, record: &Record) -> Result<BoundRecord> {
        let table = crate::catalog::vocabulary()?.table(&record.table);
        let table = table
            .ok_or_else(|| layout_error(self.layout, record.place, format!("there is no table {}", record.table)))?;
        let mut used = BTreeSet::new();
        let bind = |maps: &[ColumnMap], used: &mut BTreeSet<usize>| -> Result<Vec<Bound>> {
            maps.iter().map(|map| self.column(table, map, used)).collect()
        };
        let base = bind(&record.columns, &mut used)?;
        let each = record.each.iter().map(|maps| bind(maps, &mut used)).collect::<Result<Vec<_>>>()?;
        let mut system =
            |map: &Option<ColumnMap>, kind| map.as_ref().map(|map| self.system(map, kind, &mut used)).transpose();
        let source_seq = system(&record.source_seq, ColumnType::Integer)?;
        let source_updated_at = system(&record.source_updated_at, ColumnType::Instant)?;
        let recorded_at = system(&record.recorded_at, ColumnType::Instant)?;
        let filter = record.filter.as_ref().map(|sql| self.filter(sql, &mut used)).transpose()?;
        let key = self.key(record, table, &mut used)?;
        let layout = self.layout.clone();
        Ok(BoundRecord { table, layout, filter, base, each, source_seq, source_updated_at, recorded_at, key, used })
    }

    fn column(&self, table: &Table, map: &ColumnMap, used: &mut BTreeSet<usize>) -> Result<Bound> {
        let place = table.columns.iter().position(|column| column.name == map.name);
        let column = place.and_then(|place| table.columns.get(place));
        let column = column.ok_or_else(|| {
            layout_error(self.layout, map.place, format!("{} has no column {}", table.name, map.name))
        })?;
        let (value, owned) = self.value(map, used)?;
        let mut reader = ColumnReader::new(&table.name, column, map, &self.zone_of_layout());
        reader.required = owned && (column.required || table.key.contains(&column.name));
        Ok(Bound { reader, place, value, owned, map: map.clone() })
    }

    fn system(&self, map: &ColumnMap, kind: ColumnType, used: &mut BTreeSet<usize>) -> Result<Bound> {
        let column = Column {
            name: map.name.clone(),
            kind,
            required: false,
            personal: false,
            values: Vec::new(),
            pattern: None,
            about: String::new(),
        };
        let (value, owned) = self.value(map, used)?;
        let reader = ColumnReader::new("", &column, map, &self.zone_of_layout());
        Ok(Bound { reader, place: None, value, owned, map: map.clone() })
    }

    fn zone_of_layout(&self) -> TimeZone {
        let own = self.layout.zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        own.unwrap_or_else(|| self.zone.clone())
    }

    fn value(&self, map: &ColumnMap, used: &mut BTreeSet<usize>) -> Result<(Value, bool)> {
        match &map.from {
            ValueFrom::Value(text) => Ok((Value::Constant(text.clone()), true)),
            ValueFrom::Column(name) => {
                let place = self.find(name).ok_or_else(|| self.no_column(name, map.place))?;
                used.insert(place);
                let present = (self.present)(place);
                Ok((if present { Value::Column(place) } else { Value::Absent }, present))
            }
            ValueFrom::Sql(sql) => {
                let mut mine = BTreeSet::new();
                let value = Value::Expr(self.expression(sql, &mut mine)?.0);
                let owned = mine.is_empty() || mine.iter().any(|place| (self.present)(*place));
                used.extend(mine);
                Ok((value, owned))
            }
        }
    }

    /// The place of a column, or of `input.column` of a lookup.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let matches = |place: &usize| {
            let (qualifier, field) = self.schema.qualified_field(*place);
            let qualified = qualifier.map(|qualifier| format!("{}.{}", qualifier.table(), field.name()));
            field.name() == name || qualified.as_deref() == Some(name)
        };
        (0..self.schema.fields().len()).find(matches)
    }

    fn no_column(&self, name: &str, place: Place) -> Error {
        let names: Vec<String> = self.schema.columns().iter().map(ToString::to_string).collect();
        let known = names.iter().map(|name| name.rsplit('.').next().unwrap_or(name));
        let hint = throughline_model::diagnostic::hint_among(name, known);
        let error = layout_error(self.layout, place, format!("there is no column \"{name}\""));
        hint.into_iter().fold(error, |error, hint| error.hint(hint))
    }

    fn expression(&self, sql: &Sql, used: &mut BTreeSet<usize>) -> Result<(Arc<dyn PhysicalExpr>, DataType)> {
        let wrong =
            |error: datafusion::error::DataFusionError| layout_error(self.layout, sql.place, error.strip_backtrace());
        let expr = self.session.parse_sql_expr(&sql.text, self.schema).map_err(wrong)?;
        for column in expr.column_refs() {
            used.extend(self.schema.index_of_column(column).ok());
        }
        // Some functions (coalesce, say) exist only until expressions are simplified.
        let simplifier =
            ExprSimplifier::new(SimplifyContext::builder().with_schema(Arc::new(self.schema.clone())).build());
        let expr = simplifier.coerce(expr, self.schema).and_then(|expr| simplifier.simplify(expr)).map_err(wrong)?;
        let bound = self.session.create_physical_expr(expr, self.schema).map_err(wrong)?;
        let kind = bound.data_type(self.schema.as_arrow()).map_err(wrong)?;
        Ok((bound, kind))
    }

    fn filter(&self, sql: &Sql, used: &mut BTreeSet<usize>) -> Result<Arc<dyn PhysicalExpr>> {
        let (filter, kind) = self.expression(sql, used)?;
        if kind != DataType::Boolean {
            return Err(layout_error(self.layout, sql.place, "`where` must be true or false for each row"));
        }
        Ok(filter)
    }

    fn key(&self, record: &Record, table: &Table, used: &mut BTreeSet<usize>) -> Result<Option<(Vec<usize>, usize)>> {
        let Some(named) = &record.key_by else { return Ok(None) };
        let mapped =
            |name: &String| record.columns.iter().chain(record.each.iter().flatten()).any(|map| &map.name == name);
        let place = table.columns.iter().position(|column| table.key.contains(&column.name) && !mapped(&column.name));
        let place =
            place.ok_or_else(|| layout_error(self.layout, record.place, "`key_by` has no key column to fill"))?;
        let columns: Vec<usize> = if named.is_empty() {
            let system = [FILE, LINE, SEQ];
            (0..self.schema.fields().len())
                .filter(|at| !system.contains(&self.schema.field(*at).name().as_str()))
                .collect()
        } else {
            let find = |name: &String| self.find(name).ok_or_else(|| self.no_column(name, record.place));
            named.iter().map(find).collect::<Result<_>>()?
        };
        used.extend(&columns);
        Ok(Some((columns, place)))
    }
}

impl BoundRecord {
    /// All bound columns of the table.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &Bound> {
        self.base.iter().chain(self.each.iter().flatten())
    }

    /// Names of the columns that its rows set.
    pub(crate) fn owned(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let key = self.key.as_ref().and_then(|(_, place)| self.table.columns.get(*place)).map(|column| &column.name);
        let mapped = self.columns().filter(|bound| bound.owned).map(|bound| &bound.reader.name);
        for name in key.into_iter().chain(mapped) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}
