//! What an edit would change.

use super::*;
use crate::scorecard::{Edit, PlanInput, PlanPart, plan};

fn standing(bench: &Bench) -> Standing<'_> {
    Standing { definitions: &bench.definitions, readings: &bench.readings }
}

fn planned(before: &Bench, after: &Bench) -> Plan {
    let months = [before.calendar.period(Grain::Month, MARCH - 1), before.calendar.period(Grain::Month, MARCH)];
    let periods = months.map(|month| (month, standing(before)));
    let (calendar, current) = (&before.calendar, &before.definitions);
    plan(&PlanInput { calendar, periods: &periods, current, edited: standing(after) })
}

fn told() -> Bench {
    let bench = Bench::new().read("revenue", 1, 150.0).read("revenue", 0, 150.0);
    bench.read("csat", 1, 0.9).read("csat", 0, 0.9)
}

#[test]
fn the_same_definitions_change_nothing_wherever_they_stand() {
    let (before, mut after) = (told(), told());
    for measure in after.definitions.measures.values_mut() {
        measure.line += 7;
    }
    let plan = planned(&before, &after);
    assert!(plan.other.is_empty() && plan.measures.iter().all(|measure| !measure.changes()), "{plan:#?}");
    assert_eq!(plan.whole, [Shift { before: Some(75.0), after: Some(75.0) }; 2]);
}

#[test]
fn a_harder_target_lowers_the_score_of_every_period() {
    let (before, mut after) = (told(), told());
    after.definitions.scorecard.targets[0] = target("revenue", number(300.0), number(100.0));
    let plan = planned(&before, &after);
    let revenue = plan.measures.iter().find(|measure| measure.id == "revenue").unwrap();
    assert_eq!(revenue.edits, [Edit::Target]);
    assert_eq!(revenue.shifts().collect::<Vec<_>>(), [Shift { before: Some(50.0), after: Some(25.0) }; 2]);
    assert_eq!(plan.whole, [Shift { before: Some(75.0), after: Some(62.5) }; 2]);
    assert_eq!(plan.measures.iter().filter(|measure| measure.changes()).count(), 1);
}

#[test]
fn what_comes_goes_and_weighs_more_is_named() {
    let (before, mut after) = (told(), told());
    let card = &mut after.definitions.scorecard;
    card.objectives[0].measures.retain(|used| used.id != "margin");
    card.objectives[1].measures[0].weight = 3.0;
    card.perspectives[0].weight = 2.0;
    let plan = planned(&before, &after);
    let edits = |id: &str| plan.measures.iter().find(|measure| measure.id == id).unwrap().edits.clone();
    assert_eq!((edits("margin"), edits("csat")), (vec![Edit::Removed], vec![Edit::Weight]));
    assert_eq!(plan.other, [PlanPart::Objectives]);
    assert_eq!(plan.measures.last().unwrap().id, "margin");
    assert!(plan.measures.last().unwrap().periods.iter().all(|(before, after)| before.is_some() && after.is_none()));
}
