//! Values against targets: which target, its formulas, status with uncertainty, maturity, benchmarks.

use throughline_model::scorecard::Benchmark;
use throughline_model::status::Status;

use super::*;

#[test]
fn the_last_matching_target_wins() {
    let mut bench = Bench::new().read("revenue", 0, 150.0);
    let targets = &mut bench.definitions.scorecard.targets;
    targets.push(Target {
        from: Some("2026-03".into()),
        until: Some("2026-03".into()),
        ..target("revenue", number(150.0), number(100.0))
    });
    targets.push(Target { from: Some("2026-04".into()), ..target("revenue", number(900.0), number(100.0)) });
    targets.push(Target { until: Some("2026-02".into()), ..target("revenue", number(800.0), number(100.0)) });
    assert_eq!(bench.view().measure("revenue").now.score, Some(100.0));
}

/// A target from a quarter to a year holds for the months inside them.
#[test]
fn targets_of_other_grains_cover_whole_periods() {
    let mut bench = Bench::new().read("revenue", 0, 150.0);
    let within = Target {
        from: Some("2026-Q1".into()),
        until: Some("2026".into()),
        ..target("revenue", number(150.0), number(0.0))
    };
    bench.definitions.scorecard.targets = vec![within];
    assert_eq!(bench.view().measure("revenue").now.score, Some(100.0));
    bench.definitions.scorecard.targets[0].until = Some("2026-03-15".into());
    let now = bench.view().measure("revenue").now.clone();
    assert_eq!((now.score, now.word()), (None, "no target"));
}

#[test]
fn a_target_can_be_a_formula() {
    let mut bench = Bench::new().read("revenue", 0, 132.0).read("revenue", 12, 120.0);
    bench.definitions.scorecard.targets[0] =
        target("revenue", formula("year_before(revenue) * 1.1"), formula("year_before(revenue)"));
    let now = bench.view().measure("revenue").now.clone();
    let Some(Bounds::Point { target, floor }) = now.target.as_ref().unwrap().bounds else { panic!("{now:?}") };
    assert!((target - 132.0).abs() < 1e-9 && floor == 120.0);
    assert!(near(now.score, 100.0));
    assert_eq!(now.status, Some(Status::OnTarget));
}

#[test]
fn a_formula_without_a_value_says_which_measure_is_missing() {
    let mut bench = Bench::new().read("revenue", 0, 132.0);
    bench.definitions.scorecard.targets[0] = target("revenue", formula("year_before(revenue) * 1.1"), number(0.0));
    let now = bench.view().measure("revenue").now.clone();
    assert_eq!((now.score, now.status, now.counted), (None, None, false));
    let reason = "The target has no value here: `revenue` has no mature value in 2025-03.";
    assert_eq!(now.reason.as_deref(), Some(reason));
}

#[test]
fn a_target_equal_to_its_floor_has_no_score() {
    let mut bench = Bench::new().read("revenue", 0, 150.0);
    bench.definitions.scorecard.targets[0] = target("revenue", number(100.0), number(100.0));
    let now = bench.view().measure("revenue").now.clone();
    assert_eq!((now.score, now.word()), (None, "no score"));
    assert!(now.reason.unwrap().starts_with("Target and floor are the same"));
}

#[test]
fn a_band_scores_one_hundred_inside() {
    let mut bench = Bench::new().read("margin", 0, 0.35);
    bench.definitions.scorecard.targets[1].goal = Goal::Band { target: (0.3, 0.4), floor: (0.1, 0.6) };
    assert_eq!(bench.view().measure("margin").now.score, Some(100.0));
    let bench = bench.read("margin", 0, 0.5);
    assert!(near(bench.view().measure("margin").now.score, 50.0));
}

fn csat(n: u64, value: f64, low: f64, high: f64) -> Assessment {
    let mut bench = Bench::new();
    let interval = Some(Interval { low, high });
    let found = Reading { n, interval, ..bench.reading(0, Some(value)) };
    bench.readings.add("csat", [found]);
    bench.view().measure("csat").now.clone()
}

#[test]
fn few_rows_over_two_statuses_are_too_little() {
    let few = csat(12, 0.86, 0.8, 0.92);
    assert_eq!((few.status, few.counted), (Some(Status::TooLittleData), false));
    assert!(near(few.score, 80.0), "the score is shown all the same");
    assert_eq!(few.reason.as_deref(), Some("Too few records to tell: 12 of the 30 it takes."));
    let many = csat(30, 0.86, 0.85, 0.92);
    assert_eq!((many.status, many.counted, many.reason), (Some(Status::Close), true, None));
    let wide = csat(5_000, 0.86, 0.7, 0.95);
    assert_eq!(wide.reason.as_deref(), Some("The interval is so wide that it covers every status."));
}

