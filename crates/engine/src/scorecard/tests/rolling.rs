//! Roll-up, coverage, shares and the grid.

use super::*;

/// Revenue 150 scores 50, margin 0.4 scores 100, CSAT 0.86 scores 80: (75 + 80) / 2.
#[test]
fn levels_are_weighted_means() {
    let view = Bench::new().read("revenue", 0, 150.0).read("margin", 0, 0.4).read("csat", 0, 0.86).view();
    assert!(near(view.measure("csat").now.score, 80.0));
    assert!(near(view.perspectives[0].result.score, 75.0));
    assert!(near(view.whole.score, 77.5));
    assert_eq!((view.whole.scored, view.whole.measures, view.whole.coverage), (3, 3, 1.0));
    let shares: Vec<f64> = ["revenue", "margin", "csat"].iter().map(|id| view.measure(id).share).collect();
    assert_eq!(shares, [0.25, 0.25, 0.5]);
}

#[test]
fn missing_data_is_missing_weight_and_not_zero() {
    let view = Bench::new().read("revenue", 0, 150.0).read("csat", 0, 0.86).view();
    assert!(near(view.perspectives[0].result.score, 50.0));
    assert_eq!((view.perspectives[0].objectives[0].result.coverage, view.perspectives[0].result.coverage), (0.5, 1.0));
    assert!(near(view.whole.score, 65.0));
    assert_eq!(view.measure("margin").now.word(), "no data");
    assert_eq!((view.measure("revenue").share, view.measure("margin").share), (0.5, 0.0));
}

#[test]
fn under_half_of_the_weight_there_is_no_score() {
    let mut bench = Bench::new().read("csat", 0, 0.86);
    bench.definitions.scorecard.perspectives[0].weight = 2.0;
    let view = bench.view();
    assert_eq!(view.whole.score, None);
    assert!((view.whole.coverage - 1.0 / 3.0).abs() < 1e-12);
    assert!(view.measure("csat").share == 0.0);
    assert_eq!(
        view.headline,
        "March 2026 has no score: only 1 of 3 measures can be scored, less than half of the weight."
    );
}

#[test]
fn the_grid_shows_what_is_empty() {
    let view = Bench::new().read("revenue", 0, 150.0).read("margin", 0, 0.4).read("csat", 0, 0.86).view();
    let names: Vec<&str> = view.grid.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["awareness", "purchase", "support"]);
    let cell = |row: usize, column: usize| &view.grid[row].cells[column];
    assert!(cell(0, 0).measures.is_empty() && cell(0, 1).measures.is_empty());
    assert_eq!(cell(1, 0).measures, ["revenue", "margin"]);
    assert!(near(cell(1, 0).result.score, 75.0));
    assert!(near(cell(2, 1).result.score, 80.0));
}

#[test]
fn measures_without_a_stage_have_a_row_of_their_own() {
    let mut bench = Bench::new();
    bench.definitions.measures.get_mut("csat").unwrap().stage = None;
    let view = bench.view();
    let last = view.grid.last().unwrap();
    assert_eq!((last.stage.as_deref(), last.cells[1].measures.len()), (None, 1));
}

#[test]
fn a_measure_that_is_not_defined_is_named_and_not_scored() {
    let mut bench = Bench::new().read("csat", 0, 0.86).read("revenue", 0, 150.0);
    bench.definitions.measures.remove("margin");
    let view = bench.view();
    assert_eq!(view.measure("margin").name, "margin");
    assert!(view.measure("margin").now.reason.as_deref().unwrap().contains("throughline check"));
    assert!(near(view.whole.score, 65.0));
}

#[test]
fn an_empty_scorecard_says_so() {
    let mut bench = Bench::new();
    bench.definitions.scorecard.objectives.clear();
    let view = bench.view();
    assert_eq!(view.whole.score, None);
    assert!(view.headline.starts_with("There is nothing on this scorecard yet"));
}

#[test]
fn the_headline_names_what_holds_it_back() {
    let bench = Bench::new().read("revenue", 0, 150.0).read("margin", 0, 0.4).read("csat", 0, 0.86);
    let bench = bench.read("revenue", 1, 160.0).read("margin", 1, 0.4).read("csat", 1, 0.86);
    assert_eq!(
        bench.view().headline,
        "In March 2026 the scorecard stands at 77 of 100, close to target, 3 points lower than the month \
         before; “revenue” holds it back most (€ 150 against a target of € 200)."
    );
}
