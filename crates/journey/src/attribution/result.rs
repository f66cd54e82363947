//! Rules side by side.

use super::PathSums;
use super::markov::{Removal, removal};
use super::paths::{TO_CHANNELS, Tally};

/// Conversions by channel and rule. Channels that no path has are left out.
///
/// Money is ten-thousandths of the workspace's currency, or the unit of aggregated paths. Under each rule the channels'
/// conversions add up to those with a path, and their money to the money of these.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attribution {
    /// Conversions.
    pub conversions: u64,
    /// Their money.
    pub value: i128,
    /// Conversions of unknown money; they count with none.
    pub without_value: u64,
    /// Conversions before which no touchpoint with a channel was seen: nobody gets them.
    pub without_path: u64,
    /// Paths that ended without a conversion.
    pub ended: u64,
    /// Markov chain: the share of paths that convert; `None` where none does.
    pub conversion_probability: Option<f64>,
    /// Ascending by name.
    pub channels: Vec<ChannelCredit>,
}

/// What one channel gets under each rule.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelCredit {
    /// Name of the channel.
    pub channel: String,
    /// All to the first touchpoint.
    pub first: Credit,
    /// All to the last touchpoint.
    pub last: Credit,
    /// Equal parts.
    pub linear: Credit,
    /// 40 % to the first and to the last each, 20 % to those between.
    pub position: Credit,
    /// More to later touchpoints; `None` for aggregated paths, which have no times.
    pub time_decay: Option<Credit>,
    /// In proportion to removal effects; `None` where no path converts.
    pub markov: Option<Credit>,
    /// The share of conversions lost if the channel were removed from the chain, 0 to 1.
    pub removal_effect: Option<f64>,
}

/// Conversions and their money.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Credit {
    /// Conversions, in parts.
    pub conversions: f64,
    /// Their money.
    pub value: f64,
}

impl Attribution {
    /// What the sums over paths come to; `names` by channel.
    pub(super) fn of(sums: &PathSums, names: &[&str], without_path: u64) -> Attribution {
        let removal = removal(sums);
        let effects: f64 = removal.iter().flat_map(|removal| &removal.effects).sum();
        let seen = |channel: &usize| {
            let width = sums.channels + TO_CHANNELS;
            let row = sums.steps.get((channel + 1) * width..(channel + 2) * width);
            row.is_some_and(|steps| steps.iter().any(|count| *count > 0))
        };
        let named = (0..sums.channels).filter(seen).filter_map(|channel| Some((channel, *names.get(channel)?)));
        let mut channels: Vec<ChannelCredit> =
            named.map(|(channel, name)| credit(sums, name, channel, removal.as_ref(), effects)).collect();
        channels.sort_by(|a, b| a.channel.cmp(&b.channel));
        Attribution {
            without_path,
            ended: sums.ended,
            conversion_probability: removal.map(|removal| removal.conversion),
            channels,
            ..Attribution::default()
        }
    }
}

fn credit(sums: &PathSums, name: &str, channel: usize, removal: Option<&Removal>, effects: f64) -> ChannelCredit {
    let tally = |tallies: &[Tally]| {
        let found = tallies.get(channel).copied().unwrap_or_default();
        Credit { conversions: found.conversions as f64, value: found.value as f64 }
    };
    let effect = removal.and_then(|removal| removal.effects.get(channel).copied());
    let markov = effect.filter(|_| effects > 0.0).map(|effect| Credit {
        conversions: effect / effects * sums.conversions as f64,
        value: effect / effects * sums.value as f64,
    });
    let decayed = sums.decayed(channel).map(|(conversions, value)| Credit { conversions, value });
    ChannelCredit {
        channel: name.to_owned(),
        first: tally(&sums.first),
        last: tally(&sums.last),
        linear: linear(sums, channel),
        position: position(sums, channel),
        time_decay: decayed,
        markov,
        removal_effect: effect,
    }
}

fn linear(sums: &PathSums, channel: usize) -> Credit {
    let mut credit = Credit::default();
    sums.by_length(channel).for_each(|(length, touches)| credit.add(&touches.all, 1.0 / length as f64));
    credit
}

fn position(sums: &PathSums, channel: usize) -> Credit {
    let mut credit = Credit::default();
    for (length, touches) in sums.by_length(channel) {
        if length <= 2 {
            credit.add(&touches.all, 1.0 / length as f64);
            continue;
        }
        let between = Tally {
            conversions: touches.all.conversions - touches.ends.conversions,
            value: touches.all.value - touches.ends.value,
        };
        credit.add(&touches.ends, 0.4);
        credit.add(&between, 0.2 / (length - 2) as f64);
    }
    credit
}

impl Credit {
    /// Adds a part of whole conversions.
    fn add(&mut self, whole: &Tally, part: f64) {
        self.conversions += whole.conversions as f64 * part;
        self.value += whole.value as f64 * part;
    }
}
