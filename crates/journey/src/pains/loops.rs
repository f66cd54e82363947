//! Loops: one step over and over in a visit, or back and forth between two, without moving on.

use super::case::{Case, Moment, Obstacle};
use super::spec::{Spec, role};
use super::visit::{Stop, Visits};

/// What is kept between cases to spare allocations.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    visits: Visits,
    runs: Vec<Run>,
    walk: Vec<(u16, Stop)>,
    pairs: Vec<Pair>,
}

/// Touchpoints of one step in a visit since it last moved on.
#[derive(Debug)]
struct Run {
    step: u16,
    rank: u8,
    first: usize,
    count: u32,
    looped: Option<usize>,
}

/// A step after another in a visit: the first time, and the row that completed the loop.
#[derive(Debug)]
struct Pair {
    steps: (u16, u16),
    first: usize,
    looped: Option<usize>,
}

/// Moments, in every visit with search, cart or checkout: the first touchpoint of such a step, met where `repeats` of
/// them follow without a touchpoint further on between them (search, cart, checkout, order); and the first time such a
/// step follows or precedes another, met where the four touchpoints a, b, a, b follow on each other.
pub(super) fn moments(case: &Case<'_>, spec: &Spec, roles: &[u16], buffers: &mut Buffers, out: &mut Vec<Moment>) {
    if case.marked.iter().all(|(_, bits)| bits & role::WATCHED == 0) {
        return;
    }
    let Buffers { visits, runs, walk, pairs } = buffers;
    for visit in visits.of(case, spec, roles) {
        if visit.iter().all(|stop| !is_watched(stop)) {
            continue;
        }
        find_runs(visit, spec.limits.repeats.max(2), runs);
        for run in runs.iter() {
            add(case, spec, Obstacle::Repeat(run.step), run.first, run.looped, out);
        }
        find_pairs(visit, walk, pairs);
        for Pair { steps: (a, b), first, looped } in pairs.iter() {
            add(case, spec, Obstacle::BackAndForth(*a, *b), *first, *looped, out);
        }
    }
}

/// Whether loops are looked for there.
fn is_watched(stop: &Stop) -> bool {
    (1..=3).contains(&stop.rank)
}

fn add(case: &Case<'_>, spec: &Spec, obstacle: Obstacle, first: usize, looped: Option<usize>, out: &mut Vec<Moment>) {
    if let Some(at) = case.journey.at.get(first).copied().filter(|at| spec.asks(*at)) {
        let (row, met) = (looped.unwrap_or(first), looped.is_some());
        out.push(Moment { obstacle, at, after: first + 1, row, place: 0, met });
    }
}

fn find_runs(visit: &[Stop], repeats: u32, runs: &mut Vec<Run>) {
    runs.clear();
    for stop in visit {
        for run in runs.iter_mut().filter(|run| run.rank < stop.rank) {
            run.count = 0;
        }
        let Some(step) = stop.step.filter(|_| is_watched(stop)) else { continue };
        let place = runs.iter().position(|run| (run.step, run.rank) == (step, stop.rank)).unwrap_or_else(|| {
            runs.push(Run { step, rank: stop.rank, first: stop.row, count: 0, looped: None });
            runs.len() - 1
        });
        if let Some(run) = runs.get_mut(place) {
            run.count += 1;
            if run.count >= repeats && run.looped.is_none() {
                run.looped = Some(stop.row);
            }
        }
    }
}

fn find_pairs(visit: &[Stop], walk: &mut Vec<(u16, Stop)>, pairs: &mut Vec<Pair>) {
    walk.clear();
    pairs.clear();
    walk.extend(visit.iter().filter_map(|stop| Some((stop.step?, *stop))));
    for (place, two) in walk.windows(2).enumerate() {
        let [(a, from), (b, to)] = two else { continue };
        if a == b || !(is_watched(from) || is_watched(to)) || from.rank == 4 || to.rank == 4 {
            continue;
        }
        let before = place.checked_sub(2).and_then(|place| walk.get(place..place + 2));
        let looped = before.is_some_and(|before| before.iter().map(|(step, _)| step).eq([a, b])).then_some(to.row);
        match pairs.iter_mut().find(|pair| pair.steps == (*a, *b)) {
            Some(pair) => pair.looped = pair.looped.or(looped),
            None => pairs.push(Pair { steps: (*a, *b), first: to.row, looped }),
        }
    }
}
