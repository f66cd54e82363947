//! Learning and growth: trainings, certificates, engagement answers, suggestions, experiments, hours, skills.

use crate::clock::{DAY, HOUR};
use crate::dice::Dice;
use crate::files::Files;
use crate::needs::PAIRING_FROM_MONTH;
use crate::season::Season;
use crate::staff::Person;
use crate::table::Version;
use crate::world::World;

/// Month in which the winter begins that strains support; it lasts four months.
pub(crate) const STRAIN_FROM_MONTH: u32 = 16;

/// The skills a team requires.
const SKILLS: [(&str, &str); 7] = [
    ("support", "answering_well"),
    ("support", "returns_policy"),
    ("support", "machine_repair"),
    ("marketing", "testing"),
    ("store", "barista_basics"),
    ("product", "customer_research"),
    ("knowledge", "plain_language"),
];
const TOPICS: [&str; 6] = ["delivery", "returns", "leaking", "packaging", "checkout", "spare_parts"];

/// One row in the making.
#[derive(Default)]
struct Activity<'a> {
    staff: &'a str,
    kind: &'static str,
    hours: Option<f64>,
    skill: &'a str,
    team: &'a str,
    score: Option<f64>,
    outcome: &'static str,
    topic: &'a str,
    finished_at: Option<i64>,
}

struct Ledger<'f> {
    files: &'f mut Files,
    number: u64,
}

impl Ledger<'_> {
    fn write(&mut self, at: i64, activity: &Activity<'_>) {
        self.number += 1;
        let id = format!("ACT{:07}", self.number);
        self.row(&id, at, at, activity, Version::Only);
    }

    /// A row that is open at first and finished later.
    fn write_twice(&mut self, at: i64, open: &Activity<'_>, done: &Activity<'_>) {
        self.number += 1;
        let id = format!("ACT{:07}", self.number);
        self.row(&id, at, at, open, Version::First);
        if let Some(finished) = done.finished_at {
            self.row(&id, at, finished, done, Version::Later);
        }
    }

    fn row(&mut self, id: &str, at: i64, known: i64, activity: &Activity<'_>, version: Version) {
        let row = self.files.staff_activity.row().text(id).text(activity.staff).instant(at).text(activity.kind);
        let row = match activity.hours {
            Some(hours) => row.number(hours),
            None => row.skip(1),
        };
        let row = row.text(activity.skill).text(activity.team);
        let row = match activity.score {
            Some(score) => row.number(score),
            None => row.skip(1),
        };
        row.text(activity.outcome).text(activity.topic).instant_if(activity.finished_at).end(known, 2 * HOUR, version);
    }
}

/// Writes `staff_activity`.
pub(crate) fn write(world: &World, files: &mut Files) {
    let mut dice = Dice::of_company(world.options.seed, 4);
    let mut ledger = Ledger { files, number: 0 };
    for (team, skill) in SKILLS {
        let activity = Activity { kind: "skill_required", skill, team, ..Activity::default() };
        ledger.write(world.clock.start() + 9 * HOUR, &activity);
    }
    for person in &world.team.people {
        trainings(world, &mut ledger, &mut dice, person);
        hours(world, &mut ledger, &mut dice, person);
        engagement(world, &mut ledger, &mut dice, person);
        suggestions(world, &mut ledger, &mut dice, person);
    }
    experiments(world, &mut ledger, &mut dice);
}

fn trainings(world: &World, ledger: &mut Ledger<'_>, dice: &mut Dice, person: &Person) {
    let clock = &world.clock;
    if let Some(trained) = person.trained_at {
        let done = Activity {
            staff: &person.id,
            kind: "training",
            hours: Some(16.0),
            skill: "answering_well",
            ..Activity::default()
        };
        ledger.write(trained, &done);
        if dice.chance(0.85) {
            let certificate = Activity { kind: "certificate", hours: None, ..done };
            ledger.write(trained + dice.seconds(5 * DAY, 25 * DAY), &certificate);
        }
    }
    for (_, skill) in SKILLS.iter().filter(|s| s.0 == person.team && s.1 != "answering_well") {
        let at = clock.at(dice.below(clock.days), 15 * HOUR);
        if dice.chance(0.7) && person.works_on(clock.day_of(at) as i64) {
            let staff = person.id.as_str();
            let hours = Some(2.0 + 2.0 * dice.below(4) as f64);
            ledger.write(at, &Activity { staff, kind: "training", hours, skill, ..Activity::default() });
            if dice.chance(0.6) {
                let at = at + dice.seconds(DAY, 30 * DAY);
                ledger.write(at, &Activity { staff, kind: "certificate", skill, ..Activity::default() });
            }
        }
    }
}

