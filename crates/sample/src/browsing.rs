//! Visits: how people come, what they look at, what they put into the cart. Research has no effect on
//! buying here; buyers simply do more of it.

use crate::clock::{DAY, HOUR, MINUTE};
use crate::customer::{Customer, Referral, customer_id, visitor_id};
use crate::dice::{Dice, Purpose};
use crate::ordering::Order;
use crate::run::Scene;
use crate::season::shopping_second;
use crate::table::Version;
use crate::timestamp::civil;

/// What is researched, with its weight.
const RESEARCH: [(&str, f64); 9] = [
    ("product_viewed", 0.52),
    ("category_viewed", 0.18),
    ("site_search", 0.10),
    ("reviews_read", 0.09),
    ("comparison_viewed", 0.04),
    ("testimonial_read", 0.025),
    ("wishlist_added", 0.02),
    ("case_study_read", 0.015),
    ("share", 0.01),
];
const QUERIES: [&str; 14] = [
    "grinder",
    "espresso machine",
    "kettle with app",
    "iron pan",
    "gift",
    "filter",
    "descaler",
    "knife set",
    "plates",
    "spare gasket",
    "milk frother",
    "storage jars",
    "returns",
    "opening hours",
];

/// What goes with a touchpoint.
#[derive(Clone, Copy, Default)]
struct Touch<'a> {
    campaign: &'a str,
    product: Option<usize>,
    content: &'a str,
    session: &'a str,
    referrer: &'a str,
    value: Option<f64>,
}

/// Someone on the web: under which name, numbered by which counter.
struct Visitor<'a> {
    slot: u32,
    name: &'a str,
    counter: &'a mut u32,
}

/// How far a session goes.
#[derive(Clone, Copy)]
struct Depth {
    bounce: f64,
    more_research: f64,
    cart: f64,
    checkout: f64,
}

const ANONYMOUS: Depth = Depth { bounce: 0.66, more_research: 0.45, cart: 0.22, checkout: 0.15 };
const CUSTOMER: Depth = Depth { bounce: 0.25, more_research: 0.42, cart: 0.42, checkout: 0.20 };

/// Visits of people who never become known, around the time at which a customer does.
pub(crate) fn anonymous(scene: &mut Scene<'_>, slot: u32, known_at: i64) {
    let mut dice = Dice::of_customer(scene.world.options.seed, slot, Purpose::Anonymous);
    let clock = &scene.world.clock;
    let wanted = scene.world.options.visitors_per_customer;
    let count = wanted as u64 + u64::from(dice.chance(wanted.fract()));
    let mut counter = 500_000;
    for k in 0..count {
        let name = visitor_id(slot, 2 + k);
        let day = (clock.day_of(known_at) as i64 + dice.seconds(-14, 15)).clamp(0, clock.days as i64 - 1);
        let mut at = clock.at(day as usize, shopping_second(&mut dice));
        let channel = SOURCES[dice.weighted(&SOURCE_WEIGHTS)];
        crate::identity::visitor(scene, &name, at, channel);
        let sessions = 1 + dice.geometric(0.22, 6);
        for number in 0..sessions {
            let mut visitor = Visitor { slot, name: &name, counter: &mut counter };
            let session = format!("S{}-{}", &name[1..], number + 1);
            let came_by = if number == 0 { channel } else { "direct" };
            session_of(scene, &mut dice, &mut visitor, at, came_by, &session, ANONYMOUS);
            at += dice.seconds(4 * HOUR, 12 * DAY);
        }
        crate::support::of_visitor(scene, &mut dice, &name, slot, k, at - HOUR);
    }
}

const SOURCES: [&str; 5] = ["search", "direct", "social", "advertisement", "price_comparison"];
const SOURCE_WEIGHTS: [f64; 5] = [0.36, 0.14, 0.22, 0.18, 0.10];

/// Research of a customer-to-be, from the first visit until it becomes known.
pub(crate) fn before(scene: &mut Scene<'_>, customer: &mut Customer) {
    if let Some(by) = customer.referred_by {
        referral(scene, customer, Referral { at: customer.first_seen, by });
    }
    let (from, until) = (customer.first_seen, customer.known_at);
    let count = 1 + customer.dice.browsing.geometric(0.42, 8);
    for number in 0..count {
        let at = if number == 0 { from } else { customer.dice.browsing.seconds(from, until) };
        let channel = if number == 0 { customer.channel } else { "direct" };
        // The last minutes belong to the session in which it becomes known.
        if at < until - 40 * MINUTE || number == 0 {
            session(scene, customer, at, channel, CUSTOMER);
        }
    }
}

