//! What moved, by how much, and whether it is a signal; trends and history.

use super::*;

fn sum(view: &ScorecardView) -> f64 {
    view.moves.iter().map(|m| m.contribution.unwrap()).sum()
}

#[test]
fn contributions_add_up_to_the_change() {
    let bench = Bench::new().read("revenue", 1, 160.0).read("margin", 1, 0.4).read("csat", 1, 0.8);
    let view = bench.read("revenue", 0, 150.0).read("margin", 0, 0.3).read("csat", 0, 0.86).view();
    // Before: (60 + 100) / 2 and 50; now: (50 + 50) / 2 and 80.
    assert!(near(view.whole.before, 65.0) && near(view.whole.score, 65.0));
    assert!(sum(&view).abs() < 1e-9);
    let moves: Vec<(&str, i64)> =
        view.moves.iter().map(|m| (m.measure.as_str(), (m.contribution.unwrap() * 10.0).round() as i64)).collect();
    assert_eq!(moves, [("csat", 150), ("margin", -125), ("revenue", -25)]);
}

#[test]
fn contributions_add_up_when_measures_come_and_go() {
    let before = Bench::new().read("revenue", 1, 110.0).read("csat", 1, 0.86);
    let view = before.read("margin", 0, 0.38).read("csat", 0, 0.88).read("revenue", 0, 180.0).view();
    let change = view.whole.score.unwrap() - view.whole.before.unwrap();
    assert!((sum(&view) - change).abs() < 1e-9);
    let kinds: Vec<(&str, MoveKind)> = view.moves.iter().map(|m| (m.measure.as_str(), m.kind)).collect();
    assert!(kinds.contains(&("margin", MoveKind::Appeared)));
    let margin = view.moves.iter().find(|m| m.measure == "margin").unwrap();
    assert_eq!(margin.sentence, "margin has a score now (38 %, score 90); it had none in February 2026.");
}

/// Shares change while scores stand still: the parts still add up.
#[test]
fn contributions_add_up_for_any_gaps() {
    let scores = [None, Some(110.0), Some(150.0), Some(185.0)];
    for mask in 0..4usize.pow(4) {
        let pick = |place: u32| scores[mask / 4usize.pow(place) % 4];
        let mut bench = Bench::new().read("csat", 0, 0.83).read("csat", 1, 0.79);
        for (place, (id, month)) in
            [("revenue", 0), ("revenue", 1), ("margin", 0), ("margin", 1)].into_iter().enumerate()
        {
            if let Some(value) = pick(place as u32) {
                bench = bench.read(id, month, if id == "margin" { value / 500.0 } else { value });
            }
        }
        let view = bench.view();
        let (Some(now), Some(before)) = (view.whole.score, view.whole.before) else { panic!("csat carries half") };
        assert!((sum(&view) - (now - before)).abs() < 1e-9, "mask {mask}");
    }
}

#[test]
fn a_measure_that_a_revision_removed_has_gone() {
    let before = Bench::new().read("revenue", 1, 150.0).read("margin", 1, 0.4).read("csat", 1, 0.86);
    let mut now = Bench::new().read("revenue", 0, 150.0).read("csat", 0, 0.86);
    now.definitions.scorecard.objectives[0].measures.pop();
    let view = now.view_after(&before);
    let gone = view.moves.iter().find(|m| m.measure == "margin").unwrap();
    assert_eq!(gone.kind, MoveKind::Disappeared);
    assert_eq!(
        gone.sentence,
        "margin has no score now (it is no longer on the scorecard); it was at 40 %, score 100, in February 2026."
    );
    assert!((sum(&view) - (view.whole.score.unwrap() - view.whole.before.unwrap())).abs() < 1e-9);
}

#[test]
fn nothing_moves_where_nothing_changed() {
    let mut bench = Bench::new();
    for month in [0, 1] {
        bench = bench.read("revenue", month, 150.0).read("margin", month, 0.4).read("csat", month, 0.86);
    }
    assert!(bench.view().moves.is_empty());
}

fn steady(last: f64) -> Bench {
    let mut bench = Bench::new().read("csat", 0, last);
    for month in 1..=11 {
        bench = bench.read("csat", month, if month % 2 == 0 { 0.80 } else { 0.82 });
    }
    bench
}

#[test]
fn the_chart_tells_signal_from_noise() {
    let view = steady(0.81).view();
    let trend = view.measure("csat").trend.clone().unwrap();
    assert_eq!((trend.verdict, trend.periods, trend.latest.as_str()), (Verdict::Noise, 12, "2026-03"));
    // The intervals have no width, so any change is more than chance; the chart knows the process.
    let found = &view.moves[0];
    assert_eq!((found.by_chart, found.by_interval, found.more_than_noise), (Some(false), Some(true), Some(false)));
    assert_eq!(found.sentence, "csat fell from 82 % to 81 % (score 60 → 55): noise, within its usual variation.");
    let view = steady(0.95).view();
    let trend = view.measure("csat").trend.clone().unwrap();
    assert_eq!(trend.verdict, Verdict::Signal);
    assert_eq!(trend.signals, [TrendSignal { rule: Rule::Outside, side: Side::Above, better: Some(true) }]);
    assert_eq!(view.moves[0].more_than_noise, Some(true));
}

#[test]
fn without_a_chart_the_intervals_decide() {
    let with = |low: f64, high: f64| {
        let mut bench = Bench::new().read("csat", 1, 0.8);
        let interval = Some(Interval { low, high });
        let found = Reading { interval, ..bench.reading(0, Some(0.86)) };
        bench.readings.add("csat", [found]);
        bench.view().moves[0].clone()
    };
    assert_eq!((with(0.85, 0.87).by_chart, with(0.85, 0.87).more_than_noise), (None, Some(true)));
    assert_eq!(with(0.79, 0.89).more_than_noise, Some(false));
}

#[test]
fn history_has_gaps_and_the_chart_only_mature_months() {
    let mut bench = steady(0.81);
    let early = Reading { mature: false, ..bench.reading(0, Some(0.1)) };
    bench.readings.add("csat", [early]);
    let view = bench.view();
    let csat = view.measure("csat");
    assert_eq!(csat.history.len(), HISTORY);
    assert_eq!((csat.history[0].value, csat.history[23].value), (None, Some(0.1)));
    assert!(!csat.history[23].mature && csat.history[22].mature);
    assert_eq!(csat.trend.as_ref().unwrap().latest, "2026-02");
    assert_eq!(view.measure("revenue").trend, None);
}
