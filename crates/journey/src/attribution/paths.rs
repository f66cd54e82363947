//! Sums over paths: whole numbers from which every rule is told.

use std::collections::BTreeSet;

use super::Attribution;
use super::fold::WHOLE;

/// Conversions and their money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub conversions: u64,
    pub value: i128,
}

impl Tally {
    fn add(&mut self, conversions: u64, value: i128) {
        self.conversions += conversions;
        self.value += value;
    }

    fn merge(&mut self, other: &Tally) {
        self.add(other.conversions, other.value);
    }
}

/// Touchpoints of one channel in converting paths of one length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Touches {
    /// All of them.
    pub all: Tally,
    /// Those at the beginning or the end of their path.
    pub ends: Tally,
}

/// What paths add up to, by channel; channels are numbered from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathSums {
    pub(super) channels: usize,
    /// Conversions with a path, and their money.
    pub(super) conversions: u64,
    pub(super) value: i128,
    /// Paths without a conversion.
    pub(super) ended: u64,
    pub(super) first: Vec<Tally>,
    pub(super) last: Vec<Tally>,
    /// `[length − 1][channel]`, of converting paths; no entries where there is none of a length.
    pub(super) touches: Vec<Vec<Touches>>,
    /// In units of [`WHOLE`]; empty where paths have no times.
    pub(super) decay: Vec<(i128, i128)>,
    /// `[from][to]`: steps of all paths. From: the start, then channels; to: conversion, none, then channels.
    pub(super) steps: Vec<u64>,
}

/// Where a step of the chain leads besides channels.
pub(super) const CONVERSION: usize = 0;
pub(super) const NO_CONVERSION: usize = 1;
/// Where the channels begin among the places a step leads to.
pub(super) const TO_CHANNELS: usize = 2;

impl PathSums {
    pub(super) fn new(channels: usize) -> Self {
        PathSums {
            channels,
            first: vec![Tally::default(); channels],
            last: vec![Tally::default(); channels],
            steps: vec![0; (channels + 1) * (channels + TO_CHANNELS)],
            ..PathSums::default()
        }
    }

    /// Adds a path that ends in a conversion. `weights` are its shares by time decay.
    pub(super) fn convert(&mut self, path: &[u16], value: i64, weights: &[i64]) {
        if path.is_empty() {
            return;
        }
        self.credit(path, 1, i128::from(value));
        self.decay.resize(self.channels, (0, 0));
        for (channel, weight) in path.iter().zip(weights) {
            if let Some(sum) = self.decay.get_mut(usize::from(*channel)) {
                sum.0 += i128::from(*weight);
                sum.1 += i128::from(*weight) * i128::from(value);
            }
        }
        self.chain(path, 1, 0);
    }

    /// Adds a path that ends without one.
    pub(super) fn end(&mut self, path: &[u16]) {
        self.ended += u64::from(!path.is_empty());
        self.chain(path, 0, 1);
    }

    /// Shares out conversions among the touchpoints of their path.
    fn credit(&mut self, path: &[u16], conversions: u64, value: i128) {
        self.conversions += conversions;
        self.value += value;
        let add = |tally: Option<&mut Tally>| tally.into_iter().for_each(|tally| tally.add(conversions, value));
        let (Some(first), Some(last)) = (path.first().copied(), path.last().copied()) else { return };
        add(self.first.get_mut(usize::from(first)));
        add(self.last.get_mut(usize::from(last)));
        if self.touches.len() < path.len() {
            self.touches.resize(path.len(), Vec::new());
        }
        let Some(touches) = self.touches.get_mut(path.len() - 1) else { return };
        touches.resize(self.channels, Touches::default());
        for channel in path {
            add(touches.get_mut(usize::from(*channel)).map(|touches| &mut touches.all));
        }
        for end in [first, last] {
            add(touches.get_mut(usize::from(end)).map(|touches| &mut touches.ends));
        }
    }

    /// Adds the steps of a path taken `conversions + ended` times.
    fn chain(&mut self, path: &[u16], conversions: u64, ended: u64) {
        let mut from = 0;
        for channel in path {
            self.step(from, TO_CHANNELS + usize::from(*channel), conversions + ended);
            from = 1 + usize::from(*channel);
        }
        if from > 0 {
            self.step(from, CONVERSION, conversions);
            self.step(from, NO_CONVERSION, ended);
        }
    }

    #[inline]
    fn step(&mut self, from: usize, to: usize, times: u64) {
        let place = from * (self.channels + TO_CHANNELS) + to;
        self.steps.get_mut(place).into_iter().for_each(|count| *count += times);
    }

    pub(super) fn merge(&mut self, other: &PathSums) {
        let add = |into: &mut [Tally], from: &[Tally]| into.iter_mut().zip(from).for_each(|(a, b)| a.merge(b));
        self.conversions += other.conversions;
        self.value += other.value;
        self.ended += other.ended;
        add(&mut self.first, &other.first);
        add(&mut self.last, &other.last);
        self.touches.resize(self.touches.len().max(other.touches.len()), Vec::new());
        for (into, from) in self.touches.iter_mut().zip(&other.touches) {
            into.resize(into.len().max(from.len()), Touches::default());
            for (into, from) in into.iter_mut().zip(from) {
                into.all.merge(&from.all);
                into.ends.merge(&from.ends);
            }
        }
        self.decay.resize(self.decay.len().max(other.decay.len()), (0, 0));
        self.decay.iter_mut().zip(&other.decay).for_each(|(a, b)| *a = (a.0 + b.0, a.1 + b.1));
        self.steps.iter_mut().zip(&other.steps).for_each(|(a, b)| *a += b);
    }

    /// Lengths of converting paths with a channel, and its touchpoints in them.
    pub(super) fn by_length(&self, channel: usize) -> impl Iterator<Item = (usize, Touches)> + '_ {
        let lengths = self.touches.iter().enumerate();
        lengths.filter_map(move |(place, touches)| Some((place + 1, *touches.get(channel)?)))
    }

    pub(super) fn decayed(&self, channel: usize) -> Option<(f64, f64)> {
        let (conversions, value) = self.decay.get(channel)?;
        Some((*conversions as f64 / WHOLE as f64, *value as f64 / WHOLE as f64))
    }
}

/// A path that was taken several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregatedPath {
    /// Names of the channels, first touch first; paths without any are conversions without a path.
    pub channels: Vec<String>,
    /// How often it ended in a conversion.
    pub conversions: u64,
    /// Money of all these conversions, in any small unit; results come in the same.
    pub value: i128,
    /// How often it ended without one.
    pub ended: u64,
}

/// Attribution of paths that are already added up; without times there is no time decay.
pub fn attribution_from_paths(paths: &[AggregatedPath]) -> Attribution {
    let names: BTreeSet<&str> = paths.iter().flat_map(|path| path.channels.iter().map(String::as_str)).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let mut sums = PathSums::new(names.len());
    let (mut without_path, mut value_without_path) = (0, 0);
    for path in paths {
        let place =
            |name: &String| names.binary_search(&name.as_str()).ok().and_then(|place| u16::try_from(place).ok());
        let channels: Vec<u16> = path.channels.iter().filter_map(place).collect();
        if channels.is_empty() {
            without_path += path.conversions;
            value_without_path += path.value;
            continue;
        }
        sums.credit(&channels, path.conversions, path.value);
        sums.ended += path.ended;
        sums.chain(&channels, path.conversions, path.ended);
    }
    let (conversions, value) = (sums.conversions + without_path, sums.value + value_without_path);
    Attribution { conversions, value, ..Attribution::of(&sums, &names, without_path) }
}
