//! The loyalty programme. Membership changes nothing: frequent buyers only have more occasions to join,
//! which makes members look better than others.

use crate::clock::MINUTE;
use crate::customer::Customer;
use crate::ordering::Order;
use crate::run::Scene;
use crate::table::Version;

const REDEEMED_POINTS: i64 = 100;

/// A customer's points account.
#[derive(Default)]
pub(crate) struct Account {
    member: bool,
    balance: i64,
    earned: i64,
    tier: &'static str,
}

/// What an order does in the programme.
pub(crate) fn order(scene: &mut Scene<'_>, customer: &mut Customer, order: &Order, account: &mut Account) {
    let (joins, redeems, leaves) = {
        let dice = &mut customer.dice.loyalty;
        (dice.chance(0.22), dice.chance(0.5), dice.chance(0.01))
    };
    if !account.member && joins {
        account.member = true;
        account.tier = "basic";
        event(scene, customer, order.at + 2 * MINUTE, "joined", None, "basic");
    }
    if !account.member {
        return;
    }
    if account.balance >= REDEEMED_POINTS && redeems {
        account.balance -= REDEEMED_POINTS;
        event(scene, customer, order.at + 3 * MINUTE, "redeemed", Some(REDEEMED_POINTS), account.tier);
    }
    if let (Some(at), None) = (order.delivered_at, order.returned_at) {
        let points = order.value_eur as i64;
        account.balance += points;
        account.earned += points;
        event(scene, customer, at + 30 * MINUTE, "earned", Some(points), account.tier);
        let tier = match account.earned {
            600.. => "gold",
            250.. => "silver",
            _ => "basic",
        };
        if tier != account.tier {
            account.tier = tier;
            event(scene, customer, at + 31 * MINUTE, "tier_changed", None, tier);
        }
    }
    if leaves {
        account.member = false;
        event(scene, customer, order.at + 90 * 86_400, "left", None, "");
    }
}

fn event(scene: &mut Scene<'_>, customer: &mut Customer, at: i64, kind: &str, points: Option<i64>, tier: &str) {
    customer.counters.loyalty += 1;
    scene
        .files
        .loyalty_events
        .row()
        .text(&format!("L{:08}-{:03}", u64::from(customer.slot) + 1, customer.counters.loyalty))
        .text(&customer.id)
        .instant(at)
        .text(kind)
        .integer_if(points)
        .text(tier)
        .end(at, MINUTE, Version::Only);
}
