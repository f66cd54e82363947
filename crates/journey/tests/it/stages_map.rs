//! The map of stages against its definitions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline_journey::{
    Elapsed, Emotion, GroupMap, Grouping, OverviewSpec, Share, StageRow, Stages, flags, overview,
};

use crate::shop::{self, CART, Event, OPENED, ORDER, REVIEW, VISIT};

const STAGES: [&str; 5] = ["look", "engage", "buy", "help", "praise"];

fn stages() -> Stages {
    let row = |before: &[Option<u8>], after: &[Option<u8>]| StageRow { after: after.to_vec(), before: before.to_vec() };
    let mut rows = vec![row(&[None; 3], &[None; 3]); shop::KINDS.len()];
    rows[usize::from(VISIT)] = row(&[Some(0); 3], &[None; 3]);
    rows[usize::from(CART)] = row(&[Some(1); 3], &[Some(1); 3]);
    rows[usize::from(ORDER)] = row(&[Some(2); 3], &[Some(2); 3]);
    rows[usize::from(OPENED)] = row(&[Some(1); 3], &[Some(3); 3]);
    rows[usize::from(REVIEW)] = row(&[None, None, Some(4)], &[None, None, Some(4)]);
    Stages::new(STAGES.iter().map(|id| ((*id).to_owned(), id.to_uppercase())).collect(), vec![0.8], rows)
}

fn stage(event: &Event, journey: &[Event]) -> Option<usize> {
    let first = journey.iter().find(|event| event.flags & flags::PLACED != 0).map(|event| event.at);
    let before = first.is_none_or(|first| event.at < first);
    match event.kind {
        VISIT => before.then_some(0),
        CART => Some(1),
        ORDER => Some(2),
        OPENED => Some(if before { 1 } else { 3 }),
        REVIEW => event.share.filter(|share| *share > 0.79).map(|_| 4),
        _ => None,
    }
}

type Touches<'a> = Vec<(&'a Event, Option<usize>)>;

/// Each case's touchpoints in the range with their stages.
fn staged<'a>(journeys: &'a [Vec<Event>], dates: &Option<std::ops::Range<i64>>) -> Vec<Touches<'a>> {
    let inside = |event: &&Event| dates.as_ref().is_none_or(|dates| dates.contains(&event.at));
    let of = |journey: &'a Vec<Event>| -> Touches<'a> {
        journey.iter().filter(inside).map(|event| (event, stage(event, journey))).collect()
    };
    journeys.iter().map(of).filter(|touches| !touches.is_empty()).collect()
}

fn emotion(scores: &[f64], minimum: u64) -> Option<f64> {
    let n = scores.len() as u64;
    (n > 0 && n >= minimum).then(|| scores.iter().map(|share| share * 4.0 - 2.0).sum::<f64>() / n as f64)
}

fn same_emotion(found: &Emotion, scores: &[f64], minimum: u64) -> bool {
    let close = match (found.mean, emotion(scores, minimum)) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-8 && found.interval.is_some() == (scores.len() > 1),
        (a, b) => a.is_none() && b.is_none() && found.interval.is_none(),
    };
    close && found.n == scores.len() as u64
}

