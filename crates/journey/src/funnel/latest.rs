//! The quick way to the furthest step of a case: one pass that keeps, for each step, the latest possible entry.

use super::{FunnelMode, FunnelSpec, Repeat};
use crate::steps::{NONE, table};

/// No entry.
const NO_ENTRY: i64 = i64::MIN;
/// Most steps this way serves; the state must fit into 64 places.
const MOST: usize = 32;

/// Of all chains that reach a step, the one with the latest entry serves every later touchpoint best. A touchpoint of
/// step k therefore hands the entry kept at step k − 1 on to step k, if the window still holds it.
#[derive(Debug)]
pub(super) struct LatestStarts {
    /// By kind code: the place it hands on from, to the next place. Place 0 is the touchpoint itself, place k + 1 is
    /// step k; what is no step hands on from a place that never holds an entry.
    places: Box<[u16; 1 << 16]>,
    steps: usize,
    window: i64,
    from: i64,
    until: i64,
    /// Entries up to here are never open.
    closed: i64,
}

impl LatestStarts {
    /// `None` where the question needs more than the furthest step.
    pub(super) fn new(spec: &FunnelSpec) -> Option<LatestStarts> {
        let steps = spec.steps.len();
        let asked = spec.mode == FunnelMode::Ordered && spec.repeat == Repeat::Best && !spec.times;
        if !asked || steps == 0 || steps > MOST || spec.window.is_some_and(|window| window < 0) {
            return None;
        }
        let mut places = table(spec.steps.by_kind()?)?;
        let idle = u16::try_from(steps + 1).ok()?;
        places.iter_mut().filter(|place| **place == NONE).for_each(|place| *place = idle);
        let (from, until) = spec.entries.unwrap_or((i64::MIN, i64::MAX));
        let closed = spec.window.map_or(i64::MAX, |window| spec.known_until.saturating_sub(window));
        Some(LatestStarts { places, steps, window: spec.window.unwrap_or(i64::MAX), from, until, closed })
    }

    /// Number of steps reached; `None` where an entry could be open.
    #[inline]
    pub(super) fn reached(&self, at: &[i64], kinds: &[u16]) -> Option<usize> {
        if at.last().is_some_and(|last| *last > self.closed) {
            return None;
        }
        Some(if self.steps <= 5 { self.run::<8>(at, kinds) } else { self.run::<64>(at, kinds) })
    }

    /// `N` is a power of two above the number of steps + 2. No branch depends on the data: kinds follow no pattern that
    /// a processor could guess.
    #[inline]
    fn run<const N: usize>(&self, at: &[i64], kinds: &[u16]) -> usize {
        let mut entries = [NO_ENTRY; N];
        for (at, kind) in at.iter().zip(kinds) {
            let place = usize::from(self.places[usize::from(*kind)]);
            entries[0] = if (self.from <= *at) & (*at < self.until) { *at } else { NO_ENTRY };
            let earliest = at.saturating_sub(self.window).max(NO_ENTRY + 1);
            let handed = entries[place % N];
            let kept = entries[(place + 1) % N];
            entries[(place + 1) % N] = if handed >= earliest { handed } else { kept };
        }
        entries.iter().skip(1).take(self.steps).take_while(|entry| **entry != NO_ENTRY).count()
    }
}
