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
        let mut rows = Vec::new();
        for run in block.live_rows() {
            let kinds = block.kind.get(run.clone()).unwrap_or_default();
            let channels = block.channel.get(run.clone()).unwrap_or_default();
            let at = block.at.get(run).unwrap_or_default();
            rows.clear();
            self.search(table, kinds, channels, &mut rows);
            // First fetched, then counted: instants lie far apart, and fetches that wait for no count overlap.
            let instants: Vec<i64> =
                rows.iter().map(|row| at.get(*row as usize).copied().unwrap_or(i64::MAX)).collect();
            for (row, at) in rows.iter().zip(instants) {
                let Some(period) = self.spec.periods.index(at) else { continue };
                let step = kinds.get(*row as usize).and_then(|kind| table.get(usize::from(*kind)));
                let cell = period * self.spec.steps.len() + step.map_or(0, |step| usize::from(*step));
                touchpoints.get_mut(cell).into_iter().for_each(|count| *count += 1);
            }
        }
    }

    /// Adds the rows that have a step and the channel asked for.
    fn search(&self, table: &[u16], kinds: &[u16], channels: &[u16], rows: &mut Vec<u32>) {
        let (whole, rest) = kinds.as_chunks::<LANES>();
        let (whole_channels, rest_channels) = channels.as_chunks::<LANES>();
        for (chunk, (kinds, channels)) in whole.iter().zip(whole_channels).enumerate() {
            let hits = self.hits(table, kinds, channels);
            let (words, _) = hits.as_chunks::<WORD>();
            for (word, hits) in words.iter().enumerate() {
                let mut hits = u64::from_le_bytes(*hits);
                while hits != 0 {
                    rows.push((chunk * LANES + word * WORD) as u32 + hits.trailing_zeros() / 8);
                    hits &= hits - 1;
                }
            }
        }
        for (row, (kind, channel)) in rest.iter().zip(rest_channels).enumerate() {
            if self.spec.channel.is_none_or(|wanted| wanted == *channel) && has_step(table, *kind) {
                rows.push((whole.len() * LANES + row) as u32);
            }
        }
    }

    /// 1 for each row that has a step and the channel asked for.
    #[inline]
    fn hits(&self, table: &[u16], kinds: &[u16; LANES], channels: &[u16; LANES]) -> [u8; LANES] {
        // As wide as the columns, so that comparisons need no conversion until the end.
        let mut hits = [0_u16; LANES];
        match &self.codes {
            Some(codes) => {
                for code in codes {
                    hits.iter_mut().zip(kinds).for_each(|(hit, kind)| *hit |= u16::from(kind == code));
                }
            }
            None => hits.iter_mut().zip(kinds).for_each(|(hit, kind)| *hit = u16::from(has_step(table, *kind))),
        }
        if let Some(wanted) = self.spec.channel {
            hits.iter_mut().zip(channels).for_each(|(hit, channel)| *hit &= u16::from(*channel == wanted));
        }
        hits.map(|hit| hit as u8)
    }
}

#[inline]
fn has_step(table: &[u16], kind: u16) -> bool {
    table.get(usize::from(kind)).is_some_and(|step| *step != NONE)
}
