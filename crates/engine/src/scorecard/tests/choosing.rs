//! The period shown when none was asked for.

use super::*;

fn choice(bench: &Bench) -> Choice {
    let as_of = bench.calendar.period(Grain::Month, MARCH).end;
    choose_period(&bench.definitions, &bench.readings, &bench.calendar, as_of).unwrap()
}

#[test]
fn the_last_complete_month_when_it_has_data() {
    let bench = Bench::new().read("revenue", 0, 1.0).read("revenue", -1, 1.0);
    let found = choice(&bench);
    assert_eq!((found.period.label.as_str(), found.why), ("2026-03", None));
}

#[test]
fn an_export_that_ends_early_shows_its_last_full_month() {
    let mut bench = Bench::new().read("revenue", 30, 1.0).read("csat", 30, 0.9).read("revenue", 31, 1.0);
    for measure in ["revenue", "csat"] {
        let thin = Reading { n: 3, ..bench.reading(29, Some(0.5)) };
        bench.readings.add(measure, [thin]);
    }
    let found = choice(&bench);
    assert_eq!(found.period.label, "2023-09");
    assert_eq!(
        found.why.as_deref(),
        Some(
            "September 2023 is the last complete month in which at least three quarters of the measures have enough mature data."
        )
    );
}

#[test]
fn immature_measures_wait_for_the_majority() {
    let mut bench = Bench::new();
    for measure in ["revenue", "margin", "csat"] {
        bench = bench.read(measure, 1, 0.5);
    }
    let bench = bench.read("revenue", 0, 1.0);
    assert_eq!(choice(&bench).period.label, "2026-02");
    let bench = bench.read("csat", 0, 0.5);
    assert_eq!(choice(&bench).period.label, "2026-02");
    let bench = bench.read("margin", 0, 0.5);
    assert_eq!(choice(&bench).period.label, "2026-03");
}

#[test]
fn thin_data_are_better_than_none() {
    let mut bench = Bench::new();
    let thin = Reading { n: 3, ..bench.reading(2, Some(0.5)) };
    bench.readings.add("csat", [thin]);
    assert_eq!(choice(&bench).period.label, "2026-01");
    let as_of = bench.calendar.period(Grain::Month, MARCH).end;
    let empty = Bench::new();
    assert_eq!(choose_period(&empty.definitions, &empty.readings, &empty.calendar, as_of), None);
    assert_eq!(last_complete(&empty.definitions, &empty.calendar, as_of).label, "2026-03");
}

#[test]
fn periods_in_words() {
    let calendar = Bench::new().calendar;
    for (label, words) in [
        ("2026-03", "March 2026"),
        ("2026-Q2", "the second quarter of 2026"),
        ("2026-W07", "week 7 of 2026"),
        ("2026-03-14", "2026-03-14"),
        ("2026", "2026"),
    ] {
        assert_eq!(period_in_words(&calendar.parse(label).unwrap()), words);
    }
}
