//! Paths against a naive list of sequences.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline_journey::{Flow, Grouping, PathsFold, PathsSpec, Share, Steps, paths};
use throughline_stats::newcombe;

use crate::log::{self, Touch};
use crate::walks;

/// Steps by kind: look (visit, view), order, cart; the rest is no step.
fn steps() -> Steps {
    let named = [("look", vec![1, 2]), ("order", vec![0]), ("cart", vec![3])];
    Steps::named(named.map(|(name, codes)| (name.to_owned(), codes)).to_vec(), &log::kinds())
}

fn step(touch: &Touch) -> Option<usize> {
    [Some(1), Some(0), Some(0), Some(2), None, None][usize::from(touch.kind)]
}

fn specs() -> impl Strategy<Value = PathsSpec> {
    let ends = (prop::option::of(0..3_usize), prop::option::of(0..3_usize));
    let between = prop::option::of((0..20_i64, 15..45_i64));
    let sizes = (0..7_usize, 0..5_usize, 0..4_usize);
    (any::<bool>(), ends, between, sizes, prop::option::of((0..4_usize, 0..4_usize))).prop_map(
        |(collapse, (from, until), between, (longest, top, positions), compare)| PathsSpec {
            steps: steps(),
            collapse,
            from,
            until,
            between,
            longest,
            top,
            positions,
            grouping: Grouping::FirstChannel,
            compare,
        },
    )
}

/// A path by names, ended by "…" where it is cut, and how long it took.
type Naive = (Vec<usize>, bool, i64);

fn path(spec: &PathsSpec, touches: &[Touch]) -> Option<Naive> {
    let mut rows: Vec<(usize, i64)> = touches
        .iter()
        .filter(|touch| spec.between.is_none_or(|(from, until)| from <= touch.at && touch.at < until))
        .filter_map(|touch| Some((step(touch)?, touch.at)))
        .collect();
    if let Some(from) = spec.from {
        let start = rows.iter().position(|(step, _)| *step == from)?;
        rows.drain(..start);
    }
    if let Some(end) = rows.iter().position(|(step, _)| Some(*step) == spec.until) {
        rows.truncate(end + 1);
    }
    let elapsed = rows.last()?.1 - rows.first()?.1;
    let mut steps: Vec<usize> = rows.iter().map(|(step, _)| *step).collect();
    if spec.collapse {
        steps.dedup();
    }
    let longest = spec.longest.max(1);
    let cut = steps.len() > longest;
    steps.truncate(longest);
    Some((steps, cut, elapsed))
}

#[derive(Default, Clone)]
struct Counted {
    times: Vec<i64>,
    groups: Vec<usize>,
}

fn names(steps: &[usize]) -> Vec<String> {
    steps.iter().map(|step| ["look", "order", "cart"][*step].to_owned()).collect()
}

/// Among equals a path that is cut stands where its next step, after all others, would put it.
fn key(steps: &[usize], cut: bool) -> Vec<usize> {
    steps.iter().copied().chain(cut.then_some(9)).collect()
}

fn median(times: &[i64]) -> Option<f64> {
    let mut sorted: Vec<f64> = times.iter().map(|time| *time as f64).collect();
    sorted.sort_by(f64::total_cmp);
    throughline_stats::quantile(&sorted, 0.5)
}

fn check(spec: &PathsSpec, found: &throughline_journey::Paths, journeys: &[(String, Vec<Touch>)]) {
    let mut counted: BTreeMap<(Vec<usize>, bool), Counted> = BTreeMap::new();
    let mut flow: BTreeMap<(usize, usize, usize), u64> = BTreeMap::new();
    for (_, touches) in journeys {
        let Some((steps, cut, elapsed)) = path(spec, touches) else { continue };
        for position in 0..steps.len().min(spec.positions) {
            if position + 1 < steps.len() || !cut {
                let to = steps.get(position + 1).copied().unwrap_or(9);
                *flow.entry((position + 1, steps[position], to)).or_default() += 1;
            }
        }
        let counted = counted.entry((steps, cut)).or_default();
        counted.times.push(elapsed);
        counted.groups.push(usize::from(touches[0].channel));
    }
    let n = counted.values().map(|counted| counted.times.len() as u64).sum::<u64>();
    assert_eq!((found.cases, found.with_path, found.distinct), (journeys.len() as u64, n, counted.len() as u64));

    let mut ranked: Vec<_> = counted.iter().collect();
    ranked.sort_by_key(|((steps, cut), counted)| (std::cmp::Reverse(counted.times.len()), key(steps, *cut)));
    let listed: Vec<_> = found.paths.iter().map(|p| (p.steps.clone(), p.cut, p.share, p.median)).collect();
    let one = |((steps, cut), counted): &(&(Vec<usize>, bool), &Counted)| {
        (names(steps), *cut, Share::of(counted.times.len() as u64, n), median(&counted.times))
    };
    assert_eq!(listed, ranked.iter().take(spec.top).map(one).collect::<Vec<_>>());

    let flow: Vec<Flow> = flow
        .into_iter()
        .map(|((position, from, to), cases)| {
            let to = (to != 9).then(|| names(&[to]).remove(0));
            Flow { position, from: names(&[from]).remove(0), to, cases }
        })
        .collect();
    assert_eq!(found.flow, flow);
    check_comparison(spec, found, &counted);
}