/// Weekly hours at the ticket desk, more when there is more to do. Agents also look after phone and store.
fn hours(world: &World, ledger: &mut Ledger<'_>, dice: &mut Dice, person: &Person) {
    if person.team != "support" {
        return;
    }
    let clock = &world.clock;
    for day in (4..clock.days).step_by(7).filter(|day| person.works_on(*day as i64)) {
        let load = load(&world.season, day);
        let hours = ((6.5 * load + dice.normal()) * 4.0).round().max(8.0) / 4.0;
        let activity = Activity { staff: &person.id, kind: "hours_worked", hours: Some(hours), ..Activity::default() };
        ledger.write(clock.at(day, 19 * HOUR), &activity);
    }
}

fn load(season: &Season, day: usize) -> f64 {
    let week: f64 = (0..7).map(|ahead| season.demand(day + ahead)).sum();
    (week / 7.0).sqrt()
}

/// Every three months; lower while support is strained.
fn engagement(world: &World, ledger: &mut Ledger<'_>, dice: &mut Dice, person: &Person) {
    let clock = &world.clock;
    for month in (1..world.options.months).step_by(3) {
        let at = clock.month_start(month) + 10 * DAY + 9 * HOUR;
        if !person.works_on(clock.day_of(at) as i64) {
            continue;
        }
        let strained = person.team == "support" && (STRAIN_FROM_MONTH..STRAIN_FROM_MONTH + 4).contains(&month);
        let trained = if person.is_trained(at) { 0.2 } else { 0.0 };
        let mean = 3.9 + trained - if strained { 0.8 } else { 0.0 };
        let answer = (mean + 0.8 * dice.normal()).round().clamp(1.0, 5.0);
        let score = dice.chance(if strained { 0.66 } else { 0.81 }).then_some(answer);
        let survey = Activity { staff: &person.id, kind: "engagement_survey", score, ..Activity::default() };
        ledger.write(at, &survey);
    }
}

fn suggestions(world: &World, ledger: &mut Ledger<'_>, dice: &mut Dice, person: &Person) {
    let clock = &world.clock;
    let count = dice.geometric(0.6, 8);
    for _ in 0..count {
        let at = clock.at(dice.below(clock.days), dice.seconds(9 * HOUR, 17 * HOUR));
        let pairing = clock.month_of(at) > PAIRING_FROM_MONTH && dice.chance(0.5);
        let topic = if pairing { "pairing" } else { dice.pick(&TOPICS) };
        let decided = at + dice.seconds(5 * DAY, 60 * DAY);
        let accepted = dice.chance(0.45);
        if !person.works_on(clock.day_of(at) as i64) {
            continue;
        }
        let open = Activity { staff: &person.id, kind: "suggestion", outcome: "open", topic, ..Activity::default() };
        let outcome = if accepted { "accepted" } else { "declined" };
        let done = Activity { outcome, finished_at: Some(decided), ..open };
        let open = Activity { staff: &person.id, kind: "suggestion", outcome: "open", topic, ..Activity::default() };
        ledger.write_twice(at, &open, &done);
    }
}

/// About one a month, run by marketing and product.
fn experiments(world: &World, ledger: &mut Ledger<'_>, dice: &mut Dice) {
    let clock = &world.clock;
    let runners: Vec<&Person> =
        world.team.people.iter().filter(|p| matches!(p.team, "marketing" | "product")).collect();
    for month in 0..world.options.months {
        let at = clock.month_start(month) + dice.seconds(2, 24) * DAY + 10 * HOUR;
        let runner = runners[dice.below(runners.len())];
        let topic = dice.pick(&TOPICS);
        let finished = at + dice.seconds(14, 50) * DAY;
        if !runner.works_on(clock.day_of(at) as i64) {
            continue;
        }
        let activity = |outcome, finished_at| Activity {
            staff: &runner.id,
            kind: "experiment",
            outcome,
            topic,
            finished_at,
            ..Activity::default()
        };
        ledger.write_twice(at, &activity("running", None), &activity("finished", Some(finished)));
    }
}
