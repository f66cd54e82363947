//! How far a measure can be trusted: no further than the worst of the tables behind it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use throughline_model::Period;

use crate::Result;
use crate::checks::{Checks, FailedCheck};
use crate::measures;
use crate::reader::Reader;
use crate::scorecard::{MeasureView, ScorecardView};
use crate::sources::{SourceHealth, TableHealth};

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
    /// The checks of them that failed for the period.
    pub failed: Vec<FailedCheck>,
}

impl Trust {
    /// The worst of some tables, and the checks that failed.
    pub fn of(tables: &BTreeSet<String>, sources: &[SourceHealth], failed: Vec<FailedCheck>) -> Trust {
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
            failed,
        }
    }

    /// Whether a check failed.
    pub fn is_doubtful(&self) -> bool {
        !self.failed.is_empty()
    }
}

impl Reader {
    /// How far the inputs of a measure can be trusted for a period. Staleness counts from its end, or from the present
    /// or the as-of instant where that is earlier.
    ///
    /// # Errors
    /// Input: there is no such measure, or its SQL cannot be read.
    pub async fn trust(&self, id: &str, period: &Period) -> Result<Trust> {
        let (measure, checks) = (self.find(id)?, self.checks(self.present()).await?);
        let tables = measures::tables_behind(self.session(), measure)?;
        let failed = checks.of_measure(self.session(), measure, &tables, period).await?;
        Ok(Trust::of(&tables, &checks.sources_at(period.end), failed))
    }

    /// Sets what can be said of the inputs beside every measure of a scorecard. Staleness counts from the end of
    /// its period: what happened, or failed to be told, after it does not touch its numbers.
    pub(crate) async fn add_trust(&self, view: &mut ScorecardView, checks: &Checks) -> Result<()> {
        let period = view.period.clone();
        let sources = checks.sources_at(period.end);
        let mut known: BTreeMap<String, Trust> = BTreeMap::new();
        let objectives = view.perspectives.iter_mut().flat_map(|perspective| &mut perspective.objectives);
        let measures: Vec<&mut MeasureView> = objectives.flat_map(|objective| &mut objective.measures).collect();
        for shown in measures {
            if !known.contains_key(&shown.id) {
                // A measure that cannot be read says so where its value would stand.
                let Ok(measure) = self.find(&shown.id) else { continue };
                let Ok(tables) = crate::measures::tables_behind(self.session(), measure) else { continue };
                let Ok(failed) = checks.of_measure(self.session(), measure, &tables, &period).await else { continue };
                known.insert(shown.id.clone(), Trust::of(&tables, &sources, failed));
            }
            shown.trust = known.get(&shown.id).cloned();
        }
        Ok(())
    }

    /// The present moment, or the as-of instant.
    pub(crate) fn present(&self) -> Timestamp {
        self.options().as_of.unwrap_or(self.options().now)
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
        let of = |tables: &[&str]| {
            Trust::of(&tables.iter().map(|table| (*table).to_owned()).collect(), &sources, Vec::new())
        };
        let orders = of(&["orders", "returns"]);
        assert_eq!((orders.tables.join(" "), orders.validity, orders.uniqueness), ("orders".into(), Some(0.97), None));
        let both = of(&["orders", "tickets"]);
        assert_eq!((both.validity, both.stale.join(" ")), (Some(0.5), "desk".to_owned()));
        assert!(!of(&[]).is_doubtful());
    }
}
