//! The quick way to the furthest step of a case: one pass that keeps, for each step, the latest possible entry.

use super::{FunnelMode, FunnelSpec, Repeat};
use crate::steps::{NONE, table};

/// No entry.
const NO_ENTRY: i64 = i64::MIN;
/// Places for the entries of many steps; a power of two.
const PLACES: usize = 64;
/// Most steps this way serves.
const MOST: usize = PLACES - 3;

/// Of all chains that reach a step, the one with the latest entry serves every later touchpoint best. A touchpoint of
/// step k therefore hands the entry kept at step k − 1 on to step k, if the window still holds it.
#[derive(Debug)]
pub(super) struct LatestStarts {
    /// Step by kind code; what is no step has a number beyond the steps, at which no entry is ever kept.
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
        Some(match self.steps {
            1 => self.few::<1>(at, kinds),
            2 => self.few::<2>(at, kinds),
            3 => self.few::<3>(at, kinds),
            4 => self.few::<4>(at, kinds),
            5 => self.few::<5>(at, kinds),
            6 => self.few::<6>(at, kinds),
            _ => self.many(at, kinds),
        })
    }

    /// For a few steps every entry stays in a register: a touchpoint offers itself to each step in turn. No branch
    /// depends on the data, since kinds follow no pattern that a processor could guess.
    #[inline]
    fn few<const STEPS: usize>(&self, at: &[i64], kinds: &[u16]) -> usize {
        let mut entries = [NO_ENTRY; STEPS];
        for (at, kind) in at.iter().zip(kinds) {
            let place = usize::from(self.places[usize::from(*kind)]);
            let earliest = self.earliest(*at);
            for step in (1..STEPS).rev() {
                let before = entries[step - 1];
                entries[step] = if (place == step) & (before >= earliest) { before } else { entries[step] };
            }
            entries[0] = if (place == 0) & self.may_enter(*at) { *at } else { entries[0] };
        }
        entries.iter().take_while(|entry| **entry != NO_ENTRY).count()
    }

    /// For more steps only the two entries concerned are looked at. The first stands for the touchpoint itself.
    fn many(&self, at: &[i64], kinds: &[u16]) -> usize {
        let mut entries = [NO_ENTRY; PLACES];
        for (at, kind) in at.iter().zip(kinds) {
            let place = usize::from(self.places[usize::from(*kind)]);
            entries[0] = if self.may_enter(*at) { *at } else { NO_ENTRY };
            let handed = entries[place % PLACES];
            let kept = entries[(place + 1) % PLACES];
            entries[(place + 1) % PLACES] = if handed >= self.earliest(*at) { handed } else { kept };
        }
        entries.iter().skip(1).take(self.steps).take_while(|entry| **entry != NO_ENTRY).count()
    }

    #[inline]
    fn may_enter(&self, at: i64) -> bool {
        (self.from <= at) & (at < self.until)
    }

    /// The earliest entry whose window still holds an instant.
    #[inline]
    fn earliest(&self, at: i64) -> i64 {
        at.saturating_sub(self.window).max(NO_ENTRY + 1)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Grouping, Kind, Kinds, Steps};

    #[test]
    fn few_and_many_steps_go_the_same_way() {
        let kinds = Kinds { kinds: vec![Kind::default(); 6], channels: Vec::new() };
        let named = (0..4).map(|code: u16| (code.to_string(), vec![code])).collect();
        let spec = FunnelSpec {
            steps: Steps::named(named, &kinds),
            mode: FunnelMode::Ordered,
            window: Some(12),
            entries: Some((3, 60)),
            known_until: i64::MAX,
            repeat: Repeat::Best,
            times: false,
            grouping: Grouping::All,
        };
        let latest = LatestStarts::new(&spec).unwrap();
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) % below
        };
        let mut seen = [0; 5];
        for _ in 0..2000 {
            let rows = draw(20) as usize;
            let mut at: Vec<i64> = (0..rows).map(|_| draw(70) as i64).collect();
            at.sort_unstable();
            let kinds: Vec<u16> = (0..rows).map(|_| draw(6) as u16).collect();
            let reached = latest.few::<4>(&at, &kinds);
            assert_eq!(latest.many(&at, &kinds), reached);
            seen[reached] += 1;
        }
        assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
    }
}
