//! Codes of kinds and channels: given in the order of first appearance, and put into a fixed order at the end.

use std::collections::HashMap;

use throughline_journey::{Kind, Kinds};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::{Error, Result};

/// Most codes a column of two bytes can tell apart, one kept for "none".
const MOST: usize = u16::MAX as usize - 1;

/// Codes given so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    known: Kinds,
    kinds: HashMap<u64, u16>,
    channels: HashMap<String, u16>,
    /// How many of each were known before.
    fixed: (usize, usize),
}

impl Codes {
    /// Codes that go on from those known.
    pub(super) fn from(known: &Kinds) -> Codes {
        let mut codes = Codes { fixed: (known.kinds.len(), known.channels.len()), ..Codes::default() };
        for kind in &known.kinds {
            let parts = [kind.table.as_str(), &kind.kind];
            // What was given a code before has room for it.
            let _ = codes.kind(parts, kind.instrument.as_deref(), kind.about.as_deref());
        }
        for channel in &known.channels {
            let _ = codes.channel(channel);
        }
        codes
    }

    /// What the codes mean.
    pub(super) fn kinds(&self) -> &Kinds {
        &self.known
    }

    /// The code of a kind: table and kind, instrument, and what it is about.
    pub(super) fn kind(
        &mut self,
        [table, kind]: [&str; 2],
        instrument: Option<&str>,
        about: Option<&str>,
    ) -> Result<u16> {
        let hash = hash_of([table, kind], instrument, about);
        if let Some(code) = self.kinds.get(&hash) {
            return Ok(*code);
        }
        let code = next(self.known.kinds.len(), "kinds of touchpoints")?;
        let text = |text: Option<&str>| text.map(str::to_owned);
        let (table, kind) = (table.to_owned(), kind.to_owned());
        self.known.kinds.push(Kind { table, kind, instrument: text(instrument), about: text(about) });
        self.kinds.insert(hash, code);
        Ok(code)
    }

    /// The code of a channel.
    pub(super) fn channel(&mut self, channel: &str) -> Result<u16> {
        if let Some(code) = self.channels.get(channel) {
            return Ok(*code);
        }
        let code = next(self.known.channels.len() + 1, "channels")?;
        self.known.channels.push(channel.to_owned());
        self.channels.insert(channel.to_owned(), code);
        Ok(code)
    }

    /// Puts what is new into ascending order, so that codes do not depend on who came first. Returns what the codes
    /// mean then, and the new code of each old one, of kinds and of channels.
    pub(super) fn settle(self) -> (Kinds, Vec<u16>, Vec<u16>) {
        let (kinds, kind_codes) = settled(self.known.kinds, self.fixed.0, 0);
        let (channels, mut channel_codes) = settled(self.known.channels, self.fixed.1, 1);
        channel_codes.insert(0, 0);
        (Kinds { kinds, channels }, kind_codes, channel_codes)
    }
}

/// Sorts what stands behind the first `fixed`; the new place of each old one, counted from `first`.
fn settled<T: Ord + Clone>(values: Vec<T>, fixed: usize, first: usize) -> (Vec<T>, Vec<u16>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    if let Some(new) = order.get_mut(fixed..) {
        new.sort_by(|a, b| values[*a].cmp(&values[*b]));
    }
    let mut codes = vec![0; values.len()];
    for (place, old) in order.iter().enumerate() {
        codes[*old] = u16::try_from(place + first).unwrap_or(u16::MAX);
    }
    (order.into_iter().map(|old| values[old].clone()).collect(), codes)
}

fn next(code: usize, what: &str) -> Result<u16> {
    u16::try_from(code).ok().filter(|code| usize::from(*code) <= MOST).ok_or_else(|| {
        Error::input(format!("There are more than {MOST} {what}; journeys tell no more apart."))
            .hint("Map free texts to `content`, and keep `kind` and `channel` for words that come again.")
    })
}

/// A hash that tells kinds apart.
pub(super) fn hash_of(parts: [&str; 2], instrument: Option<&str>, about: Option<&str>) -> u64 {
    // In one piece each, seeded with the one before: for texts this short many times faster than one long hash.
    let [table, kind] = parts;
    let mut hash = xxh3_64_with_seed(kind.as_bytes(), xxh3_64(table.as_bytes()));
    for (place, part) in (1..).zip([instrument, about]) {
        if let Some(part) = part {
            hash = xxh3_64_with_seed(part.as_bytes(), hash.wrapping_add(place));
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn codes_do_not_depend_on_who_came_first_and_old_ones_stay() {
        let give = |known: &Kinds, kinds: &[&str]| {
            let mut codes = Codes::from(known);
            let raw: Vec<u16> =
                kinds.iter().map(|kind| codes.kind(["interactions", kind], None, None).unwrap()).collect();
            for channel in ["web", "email"] {
                codes.channel(channel).unwrap();
            }
            let (kinds, places, channels) = codes.settle();
            (raw.iter().map(|code| places[usize::from(*code)]).collect::<Vec<_>>(), kinds, channels)
        };
        let (_, first, channels) = give(&Kinds::default(), &["view", "cart", "visit"]);
        assert_eq!(first.kinds.iter().map(|kind| kind.kind.as_str()).collect::<Vec<_>>(), ["cart", "view", "visit"]);
        assert_eq!(first.channels, ["email", "web"]);
        assert_eq!(channels, [0, 2, 1]);
        assert_eq!(give(&Kinds::default(), &["visit", "view", "cart", "view"]).0, [2, 1, 0, 1]);
        let (codes, second, _) = give(&first, &["zoom", "add", "view"]);
        assert_eq!(
            second.kinds.iter().map(|kind| kind.kind.as_str()).collect::<Vec<_>>(),
            ["cart", "view", "visit", "add", "zoom"]
        );
        assert_eq!(codes, [4, 3, 1]);
    }
}
