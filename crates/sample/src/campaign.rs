//! The randomised campaign: a voucher by mail to customers who have not bought for a month, with a holdout.

use crate::clock::{Clock, DAY, HOUR};
use crate::customer::Customer;
use crate::run::Scene;
use crate::table::Version;

/// Its name in `exposures.action_id`, `interactions.campaign` and `spending.campaign`.
pub(crate) const NAME: &str = "comeback-voucher";
/// Code of the voucher in `orders.coupon`.
pub(crate) const COUPON: &str = "COMEBACK15";
/// Month of the window in which it is sent.
const MONTH: u32 = 15;
/// Days within which its effect lies.
pub(crate) const WITHIN_DAYS: i64 = 30;

/// When it is sent; `None` where 30 days after that lie outside of the window.
pub(crate) fn sent_at(clock: &Clock) -> Option<i64> {
    let at = clock.month_start(MONTH).saturating_add(6 * DAY + 9 * HOUR);
    (at.saturating_add(WITHIN_DAYS * DAY) < clock.end()).then_some(at)
}

/// What the campaign did with a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assigned {
    pub(crate) treated: bool,
    /// When the extra order comes, if one does.
    pub(crate) extra_order: Option<i64>,
}

/// Draws the arm of an eligible customer, writes the exposure, and says whether an extra order follows.
/// Eligible: agreed to be contacted, last order 30 to 400 days ago.
pub(crate) fn assign(
    scene: &mut Scene<'_>,
    customer: &mut Customer,
    last_order: Option<i64>,
    at: i64,
) -> Option<Assigned> {
    let age = at - last_order?;
    if !customer.consent || !(30 * DAY..400 * DAY).contains(&age) {
        return None;
    }
    let parameters = scene.world.parameters.campaign;
    let dice = &mut customer.dice.campaign;
    let treated = !dice.chance(parameters.holdout_share);
    let delivered = dice.chance(parameters.delivered_share);
    let extra = dice.chance(parameters.extra_order);
    let delay = dice.seconds(HOUR, (WITHIN_DAYS - 1) * DAY);
    let opened = dice.chance(0.31);
    let open_delay = dice.seconds(60, 40 * HOUR);
    let row = scene.files.exposures.row().text(NAME).text(&customer.id).instant(at);
    let row = row.text(if treated { "voucher" } else { "holdout" });
    row.flag(treated && delivered).end(at, 300, Version::Only);
    let reached = treated && delivered;
    if reached && opened {
        crate::browsing::mail_opened(scene, customer, at + open_delay, NAME);
    }
    Some(Assigned { treated, extra_order: (reached && extra).then_some(at + delay) })
}
