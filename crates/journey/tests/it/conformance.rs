//! Conformance against a naive check of each journey.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline_journey::{
    Conformance, ConformanceFold, ConformanceGroup, ConformanceSpec, Deviation, DeviationKind, Grouping, Share, Steps,
    conformance, steps_seen,
};

use crate::log::{self, Touch};
use crate::walks;

/// The map: visit, view, cart, order; other kinds are in no stage.
const MAP: [(&str, u16); 4] = [("visit", 1), ("view", 2), ("cart", 3), ("order", 0)];

fn spec(may_skip: &[usize], may_return: &[usize], loop_after: Option<usize>) -> ConformanceSpec {
    let named = MAP.map(|(name, code)| (name.to_owned(), vec![code])).to_vec();
    ConformanceSpec {
        stages: Steps::named(named, &log::kinds()),
        may_skip: may_skip.iter().copied().collect(),
        may_return: may_return.iter().copied().collect(),
        loop_after,
        grouping: Grouping::FirstChannel,
    }
}

/// Kind of deviation (in the order shown), from, to, and the stage passed over.
type Left = (u8, Option<usize>, usize, Option<usize>);

/// The visits of a case, and the first that leaves the map.
fn leaves(spec: &ConformanceSpec, visits: &[usize]) -> Option<Left> {
    for (place, to) in visits.iter().enumerate() {
        let been: BTreeSet<usize> = visits[..place].iter().copied().collect();
        let missed = |from: usize| (from..*to).find(|s| !been.contains(s) && !spec.may_skip.contains(s));
        match place.checked_sub(1).map(|before| visits[before]) {
            None if missed(0).is_some() => return Some((0, None, *to, None)),
            Some(from) if from > *to => {
                let anew = spec.loop_after.is_some_and(|stage| been.contains(&stage));
                if !anew && !spec.may_return.contains(to) {
                    return Some((2, Some(from), *to, None));
                }
            }
            Some(from) if from < *to && missed(from + 1).is_some() => {
                return Some((1, Some(from), *to, missed(from + 1)));
            }
            _ => {}
        }
    }
    None
}

fn naive(spec: &ConformanceSpec, journeys: &[(String, Vec<Touch>)]) -> Conformance {
    let mut groups: BTreeMap<usize, (u64, u64, BTreeMap<Left, u64>)> = BTreeMap::new();
    for (_, touches) in journeys {
        let (without, follow, left) = groups.entry(usize::from(touches[0].channel)).or_default();
        let stage = |touch: &Touch| MAP.iter().position(|(_, kind)| *kind == touch.kind);
        let mut visits: Vec<usize> = touches.iter().filter_map(stage).collect();
        visits.dedup();
        match leaves(spec, &visits) {
            _ if visits.is_empty() => *without += 1,
            None => *follow += 1,
            Some(place) => *left.entry(place).or_default() += 1,
        }
    }
    let name = |stage: usize| MAP[stage].0.to_owned();
    let one = |(group, (without_stage, follow, left)): (usize, (u64, u64, BTreeMap<Left, u64>))| {
        let n = follow + left.values().sum::<u64>();
        let mut deviations: Vec<Deviation> = left
            .into_iter()
            .map(|((kind, from, to, stage), count)| Deviation {
                from: from.map(name),
                to: name(to),
                kind: match (kind, stage) {
                    (0, _) => DeviationKind::Started,
                    (1, Some(stage)) => DeviationKind::Skipped(name(stage)),
                    _ => DeviationKind::Returned,
                },
                share: Share::of(count, n),
            })
            .collect();
        deviations.sort_by_key(|deviation| std::cmp::Reverse(deviation.share.count));
        ConformanceGroup { group, follow: Share::of(follow, n), without_stage, deviations }
    };
    Conformance { groups: groups.into_iter().map(one).collect() }
}

/// Short journeys, many of which follow the map.
fn journeys() -> impl Strategy<Value = Vec<Touch>> {
    let kind = prop_oneof![0..6_u16, 1..3_u16];
    let case = (0..3_u16, prop::collection::vec(kind, 0..7));
    prop::collection::vec(case, 0..30).prop_map(|cases| {
        let touches = cases.into_iter().enumerate().flat_map(|(case, (channel, mut kinds))| {
            if channel == 0 {
                kinds.sort_by_key(|kind| MAP.iter().position(|(_, own)| own == kind));
            }
            kinds.into_iter().enumerate().map(move |(row, kind)| touch(case, row as i64, kind, channel))
        });
        touches.collect()
    })
}

