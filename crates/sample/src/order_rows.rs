//! Rows of an order: its states as they became known, its lines, its payments and refunds.

use crate::clock::{HOUR, MINUTE};
use crate::customer::{Customer, customer_id};
use crate::ordering::{Order, Promise};
use crate::run::Scene;
use crate::table::Version;

/// Writes everything the shop exports about an order.
pub(crate) fn write(scene: &mut Scene<'_>, customer: &Customer, order: &Order) {
    states(scene, customer, order);
    for (at, line) in order.lines.iter().enumerate() {
        let product = &scene.world.assortment.products[line.product];
        let row = scene.files.order_lines.row().text(&order.id).integer(at as i64 + 1).text(&product.id);
        row.skip(1).integer(line.quantity).money(line.unit_cents).end(order.at, MINUTE, Version::Only);
    }
    payments(scene, order);
}

fn states(scene: &mut Scene<'_>, customer: &Customer, order: &Order) {
    if order.channel == "store" {
        state(scene, customer, order, "delivered", order.at, Version::First);
    } else {
        state(scene, customer, order, "placed", order.at, Version::First);
        let steps =
            [("cancelled", order.cancelled_at), ("shipped", order.shipped_at), ("delivered", order.delivered_at)];
        for (status, at) in steps {
            if let Some(at) = at {
                state(scene, customer, order, status, at, Version::Later);
            }
        }
    }
    if let Some(at) = order.returned_at {
        state(scene, customer, order, "returned", at, Version::Later);
    }
}

/// The order as it stood at `known`.
fn state(scene: &mut Scene<'_>, customer: &Customer, order: &Order, status: &str, known: i64, version: Version) {
    let clock = &scene.world.clock;
    let (instant, day) = match order.promise {
        Some(Promise::Instant(at)) => (Some(at), None),
        Some(Promise::Day(day)) => (None, Some(clock.epoch_day(day))),
        None => (None, None),
    };
    let by = |at: Option<i64>| at.filter(|at| *at <= known);
    let referrer = customer.referred_by.filter(|_| order.number == 1).map(customer_id).unwrap_or_default();
    scene
        .files
        .orders
        .row()
        .text(&order.id)
        .text(&customer.id)
        .instant(order.at)
        .instant_if(Some(order.paid_at).filter(|at| *at <= known + MINUTE))
        .text(status)
        .text(order.currency)
        .money(order.goods_cents)
        .money(order.discount_cents)
        .money(order.shipping_cents)
        .money(order.tax_cents())
        .money(order.cost_cents)
        .instant_if(instant)
        .day_if(day)
        .instant_if(by(order.shipped_at))
        .instant_if(by(order.delivered_at))
        .instant_if(by(order.cancelled_at))
        .text(order.channel)
        .text(order.coupon)
        .text(&referrer)
        .text(order.session.as_deref().unwrap_or_default())
        .end(known, 2 * MINUTE, version);
}

fn payments(scene: &mut Scene<'_>, order: &Order) {
    payment(scene, order, 1, "payment", order.paid_at, order.total_cents());
    if let Some(at) = order.cancelled_at {
        payment(scene, order, 2, "refund", at + HOUR, order.total_cents());
    }
    if let Some(at) = order.returned_at {
        // Shipping is not given back.
        let goods = order.goods_cents - order.discount_cents;
        let back = (goods as f64 * 1.19).round() as i64;
        payment(scene, order, 2, "refund", at + 26 * HOUR, back);
    }
}

fn payment(scene: &mut Scene<'_>, order: &Order, number: u32, kind: &str, at: i64, cents: i64) {
    scene
        .files
        .payments
        .row()
        .text(&format!("PM{}-{number}", &order.id[1..]))
        .text(&order.id)
        .instant(at)
        .text(kind)
        .text(order.method)
        .money(cents)
        .text(order.currency)
        .end(at, 2 * MINUTE, Version::Only);
}
