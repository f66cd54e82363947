//! Attribution against its definitions, and against published paths.

use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline_journey::{
    AggregatedPath, Attribution, AttributionSpec, ChannelCredit, attribution, attribution_from_paths, flags,
};

use crate::public_sets;
use crate::shop::{self, CART, Event, VISIT};

const HALF_LIFE: i64 = 7;

/// Channels with ages before the end, money of the conversion or none, unknown money.
struct Path {
    touches: Vec<(String, i64)>,
    money: Option<i64>,
    converts: bool,
}

fn cut(touches: &mut Vec<&Event>, end: i64, spec: &AttributionSpec<'_>) -> Vec<(String, i64)> {
    let mut path: Vec<&Event> = Vec::new();
    let mut before = 0;
    for touch in touches.drain(..) {
        if !(spec.collapse_sessions && touch.session > 0 && touch.session == before) {
            path.push(touch);
        }
        before = touch.session;
    }
    path.retain(|touch| spec.window.is_none_or(|window| end - touch.at <= window));
    path.iter().map(|touch| (shop::CHANNELS[usize::from(touch.channel) - 1].to_owned(), end - touch.at)).collect()
}

fn paths(journeys: &[Vec<Event>], spec: &AttributionSpec<'_>) -> Vec<Path> {
    let asked = |at: i64| spec.dates.as_ref().is_none_or(|dates| dates.contains(&at));
    let mut found = Vec::new();
    for journey in journeys {
        let mut touches: Vec<&Event> = Vec::new();
        for event in journey {
            if event.counts() {
                let path = cut(&mut touches, event.at, spec);
                if asked(event.at) {
                    found.push(Path { touches: path, money: event.amount, converts: true });
                }
            } else if event.flags & flags::PLACED == 0
                && event.channel > 0
                && spec.touches.as_ref().is_none_or(|kinds| kinds.contains(&event.kind))
            {
                touches.push(event);
            }
        }
        // Collapsing keeps the first of a session, and the path ends at the last touch that is kept.
        let kept = cut(&mut touches.clone(), 0, &AttributionSpec { window: None, ..spec.clone() });
        if let Some(end) = kept.last().map(|touch| -touch.1).filter(|end| asked(*end)) {
            found.push(Path { touches: cut(&mut touches, end, spec), money: None, converts: false });
        }
    }
    found
}

/// Conversion probability by going round and round, visits of `removed` lost.
fn chain(paths: &[Path], removed: Option<&str>) -> f64 {
    let mut steps: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for path in paths.iter().filter(|path| !path.touches.is_empty()) {
        let mut from = "(start)";
        let end = if path.converts { "(conversion)" } else { "(none)" };
        for to in path.touches.iter().map(|touch| touch.0.as_str()).chain([end]) {
            *steps.entry(from).or_default().entry(to).or_default() += 1.0;
            from = to;
        }
    }
    let mut chance: BTreeMap<&str, f64> = BTreeMap::from([("(conversion)", 1.0)]);
    for _ in 0..20_000 {
        let mut moved: f64 = 0.0;
        for (from, to) in steps.iter().filter(|(from, _)| Some(**from) != removed) {
            let total: f64 = to.values().sum();
            let next = to.iter().map(|(to, n)| n / total * chance.get(to).copied().unwrap_or(0.0)).sum();
            moved = moved.max((chance.insert(from, next).unwrap_or(0.0) - next).abs());
        }
        if moved < 1e-14 {
            break;
        }
    }
    chance.get("(start)").copied().unwrap_or(0.0)
}

type Rules = BTreeMap<String, [(f64, f64); 5]>;

fn naive(paths: &[Path]) -> Rules {
    let mut rules: Rules =
        paths.iter().flat_map(|path| &path.touches).map(|touch| (touch.0.clone(), [(0.0, 0.0); 5])).collect();
    for path in paths.iter().filter(|path| path.converts) {
        let n = path.touches.len();
        let decay: f64 = path.touches.iter().map(|touch| 0.5_f64.powf(touch.1 as f64 / HALF_LIFE as f64)).sum();
        for (place, (channel, age)) in path.touches.iter().enumerate() {
            let (first, last) = (place == 0, place + 1 == n);
            let position = match n {
                1 => 1.0,
                2 => 0.5,
                _ if first || last => 0.4,
                _ => 0.2 / (n - 2) as f64,
            };
            let decayed = 0.5_f64.powf(*age as f64 / HALF_LIFE as f64) / decay;
            let parts = [f64::from(first), f64::from(last), 1.0 / n as f64, position, decayed];
            for (credit, part) in rules.get_mut(channel).unwrap().iter_mut().zip(parts) {
                credit.0 += part;
                credit.1 += part * path.money.unwrap_or(0) as f64;
            }
        }
    }
    rules
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-8 * a.abs().max(b.abs()).max(1.0)
}

