//! Buckets of elapsed times, narrow for short times and wide for long ones.

/// Buckets by the leading bits of a time as a floating-point number: an exponent and some bits of the fraction. A longer
/// time never lies in an earlier bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Buckets {
    fraction_bits: u32,
}

/// Bits of the fraction of an f64, and its exponent for 1.
const FRACTION: u32 = 52;
const ONE: u64 = 1023;

impl Buckets {
    /// Fewer buckets for more pairs of steps, so that memory stays small; the second pass then collects more.
    pub(super) fn for_pairs(pairs: usize) -> Buckets {
        Buckets { fraction_bits: if pairs <= 400 { 5 } else { 2 } }
    }

    /// How many there are.
    pub(super) fn len(self) -> usize {
        (64 << self.fraction_bits) + 1
    }

    /// The bucket of a time; 0 is its own.
    #[inline]
    pub(super) fn of(self, elapsed: i64) -> usize {
        let leading = (elapsed.max(0) as f64).to_bits() >> (FRACTION - self.fraction_bits);
        leading.saturating_sub((ONE << self.fraction_bits) - 1) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_times_never_lie_in_an_earlier_bucket() {
        for buckets in [Buckets::for_pairs(1), Buckets::for_pairs(1_000_000)] {
            let near = |bit: u32| [(1_i64 << bit) - 1, 1 << bit, (1 << bit) + 1, (1 << bit) + (1 << bit >> 2)];
            let mut times: Vec<i64> = (0..62).flat_map(near).chain([0, i64::MAX - 1, i64::MAX]).collect();
            times.sort_unstable();
            assert!(times.windows(2).all(|pair| buckets.of(pair[0]) <= buckets.of(pair[1])));
            assert_eq!((buckets.of(0), buckets.of(1)), (0, 1));
            assert!(buckets.of(i64::MAX) < buckets.len());
        }
    }
}
