//! The JSON of `throughline customer`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::customer as engine;
use utoipa::ToSchema;

use super::identity::Link;

/// One customer's time line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerTimeLine)]
pub struct TimeLine {
    customer_id: String,
    aliases: Vec<String>,
    links: Vec<Link>,
    touchpoints: Vec<Touchpoint>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerTouchpoint)]
struct Touchpoint {
    at: Timestamp,
    stage: Option<String>,
    kind: String,
    channel: Option<String>,
    table: String,
    key: String,
    source_seq: Option<i64>,
    customer_ref: String,
    order_id: Option<String>,
    ticket_id: Option<String>,
    campaign: Option<String>,
    product_id: Option<String>,
    amount: Option<f64>,
    score: Option<f64>,
    content: Option<String>,
}

impl From<&engine::TimeLine> for TimeLine {
    fn from(line: &engine::TimeLine) -> TimeLine {
        TimeLine {
            customer_id: line.customer_id.clone(),
            aliases: line.aliases.clone(),
            links: line.links.iter().map(Link::from).collect(),
            touchpoints: line.touchpoints.iter().map(Touchpoint::from).collect(),
        }
    }
}

impl From<&engine::Touchpoint> for Touchpoint {
    fn from(touch: &engine::Touchpoint) -> Touchpoint {
        let touch = touch.clone();
        Touchpoint {
            at: touch.at,
            stage: touch.stage,
            kind: touch.kind,
            channel: touch.channel,
            table: touch.table,
            key: touch.key,
            source_seq: touch.source_seq,
            customer_ref: touch.customer_ref,
            order_id: touch.order_id,
            ticket_id: touch.ticket_id,
            campaign: touch.campaign,
            product_id: touch.product_id,
            amount: touch.amount,
            score: touch.score,
            content: touch.content,
        }
    }
}

/// Customers that were found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerList)]
pub struct Customers {
    customers: Vec<Customer>,
    more: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundCustomer)]
struct Customer {
    customer_id: String,
    names: Vec<String>,
    known: bool,
    segment: Option<String>,
    region: Option<String>,
    first_order_at: Option<Timestamp>,
    orders: u64,
    last_seen_at: Option<Timestamp>,
}

impl From<&throughline_engine::CustomerList> for Customers {
    fn from(list: &throughline_engine::CustomerList) -> Customers {
        Customers { customers: list.customers.iter().map(Customer::from).collect(), more: list.more }
    }
}

impl From<&throughline_engine::FoundCustomer> for Customer {
    fn from(found: &throughline_engine::FoundCustomer) -> Customer {
        let found = found.clone();
        Customer {
            customer_id: found.customer_id,
            names: found.names,
            known: found.known,
            segment: found.segment,
            region: found.region,
            first_order_at: found.first_order_at,
            orders: found.orders,
            last_seen_at: found.last_seen_at,
        }
    }
}
