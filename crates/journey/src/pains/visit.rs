//! Visits: the touchpoints of one session, for obstacles met within it.

use super::case::Case;
use super::hash::CodeMap;
use super::spec::{Spec, role};

/// A touchpoint within a visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stop {
    pub row: usize,
    /// Its step; none where it is an order that is no step.
    pub step: Option<u16>,
    /// How far it is: 1 search, 2 cart, 3 checkout, 4 order; 0 elsewhere.
    pub rank: u8,
    session: u32,
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
#[derive(Debug, Default)]
struct Sessions {
    gap: i64,
    next: u32,
    by_id: CodeMap<u64, u32>,
    /// The last id of the source, which most often is the next too.
    last_id: Option<(u64, u32)>,
    /// When the last touchpoint without a session of the source was, and its session.
    apart: Option<(i64, u32)>,
    /// When the last touchpoint of any session was, and its session.
    last: Option<(i64, u32)>,
}

impl Sessions {
    fn restart(&mut self, gap: i64) {
        self.by_id.clear();
        (self.gap, self.next, self.last_id, self.apart, self.last) = (gap, 0, None, None, None);
    }

    fn by_id(&mut self, id: u64) -> u32 {
        if let Some((_, session)) = self.last_id.filter(|(last, _)| *last == id) {
            return session;
        }
        let session = *self.by_id.entry(id).or_insert(self.next);
        self.last_id = Some((id, session));
        session
    }

    fn number(&mut self, at: i64, id: u64, is_order: bool) -> u32 {
        let near = |last: Option<(i64, u32)>| {
            last.filter(|(before, _)| at.saturating_sub(*before) < self.gap).map(|(_, session)| session)
        };
        let session = match id {
            0 if is_order => near(self.last).unwrap_or(self.next),
            0 => near(self.apart).unwrap_or(self.next),
            id => self.by_id(id),
        };
        self.next = self.next.max(session + 1);
        if id == 0 && !is_order {
            self.apart = Some((at, session));
        }
        self.last = Some((at, session));
        session
    }
}

/// The visits of a case; kept between cases to spare allocations.
#[derive(Debug, Default)]
pub(super) struct Visits {
    sessions: Sessions,
    stops: Vec<Stop>,
}

impl Visits {
    /// The visits of a case, in the order in which they began: the source's sessions; touchpoints without one belong
    /// together while each is less than the gap after the one before. An order that names no session belongs to that
    /// of the touchpoint before it, if less than the gap apart. Touchpoints that are no step and no order are passed
    /// over.
    pub fn of(&mut self, case: &Case<'_>, spec: &Spec, roles: &[u16]) -> impl Iterator<Item = &[Stop]> {
        let Visits { sessions, stops } = self;
        sessions.restart(spec.limits.session_gap);
        stops.clear();
        let (journey, ids) = (case.journey, case.journey.sessions());
        for (row, ((at, kind), id)) in journey.at.iter().zip(journey.kinds).zip(ids).enumerate() {
            let rank = rank(roles.get(usize::from(*kind)).copied().unwrap_or(0));
            let step = spec.steps.of(journey, row).and_then(|step| u16::try_from(step).ok());
            if step.is_some() || rank == 4 {
                stops.push(Stop { row, step, rank, session: sessions.number(*at, *id, rank == 4) });
            }
        }
        if !stops.is_sorted_by_key(|stop| stop.session) {
            stops.sort_by_key(|stop| stop.session);
        }
        stops.chunk_by(|one, other| one.session == other.session)
    }
}