#[test]
fn a_sample_without_an_interval_is_too_little() {
    let mut bench = Bench::new();
    let found = Reading { n: 1, interval: None, ..bench.reading(0, Some(1.0)) };
    bench.readings.add("csat", [found.clone()]);
    bench.readings.add("revenue", [Reading { value: Some(150.0), ..found }]);
    let view = bench.view();
    assert_eq!(view.measure("csat").now.status, Some(Status::TooLittleData));
    assert!(view.measure("revenue").now.counted, "a total is not a sample");
}

#[test]
fn immature_periods_are_shown_and_not_scored() {
    let mut bench = Bench::new();
    let early = Reading { mature: false, ..bench.reading(0, Some(0.95)) };
    bench.readings.add("csat", [early]);
    let now = bench.view().measure("csat").now.clone();
    assert_eq!((now.value, now.score, now.status), (Some(0.95), None, None));
    assert_eq!(now.word(), "too early");
}

#[test]
fn segments_have_targets_of_their_own() {
    let mut bench = Bench::new().read("csat", 0, 0.86);
    let segment = BTreeMap::from([("channel".to_owned(), "chat".to_owned())]);
    bench.definitions.scorecard.targets.push(Target { segment, ..target("csat", number(0.8), number(0.6)) });
    let chat = Reading { segment: Some("chat".into()), ..bench.reading(0, Some(0.8)) };
    bench.readings.add_segments("csat", "channel", [chat]);
    let period = bench.calendar.period(Grain::Month, MARCH);
    let need = Need::of(&bench.definitions, &bench.calendar, &period);
    assert_eq!(need.segmented, [("csat".to_owned(), "channel".to_owned())]);
    let view = bench.view();
    let found = &view.measure("csat").segments;
    assert_eq!((found.len(), found[0].now.score), (1, Some(100.0)));
    assert!(near(view.measure("csat").now.score, 80.0), "everyone keeps the target of everyone");
}

#[test]
fn needs_cover_targets_and_a_year_before_the_period_before() {
    let mut bench = Bench::new();
    bench.definitions.measures.insert("cost".into(), measure("cost", "support", Unit::Money, Aggregate::Sum));
    bench.definitions.scorecard.targets[0] = target("revenue", formula("cost * 2"), number(0.0));
    let period = bench.calendar.period(Grain::Month, MARCH);
    let need = Need::of(&bench.definitions, &bench.calendar, &period);
    assert_eq!(need.measures, ["cost", "csat", "margin", "revenue"]);
    assert_eq!((need.first.label.as_str(), need.last.label.as_str()), ("2023-03", "2026-03"));
    let day = bench.calendar.parse("2026-03-31").unwrap();
    assert_eq!(Need::of(&bench.definitions, &bench.calendar, &day).first.label, "2025-03-30");
}

#[test]
fn benchmarks_come_from_the_file_or_from_a_series() {
    let mut bench = Bench::new().read("csat", 0, 0.86);
    let written = Benchmark {
        measure: "csat".into(),
        value: Some(0.84),
        series: None,
        source: "A study".into(),
        date: Some("2025".into()),
        sample: Some(900),
        line: 1,
    };
    let series = Benchmark {
        value: None,
        series: Some("industry".into()),
        source: "someone".into(),
        date: None,
        sample: None,
        ..written.clone()
    };
    let missing = Benchmark { series: Some("nowhere".into()), ..series.clone() };
    bench.definitions.scorecard.benchmarks = vec![written, series, missing];
    let figure = |day: &str, value: f64| Observation {
        at: bench.calendar.parse_instant(day).unwrap(),
        value,
        publisher: Some("Institute".into()),
        sample: None,
    };
    bench.series = Series::from([(
        "industry".to_owned(),
        vec![figure("2026-04-01", 0.9), figure("2026-02-01", 0.8), figure("2025-02-01", 0.7)],
    )]);
    let found = bench.view().measure("csat").benchmarks.clone();
    assert_eq!((found[0].value, found[0].sample), (Some(0.84), Some(900)));
    assert_eq!(
        (found[1].value, found[1].source.as_str(), found[1].date.as_deref()),
        (Some(0.8), "Institute", Some("2026-02-01"))
    );
    assert_eq!(found[2].value, None);
    assert!(found[2].reason.as_deref().unwrap().contains("`nowhere`"));
}

#[test]
fn a_measure_that_failed_says_why() {
    let mut bench = Bench::new();
    bench.readings.fail("csat", "There is no column `scor`.");
    let now = bench.view().measure("csat").now.clone();
    assert_eq!((now.status, now.reason.as_deref()), (Some(Status::NoData), Some("There is no column `scor`.")));
}
