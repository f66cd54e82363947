//! What paths answer.

use std::cmp::Reverse;
use std::collections::HashMap;

use throughline_stats::{Difference, newcombe};

use super::{CUT, PathsSpec, PathsState};
use crate::Share;
use crate::elapsed::quantile;

/// The paths of all cases in a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Paths {
    /// Cases in a group.
    pub cases: u64,
    /// Those of them that have a path.
    pub with_path: u64,
    /// How many different paths there are, after cutting.
    pub distinct: u64,
    /// The most frequent ones; among equals in the order of steps.
    pub paths: Vec<Path>,
    /// Where cases go from each position, by position, then in the order of steps, ends last.
    pub flow: Vec<Flow>,
    /// The paths in which the two groups differ most, the largest difference first; empty where none are compared or one
    /// of them has no path.
    pub comparison: Vec<PathDifference>,
}

/// A path.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Names of its steps.
    pub steps: Vec<String>,
    /// Whether it goes on beyond the longest path asked for.
    pub cut: bool,
    /// Cases that took it, of all with a path.
    pub share: Share,
    /// Median time from its first touchpoint to its last (of the whole path where it is cut), microseconds.
    pub median: Option<f64>,
}

/// Cases going from one position of their path to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Position of the first step, from 1.
    pub position: usize,
    /// Name of the step at that position.
    pub from: String,
    /// Name of the step at the next; `None` where the path ends.
    pub to: Option<String>,
    /// How many cases.
    pub cases: u64,
}

/// A path in two groups.
#[derive(Debug, Clone, PartialEq)]
pub struct PathDifference {
    /// Names of its steps.
    pub steps: Vec<String>,
    /// Whether it goes on beyond the longest path asked for.
    pub cut: bool,
    /// Cases of the first group that took it, of those with a path.
    pub first: Share,
    /// Cases of the second group that took it, of those with a path.
    pub second: Share,
    /// The first share less the second, with Newcombe's interval.
    pub difference: Option<Difference>,
}

/// One different path and who took it.
struct Counted<'a> {
    path: &'a [u16],
    number: u32,
    cases: u64,
    /// Cases of the two groups compared.
    groups: [u64; 2],
}

pub(super) fn paths(spec: &PathsSpec, state: &PathsState) -> Paths {
    let mut counted = counted(spec, state);
    let with_path = state.taken.len() as u64;
    let distinct = counted.len() as u64;
    let flow = flow(spec, &counted);
    let comparison = comparison(spec, &mut counted);
    first_by(&mut counted, spec.top, |a, b| (Reverse(a.cases), a.path).cmp(&(Reverse(b.cases), b.path)));
    let mut times = times(state, &counted);
    let path = |(counted, times): (&Counted<'_>, &mut Vec<i64>)| {
        let (steps, cut) = named(spec, counted.path);
        Path { steps, cut, share: Share::of(counted.cases, with_path), median: quantile(times, 0.5) }
    };
    let paths = counted.iter().zip(&mut times).map(path).collect();
    Paths { cases: state.cases, with_path, distinct, paths, flow, comparison }
}

fn counted<'a>(spec: &PathsSpec, state: &'a PathsState) -> Vec<Counted<'a>> {
    let numbers = state.numbers.iter();
    let mut counted: Vec<Counted<'a>> =
        numbers.map(|(path, number)| Counted { path, number: *number, cases: 0, groups: [0; 2] }).collect();
    counted.sort_unstable_by_key(|counted| counted.number);
    for taken in &state.taken {
        let Some(counted) = counted.get_mut(taken.path as usize) else { continue };
        counted.cases += 1;
        if let Some((first, second)) = spec.compare {
            counted.groups[0] += u64::from(taken.group == first);
            counted.groups[1] += u64::from(taken.group == second);
        }
    }
    counted
}

/// Keeps the first `top` in an order, sorted.
fn first_by<T>(list: &mut Vec<T>, top: usize, order: impl Fn(&T, &T) -> std::cmp::Ordering + Copy) {
    if top < list.len() {
        list.select_nth_unstable_by(top, order);
        list.truncate(top);
    }
    list.sort_unstable_by(order);
}

/// Times of the listed paths.
fn times(state: &PathsState, listed: &[Counted<'_>]) -> Vec<Vec<i64>> {
    let mut places = vec![usize::MAX; state.numbers.len()];
    for (place, counted) in listed.iter().enumerate() {
        if let Some(slot) = places.get_mut(counted.number as usize) {
            *slot = place;
        }
    }
    let mut times = vec![Vec::new(); listed.len()];
    for taken in &state.taken {
        let place = places.get(taken.path as usize).copied().unwrap_or(usize::MAX);
        if let Some(times) = times.get_mut(place) {
            times.push(taken.elapsed);
        }
    }
    times
}

fn named(spec: &PathsSpec, path: &[u16]) -> (Vec<String>, bool) {
    let steps = path.iter().filter(|step| **step != CUT).map(|step| name(spec, *step)).collect();
    (steps, path.last() == Some(&CUT))
}

fn name(spec: &PathsSpec, step: u16) -> String {
    spec.steps.names.get(usize::from(step)).cloned().unwrap_or_default()
}

fn flow(spec: &PathsSpec, counted: &[Counted<'_>]) -> Vec<Flow> {
    /// The end of a path, after all steps.
    const END: u16 = CUT;
    let mut flows: HashMap<(usize, u16, u16), u64> = HashMap::new();
    for counted in counted {
        let is_cut = counted.path.last() == Some(&CUT);
        let steps = counted.path.get(..counted.path.len() - usize::from(is_cut)).unwrap_or_default();
        // Where a path was cut, nobody knows what follows its last step.
        let next = steps.iter().skip(1).copied().chain((!is_cut).then_some(END));
        for (position, (from, to)) in steps.iter().zip(next).take(spec.positions).enumerate() {
            *flows.entry((position + 1, *from, to)).or_default() += counted.cases;
        }
    }
    let mut flows: Vec<_> = flows.into_iter().collect();
    flows.sort_unstable();
    let one = |((position, from, to), cases): ((usize, u16, u16), u64)| Flow {
        position,
        from: name(spec, from),
        to: (to != END).then(|| name(spec, to)),
        cases,
    };
    flows.into_iter().map(one).collect()
}

fn comparison(spec: &PathsSpec, counted: &mut [Counted<'_>]) -> Vec<PathDifference> {
    let n = [0, 1].map(|group: usize| counted.iter().map(|path| path.groups[group]).sum::<u64>());
    if spec.compare.is_none() || n.contains(&0) {
        return Vec::new();
    }
    // |a / n − b / m| in whole numbers, times n · m.
    let size = |path: &Counted<'_>| {
        let of = |group: usize, other: usize| u128::from(path.groups[group]) * u128::from(n[other]);
        of(0, 1).abs_diff(of(1, 0))
    };
    let mut ranked: Vec<&Counted<'_>> = counted.iter().filter(|path| path.groups != [0, 0]).collect();
    first_by(&mut ranked, spec.top, |a, b| (Reverse(size(a)), a.path).cmp(&(Reverse(size(b)), b.path)));
    let one = |counted: &&Counted<'_>| {
        let (steps, cut) = named(spec, counted.path);
        let [first, second] = counted.groups;
        let difference = newcombe((first, n[0]), (second, n[1]));
        PathDifference { steps, cut, first: Share::of(first, n[0]), second: Share::of(second, n[1]), difference }
    };
    ranked.iter().map(one).collect()
}