/// The referral as the referrer's own touchpoint.
fn referral(scene: &mut Scene<'_>, customer: &mut Customer, referral: Referral) {
    scene.seen.referrals += 1;
    let by = customer_id(referral.by);
    let touch = Touch { referrer: &customer.id, content: "invite link", ..Touch::default() };
    let mut visitor = Visitor { slot: customer.slot, name: &by, counter: &mut customer.counters.interactions };
    write(scene, &mut visitor, "referral", "social", referral.at - 5 * MINUTE, touch);
}

/// A customer who becomes known without buying.
pub(crate) fn sign_up(scene: &mut Scene<'_>, customer: &mut Customer) {
    let name = customer.id.clone();
    let mut visitor = Visitor { slot: customer.slot, name: &name, counter: &mut customer.counters.interactions };
    write(scene, &mut visitor, "newsletter_signup", "web", customer.known_at, Touch::default());
}

/// Visits and opened newsletters of a known customer, until the end of the window.
pub(crate) fn after(scene: &mut Scene<'_>, customer: &mut Customer) {
    let season = &scene.world.season;
    let from = season.operational(scene.world.clock.day_of(customer.known_at));
    let weeks = (season.total() - from).max(0.0) / 7.0;
    let count = customer.dice.browsing.exponential(0.04 * weeks).min(200.0) as usize;
    for _ in 0..count {
        let dice = &mut customer.dice.browsing;
        let operational = from + dice.uniform() * (season.total() - from);
        let second = shopping_second(dice);
        let channel = SOURCES[dice.weighted(&SOURCE_WEIGHTS)];
        if let Some(day) = season.day(operational) {
            let at = scene.world.clock.at(day, second).max(customer.known_at + HOUR);
            session(scene, customer, at, channel, CUSTOMER);
        }
    }
    newsletters(scene, customer);
}

fn newsletters(scene: &mut Scene<'_>, customer: &mut Customer) {
    if !customer.consent {
        return;
    }
    let clock = &scene.world.clock;
    for month in clock.month_of(customer.known_at) + 1..scene.world.options.months {
        let sent = clock.month_start(month) + 8 * DAY + 9 * HOUR;
        let opens = customer.dice.browsing.chance(0.21);
        let at = sent + customer.dice.browsing.seconds(MINUTE, 50 * HOUR);
        if opens {
            let (year, month, _) = civil(sent.div_euclid(DAY));
            mail_opened(scene, customer, at, &format!("newsletter-{year}-{month:02}"));
        }
    }
}

/// An opened mail, sometimes followed by a visit.
pub(crate) fn mail_opened(scene: &mut Scene<'_>, customer: &mut Customer, at: i64, campaign: &str) {
    let name = customer.id.clone();
    let mut visitor = Visitor { slot: customer.slot, name: &name, counter: &mut customer.counters.interactions };
    write(scene, &mut visitor, "email_opened", "email", at, Touch { campaign, ..Touch::default() });
    if customer.dice.browsing.chance(0.12) {
        session(scene, customer, at + MINUTE, "email", CUSTOMER);
    }
}

/// An article read because of a need.
pub(crate) fn article_viewed(scene: &mut Scene<'_>, customer: &mut Customer, at: i64, article: &str) {
    let name = customer.seen_as(at);
    let mut visitor = Visitor { slot: customer.slot, name: &name, counter: &mut customer.counters.interactions };
    write(scene, &mut visitor, "article_viewed", "web", at, Touch { content: article, ..Touch::default() });
}

/// A chat or question before the first order.
pub(crate) fn asked(scene: &mut Scene<'_>, customer: &mut Customer, at: i64, by_chat: bool) {
    let name = customer.seen_as(at);
    let mut visitor = Visitor { slot: customer.slot, name: &name, counter: &mut customer.counters.interactions };
    let (kind, channel) = if by_chat { ("chat_started", "chat") } else { ("question_asked", "web") };
    write(scene, &mut visitor, kind, channel, at, Touch::default());
}

/// The session in which an order is placed; returns its id.
pub(crate) fn purchase(scene: &mut Scene<'_>, customer: &mut Customer, order: &Order) -> String {
    let id = next_session(customer);
    let channel = match (order.number, order.coupon == crate::campaign::COUPON) {
        (_, true) => "email",
        (1, _) if customer.channel == "referral" => "referral",
        _ => SOURCES[customer.dice.browsing.weighted(&[0.25, 0.45, 0.1, 0.1, 0.1])],
    };
    let mut at = order.at - customer.dice.browsing.seconds(6 * MINUTE, 19 * MINUTE);
    let name = customer.seen_as(at);
    let mut visitor = Visitor { slot: customer.slot, name: &name, counter: &mut customer.counters.interactions };
    let dice = &mut customer.dice.browsing;
    if at < scene.world.clock.end() {
        scene.seen.sessions += 1;
    }
    arrive(scene, &mut visitor, at, channel, &id);
    for _ in 0..1 + dice.geometric(0.4, 3) {
        at += dice.seconds(20, 70);
        research(scene, dice, &mut visitor, at, &id);
    }
    for line in &order.lines {
        at += dice.seconds(10, 40);
        cart(scene, &mut visitor, at, &id, line.product, "cart_added");
    }
    let touch = Touch { session: &id, value: Some(order.value_eur), ..Touch::default() };
    write(scene, &mut visitor, "checkout_started", "web", order.at - 30, touch);
    id
}

