//! Trials: a case's moments, as far as they are compared, with what was bought afterwards.

use super::case::{Case, Moment, Obstacle};
use super::spec::Spec;

/// Moments are compared within one stratum only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Stratum {
    pub obstacle: Obstacle,
    /// Orders before: 0, 1, or 2 and more.
    orders: u8,
    /// Channel of the case's first touchpoint.
    channel: u16,
    /// Calendar quarter; the largest number outside all.
    quarter: u16,
    place: u32,
}

/// A moment whose outcome is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Trial {
    pub stratum: Stratum,
    /// The obstacle was met; else it could have been, and had not been before.
    pub met: bool,
    /// A counting order followed within the horizon.
    pub bought: bool,
    /// Its amount, where known.
    pub amount: Option<i64>,
}

/// Whether the outcome of a moment is known.
pub(super) fn is_mature(moment: &Moment, spec: &Spec) -> bool {
    moment.at.saturating_add(spec.horizon) <= spec.known_until
}

/// Puts moments in order: by obstacle, and by time within it.
pub(super) fn sort(moments: &mut [Moment]) {
    moments.sort_unstable_by_key(|moment| (moment.obstacle, moment.at, moment.after, moment.row, moment.met));
}

/// What becomes of sorted moments: for each obstacle those up to the first at which it was met; afterwards the case is
/// neither affected anew nor comparable. Those whose outcome is open are left out.
///
/// Every such moment counts, not one per case: among cases equally likely to meet the obstacle at each of their
/// moments, those who meet it and those who do not yet are then alike, however many moments they have.
pub(super) fn trials(case: &Case<'_>, moments: &[Moment], spec: &Spec, out: &mut Vec<Trial>) {
    out.clear();
    let mut over: Option<Obstacle> = None;
    for moment in moments {
        if over == Some(moment.obstacle) {
            continue;
        }
        if moment.met {
            over = Some(moment.obstacle);
        }
        if is_mature(moment, spec) {
            let order = case.next_order(moment.after, moment.at.saturating_add(spec.horizon));
            out.push(Trial {
                stratum: stratum(case, moment, spec),
                met: moment.met,
                bought: order.is_some(),
                amount: order.and_then(|order| order.amount),
            });
        }
    }
}

fn stratum(case: &Case<'_>, moment: &Moment, spec: &Spec) -> Stratum {
    let quarter = spec.quarters.index(moment.at).and_then(|quarter| u16::try_from(quarter).ok());
    Stratum {
        obstacle: moment.obstacle,
        orders: case.orders_before(moment.after),
        channel: case.journey.channels.first().copied().unwrap_or(0),
        quarter: quarter.unwrap_or(u16::MAX),
        place: moment.place,
    }
}
