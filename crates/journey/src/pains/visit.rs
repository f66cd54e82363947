//! Visits: the touchpoints of one session, for obstacles met within it.

use std::collections::HashMap;

use super::case::Case;
use super::spec::{Spec, role};

/// A touchpoint within a visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    pub row: usize,
    /// Its step; none where it is an order that is no step.
    pub step: Option<u16>,
    /// How far it is: 1 search, 2 cart, 3 checkout, 4 order; 0 elsewhere.
    pub rank: u8,
}

fn rank(bits: u16) -> u8 {
    match bits {
        bits if bits & role::ORDER != 0 => 4,
        bits if bits & role::CHECKOUT != 0 => 3,
        bits if bits & role::CART != 0 => 2,
        bits if bits & role::SEARCH != 0 => 1,
        _ => 0,
    }
}

/// Gives touchpoints, in their order, the number of their session.
struct Sessions {
    gap: i64,
    next: usize,
    by_id: HashMap<u64, usize>,
    /// When the last touchpoint without a session of the source was, and its session.
    apart: Option<(i64, usize)>,
    /// When the last touchpoint of any session was, and its session.
    last: Option<(i64, usize)>,
}

impl Sessions {
    fn number(&mut self, at: i64, id: u64, is_order: bool) -> usize {
        let near = |last: Option<(i64, usize)>| {
            last.filter(|(before, _)| at.saturating_sub(*before) < self.gap).map(|(_, session)| session)
        };
        let joined = match id {
            0 if is_order => near(self.last),
            0 => near(self.apart),
            id => self.by_id.get(&id).copied(),
        };
        let session = joined.unwrap_or(self.next);
        self.next = self.next.max(session + 1);
        match id {
            0 if !is_order => self.apart = Some((at, session)),
            0 => {}
            id => {
                self.by_id.insert(id, session);
            }
        }
        self.last = Some((at, session));
        session
    }
}

/// The visits of a case, in the order in which they began: the source's sessions; touchpoints without one belong
/// together while each is less than the gap after the one before. An order that names no session belongs to that of
/// the touchpoint before it, if less than the gap apart. Touchpoints that are no step and no order are passed over.
pub(super) fn visits(case: &Case<'_>, spec: &Spec, roles: &[u16]) -> Vec<Vec<Stop>> {
    let mut sessions =
        Sessions { gap: spec.limits.session_gap, next: 0, by_id: HashMap::new(), apart: None, last: None };
    let mut visits: Vec<Vec<Stop>> = Vec::new();
    let ids = case.journey.sessions();
    for (row, at) in case.journey.at.iter().enumerate() {
        let bits = roles.get(usize::from(case.kind(row))).copied().unwrap_or(0);
        let (rank, step) = (rank(bits), spec.steps.of(case.journey, row).and_then(|step| u16::try_from(step).ok()));
        if step.is_none() && rank < 4 {
            continue;
        }
        let session = sessions.number(*at, ids.get(row).copied().unwrap_or(0), rank == 4);
        let stop = Stop { row, step, rank };
        match visits.get_mut(session) {
            Some(visit) => visit.push(stop),
            None => visits.push(vec![stop]),
        }
    }
    visits
}
