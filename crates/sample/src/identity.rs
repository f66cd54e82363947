//! How a visitor becomes a known customer: rows of `customers` and `identities`.

use crate::clock::{DAY, MINUTE};
use crate::customer::{Customer, customer_id};
use crate::run::Scene;
use crate::table::Version;

/// Share of second devices that are first linked to the wrong customer, which is later undone.
const WRONG_LINK_SHARE: f64 = 0.02;

/// Writes an anonymous visitor.
pub(crate) fn visitor(scene: &mut Scene<'_>, id: &str, first_seen: i64, channel: &str) {
    scene.seen.visitors += 1;
    let row = scene.files.customers.row().text(id).flag(false).instant(first_seen);
    row.skip(2).text(channel).end(first_seen, MINUTE, Version::Only);
}

/// Writes the customer, its devices, and the links between them.
pub(crate) fn customer(scene: &mut Scene<'_>, customer: &mut Customer) {
    scene.seen.customers += 1;
    visitor(scene, &customer.visitor, customer.first_seen, customer.channel);
    profile(scene, customer, customer.consent, customer.known_at, Version::First);
    let changed = customer.known_at + customer.dice.browsing.seconds(30 * DAY, 900 * DAY);
    if customer.consent && customer.dice.browsing.chance(0.06) {
        profile(scene, customer, false, changed, Version::Later);
    }
    let reason = if customer.buyer { "purchase" } else { "login" };
    link(scene, &customer.visitor, &customer.id, reason, customer.known_at, None, Version::Only);
    second_device(scene, customer);
}

fn second_device(scene: &mut Scene<'_>, customer: &mut Customer) {
    let Some(device) = customer.second_device.clone() else { return };
    let dice = &mut customer.dice.browsing;
    let since = customer.known_at + dice.seconds(DAY, 60 * DAY);
    let undone = since + dice.seconds(DAY, 40 * DAY);
    let wrong = dice.chance(WRONG_LINK_SHARE) && customer.slot > 0;
    visitor(scene, &device, customer.known_at, "direct");
    if wrong && undone < scene.world.clock.end() {
        scene.seen.links_undone += 1;
        let other = customer_id(customer.slot - 1);
        link(scene, &device, &other, "login", since, None, Version::First);
        link(scene, &device, &other, "login", since, Some(undone), Version::Later);
        link(scene, &device, &customer.id, "manual", undone, None, Version::Only);
    } else {
        link(scene, &device, &customer.id, "login", since, None, Version::Only);
    }
}

fn link(
    scene: &mut Scene<'_>,
    alias: &str,
    customer_id: &str,
    reason: &str,
    since: i64,
    until: Option<i64>,
    version: Version,
) {
    let confidence = if reason == "login" { 0.9 } else { 1.0 };
    scene
        .files
        .identities
        .row()
        .text(alias)
        .text(customer_id)
        .text(reason)
        .number(confidence)
        .instant(since)
        .instant_if(until)
        .text("")
        .text("")
        .end(until.unwrap_or(since), MINUTE, version);
}

fn profile(scene: &mut Scene<'_>, customer: &Customer, consent: bool, at: i64, version: Version) {
    let referrer = customer.referred_by.map(customer_id).unwrap_or_default();
    let attributes = format!(
        r#"{{"newsletter":{consent},"language":"{}","devices":{}}}"#,
        customer.language(),
        1 + usize::from(customer.second_device.is_some())
    );
    scene
        .files
        .customers
        .row()
        .text(&customer.id)
        .flag(true)
        .instant(customer.first_seen)
        .text(customer.region)
        .text(customer.segment)
        .text(customer.channel)
        .text(&referrer)
        .flag(consent)
        .text(&format!("customer{}@example.org", u64::from(customer.slot) + 1))
        .text(&attributes)
        .end(at, 2 * MINUTE, version);
}
