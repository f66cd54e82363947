//! Orders in events, by the documented properties of "Order Completed", "Order Cancelled" and "Order Refunded".

use jiff::Timestamp;
use serde_json::Value;
use throughline_model::settings::check_currency;

use crate::amount::Amount;
use crate::field;
use crate::row::Row;

/// Most lines of one order.
const LINES: usize = 10_000;

/// What an event says around its properties.
#[derive(Debug)]
pub struct Around<'a> {
    /// Id of the event.
    pub id: &'a str,
    /// Whose event it is.
    pub customer: &'a str,
    /// When it happened.
    pub at: Timestamp,
    /// Over which channel.
    pub channel: Option<String>,
    /// In which session.
    pub session: Option<String>,
}

/// The rows of an event about an order; None where it is about something else, or lacks what makes an order.
pub fn rows<'v>(kind: &str, properties: &Value, around: &Around<'_>) -> Option<Vec<Row<'v>>> {
    let order_id = field::first(properties, &["order_id", "orderId", "checkout_order_id"])?;
    match kind {
        "order_completed" => completed(&order_id, properties, around),
        "order_cancelled" | "order_canceled" => Some(vec![cancelled(&order_id, around)]),
        "order_refunded" => refunded(&order_id, properties, around).map(|row| vec![row]),
        _ => None,
    }
}

fn completed<'v>(order_id: &str, properties: &Value, around: &Around<'_>) -> Option<Vec<Row<'v>>> {
    let products = products(properties)?;
    let amount = |name: &str| match properties.get(name) {
        None | Some(Value::Null) => Some(None),
        some => Amount::read(some).and_then(Amount::positive).map(Some),
    };
    let (discount, shipping, tax) = (amount("discount")?, amount("shipping")?, amount("tax")?);
    let zero = Amount::parse("0")?;
    let after = match (amount("subtotal")?, amount("revenue")?, amount("total")?) {
        (Some(after), _, _) | (None, Some(after), _) => Some(after),
        (None, None, Some(total)) => (total - shipping.unwrap_or(zero) - tax.unwrap_or(zero)).positive(),
        (None, None, None) => None,
    };
    let currency = field::first(properties, &["currency"]).map(|currency| currency.to_uppercase());
    if currency.as_deref().is_some_and(|currency| check_currency(currency).is_err()) {
        return None;
    }
    let goods = after.map(|after| after + discount.unwrap_or(zero));
    let text = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    let order = Row::once("orders", order_id)
        .for_event()
        .with("order_id", order_id)
        .with("customer_ref", around.customer)
        .with("ordered_at", around.at.to_string())
        .with("status", "placed")
        .with_some("currency", currency)
        .with_some("goods", text(goods))
        .with_some("discount", text(discount))
        .with_some("shipping", text(shipping))
        .with_some("tax", text(tax))
        .with_some("channel", around.channel.clone())
        .with_some("coupon", field::first(properties, &["coupon"]))
        .with_some("session_id", around.session.clone());
    let lines = products.iter().enumerate().map(|(place, product)| line(order_id, place + 1, product));
    std::iter::once(Some(order)).chain(lines).collect()
}

/// The products of an order; None where they are no list of objects.
fn products(properties: &Value) -> Option<&[Value]> {
    match properties.get("products") {
        None | Some(Value::Null) => Some(&[]),
        Some(Value::Array(products)) if products.len() <= LINES && products.iter().all(Value::is_object) => {
            Some(products)
        }
        Some(_) => None,
    }
}

/// A line; None where a number in it is none.
fn line<'v>(order_id: &str, number: usize, product: &Value) -> Option<Row<'v>> {
    let quantity = match product.get("quantity") {
        None | Some(Value::Null) => None,
        some => Some(Amount::read(some)?.positive()?.to_string()),
    };
    let price = match product.get("price") {
        None | Some(Value::Null) => None,
        some => Some(Amount::read(some)?.positive()?.to_string()),
    };
    let row = Row::once("order_lines", &format!("{order_id}\0{number}"))
        .with("order_id", order_id)
        .with("line", number.to_string())
        .with_some("product_id", field::first(product, &["product_id", "productId", "sku", "id"]))
        .with_some("quantity", quantity)
        .with_some("unit_price", price);
    Some(row)
}

fn cancelled<'v>(order_id: &str, around: &Around<'_>) -> Row<'v> {
    Row::once("order_cancelled", order_id)
        .for_event()
        .with("order_id", order_id)
        .with("status", "cancelled")
        .with("cancelled_at", around.at.to_string())
}

fn refunded<'v>(order_id: &str, properties: &Value, around: &Around<'_>) -> Option<Row<'v>> {
    let amount = ["total", "revenue", "value", "amount"].iter().find_map(|name| Amount::read(properties.get(name)))?;
    let currency = field::first(properties, &["currency"]).map(|currency| currency.to_uppercase());
    let row = Row::once("payments", around.id)
        .for_event()
        .with("payment_id", around.id)
        .with("order_id", order_id)
        .with("at", around.at.to_string())
        .with("kind", "refund")
        .with("amount", amount.size().to_string())
        .with_some("currency", currency.filter(|currency| check_currency(currency).is_ok()));
    Some(row)
}
