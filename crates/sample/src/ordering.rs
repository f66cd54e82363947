//! One order: what is bought, for how much, when it was promised and when it came.

use crate::clock::{DAY, HOUR, MINUTE};
use crate::customer::Customer;
use crate::dice::{Dice, logistic};
use crate::world::World;

/// First month of the quarter in which the carrier of north and east has trouble.
pub(crate) const CARRIER_TROUBLE_FROM_MONTH: u32 = 6;
/// How many months the trouble lasts.
pub(crate) const CARRIER_TROUBLE_MONTHS: u32 = 3;

/// What was promised to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// By this instant (express).
    Instant(i64),
    /// By the end of this local day, counted from the start of the window.
    Day(usize),
}

/// A line: index of the product, how many, price of one in the order's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) product: usize,
    pub(crate) quantity: i64,
    pub(crate) unit_cents: i64,
}

/// An order with its whole future.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) number: u32,
    pub(crate) at: i64,
    pub(crate) channel: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) lines: Vec<Line>,
    pub(crate) goods_cents: i64,
    pub(crate) discount_cents: i64,
    pub(crate) shipping_cents: i64,
    pub(crate) cost_cents: i64,
    pub(crate) coupon: &'static str,
    pub(crate) method: &'static str,
    pub(crate) paid_at: i64,
    pub(crate) promise: Option<Promise>,
    pub(crate) shipped_at: Option<i64>,
    pub(crate) delivered_at: Option<i64>,
    pub(crate) cancelled_at: Option<i64>,
    pub(crate) returned_at: Option<i64>,
    pub(crate) session: Option<String>,
    pub(crate) value_eur: f64,
    late: bool,
}

impl Order {
    /// Whether the promise was broken.
    pub(crate) fn is_late(&self) -> bool {
        self.late
    }

    /// Whether it was placed on the web.
    pub(crate) fn is_online(&self) -> bool {
        self.channel == "web"
    }

    /// What the customer pays: goods less discount, shipping and tax.
    pub(crate) fn total_cents(&self) -> i64 {
        self.goods_cents - self.discount_cents + self.shipping_cents + self.tax_cents()
    }

    /// 19 % on everything.
    pub(crate) fn tax_cents(&self) -> i64 {
        ((self.goods_cents - self.discount_cents + self.shipping_cents) as f64 * 0.19).round() as i64
    }
}

/// Goods, prices and costs of an order.
struct Basket {
    lines: Vec<Line>,
    goods_cents: i64,
    cost_cents: i64,
    value_eur: f64,
}

/// How an order reaches the customer.
#[derive(Default)]
struct Delivery {
    promise: Option<Promise>,
    shipped_at: Option<i64>,
    delivered_at: Option<i64>,
    late: bool,
}

/// Draws an order placed `at`; `from_campaign`: with the campaign's voucher.
pub(crate) fn place(world: &World, customer: &mut Customer, at: i64, number: u32, from_campaign: bool) -> Order {
    let currency = currency(customer);
    let euro_rate = world.rates.of(currency, world.clock.month_of(at));
    let basket = basket(world, customer, euro_rate);
    let dice = &mut customer.dice.spend;
    let in_store = dice.chance(0.07) && number > 1 && !from_campaign;
    let by_phone = dice.chance(0.03) && number > 1 && !from_campaign;
    let channel = if in_store {
        "store"
    } else if by_phone {
        "phone"
    } else {
        "web"
    };
    let welcome = dice.chance(if number == 1 { 0.25 } else { 0.04 });
    let (coupon, share) = match (from_campaign, welcome) {
        (true, _) => (crate::campaign::COUPON, 0.15),
        (false, true) => ("WELCOME10", 0.10),
        (false, false) => ("", 0.0),
    };
    let method =
        if in_store { "card" } else { dice.pick(&["card", "card", "paypal", "paypal", "transfer", "invoice"]) };
    let slow_payment = dice.seconds(DAY, 3 * DAY);
    let paid_at = at + if matches!(method, "transfer" | "invoice") { slow_payment } else { 40 };
    let free = basket.goods_cents >= 5_900 || in_store;
    let delivery = deliver(world, customer, at, in_store);
    let mut order = Order {
        id: format!("O{:08}-{number:02}", u64::from(customer.slot) + 1),
        number,
        at,
        channel,
        currency,
        goods_cents: basket.goods_cents,
        discount_cents: (basket.goods_cents as f64 * share).round() as i64,
        shipping_cents: if free { 0 } else { 490 },
        cost_cents: basket.cost_cents,
        lines: basket.lines,
        coupon,
        method,
        paid_at,
        promise: delivery.promise,
        shipped_at: delivery.shipped_at,
        delivered_at: delivery.delivered_at,
        cancelled_at: None,
        returned_at: None,
        session: None,
        value_eur: basket.value_eur,
        late: delivery.late,
    };
    ends(customer, &mut order, in_store);
    order
}