fn check(found: &Attribution, paths: &[Path]) {
    let converting: Vec<&Path> = paths.iter().filter(|path| path.converts).collect();
    let with_path: Vec<&&Path> = converting.iter().filter(|path| !path.touches.is_empty()).collect();
    let money: i64 = converting.iter().filter_map(|path| path.money).sum();
    assert_eq!((found.conversions, found.value), (converting.len() as u64, i128::from(money)));
    assert_eq!(found.without_value, converting.iter().filter(|path| path.money.is_none()).count() as u64);
    assert_eq!(found.without_path, (converting.len() - with_path.len()) as u64);
    let ended = paths.iter().filter(|path| !path.converts && !path.touches.is_empty()).count();
    assert_eq!(found.ended, ended as u64);
    let rules = naive(paths);
    assert_eq!(found.channels.iter().map(|told| &told.channel).collect::<Vec<_>>(), rules.keys().collect::<Vec<_>>());
    let probability = chain(paths, None);
    let effect = |channel: &str| 1.0 - chain(paths, Some(channel)) / probability;
    let effects: f64 = rules.keys().map(|channel| effect(channel)).sum();
    for told in &found.channels {
        let decay = told.time_decay.unwrap_or_default();
        let all = [told.first, told.last, told.linear, told.position, decay];
        for (told, own) in all.iter().zip(rules[&told.channel]) {
            assert!(close(told.conversions, own.0) && close(told.value, own.1), "{told:?} {own:?}");
        }
        assert_eq!(told.markov.is_some(), !with_path.is_empty());
        if let (Some(markov), Some(removal)) = (told.markov, told.removal_effect) {
            let share = effect(&told.channel) / effects;
            assert!(close(found.conversion_probability.unwrap(), probability));
            assert!(close(removal, effect(&told.channel)), "{removal} {}", effect(&told.channel));
            assert!(close(markov.conversions, share * with_path.len() as f64));
            let money: i64 = with_path.iter().filter_map(|path| path.money).sum();
            assert!(close(markov.value, share * money as f64));
        }
    }
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        events in shop::events(), blocks in 1..4_usize, threads in 1..4_usize, gone in prop::option::of(0..6_u8),
        window in prop::option::of(0..30_i64), collapse_sessions: bool, some_kinds: bool,
        dates in prop::option::of((0..60_i64, 0..60_i64)),
    ) {
        let kinds = shop::kinds();
        let spec = AttributionSpec {
            touches: some_kinds.then(|| vec![VISIT, CART]),
            window,
            collapse_sessions,
            half_life: HALF_LIFE,
            dates: dates.map(|(from, length)| from..from + length),
            ..AttributionSpec::new(&kinds)
        };
        let world = shop::world(&events, blocks, gone);
        let found = attribution(&world.blocks(), &spec, threads);
        check(&found, &paths(&shop::journeys(&events, gone), &spec));
        prop_assert_eq!(found, attribution(&world.blocks(), &spec, 1));
    }
}

fn path(channels: &[&str], conversions: u64, value: i128, ended: u64) -> AggregatedPath {
    AggregatedPath { channels: channels.iter().map(|name| (*name).to_owned()).collect(), conversions, value, ended }
}

