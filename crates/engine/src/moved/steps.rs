//! The way from the answer that was given to the one that is given now, one cause after the other.

/// An answer about one of the two periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// About the earlier period, as it was known and defined then.
    Told,
    /// As known then, by the definitions of now.
    Redefined,
    /// As known now, by the definitions of then.
    Recalled,
    /// As known and defined now.
    Known,
    /// About the later period.
    Now,
}

/// From where on the change is counted, and between which answers its causes lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steps {
    pub(super) start: Answer,
    pub(super) definitions: Option<(Answer, Answer)>,
    pub(super) late: Option<(Answer, Answer)>,
}

/// Changed definitions first, then late data, then what happened. Where the answer of then does not exist, as much of the way
/// as does.
pub(super) fn steps(has: impl Fn(Answer) -> bool) -> Steps {
    use Answer::{Known, Recalled, Redefined, Told};
    if has(Told) && has(Redefined) {
        return Steps { start: Told, definitions: Some((Told, Redefined)), late: Some((Redefined, Known)) };
    }
    if has(Told) && has(Recalled) {
        return Steps { start: Told, definitions: Some((Recalled, Known)), late: Some((Told, Recalled)) };
    }
    if has(Recalled) {
        return Steps { start: Recalled, definitions: Some((Recalled, Known)), late: None };
    }
    if has(Redefined) {
        return Steps { start: Redefined, definitions: None, late: Some((Redefined, Known)) };
    }
    Steps { start: Known, definitions: None, late: None }
}

#[cfg(test)]
mod tests {
    use super::Answer::{Known, Now, Recalled, Redefined, Told};
    use super::*;

    /// Whatever exists, the steps lead from the start to what is known now without a gap.
    #[test]
    fn the_way_has_no_gaps() {
        for mask in 0..8u32 {
            let has = |answer| match answer {
                Told => mask & 1 > 0,
                Redefined => mask & 2 > 0,
                Recalled => mask & 4 > 0,
                Known | Now => true,
            };
            let found = steps(has);
            let mut legs: Vec<(Answer, Answer)> = found.definitions.into_iter().chain(found.late).collect();
            let mut at = found.start;
            while let Some(place) = legs.iter().position(|leg| leg.0 == at) {
                at = legs.remove(place).1;
            }
            assert!(at == Known && legs.is_empty() && has(found.start), "{mask}: {found:?}");
        }
    }
}
