//! Transitions against a list of all pairs.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline_journey::{
    Block, Grouping, Journey, Share, StepExits, Steps, Transition, Transitions, TransitionsFold, TransitionsSpec,
    transitions, walk,
};

use crate::log::{self, Touch};
use crate::walks;

fn specs() -> impl Strategy<Value = (TransitionsSpec, bool)> {
    let between = prop::option::of((0..30_i64, 10..45_i64));
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (any::<bool>(), prop::option::of(0..20_i64), between, flags).prop_map(
        |(channels, cut, between, (cases, median, p90))| {
            let kinds = log::kinds();
            let visit_and_order = vec![("look".to_owned(), vec![1, 2]), ("order".to_owned(), vec![0, 3])];
            let steps = if channels { Steps::channels(&kinds) } else { Steps::named(visit_and_order, &kinds) };
            (TransitionsSpec { steps, cut, between, cases, median, p90 }, channels)
        },
    )
}

/// The step of a touchpoint as a naive program sees it.
fn step(touch: &Touch, channels: bool) -> Option<usize> {
    match (channels, touch.kind) {
        (true, _) => usize::from(touch.channel).checked_sub(1),
        (false, 1 | 2) => Some(0),
        (false, 0 | 3) => Some(1),
        _ => None,
    }
}

#[derive(Default)]
struct Pairs {
    times: Vec<i64>,
    cases: BTreeSet<String>,
}

fn naive(spec: &TransitionsSpec, channels: bool, journeys: &[(String, Vec<Touch>)]) -> Transitions {
    let mut pairs: BTreeMap<(usize, usize), Pairs> = BTreeMap::new();
    let mut ends: BTreeMap<usize, u64> = BTreeMap::new();
    let mut exits: BTreeMap<usize, u64> = BTreeMap::new();
    for (case, touches) in journeys {
        let steps: Vec<(usize, i64)> = touches.iter().filter_map(|t| Some((step(t, channels)?, t.at))).collect();
        for (row, (a, at)) in steps.iter().enumerate() {
            if spec.between.is_some_and(|(from, until)| !(from..until).contains(at)) {
                continue;
            }
            match steps.get(row + 1).filter(|(_, next)| spec.cut.is_none_or(|cut| next - at <= cut)) {
                Some((b, next)) => {
                    let pair = pairs.entry((*a, *b)).or_default();
                    pair.times.push(next - at);
                    pair.cases.insert(case.clone());
                    *exits.entry(*a).or_default() += 1;
                }
                None => *ends.entry(*a).or_default() += 1,
            }
        }
    }
    let name = |step: usize| spec.steps.names[step].clone();
    let quantile = |times: &[i64], p: f64| {
        let mut sorted: Vec<f64> = times.iter().map(|time| *time as f64).collect();
        sorted.sort_by(f64::total_cmp);
        throughline_stats::quantile(&sorted, p)
    };
    let mut found: Vec<Transition> = pairs
        .iter()
        .map(|((a, b), pair)| Transition {
            from: name(*a),
            to: name(*b),
            share: Share::of(pair.times.len() as u64, exits[a]),
            cases: spec.cases.then_some(pair.cases.len() as u64),
            median: if spec.median { quantile(&pair.times, 0.5) } else { None },
            p90: if spec.p90 { quantile(&pair.times, 0.9) } else { None },
        })
        .collect();
    // Stable: the order of steps remains among equals.
    found.sort_by_key(|transition| std::cmp::Reverse(transition.share.count));
    let count = |of: &BTreeMap<usize, u64>, step: usize| of.get(&step).copied().unwrap_or(0);
    let steps = (0..spec.steps.len()).filter(|step| exits.contains_key(step) || ends.contains_key(step));
    let steps = steps.map(|step| {
        let (exits, ends) = (count(&exits, step), count(&ends, step));
        StepExits { step: name(step), exits, ends: Share::of(ends, exits + ends) }
    });
    Transitions { transitions: found, steps: steps.collect() }
}

/// Quantiles are the same numbers up to rounding.
fn rounded(mut found: Transitions) -> Transitions {
    let round = |value: Option<f64>| value.map(|value| (value * 1e6).round() / 1e6);
    for transition in &mut found.transitions {
        (transition.median, transition.p90) = (round(transition.median), round(transition.p90));
    }
    found
}