#[test]
fn rules_by_hand() {
    let found = attribution_from_paths(&[
        path(&["a", "b", "c", "b", "d"], 3, 300, 0),
        path(&["a"], 1, 7, 4),
        path(&[], 1, 1, 9),
    ]);
    assert_eq!((found.conversions, found.value, found.without_path, found.ended), (5, 308, 1, 4));
    let of = |name: &str| found.channels.iter().find(|told| told.channel == name).unwrap();
    let conversions = |told: &ChannelCredit| [told.first, told.last, told.linear, told.position].map(|c| c.conversions);
    let check = |name: &str, expected: [f64; 4]| {
        let found = conversions(of(name));
        assert!(found.iter().zip(expected).all(|(a, b)| close(*a, b)), "{name} {found:?}");
    };
    check("a", [4.0, 1.0, 1.6, 2.2]);
    check("b", [0.0, 0.0, 1.2, 0.4]);
    check("c", [0.0, 0.0, 0.6, 0.2]);
    check("d", [0.0, 3.0, 0.6, 1.2]);
    assert!(close(of("b").linear.value, 120.0) && of("b").time_decay.is_none());
}

/// Start to a always; a converts half of the time and else leads to b, which converts half of the time.
#[test]
fn removal_by_hand() {
    let found = attribution_from_paths(&[path(&["a"], 2, 0, 0), path(&["a", "b"], 1, 0, 1)]);
    assert!(close(found.conversion_probability.unwrap(), 0.75));
    let effects: Vec<f64> = found.channels.iter().map(|told| told.removal_effect.unwrap()).collect();
    assert!(close(effects[0], 1.0) && close(effects[1], 1.0 / 3.0), "{effects:?}");
    assert!(close(found.channels[0].markov.unwrap().conversions, 2.25));
    assert_eq!(attribution_from_paths(&[path(&["a"], 0, 0, 3)]).channels[0].markov, None);
    assert_eq!(attribution_from_paths(&[]), Attribution::default());
}

/// First, last, linear, removal effect, Markov.
const PUBLISHED: [(&str, [f64; 5]); 12] = [
    ("alpha", [6308.0, 8447.0, 7574.7186, 0.558399, 5344.948]),
    ("beta", [2831.0, 989.0, 2083.5001, 0.264039, 2527.352]),
    ("delta", [1.0, 5.0, 1.7250, 0.000482, 4.614]),
    ("epsilon", [99.0, 531.0, 272.1704, 0.062639, 599.571]),
    ("eta", [3164.0, 4167.0, 3539.9512, 0.349026, 3340.847]),
    ("gamma", [165.0, 92.0, 121.0416, 0.017880, 171.145]),
    ("iota", [4606.0, 3355.0, 3857.0962, 0.405835, 3884.615]),
    ("kappa", [74.0, 230.0, 137.9641, 0.028663, 274.363]),
    ("lambda", [902.0, 1207.0, 1035.2576, 0.134022, 1282.847]),
    ("mi", [2.0, 2.0, 2.2222, 0.000180, 1.722]),
    ("theta", [1606.0, 653.0, 1022.8014, 0.206010, 1971.913]),
    ("zeta", [27.0, 107.0, 136.5515, 0.039811, 381.063]),
];

#[test]
fn published_paths() {
    let Some(text) = public_sets::open("channel_paths/PathData.csv.gz") else { return };
    let mut paths = Vec::new();
    for row in csv::Reader::from_reader(text).records() {
        let row = row.unwrap();
        let channels: Vec<&str> = row[0].split(" > ").collect();
        let billionths = (row[2].parse::<f64>().unwrap() * 1e9).round() as i128;
        paths.push(path(&channels, row[1].parse().unwrap(), billionths, row[3].parse().unwrap()));
    }
    let found = attribution_from_paths(&paths);
    assert_eq!((paths.len(), found.conversions, found.ended), (10_000, 19_785, 68_602));
    assert!((found.value as f64 / 1e9 - 74_802.971587).abs() < 5.1e-7, "{}", found.value);
    assert!((found.conversion_probability.unwrap() - 0.223845).abs() < 5e-7);
    assert_eq!(found.channels.len(), PUBLISHED.len());
    for (told, (name, [first, last, linear, effect, markov])) in found.channels.iter().zip(PUBLISHED) {
        assert_eq!((told.channel.as_str(), told.first.conversions, told.last.conversions), (name, first, last));
        assert!((told.linear.conversions - linear).abs() < 5.1e-5, "{told:?}");
        assert!((told.removal_effect.unwrap() - effect).abs() < 5.1e-7, "{told:?}");
        assert!((told.markov.unwrap().conversions - markov).abs() < 5.1e-4, "{told:?}");
    }
}
