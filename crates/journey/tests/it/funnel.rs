//! Funnels against the definition, entry by entry.

use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline_journey::{
    Elapsed, Funnel, FunnelFold, FunnelGroup, FunnelMode, FunnelSpec, FunnelStep, Grouping, Repeat, Share, Steps,
    funnel,
};

use crate::log::{self, Touch};
use crate::walks;

/// Which kinds are steps, and all other questions.
fn specs() -> impl Strategy<Value = (FunnelSpec, Vec<u16>)> {
    let kinds = Just((0..6_u16).collect::<Vec<_>>()).prop_shuffle();
    let mode = prop::sample::select(vec![FunnelMode::Ordered, FunnelMode::Strict, FunnelMode::AnyOrder]);
    let repeat = prop::sample::select(vec![Repeat::Best, Repeat::First, Repeat::Every]);
    let entries = prop::option::of((0..30_i64, 10..45_i64));
    let until = prop_oneof![Just(i64::MAX), 10..50_i64];
    let window = prop::option::of(0..20_i64);
    (kinds, 1..6_usize, mode, repeat, window, entries, until, any::<bool>(), any::<bool>()).prop_map(
        |(mut kinds, count, mode, repeat, window, entries, known_until, times, grouped)| {
            kinds.truncate(count);
            let named = kinds.iter().map(|kind| (log::KINDS[usize::from(*kind)].to_owned(), vec![*kind])).collect();
            let grouping = if grouped { Grouping::FirstChannel } else { Grouping::All };
            let steps = Steps::named(named, &log::kinds());
            (FunnelSpec { steps, mode, window, entries, known_until, repeat, times, grouping }, kinds)
        },
    )
}

/// Times of the steps an entry reaches: first how many by the definition, then each at its first touchpoint.
fn reached(spec: &FunnelSpec, kinds: &[u16], touches: &[Touch], entry: usize) -> Vec<i64> {
    let within = |touch: &Touch| spec.window.is_none_or(|window| touch.at - touches[entry].at <= window);
    if spec.mode == FunnelMode::AnyOrder {
        let mut seen: Vec<(u16, i64)> = Vec::new();
        for touch in touches[entry..].iter().filter(|touch| kinds.contains(&touch.kind) && within(touch)) {
            if seen.iter().all(|(kind, _)| *kind != touch.kind) {
                seen.push((touch.kind, touch.at));
            }
        }
        return seen.into_iter().map(|(_, at)| at).collect();
    }
    // Every row at which a chain from the entry can stand, step by step.
    let mut rows = vec![entry];
    let mut times = Vec::new();
    for step in 0.. {
        match rows.iter().map(|row| &touches[*row]).filter(|touch| within(touch)).map(|touch| touch.at).min() {
            Some(first) => times.push(first),
            None => break,
        }
        let next = |row: &usize| {
            let before = |from: &usize| from < row && (spec.mode == FunnelMode::Ordered || from + 1 == *row);
            kinds.get(step + 1) == Some(&touches[*row].kind) && rows.iter().any(before)
        };
        rows = (0..touches.len()).filter(next).collect();
    }
    times
}