/// A grouping that leaves out the cases that are not kept.
fn of_groups(blocks: &[Block<'_>], keep: impl Fn(&Journey<'_>) -> bool) -> Grouping {
    let group = |block: &Block<'_>, case: usize| if keep(&block.journey(case)) { 0 } else { u16::MAX };
    Grouping::ByCase(blocks.iter().map(|block| (0..block.cases()).map(|case| group(block, case)).collect()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn transitions_are_all_consecutive_pairs(
        log in log::logs(), (spec, channels) in specs(), count in 1..4_usize, threads in 1..4_usize, replaced in 0..4_u64,
    ) {
        let found = walks::over(&log, count, replaced, |blocks| transitions(blocks, &spec, threads));
        let expected = naive(&spec, channels, &walks::left(&log, count, replaced));
        prop_assert_eq!(rounded(found), rounded(expected.clone()));
        let fold = TransitionsFold::new(&spec);
        let merged = walks::over(&log, count, replaced, |blocks| {
            fold.finish(walks::merged(blocks, &fold), blocks, threads)
        });
        prop_assert_eq!(rounded(merged), rounded(expected));
    }

    #[test]
    fn cases_in_no_group_are_left_out(
        log in log::logs(), (spec, channels) in specs(), count in 1..4_usize, threads in 1..4_usize,
    ) {
        let is_left = |channel: u16| channel == 1;
        let found = walks::over(&log, count, 0, |blocks| {
            let grouping = of_groups(blocks, |journey| journey.channels.first().is_some_and(|first| is_left(*first)));
            let fold = TransitionsFold::new(&spec).only(&grouping);
            fold.finish(walk(blocks, &fold, threads), blocks, threads)
        });
        let mut journeys = log::journeys(&log);
        journeys.retain(|(_, touches)| is_left(touches[0].channel));
        prop_assert_eq!(rounded(found), rounded(naive(&spec, channels, &journeys)));
    }

    /// Times from microseconds to years, so that quantiles lie between far buckets.
    #[test]
    fn quantiles_of_wide_times_are_exact(times in prop::collection::vec((0..50_u32, 0..1000_i64), 1..80)) {
        let mut at = 0;
        let mut log = Vec::new();
        for (row, (bit, more)) in times.iter().enumerate() {
            at += (1_i64 << bit) + more;
            log.push(Touch { at, seq: Some(row as i64), kind: 1, ..blank() });
        }
        let steps = Steps::kinds(&log::kinds());
        let spec = TransitionsSpec { steps, cut: None, between: None, cases: false, median: true, p90: true };
        let found = walks::over(&log, 1, 0, |blocks| transitions(blocks, &spec, 1));
        let mut waits: Vec<f64> = log.windows(2).map(|pair| (pair[1].at - pair[0].at) as f64).collect();
        waits.sort_by(f64::total_cmp);
        let near = |found: Option<f64>, expected: Option<f64>| match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() <= expected * 1e-12,
            _ => false,
        };
        if let Some(transition) = found.transitions.first() {
            prop_assert!(near(transition.median, throughline_stats::quantile(&waits, 0.5)));
            prop_assert!(near(transition.p90, throughline_stats::quantile(&waits, 0.9)));
        }
        prop_assert_eq!(found.transitions.len(), usize::from(log.len() > 1));
    }
}

fn blank() -> Touch {
    Touch {
        case: "c".into(),
        at: 0,
        seq: None,
        table: 2,
        key: String::new(),
        kind: 1,
        channel: 1,
        session: 0,
        amount: None,
        share: None,
    }
}

#[test]
fn touchpoints_without_a_step_are_passed_over() {
    // visit 0, ticket 5 (no step), order 9, order 30: look→order after 9, order→order after 21, one end.
    let log = [(1, 0), (4, 5), (0, 9), (0, 30)].map(|(kind, at)| Touch { kind, at, seq: Some(at), ..blank() });
    let named = vec![("look".to_owned(), vec![1, 2]), ("order".to_owned(), vec![0])];
    let steps = Steps::named(named, &log::kinds());
    let mut spec = TransitionsSpec { steps, cut: None, between: None, cases: true, median: true, p90: false };
    let found = walks::over(&log, 1, 0, |blocks| transitions(blocks, &spec, 1));
    let rows: Vec<_> = found
        .transitions
        .iter()
        .map(|t| (t.from.as_str(), t.to.as_str(), t.share.count, t.share.n, t.median))
        .collect();
    assert_eq!(rows, [("look", "order", 1, 1, Some(9.0)), ("order", "order", 1, 1, Some(21.0))]);
    assert_eq!((found.steps[1].exits, found.steps[1].ends), (1, Share::of(1, 2)));
    spec.cut = Some(20);
    let cut = walks::over(&log, 1, 0, |blocks| transitions(blocks, &spec, 1));
    assert_eq!((cut.transitions.len(), cut.steps[1].ends), (1, Share::of(2, 2)));
}
