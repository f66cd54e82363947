//! The people: who works when in which team, and which support agents were trained when.

use crate::clock::{Clock, DAY, HOUR};
use crate::dice::Dice;
use crate::files::Files;
use crate::table::Version;

const FIRST_NAMES: [&str; 24] = [
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hasan", "Ida", "Jonas", "Katja", "Leon", "Mira",
    "Nils", "Olga", "Paul", "Rana", "Simon", "Tara", "Uwe", "Vera", "Wim", "Yara", "Zoe",
];
const LAST_NAMES: [&str; 20] = [
    "Albrecht", "Bauer", "Conrad", "Demir", "Engel", "Fuchs", "Graf", "Haas", "Iwanow", "Jung", "Kaya", "Lang",
    "Moser", "Nowak", "Otto", "Peters", "Roth", "Sommer", "Thoma", "Vogel",
];

/// Month of the pilot training (one third of the agents), and of the main wave.
pub(crate) const PILOT_MONTH: u32 = 9;
/// Month in which the main wave begins; it takes two months.
pub(crate) const WAVE_MONTH: u32 = 20;

/// A member of staff.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) team: &'static str,
    pub(crate) role: &'static str,
    /// First day, counted from the start of the window (negative: before).
    pub(crate) from: i64,
    /// Last day, if it lies within the window.
    pub(crate) until: Option<i64>,
    /// When the training in answering well took effect.
    pub(crate) trained_at: Option<i64>,
    /// What is added to the log of this agent's waits and to the log odds of a good outcome.
    pub(crate) skill: f64,
}

/// Everybody.
pub(crate) struct Team {
    /// Support agents first.
    pub(crate) people: Vec<Person>,
    pub(crate) agents: usize,
}

impl Team {
    /// About 20 agents per 20 000 customers over the whole time; some join, some leave.
    pub(crate) fn new(seed: u64, customers: u32, clock: &Clock) -> Team {
        let mut dice = Dice::of_company(seed, 3);
        let agents = (f64::from(customers) / 1000.0).round().max(6.0) as usize;
        let mut people: Vec<Person> = (0..agents).map(|at| agent(&mut dice, at, clock)).collect();
        let others = [("marketing", "specialist", 4), ("store", "sales", 6), ("product", "manager", 4)];
        let mut number = 9_000;
        for (team, role, count) in [("knowledge", "editor", 4)].into_iter().chain(others) {
            for _ in 0..count {
                number += 1;
                people.push(colleague(&mut dice, number, team, role, clock));
            }
        }
        Team { people, agents }
    }

    /// An agent who works on a day; the first who never left if luck does not find one.
    pub(crate) fn agent_on(&self, day: usize, dice: &mut Dice) -> usize {
        for _ in 0..24 {
            let at = dice.below(self.agents);
            if self.people[at].works_on(day as i64) {
                return at;
            }
        }
        self.people[..self.agents].iter().position(|p| p.works_on(day as i64)).unwrap_or(0)
    }

    /// Writes `staff`: as hired, and again when someone leaves.
    pub(crate) fn write(&self, files: &mut Files, clock: &Clock) {
        for person in &self.people {
            let hired = clock.at(person.from.max(0) as usize, 8 * HOUR);
            person.row(files, clock, None, hired, Version::First);
            if let Some(until) = person.until {
                let told = clock.at((until - 30).max(person.from + 1).max(0) as usize, 8 * HOUR);
                person.row(files, clock, Some(until), told, Version::Later);
            }
        }
    }
}

impl Person {
    pub(crate) fn works_on(&self, day: i64) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    pub(crate) fn is_trained(&self, at: i64) -> bool {
        self.trained_at.is_some_and(|trained| trained <= at)
    }

    fn row(&self, files: &mut Files, clock: &Clock, until: Option<i64>, at: i64, version: Version) {
        let epoch = clock.epoch_day(0);
        files
            .staff
            .row()
            .text(&self.id)
            .text(&self.name)
            .text(self.team)
            .text(self.role)
            .day(epoch + self.from)
            .day_if(until.map(|day| epoch + day))
            .end(at, 0, version);
    }
}

fn name(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(&FIRST_NAMES), dice.pick(&LAST_NAMES))
}

fn agent(dice: &mut Dice, at: usize, clock: &Clock) -> Person {
    let days = clock.days as i64;
    // Every fourth agent joins within the window, every fifth leaves; the first stays throughout.
    let joins = at > 0 && dice.chance(0.25);
    let from = if joins { dice.below(clock.days * 3 / 4) as i64 } else { -(dice.below(900) as i64) - 30 };
    let stays = dice.below(clock.days.max(121) - 120) as i64 + 60;
    let leaves = at > 0 && dice.chance(0.2);
    let until = leaves.then(|| from.max(0) + stays).filter(|day| *day < days);
    // By turns, so that a small team has all three kinds.
    let month = match at % 3 {
        0 => Some(PILOT_MONTH),
        1 => Some(WAVE_MONTH + dice.below(2) as u32),
        _ => None,
    };
    let offset = dice.seconds(0, 20) * DAY + 18 * HOUR;
    let trained_at = month
        .map(|month| clock.month_start(month).saturating_add(offset))
        .filter(|at| *at < clock.end())
        .filter(|at| {
            let day = clock.day_of(*at) as i64;
            from <= day && until.is_none_or(|until| day < until)
        });
    Person {
        id: format!("S{:05}", at + 1),
        name: name(dice),
        team: "support",
        role: if at.is_multiple_of(8) { "senior agent" } else { "agent" },
        from,
        until,
        trained_at,
        skill: 0.25 * dice.normal(),
    }
}

fn colleague(dice: &mut Dice, number: usize, team: &'static str, role: &'static str, clock: &Clock) -> Person {
    let from = -(dice.below(1_500) as i64) - 20;
    let leaves = team != "knowledge" && dice.chance(0.2);
    let until = leaves.then(|| dice.below(clock.days) as i64 + 1).filter(|d| *d < clock.days as i64);
    Person { id: format!("S{number:05}"), name: name(dice), team, role, from, until, trained_at: None, skill: 0.0 }
}
