//! The path of one case.

use super::{CUT, PathsSpec};
use crate::Journey;

/// Finds paths.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    spec: &'a PathsSpec,
    longest: usize,
}

impl<'a> Finder<'a> {
    pub(super) fn new(spec: &'a PathsSpec) -> Self {
        Finder { spec, longest: spec.longest.max(1) }
    }

    /// Writes the path of a journey and returns the time from its first touchpoint to its last, repeats and steps beyond
    /// the longest path included; `None` where the case has no path.
    pub(super) fn find(&self, journey: &Journey<'_>, path: &mut Vec<u16>) -> Option<i64> {
        path.clear();
        let mut begun = self.spec.from.is_none();
        let (mut first, mut last) = (None, None);
        let mut is_cut = false;
        let mut before = None;
        for row in self.rows(journey) {
            let Some(step) = self.spec.steps.of(journey, row) else { continue };
            begun |= self.spec.from == Some(step);
            if !begun {
                continue;
            }
            first = first.or_else(|| journey.at.get(row).copied());
            last = journey.at.get(row).copied();
            if !(self.spec.collapse && before == Some(step)) {
                is_cut |= path.len() >= self.longest;
                path.extend(u16::try_from(step).ok().filter(|_| !is_cut));
            }
            before = Some(step);
            if self.spec.until == Some(step) {
                break;
            }
        }
        path.extend(is_cut.then_some(CUT));
        Some(last?.saturating_sub(first?))
    }

    /// The rows within the dates.
    fn rows(&self, journey: &Journey<'_>) -> std::ops::Range<usize> {
        let Some((from, until)) = self.spec.between else { return 0..journey.len() };
        let before = |limit: i64| journey.at.partition_point(|at| *at < limit);
        before(from)..before(until)
    }
}
