//! Counting by columns: where no case matters, whole columns are searched for the few rows that count.

use super::ActivityFold;
use crate::Block;
use crate::steps::NONE;

/// Rows looked at together: enough for the compiler to compare many at once.
const LANES: usize = 64;
/// Rows told apart at once when looking for hits.
const WORD: usize = 8;

impl ActivityFold<'_> {
    /// Counts the rows with a step into `touchpoints`, `[period][step]`. `table` is the step by kind code.
    pub(super) fn scan(&self, block: &Block<'_>, table: &[u16], touchpoints: &mut [u64]) {
        for run in block.live_rows() {
            let kinds = block.kind.get(run.clone()).unwrap_or_default();
            let channels = block.channel.get(run.clone()).unwrap_or_default();
            let at = block.at.get(run).unwrap_or_default();
            let mut count = |row: usize| self.count(table, (kinds.get(row), at.get(row)), touchpoints);
            let (whole, rest) = kinds.as_chunks::<LANES>();
            let (whole_channels, rest_channels) = channels.as_chunks::<LANES>();
            for (chunk, (kinds, channels)) in whole.iter().zip(whole_channels).enumerate() {
                let hits = self.hits(table, kinds, channels);
                let (words, _) = hits.as_chunks::<WORD>();
                for (word, hits) in words.iter().enumerate() {
                    let mut hits = u64::from_le_bytes(*hits);
                    while hits != 0 {
                        count(chunk * LANES + word * WORD + hits.trailing_zeros() as usize / 8);
                        hits &= hits - 1;
                    }
                }
            }
            for (row, (kind, channel)) in rest.iter().zip(rest_channels).enumerate() {
                if self.spec.channel.is_none_or(|wanted| wanted == *channel) && has_step(table, *kind) {
                    count(whole.len() * LANES + row);
                }
            }
        }
    }

    /// 1 for each row that has a step and the channel asked for.
    #[inline]
    fn hits(&self, table: &[u16], kinds: &[u16; LANES], channels: &[u16; LANES]) -> [u8; LANES] {
        let mut hits = [0_u8; LANES];
        match &self.codes {
            Some(codes) => {
                for code in codes {
                    hits.iter_mut().zip(kinds).for_each(|(hit, kind)| *hit |= u8::from(kind == code));
                }
            }
            None => hits.iter_mut().zip(kinds).for_each(|(hit, kind)| *hit = u8::from(has_step(table, *kind))),
        }
        if let Some(wanted) = self.spec.channel {
            hits.iter_mut().zip(channels).for_each(|(hit, channel)| *hit &= u8::from(*channel == wanted));
        }
        hits
    }

    #[inline]
    fn count(&self, table: &[u16], row: (Option<&u16>, Option<&i64>), touchpoints: &mut [u64]) {
        let (Some(kind), Some(at)) = row else { return };
        let Some(period) = self.spec.periods.index(*at) else { return };
        let step = table.get(usize::from(*kind)).map_or(0, |step| usize::from(*step));
        if let Some(count) = touchpoints.get_mut(period * self.spec.steps.len() + step) {
            *count += 1;
        }
    }
}

#[inline]
fn has_step(table: &[u16], kind: u16) -> bool {
    table.get(usize::from(kind)).is_some_and(|step| *step != NONE)
}