fn check_comparison(
    spec: &PathsSpec,
    found: &throughline_journey::Paths,
    counted: &BTreeMap<(Vec<usize>, bool), Counted>,
) {
    let Some((first, second)) = spec.compare else { return assert!(found.comparison.is_empty()) };
    let of = |counted: &Counted, group: usize| counted.groups.iter().filter(|own| **own == group).count() as u64;
    let n = counted.values().map(|counted| of(counted, first)).sum::<u64>();
    let m = counted.values().map(|counted| of(counted, second)).sum::<u64>();
    if n == 0 || m == 0 {
        return assert!(found.comparison.is_empty());
    }
    let taken: Vec<_> = counted
        .iter()
        .map(|((steps, cut), counted)| (steps, *cut, of(counted, first), of(counted, second)))
        .filter(|(_, _, a, b)| a + b > 0)
        .collect();
    let size = |a: u64, b: u64| (a as f64 / n as f64 - b as f64 / m as f64).abs();
    let mut sizes: Vec<f64> = taken.iter().map(|(_, _, a, b)| size(*a, *b)).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(found.comparison.len(), spec.top.min(taken.len()));
    let mut seen = BTreeSet::new();
    for (path, expected) in found.comparison.iter().zip(sizes) {
        let (_, _, a, b) =
            taken.iter().find(|(steps, cut, ..)| names(steps) == path.steps && *cut == path.cut).unwrap();
        assert_eq!((path.first, path.second), (Share::of(*a, n), Share::of(*b, m)));
        assert_eq!(path.difference, newcombe((*a, n), (*b, m)));
        assert!((size(*a, *b) - expected).abs() < 1e-12);
        assert!(seen.insert((path.steps.clone(), path.cut)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn paths_are_the_sequences_of_steps(
        log in log::logs(), spec in specs(), count in 1..4_usize, threads in 1..4_usize, replaced in 0..4_u64,
    ) {
        let found = walks::over(&log, count, replaced, |blocks| paths(blocks, &spec, threads));
        check(&spec, &found, &walks::left(&log, count, replaced));
        let fold = PathsFold::new(&spec);
        let merged = walks::over(&log, count, replaced, |blocks| fold.finish(&walks::merged(blocks, &fold)));
        prop_assert_eq!(merged, found);
    }
}

/// Many cases, so that equal paths meet across blocks and threads.
#[test]
fn equal_paths_of_different_blocks_are_one() {
    let touch = |case: usize, seq: i64, kind: u16| Touch {
        case: format!("{case}"),
        at: seq * 10,
        seq: Some(seq),
        table: 2,
        key: String::new(),
        kind,
        channel: (case % 2) as u16 + 1,
        session: 0,
        amount: None,
        share: None,
    };
    // Every case looks twice; of the second channel one case in four orders, of the first all do.
    let mut log = Vec::new();
    for case in 0..80 {
        log.extend([touch(case, 0, 1), touch(case, 1, 2)]);
        if case % 2 == 0 || case % 8 == 1 {
            log.push(touch(case, 2, 0));
        }
    }
    let spec = PathsSpec {
        steps: steps(),
        collapse: true,
        from: None,
        until: None,
        between: None,
        longest: 10,
        top: 5,
        positions: 1,
        grouping: Grouping::FirstChannel,
        compare: Some((1, 2)),
    };
    for threads in 1..4 {
        let found = walks::over(&log, 7, 0, |blocks| paths(blocks, &spec, threads));
        let listed: Vec<_> = found.paths.iter().map(|p| (p.steps.join(" "), p.share.count, p.median)).collect();
        assert_eq!(listed, [("look order".to_owned(), 50, Some(20.0)), ("look".to_owned(), 30, Some(10.0))]);
        assert_eq!(found.comparison[0].difference.unwrap().estimate, -0.75);
        assert_eq!(found.flow.len(), 2);
    }
}
