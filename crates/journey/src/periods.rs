//! Periods as instants: the calendar's days or months, of any length each.

/// Consecutive half-open periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Periods {
    /// Beginnings in microseconds, ascending, and the end of the last.
    bounds: Vec<i64>,
}

impl Periods {
    /// Periods between consecutive bounds, which ascend.
    pub fn new(bounds: Vec<i64>) -> Self {
        Periods { bounds }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Beginning of a period; of the one after the last, its end.
    pub fn start(&self, index: usize) -> Option<i64> {
        self.bounds.get(index).copied()
    }

    /// The period that holds an instant; `None` outside all.
    #[inline]
    pub fn index(&self, at: i64) -> Option<usize> {
        let (first, last) = (*self.bounds.first()?, *self.bounds.last()?);
        if at < first || at >= last {
            return None;
        }
        // Periods are of nearly equal length: begin where an equal one would be, and correct by steps.
        let share = (at - first) as f64 / (last - first) as f64;
        let mut index = ((share * self.len() as f64) as usize).min(self.len() - 1);
        while self.bounds.get(index).is_some_and(|start| *start > at) {
            index -= 1;
        }
        while self.bounds.get(index + 1).is_some_and(|end| *end <= at) {
            index += 1;
        }
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_lies_in_the_period_that_begins_at_or_before_it() {
        let periods = Periods::new(vec![0, 31, 59, 90, 120, 1000]);
        for at in 0..1000 {
            let expected = [0, 31, 59, 90, 120, 1000].iter().rposition(|start| *start <= at);
            assert_eq!(periods.index(at), expected, "{at}");
        }
        assert_eq!((periods.index(-1), periods.index(1000)), (None, None));
        assert_eq!(Periods::new(Vec::new()).index(0), None);
    }
}