fn check_stages<'a>(cases: &[Touches<'a>], found: &GroupMap, minimum: u64) {
    let n = cases.len() as u64;
    assert_eq!(found.cases, n);
    for (own, told) in found.stages.iter().enumerate() {
        let is_own = |touch: &(&'a Event, Option<usize>)| touch.1 == Some(own);
        let is_later = |touch: &(&'a Event, Option<usize>)| touch.1 > Some(own);
        let touched: Vec<&Touches<'a>> = cases.iter().filter(|case| case.iter().any(is_own)).collect();
        let share = |holds: &dyn Fn(&Touches<'a>) -> bool| {
            Share::of(touched.iter().filter(|case| holds(case)).count() as u64, touched.len() as u64)
        };
        let since = |case: &Touches<'a>| case[case.iter().position(is_own).unwrap()..].to_vec();
        assert_eq!((told.id.as_str(), told.name.clone()), (STAGES[own], STAGES[own].to_uppercase()));
        assert_eq!(told.cases, Share::of(touched.len() as u64, n));
        assert_eq!(told.touchpoints, cases.iter().flatten().filter(|touch| is_own(touch)).count() as u64);
        let ends = |case: &Touches<'a>| case.iter().rev().find_map(|touch| touch.1) == Some(own);
        assert_eq!(told.at_end, share(&ends));
        let skips = cases.iter().filter(|case| !case.iter().any(is_own) && case.iter().any(is_later));
        assert_eq!(told.skipped, skips.count() as u64);
        let returns = |case: &Touches<'a>| {
            let after = since(case);
            let later = after.iter().position(is_later);
            later.is_some_and(|later| after[later..].iter().any(is_own))
        };
        assert_eq!(told.returned, share(&returns));
        let scores: Vec<f64> =
            cases.iter().flatten().filter(|touch| is_own(touch)).filter_map(|touch| touch.0.share).collect();
        assert!(same_emotion(&told.emotion, &scores, minimum), "{:?} {scores:?}", told.emotion);
        assert_eq!(told.onward.is_some(), own < 4);
        let Some(onward) = told.onward else { continue };
        assert_eq!(onward.moved_on, share(&|case| since(case).iter().any(is_later)));
        assert_eq!(onward.reached_next, share(&|case| since(case).iter().any(|touch| touch.1 == Some(own + 1))));
        assert_eq!(onward.dropped, share(&|case| ends(case) && !case.iter().any(is_later)));
        let elapsed = touched.iter().filter_map(|case| {
            let after = since(case);
            Some(after.iter().find(|touch| is_later(touch))?.0.at - after[0].0.at)
        });
        assert_eq!(onward.elapsed, Elapsed::of(&mut elapsed.collect::<Vec<i64>>()));
    }
}

fn check_kinds(cases: &[Touches<'_>], found: &GroupMap, minimum: u64) {
    for own in (0..5).map(Some).chain([None]) {
        let mut seen = 0;
        for (code, name) in shop::KINDS.iter().enumerate() {
            let is_own = |touch: &(&Event, Option<usize>)| usize::from(touch.0.kind) == code && touch.1 == own;
            let count = cases.iter().flatten().filter(|touch| is_own(touch)).count() as u64;
            let with = cases.iter().filter(|case| case.iter().any(is_own)).count() as u64;
            let Some(own) = own else {
                let told = found.unstaged.iter().find(|told| told.kind == *name);
                let told = told.map_or((0, 0), |told| (told.touchpoints, told.cases));
                assert_eq!(told, (count, with));
                continue;
            };
            let told = found.stages[own].kinds.iter().find(|told| told.kind == *name);
            assert_eq!(told.is_some(), count > 0);
            let Some(told) = told else { continue };
            seen += 1;
            assert_eq!((told.touchpoints, told.reach), (count, Share::of(with, cases.len() as u64)));
            let mut next: BTreeMap<&str, u64> = BTreeMap::new();
            for pair in cases.iter().flat_map(|case| case.windows(2)).filter(|pair| is_own(&pair[0])) {
                *next.entry(shop::KINDS[usize::from(pair[1].0.kind)]).or_default() += 1;
            }
            let ends = count - next.values().sum::<u64>();
            assert_eq!(told.ends, Share::of(ends, count));
            let mut next: Vec<(&str, u64)> = next.into_iter().collect();
            next.sort_by_key(|(name, count)| (u64::MAX - count, *name));
            next.truncate(3);
            let shown: Vec<(&str, u64)> = told.next.iter().map(|next| (next.kind.as_str(), next.share.count)).collect();
            assert_eq!(shown, next);
            assert!(told.next.iter().all(|next| next.share.n == count));
            let scores: Vec<f64> =
                cases.iter().flatten().filter(|touch| is_own(touch)).filter_map(|touch| touch.0.share).collect();
            assert!(same_emotion(&told.emotion, &scores, minimum));
        }
        if let Some(own) = own {
            let kinds = &found.stages[own].kinds;
            assert_eq!(kinds.len(), seen);
            assert!(kinds.windows(2).all(|pair| pair[0].touchpoints >= pair[1].touchpoints));
        }
    }
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize, gone in prop::option::of(0..6_u8),
        dates in prop::option::of((0..60_i64, 0..60_i64)), minimum in 0..4_u64, by_channel: bool,
    ) {
        let (kinds, stages) = (shop::kinds(), stages());
        let world = shop::world(&events, blocks, gone);
        let dates = dates.map(|(from, length)| from..from + length);
        let grouping = if by_channel { Grouping::FirstChannel } else { Grouping::All };
        let spec =
            OverviewSpec { dates: dates.clone(), minimum_scores: minimum, grouping, ..OverviewSpec::new(&kinds, &stages) };
        let found = overview(&world.blocks(), &spec, threads);
        let journeys = shop::journeys(&events, gone);
        let mut groups = Vec::new();
        for group in 0..4 {
            let member = |journey: &&Vec<Event>| {
                if by_channel { usize::from(journey[0].channel) == group } else { group == 0 }
            };
            let members: Vec<Vec<Event>> = journeys.iter().filter(member).cloned().collect();
            let cases = staged(&members, &dates);
            if cases.is_empty() {
                continue;
            }
            groups.push(group);
            let told = found.iter().find(|told| told.group == group).unwrap();
            check_stages(&cases, told, minimum);
            check_kinds(&cases, told, minimum);
        }
        prop_assert_eq!(found.iter().map(|told| told.group).collect::<Vec<_>>(), groups);
    }
}

#[test]
fn two_customers_by_hand() {
    let touch =
        |case: u8, at: i64, kind: u16| Event { case, at, kind, flags: u8::from(kind == ORDER) * 3, ..Event::default() };
    // The first looks, fills a cart, looks again, buys; the second buys at once and asks for help.
    let log = [
        touch(0, 10, VISIT),
        touch(0, 14, CART),
        touch(0, 20, VISIT),
        touch(0, 30, ORDER),
        touch(1, 11, ORDER),
        touch(1, 12, OPENED),
    ];
    let (kinds, stages) = (shop::kinds(), stages());
    let found = overview(&shop::world(&log, 1, None).blocks(), &OverviewSpec::new(&kinds, &stages), 1);
    let [look, engage, buy, help, praise] = &found[0].stages[..] else { panic!("five stages") };
    assert_eq!((look.cases.share, look.skipped, look.returned.count), (Some(0.5), 1, 1));
    let onward = look.onward.unwrap();
    assert_eq!((onward.moved_on.count, onward.reached_next.count, onward.dropped.count), (1, 1, 0));
    assert_eq!(onward.elapsed.median, Some(4.0));
    assert_eq!(engage.onward.unwrap().elapsed.median, Some(16.0));
    assert_eq!((buy.cases.count, buy.at_end.count, buy.onward.unwrap().dropped.count), (2, 1, 1));
    assert_eq!((help.cases.count, help.at_end.count, praise.cases.count), (1, 1, 0));
    let visit = &look.kinds[0];
    assert_eq!((visit.touchpoints, visit.reach.count, visit.next.len(), visit.ends.count), (2, 1, 2, 0));
    assert_eq!((visit.next[0].kind.as_str(), visit.next[1].kind.as_str()), ("cart", "order"));
}