fn touch(case: usize, seq: i64, kind: u16, channel: u16) -> Touch {
    Touch {
        case: format!("c{case}"),
        at: seq / 2,
        seq: Some(seq),
        table: 2,
        key: String::new(),
        kind,
        channel,
        session: 0,
        amount: None,
        share: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn deviations_are_found_where_they_happen(
        log in journeys(), may_skip in prop::collection::vec(0..4_usize, 0..3),
        may_return in prop::collection::vec(0..4_usize, 0..3), count in 1..4_usize, threads in 1..4_usize,
        loop_after in prop::option::of(0..4_usize), replaced in 0..4_u64,
    ) {
        let spec = spec(&may_skip, &may_return, loop_after);
        let found = walks::over(&log, count, replaced, |blocks| conformance(blocks, &spec, threads));
        let expected = naive(&spec, &walks::left(&log, count, replaced));
        prop_assert_eq!(found, expected.clone());
        let fold = ConformanceFold::new(&spec);
        let merged = walks::over(&log, count, replaced, |blocks| fold.finish(&walks::merged(blocks, &fold)));
        prop_assert_eq!(merged, expected);
    }
}

/// One journey of kinds: `None` where it follows the map.
fn leaves_at(
    kinds: &[u16],
    may_skip: &[usize],
    may_return: &[usize],
) -> Option<(Option<String>, String, DeviationKind)> {
    let log: Vec<Touch> = kinds.iter().enumerate().map(|(row, kind)| touch(0, row as i64, *kind, 1)).collect();
    let found = walks::over(&log, 1, 0, |blocks| conformance(blocks, &spec(may_skip, may_return, None), 1));
    let group = &found.groups[0];
    assert_eq!(group.follow, Share::of(u64::from(group.deviations.is_empty()), 1));
    group.deviations.first().map(|left| (left.from.clone(), left.to.clone(), left.kind.clone()))
}

#[test]
fn the_map_is_followed_or_left_at_the_first_deviation() {
    let (visit, view, cart, order) = (1, 2, 3, 0);
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(leaves_at(&[visit, visit, view, 4, view, cart, order], &[], &[]), None);
    assert_eq!(leaves_at(&[visit, view], &[], &[]), None);
    assert_eq!(leaves_at(&[view, cart, visit], &[], &[]), Some((None, "view".into(), DeviationKind::Started)));
    assert_eq!(leaves_at(&[view, cart], &[0], &[]), None);
    let skipped = Some((some("view"), "order".into(), DeviationKind::Skipped("cart".into())));
    assert_eq!(leaves_at(&[visit, view, order], &[], &[]), skipped);
    assert_eq!(leaves_at(&[visit, view, order], &[2], &[]), None);
    let returned = Some((some("cart"), "view".into(), DeviationKind::Returned));
    assert_eq!(leaves_at(&[visit, view, cart, view, order], &[], &[]), returned);
    // After an allowed return, stages where the case has been are not passed over.
    assert_eq!(leaves_at(&[visit, view, cart, visit, cart, order], &[], &[0]), None);
}

#[test]
fn after_a_purchase_a_journey_begins_anew() {
    let (visit, view, cart, order) = (1, 2, 3, 0);
    let follow = |kinds: &[u16]| {
        let log: Vec<Touch> = kinds.iter().enumerate().map(|(row, kind)| touch(0, row as i64, *kind, 1)).collect();
        walks::over(&log, 1, 0, |blocks| conformance(blocks, &spec(&[], &[], Some(3)), 1)).groups[0].follow.count == 1
    };
    assert!(follow(&[visit, view, cart, order, view, visit, order, cart]));
    assert!(!follow(&[visit, view, cart, view, order]), "no loop is closed yet");
}

#[test]
fn stages_are_seen_where_a_touchpoint_is_of_them() {
    let log = [touch(0, 0, 1, 1), touch(1, 1, 3, 1), touch(2, 2, 5, 1)];
    let stages = spec(&[], &[], None).stages;
    for threads in 1..4 {
        let seen = walks::over(&log, 3, 0, |blocks| steps_seen(blocks, &stages, threads));
        assert_eq!(seen, [true, false, true, false]);
    }
    assert_eq!(walks::over(&[], 1, 0, |blocks| steps_seen(blocks, &stages, 1)), [false; 4]);
}
