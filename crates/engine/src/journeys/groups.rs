//! The same question asked of every group of journeys on its own.

use throughline_journey::{Block, Grouping};

use super::Asked;

/// No group.
const NONE: u16 = u16::MAX;

/// The answer for one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupAnswer<T> {
    /// Name of the group; `all` where nothing is broken down.
    pub group: String,
    /// How many journeys are in it.
    pub journeys: u64,
    /// What they say.
    pub answer: T,
}

impl Asked {
    /// Asks the journeys of each group in turn; groups without journeys are left out. Where nothing is broken down,
    /// there is one group, also without journeys.
    pub(super) fn each_group<T>(&self, ask: impl Fn(&[Block<'_>]) -> T) -> Vec<GroupAnswer<T>> {
        let blocks = self.journeys.blocks();
        if matches!(self.grouping, Grouping::All) {
            let journeys = blocks.iter().map(|block| block.journeys().count() as u64).sum();
            let group = self.groups.first().cloned().unwrap_or_default();
            return vec![GroupAnswer { group, journeys, answer: ask(&blocks) }];
        }
        let members: Vec<Vec<u16>> = blocks.iter().map(|block| self.members(block)).collect();
        let mut answers = Vec::new();
        for (place, name) in (0_u16..).zip(&self.groups) {
            let journeys = members.iter().flatten().filter(|group| **group == place).count() as u64;
            if journeys > 0 {
                let answer = only(&blocks, &members, place, &ask);
                answers.push(GroupAnswer { group: name.clone(), journeys, answer });
            }
        }
        answers
    }

    /// The group of every case of a block.
    fn members(&self, block: &Block<'_>) -> Vec<u16> {
        let group = |case: usize| match block.is_replaced(case) {
            true => NONE,
            false => self.grouping.of(&block.journey(case)).and_then(|group| u16::try_from(group).ok()).unwrap_or(NONE),
        };
        (0..block.cases()).map(group).collect()
    }
}

/// Asks the blocks with all cases of other groups passed over, as if a newer block had replaced them.
fn only<T>(blocks: &[Block<'_>], members: &[Vec<u16>], group: u16, ask: impl Fn(&[Block<'_>]) -> T) -> T {
    let mask = |members: &Vec<u16>| -> Vec<u64> {
        let word = |cases: &[u16]| {
            let bits = (0_u32..).zip(cases).filter(|(_, member)| **member != group);
            bits.fold(0_u64, |word, (place, _)| word | 1 << place)
        };
        members.chunks(64).map(word).collect()
    };
    let masks: Vec<Vec<u64>> = members.iter().map(mask).collect();
    let masked = blocks.iter().zip(&masks).map(|(block, mask)| Block { replaced: mask, ..*block });
    ask(&masked.collect::<Vec<_>>())
}