fn naive(spec: &FunnelSpec, kinds: &[u16], journeys: &[(String, Vec<Touch>)]) -> Funnel {
    type Counts = (u64, u64, Vec<Vec<i64>>);
    let mut groups: BTreeMap<usize, Counts> = BTreeMap::new();
    for (_, touches) in journeys {
        let group = if matches!(spec.grouping, Grouping::All) { 0 } else { usize::from(touches[0].channel) };
        let (cases, open, counted) = groups.entry(group).or_default();
        *cases += 1;
        let is_entry = |row: &usize| {
            let kind = touches[*row].kind;
            let first = kinds[0] == kind || spec.mode == FunnelMode::AnyOrder && kinds.contains(&kind);
            first && spec.entries.is_none_or(|(from, until)| (from..until).contains(&touches[*row].at))
        };
        let mut entries: Vec<Vec<i64>> =
            (0..touches.len()).filter(is_entry).map(|row| reached(spec, kinds, touches, row)).collect();
        let is_open =
            |times: &Vec<i64>| spec.window.is_some_and(|window| times[0].saturating_add(window) > spec.known_until);
        match spec.repeat {
            Repeat::First => entries.truncate(1),
            Repeat::Every => {}
            Repeat::Best => {
                let decided: Vec<_> = entries.iter().filter(|times| !is_open(times)).cloned().collect();
                let furthest = decided.iter().map(Vec::len).max();
                match decided.into_iter().find(|times| Some(times.len()) == furthest) {
                    Some(best) => entries = vec![best],
                    None => entries.truncate(1),
                }
            }
        }
        for times in entries {
            if is_open(&times) { *open += 1 } else { counted.push(times) }
        }
    }
    let one = |(group, (cases, open, counted)): (usize, Counts)| {
        let entered = counted.len() as u64;
        let count = |step: usize| counted.iter().filter(|times| times.len() > step).count() as u64;
        let step = |step: usize| {
            let mut waits: Vec<i64> =
                counted.iter().filter(|times| times.len() > step && step > 0).map(|t| t[step] - t[step - 1]).collect();
            FunnelStep {
                name: match spec.mode {
                    FunnelMode::AnyOrder => format!("{} of {}", step + 1, kinds.len()),
                    _ => log::KINDS[usize::from(kinds[step])].to_owned(),
                },
                overall: Share::of(count(step), entered),
                step: Share::of(count(step), if step == 0 { entered } else { count(step - 1) }),
                time: (spec.times && step > 0).then(|| Elapsed::of(&mut waits)),
            }
        };
        FunnelGroup { group, cases, entered, open, steps: (0..kinds.len()).map(step).collect() }
    };
    Funnel { groups: groups.into_iter().map(one).collect() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn funnels_are_what_the_definition_says(
        log in log::logs(), (spec, kinds) in specs(), count in 1..4_usize, threads in 1..4_usize, replaced in 0..4_u64,
    ) {
        let found = walks::over(&log, count, replaced, |blocks| funnel(blocks, &spec, threads));
        let expected = naive(&spec, &kinds, &walks::left(&log, count, replaced));
        prop_assert_eq!(found, expected.clone());
        let fold = FunnelFold::new(&spec);
        let merged = walks::over(&log, count, replaced, |blocks| fold.finish(walks::merged(blocks, &fold)));
        prop_assert_eq!(merged, expected);
    }
}

/// A journey of one case: (kind, at), in this order.
fn log_of(touches: &[(u16, i64)]) -> Vec<Touch> {
    let touch = |(row, (kind, at)): (usize, &(u16, i64))| Touch {
        case: "c".into(),
        at: *at,
        seq: Some(row as i64),
        table: 2,
        key: String::new(),
        kind: *kind,
        channel: 1,
        session: 0,
        amount: None,
        share: None,
    };
    touches.iter().enumerate().map(touch).collect()
}

fn ask(touches: &[(u16, i64)], change: impl FnOnce(&mut FunnelSpec)) -> (u64, u64, Vec<u64>) {
    let steps = [1, 2, 3, 0].map(|kind: u16| (log::KINDS[usize::from(kind)].to_owned(), vec![kind]));
    let mut spec = FunnelSpec {
        steps: Steps::named(steps.to_vec(), &log::kinds()),
        mode: FunnelMode::Ordered,
        window: Some(30),
        entries: None,
        known_until: i64::MAX,
        repeat: Repeat::Best,
        times: false,
        grouping: Grouping::All,
    };
    change(&mut spec);
    let found = walks::over(&log_of(touches), 1, 0, |blocks| funnel(blocks, &spec, 1));
    let group = &found.groups[0];
    (group.entered, group.open, group.steps.iter().map(|step| step.overall.count).collect())
}

const VISIT: u16 = 1;
const VIEW: u16 = 2;
const CART: u16 = 3;
const ORDER: u16 = log::ORDER;

#[test]
fn the_window_counts_from_the_entry_and_includes_its_end() {
    let late = [(VISIT, 0), (VIEW, 10), (CART, 20), (ORDER, 31)];
    assert_eq!(ask(&late, |_| {}), (1, 0, vec![1, 1, 1, 0]));
    assert_eq!(ask(&late, |spec| spec.window = Some(31)), (1, 0, vec![1, 1, 1, 1]));
    // A second visit renews the window, but only for what follows it.
    let renewed = [(VISIT, 0), (VIEW, 10), (VISIT, 12), (CART, 20), (ORDER, 31)];
    assert_eq!(ask(&renewed, |_| {}), (1, 0, vec![1, 1, 1, 0]));
    let again = [(VISIT, 0), (VISIT, 2), (VIEW, 10), (CART, 20), (ORDER, 31)];
    assert_eq!(ask(&again, |_| {}), (1, 0, vec![1, 1, 1, 1]));
    assert_eq!(ask(&again, |spec| spec.repeat = Repeat::First), (1, 0, vec![1, 1, 1, 0]));
    assert_eq!(ask(&again, |spec| spec.repeat = Repeat::Every), (2, 0, vec![2, 2, 2, 1]));
}

#[test]
fn the_same_instant_is_ordered_by_rows() {
    assert_eq!(ask(&[(VIEW, 5), (VISIT, 5)], |_| {}), (1, 0, vec![1, 0, 0, 0]));
    assert_eq!(ask(&[(VISIT, 5), (VIEW, 5)], |_| {}), (1, 0, vec![1, 1, 0, 0]));
}

#[test]
fn modes_differ_in_what_may_lie_between() {
    let touches = [(CART, 0), (VISIT, 1), (VIEW, 2), (4, 3), (CART, 4)];
    assert_eq!(ask(&touches, |_| {}), (1, 0, vec![1, 1, 1, 0]));
    assert_eq!(ask(&touches, |spec| spec.mode = FunnelMode::Strict), (1, 0, vec![1, 1, 0, 0]));
    assert_eq!(ask(&touches, |spec| spec.mode = FunnelMode::AnyOrder), (1, 0, vec![1, 1, 1, 0]));
}

#[test]
fn open_windows_are_counted_apart() {
    // The first entry is closed and came to the view; the second is open.
    let touches = [(VISIT, 0), (VIEW, 5), (VISIT, 60), (VIEW, 61), (CART, 62)];
    assert_eq!(ask(&touches, |spec| spec.known_until = 70), (1, 0, vec![1, 1, 0, 0]));
    assert_eq!(ask(&touches, |spec| spec.known_until = 90), (1, 0, vec![1, 1, 1, 0]));
    let from_later = |spec: &mut FunnelSpec| (spec.known_until, spec.entries) = (70, Some((50, 70)));
    assert_eq!(ask(&touches, from_later), (0, 1, vec![0, 0, 0, 0]));
    let bought = [(VISIT, 60), (VIEW, 61), (CART, 62), (ORDER, 63)];
    assert_eq!(ask(&bought, |spec| spec.known_until = 70), (0, 1, vec![0, 0, 0, 0]), "or shares would be too high");
}
