//! How far a measure can be trusted: no further than the worst of the tables behind it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use throughline_model::Measure;
use throughline_model::measure::Aggregate;

use crate::measures;
use crate::reader::Reader;
use crate::scorecard::ScorecardView;
use crate::sources::{SourceHealth, TableHealth};
use crate::{Result, catalog};

/// Below this share something is worth saying.
const ENOUGH: f64 = 0.95;

/// How far the inputs of a measure can be trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Trust {
    /// The standard tables behind the measure that hold rows, sorted.
    pub tables: Vec<String>,
    /// Their worst completeness, 0 to 1.
    pub completeness: Option<f64>,
    /// Their worst validity, 0 to 1.
    pub validity: Option<f64>,
    /// Their worst uniqueness, 0 to 1.
    pub uniqueness: Option<f64>,
    /// Sources of them whose last record is older than their rhythm leads one to expect, sorted.
    pub stale: Vec<String>,
}

impl Trust {
    /// The worst of some tables.
    pub fn of(tables: &BTreeSet<String>, sources: &[SourceHealth]) -> Trust {
        let held: Vec<String> =
            tables.iter().filter(|table| sources.iter().any(|source| &source.table == *table)).cloned().collect();
        let health: Vec<TableHealth> = held.iter().map(|table| TableHealth::of(table, sources)).collect();
        let worst = |pick: fn(&TableHealth) -> Option<f64>| health.iter().filter_map(pick).min_by(f64::total_cmp);
        let late = sources.iter().filter(|source| held.contains(&source.table) && source.is_stale() == Some(true));
        let stale: BTreeSet<String> = late.map(|source| source.source.clone()).collect();
        Trust {
            completeness: worst(|table| table.completeness),
            validity: worst(|table| table.validity),
            uniqueness: worst(|table| table.uniqueness),
            stale: stale.into_iter().collect(),
            tables: held,
        }
    }

    /// Whether something is stale or below 95 %.
    pub fn is_doubtful(&self) -> bool {
        let shares = [self.completeness, self.validity, self.uniqueness];
        !self.stale.is_empty() || shares.into_iter().flatten().any(|share| share < ENOUGH)
    }
}

impl Reader {
    /// How far the inputs of a measure can be trusted; staleness counts from the present, or from the as-of instant.
    ///
    /// # Errors
    /// Input: there is no such measure, or its SQL cannot be read.
    pub async fn trust(&self, id: &str) -> Result<Trust> {
        let tables = self.tables_behind(self.find(id)?)?;
        Ok(Trust::of(&tables, &self.sources(self.present()).await?))
    }

    /// Sets what can be said of the inputs beside every measure of a scorecard. Staleness counts from the end of
    /// its period: what happened, or failed to be told, after it does not touch its numbers.
    pub(crate) async fn add_trust(&self, view: &mut ScorecardView) -> Result<()> {
        let sources = self.sources(self.present().min(view.period.end)).await?;
        let mut known: BTreeMap<String, Trust> = BTreeMap::new();
        let objectives = view.perspectives.iter_mut().flat_map(|perspective| &mut perspective.objectives);
        for shown in objectives.flat_map(|objective| &mut objective.measures) {
            // A measure that cannot be read says so where its value would stand.
            let Some(tables) = self.find(&shown.id).ok().and_then(|measure| self.tables_behind(measure).ok()) else {
                continue;
            };
            let trust = known.entry(shown.id.clone()).or_insert_with(|| Trust::of(&tables, &sources));
            shown.trust = Some(trust.clone());
        }
        Ok(())
    }

    fn present(&self) -> Timestamp {
        self.options().as_of.unwrap_or(self.options().now)
    }

    /// The standard tables behind a measure, through views and formulas; the ledger says nothing about customers.
    pub(crate) fn tables_behind(&self, measure: &Measure) -> Result<BTreeSet<String>> {
        let mut tables = BTreeSet::new();
        let mut seen = BTreeSet::from([measure.id.as_str()]);
        let mut waiting = vec![measure];
        while let Some(measure) = waiting.pop() {
            if let Some(sql) = &measure.rows {
                tables.extend(measures::tables(self.session(), sql.trim_end().trim_end_matches(';'))?);
            }
            if let Aggregate::Formula(formula) = &measure.aggregate {
                let inputs = formula.inputs().into_iter().filter(|(id, _)| seen.insert(id));
                waiting.extend(inputs.filter_map(|(id, _)| self.definitions().measures.get(id)));
            }
        }
        let vocabulary = catalog::vocabulary()?;
        tables.retain(|name| vocabulary.table(name).is_some_and(|table| !table.ledger));
        Ok(tables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(source: &str, table: &str, validity: f64, age_days: f64) -> SourceHealth {
        SourceHealth {
            source: source.into(),
            table: table.into(),
            rows: 1,
            first: None,
            last: None,
            recorded: None,
            age_seconds: Some(age_days * 86_400.0),
            rhythm_seconds: Some(86_400.0),
            lateness_seconds: None,
            completeness: Some(1.0),
            validity: Some(validity),
            uniqueness: None,
        }
    }

    #[test]
    fn the_worst_of_its_own_tables_counts() {
        let sources = [
            source("shop", "orders", 0.99, 1.0),
            source("till", "orders", 0.97, 2.0),
            source("desk", "tickets", 0.5, 9.0),
        ];
        let of = |tables: &[&str]| Trust::of(&tables.iter().map(|table| (*table).to_owned()).collect(), &sources);
        let orders = of(&["orders", "returns"]);
        assert_eq!((orders.tables.join(" "), orders.validity, orders.uniqueness), ("orders".into(), Some(0.97), None));
        assert!(!orders.is_doubtful());
        let both = of(&["orders", "tickets"]);
        assert_eq!((both.validity, both.stale.join(" ")), (Some(0.5), "desk".to_owned()));
        assert!(both.is_doubtful());
        assert!(!of(&[]).is_doubtful());
    }
}