/// A few orders are cancelled before they ship, some come back.
fn ends(customer: &mut Customer, order: &mut Order, in_store: bool) {
    let dice = &mut customer.dice.delivery;
    let (cancels, returns) = (dice.chance(0.018), dice.chance(0.055));
    let cancel_delay = dice.seconds(30 * MINUTE, 9 * HOUR);
    let return_delay = dice.seconds(5 * DAY, 16 * DAY);
    if cancels && !in_store {
        order.cancelled_at = Some(order.at + cancel_delay);
        order.paid_at = order.paid_at.min(order.at + cancel_delay - MINUTE);
        order.shipped_at = None;
        order.delivered_at = None;
        order.late = false;
    } else if returns {
        order.returned_at = order.delivered_at.map(|at| at + return_delay);
    }
}

fn currency(customer: &mut Customer) -> &'static str {
    let foreign = customer.dice.spend.chance(0.8);
    match customer.region {
        "switzerland" if foreign => "CHF",
        "britain" if foreign => "GBP",
        _ => "EUR",
    }
}

/// Order value by Gamma(p, ν), cut into lines of products with list prices near the pieces.
fn basket(world: &World, customer: &mut Customer, euro_rate: f64) -> Basket {
    let dice = &mut customer.dice.spend;
    let value = dice.gamma(world.parameters.spend.p, customer.spend_rate.max(1e-6)).max(4.0);
    let most = if value < 25.0 { 1 } else { 3 };
    let count = 1 + dice.below(most);
    let weights: Vec<f64> = (0..count).map(|_| 0.5 + dice.uniform()).collect();
    let total: f64 = weights.iter().sum();
    let mut basket = Basket { lines: Vec::with_capacity(count), goods_cents: 0, cost_cents: 0, value_eur: 0.0 };
    for weight in weights {
        let piece = value * 100.0 * weight / total;
        let quantity = if piece > 900.0 && dice.chance(0.12) { 2 } else { 1 };
        let at = world.assortment.near(piece / quantity as f64, dice);
        let product = &world.assortment.products[at];
        let foreign = |cents: i64| (cents as f64 / euro_rate).round() as i64;
        let unit_cents = foreign(product.price_cents);
        basket.goods_cents += unit_cents * quantity;
        basket.cost_cents += foreign(product.cost_cents) * quantity;
        basket.value_eur += (product.price_cents * quantity) as f64 / 100.0;
        basket.lines.push(Line { product: at, quantity, unit_cents });
    }
    basket
}

/// The same draws are made for every order, so that a switched-off effect changes only what it acts on.
fn deliver(world: &World, customer: &mut Customer, at: i64, in_store: bool) -> Delivery {
    let probability = logistic(late_log_odds(world, customer, at));
    let (remote, business) = (customer.is_remote(), customer.segment == "business");
    let dice = &mut customer.dice.delivery;
    let late = dice.chance(probability);
    let express = dice.chance(if business { 0.3 } else { 0.12 });
    let early = dice.below(3);
    let over = 1 + dice.geometric(0.55, 11);
    let second = dice.seconds(9 * HOUR, 17 * HOUR);
    let handling = dice.seconds(10 * HOUR, 30 * HOUR);
    if in_store {
        return Delivery { delivered_at: Some(at), ..Delivery::default() };
    }
    let clock = &world.clock;
    let ordered = clock.day_of(at);
    let not_sunday = |day: usize| if clock.is_sunday(day) { day + 1 } else { day };
    let days = if express { 2 } else { 4 } + usize::from(remote);
    let promised = not_sunday(ordered + days);
    let arrives = if late { not_sunday(promised + over) } else { (promised - early.min(days - 1)).max(ordered + 1) };
    // Going back from a promised day may meet a Sunday: then it comes on the day promised.
    let arrives = if !late && clock.is_sunday(arrives) { promised } else { arrives };
    let delivered_at = clock.at(arrives, second);
    let promise = if express { Promise::Instant(clock.at(promised, 18 * HOUR)) } else { Promise::Day(promised) };
    let shipped_at = (delivered_at - handling).max(at + 40 * MINUTE + handling / 10).min(delivered_at - 20 * MINUTE);
    Delivery { promise: Some(promise), shipped_at: Some(shipped_at), delivered_at: Some(delivered_at), late }
}

fn late_log_odds(world: &World, customer: &Customer, at: i64) -> f64 {
    let effect = &world.parameters.lateness;
    let day = world.clock.day_of(at);
    let month = world.clock.month_of_day(day);
    let mut log_odds = effect.intercept;
    if customer.is_remote() {
        log_odds += effect.remote_region;
    }
    if customer.channel == "price_comparison" {
        log_odds += effect.price_comparison;
    }
    if customer.segment == "business" {
        log_odds += effect.business;
    }
    if world.clock.date(day).month() == 12 {
        log_odds += effect.december;
    }
    let trouble = CARRIER_TROUBLE_FROM_MONTH..CARRIER_TROUBLE_FROM_MONTH + CARRIER_TROUBLE_MONTHS;
    if customer.is_served_by_boreas() && trouble.contains(&month) {
        log_odds += effect.carrier_trouble;
    }
    log_odds + effect.impatience * customer.impatience
}

/// The product of an order that a question is about.
pub(crate) fn main_product(order: &Order, dice: &mut Dice) -> Option<usize> {
    let at = dice.below(order.lines.len());
    order.lines.get(at).map(|line| line.product)
}