fn next_session(customer: &mut Customer) -> String {
    customer.counters.sessions += 1;
    format!("S{:08}c{}", u64::from(customer.slot) + 1, customer.counters.sessions)
}

fn session(scene: &mut Scene<'_>, customer: &mut Customer, at: i64, channel: &str, depth: Depth) {
    let id = next_session(customer);
    let name = customer.seen_as(at);
    let mut visitor = Visitor { slot: customer.slot, name: &name, counter: &mut customer.counters.interactions };
    session_of(scene, &mut customer.dice.browsing, &mut visitor, at, channel, &id, depth);
}

fn session_of(
    scene: &mut Scene<'_>,
    dice: &mut Dice,
    visitor: &mut Visitor<'_>,
    at: i64,
    channel: &str,
    session: &str,
    depth: Depth,
) {
    if at < scene.world.clock.end() {
        scene.seen.sessions += 1;
    }
    arrive(scene, visitor, at, channel, session);
    if dice.chance(depth.bounce) {
        return;
    }
    let mut at = at;
    for _ in 0..1 + dice.geometric(depth.more_research, 9) {
        at += 8 + dice.exponential(55.0) as i64;
        research(scene, dice, visitor, at, session);
    }
    if dice.chance(depth.cart) {
        let product = scene.world.assortment.popular(dice);
        at += dice.seconds(10, 90);
        cart(scene, visitor, at, session, product, "cart_added");
        if dice.chance(0.2) {
            cart(scene, visitor, at + 40, session, product, "cart_removed");
        } else if dice.chance(depth.checkout) {
            let touch = Touch { session, ..Touch::default() };
            write(scene, visitor, "checkout_started", "web", at + 60, touch);
        }
    }
}

/// The first touchpoint of a session says how the visitor came.
fn arrive(scene: &mut Scene<'_>, visitor: &mut Visitor<'_>, at: i64, channel: &str, session: &str) {
    let (kind, campaign, referrer) = match channel {
        "search" => ("search_visit", "", "https://search.example/"),
        "social" => ("social_visit", "social-stories", "https://social.example/"),
        "advertisement" => ("advertisement", "display", ""),
        "price_comparison" => ("referral_visit", "listings", "https://prices.example/"),
        "referral" => ("referral_visit", "", "https://friends.example/"),
        _ => ("direct_visit", "", ""),
    };
    write(scene, visitor, kind, channel, at, Touch { campaign, session, referrer, ..Touch::default() });
}

fn research(scene: &mut Scene<'_>, dice: &mut Dice, visitor: &mut Visitor<'_>, at: i64, session: &str) {
    let kind = RESEARCH[dice.weighted(&RESEARCH.map(|r| r.1))].0;
    let product = scene.world.assortment.popular(dice);
    let query = dice.pick(&QUERIES);
    let about = matches!(kind, "product_viewed" | "reviews_read" | "wishlist_added" | "share");
    let content = match kind {
        "site_search" => query,
        "category_viewed" => scene.world.assortment.products[product].category,
        "comparison_viewed" => "machines under 500",
        "testimonial_read" => "a café in Leipzig",
        "case_study_read" => "an office with 40 people",
        _ => "",
    };
    let product = about.then_some(product);
    let channel = if kind == "share" { "social" } else { "web" };
    write(scene, visitor, kind, channel, at, Touch { product, content, session, ..Touch::default() });
}

fn cart(scene: &mut Scene<'_>, visitor: &mut Visitor<'_>, at: i64, session: &str, product: usize, kind: &str) {
    let price = scene.world.assortment.products[product].price_cents as f64 / 100.0;
    let touch = Touch { session, product: Some(product), value: Some(price), ..Touch::default() };
    write(scene, visitor, kind, "web", at, touch);
}

fn write(scene: &mut Scene<'_>, visitor: &mut Visitor<'_>, kind: &str, channel: &str, at: i64, touch: Touch<'_>) {
    *visitor.counter += 1;
    let product = touch.product.map_or("", |at| scene.world.assortment.products[at].id.as_str());
    let row = scene
        .files
        .interactions
        .row()
        .text(&format!("I{:08}-{:06}", u64::from(visitor.slot) + 1, visitor.counter))
        .text(visitor.name)
        .text(kind)
        .text(channel)
        .instant(at)
        .text(touch.campaign)
        .text(product)
        .text(touch.content)
        .text(touch.session)
        .text(touch.referrer);
    let row = match touch.value {
        Some(value) => row.number(value),
        None => row.skip(1),
    };
    row.end(at, 20, Version::Only);
}
