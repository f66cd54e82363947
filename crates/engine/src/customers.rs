//! Finding customers by name.

use jiff::Timestamp;

use crate::customer::Columns;
use crate::session::{Session, quote};
use crate::{Reader, Result};

/// Names shown of one customer.
const NAMES: usize = 5;

/// A customer that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundCustomer {
    /// The customer.
    pub customer_id: String,
    /// Some names under which sources know the customer, sorted.
    pub names: Vec<String>,
    /// Whether the customer is known, and no visitor who was never linked.
    pub known: bool,
    /// Segment.
    pub segment: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// First order that counts.
    pub first_order_at: Option<Timestamp>,
    /// Orders that count.
    pub orders: u64,
    /// Last touchpoint.
    pub last_seen_at: Option<Timestamp>,
}

/// Customers, and whether there are more.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerList {
    /// Those who are called so come first, then those with the most orders.
    pub customers: Vec<FoundCustomer>,
    /// Whether there are more than asked for.
    pub more: bool,
}

impl Reader {
    /// Customers whose id or any name contains a text, letters of either case alike; without one, those with the most
    /// orders.
    pub async fn customers(&self, search: Option<&str>, limit: usize) -> Result<CustomerList> {
        let session = self.session();
        let mut customers =
            session.found_customers(search.map(str::trim).filter(|text| !text.is_empty()), limit).await?;
        let more = customers.len() > limit;
        customers.truncate(limit);
        session.name_customers(&mut customers).await?;
        Ok(CustomerList { customers, more })
    }
}

impl Session {
    async fn found_customers(&self, search: Option<&str>, limit: usize) -> Result<Vec<FoundCustomer>> {
        let columns = "f.customer_id, f.known, f.segment, f.region, f.first_order_at, f.orders";
        let most = limit.saturating_add(1).min(i32::MAX as usize);
        let sql = match search {
            None => format!(
                "SELECT {columns} FROM customer_facts AS f ORDER BY f.orders DESC, f.known DESC, f.customer_id LIMIT {most}"
            ),
            Some(text) => {
                let text = quote::text(&text.to_lowercase());
                format!(
                    "WITH named AS (SELECT customer_id, bool_or(lower(alias) = {text}) AS exact FROM customer_aliases \
                     WHERE strpos(lower(alias), {text}) > 0 GROUP BY customer_id) \
                     SELECT {columns} FROM customer_facts AS f LEFT JOIN named AS n ON n.customer_id = f.customer_id \
                     WHERE n.customer_id IS NOT NULL OR strpos(lower(f.customer_id), {text}) > 0 \
                     ORDER BY (coalesce(n.exact, false) OR lower(f.customer_id) = {text}) DESC, f.orders DESC, f.known DESC, \
                     f.customer_id LIMIT {most}"
                )
            }
        };
        let mut found = Vec::new();
        for batch in self.rows(&sql).await? {
            let columns = Columns { batch: &batch };
            for row in 0..batch.num_rows() {
                found.push(FoundCustomer {
                    customer_id: columns.text("customer_id", row)?.unwrap_or_default(),
                    names: Vec::new(),
                    known: columns.flag("known", row)?,
                    segment: columns.text("segment", row)?,
                    region: columns.text("region", row)?,
                    first_order_at: columns.instant("first_order_at", row)?,
                    orders: columns.integer("orders", row)?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
                    last_seen_at: None,
                });
            }
        }
        Ok(found)
    }

    /// Adds names and last touchpoints.
    async fn name_customers(&self, customers: &mut [FoundCustomer]) -> Result<()> {
        if customers.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = customers.iter().map(|one| one.customer_id.clone()).collect();
        let ids = quote::texts(&ids);
        let names = format!(
            "SELECT customer_id, alias FROM customer_aliases WHERE customer_id IN ({ids}) ORDER BY customer_id, alias"
        );
        for batch in self.rows(&names).await? {
            let columns = Columns { batch: &batch };
            for row in 0..batch.num_rows() {
                let (id, alias) = (columns.text("customer_id", row)?, columns.text("alias", row)?);
                let one = customers.iter_mut().find(|one| Some(&one.customer_id) == id.as_ref());
                if let Some((one, alias)) = one.filter(|one| one.names.len() < NAMES).zip(alias) {
                    one.names.push(alias);
                }
            }
        }
        let seen = format!(
            "SELECT customer_id, max(at) AS seen FROM touchpoints WHERE customer_id IN ({ids}) GROUP BY customer_id"
        );
        for batch in self.rows(&seen).await? {
            let columns = Columns { batch: &batch };
            for row in 0..batch.num_rows() {
                let id = columns.text("customer_id", row)?;
                if let Some(one) = customers.iter_mut().find(|one| Some(&one.customer_id) == id.as_ref()) {
                    one.last_seen_at = columns.instant("seen", row)?;
                }
            }
        }
        Ok(())
    }
}
