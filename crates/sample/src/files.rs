//! All output files of a run.

use std::fs;
use std::path::Path;

use crate::dice::Dice;
use crate::dirt::{BROKEN_SHARE, BROKEN_SHARE_OF_MANY, Dirt};
use crate::error::Error;
use crate::schema::{self, Schema};
use crate::table::Table;

/// One writer per standard table.
pub(crate) struct Files {
    pub(crate) customers: Table,
    pub(crate) identities: Table,
    pub(crate) interactions: Table,
    pub(crate) orders: Table,
    pub(crate) order_lines: Table,
    pub(crate) products: Table,
    pub(crate) payments: Table,
    pub(crate) tickets: Table,
    pub(crate) ticket_events: Table,
    pub(crate) quality_reviews: Table,
    pub(crate) feedback: Table,
    pub(crate) loyalty_events: Table,
    pub(crate) staff: Table,
    pub(crate) staff_activity: Table,
    pub(crate) articles: Table,
    pub(crate) spending: Table,
    pub(crate) outside_series: Table,
    pub(crate) rates: Table,
    pub(crate) exposures: Table,
}

/// Late rows and duplicates, but no broken rows.
const SLOPPY: Option<f64> = Some(0.0);
/// Broken rows as well.
const BROKEN: Option<f64> = Some(BROKEN_SHARE);
/// Small tables kept by hand stay clean.
const CLEAN: Option<f64> = None;

impl Files {
    /// Creates every file in `folder`.
    pub(crate) fn create(folder: &Path, seed: u64, dirty: bool, compress: bool, horizon: i64) -> Result<Files, Error> {
        fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
        let mut stream = 0xD1;
        let mut open = |schema: &'static Schema, broken_share: Option<f64>| {
            stream += 1;
            let dirt = broken_share.filter(|_| dirty).map(|share| Dirt::new(Dice::of_company(seed, stream), share));
            Table::create(folder, schema, compress, horizon, dirt).map_err(|e| Error::io(&folder.join(schema.table), e))
        };
        Ok(Files {
            customers: open(&schema::CUSTOMERS, CLEAN)?,
            identities: open(&schema::IDENTITIES, CLEAN)?,
            interactions: open(&schema::INTERACTIONS, Some(BROKEN_SHARE_OF_MANY))?,
            orders: open(&schema::ORDERS, BROKEN)?,
            order_lines: open(&schema::ORDER_LINES, BROKEN)?,
            products: open(&schema::PRODUCTS, CLEAN)?,
            payments: open(&schema::PAYMENTS, BROKEN)?,
            tickets: open(&schema::TICKETS, BROKEN)?,
            ticket_events: open(&schema::TICKET_EVENTS, BROKEN)?,
            quality_reviews: open(&schema::QUALITY_REVIEWS, SLOPPY)?,
            feedback: open(&schema::FEEDBACK, BROKEN)?,
            loyalty_events: open(&schema::LOYALTY_EVENTS, BROKEN)?,
            staff: open(&schema::STAFF, CLEAN)?,
            staff_activity: open(&schema::STAFF_ACTIVITY, SLOPPY)?,
            articles: open(&schema::ARTICLES, CLEAN)?,
            spending: open(&schema::SPENDING, SLOPPY)?,
            outside_series: open(&schema::OUTSIDE_SERIES, CLEAN)?,
            rates: open(&schema::RATES, CLEAN)?,
            exposures: open(&schema::EXPOSURES, CLEAN)?,
        })
    }

    /// Every table, in the order of the catalogue.
    pub(crate) fn into_tables(self) -> [Table; 19] {
        [
            self.customers,
            self.identities,
            self.interactions,
            self.orders,
            self.order_lines,
            self.products,
            self.payments,
            self.tickets,
            self.ticket_events,
            self.quality_reviews,
            self.feedback,
            self.loyalty_events,
            self.staff,
            self.staff_activity,
            self.articles,
            self.spending,
            self.outside_series,
            self.rates,
            self.exposures,
        ]
    }

    fn each(&mut self) -> [&mut Table; 19] {
        [
            &mut self.customers,
            &mut self.identities,
            &mut self.interactions,
            &mut self.orders,
            &mut self.order_lines,
            &mut self.products,
            &mut self.payments,
            &mut self.tickets,
            &mut self.ticket_events,
            &mut self.quality_reviews,
            &mut self.feedback,
            &mut self.loyalty_events,
            &mut self.staff,
            &mut self.staff_activity,
            &mut self.articles,
            &mut self.spending,
            &mut self.outside_series,
            &mut self.rates,
            &mut self.exposures,
        ]
    }

    /// Writes the rows of the block of every table; returns the rows written so far.
    pub(crate) fn flush(&mut self) -> Result<u64, Error> {
        let mut rows = 0;
        for table in self.each() {
            table.flush().map_err(|e| Error::io(&table.path, e))?;
            rows += table.counts.rows;
        }
        Ok(rows)
    }
}
