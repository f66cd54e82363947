//! What programmes cost, day by day.

use crate::clock::HOUR;
use crate::dice::Dice;
use crate::files::Files;
use crate::staff::{PILOT_MONTH, WAVE_MONTH};
use crate::table::{Table, Version};
use crate::world::World;

/// Advertising per new customer in EUR, and the share of it by channel.
const PER_NEW_CUSTOMER: f64 = 12.0;
const CHANNELS: [(&str, f64, &str); 4] = [
    ("search", 0.38, "search-brand"),
    ("social", 0.24, "social-stories"),
    ("advertisement", 0.26, "display"),
    ("price_comparison", 0.12, "listings"),
];

/// Writes `spending`.
pub(crate) fn write(world: &World, files: &mut Files) {
    let mut dice = Dice::of_company(world.options.seed, 5);
    let mut book = Book { world, table: &mut files.spending, number: 0 };
    let customers = f64::from(world.options.customers);
    for day in 0..world.clock.days {
        let arrivals = customers * world.season.arrival_share(day);
        for (channel, share, campaign) in CHANNELS {
            let amount = arrivals * PER_NEW_CUSTOMER * share * (0.1 * dice.normal()).exp();
            book.write(day, "acquisition", channel, campaign, amount);
        }
        let date = world.clock.date(day);
        if date.day() == 1 {
            let agents = world.team.people.iter().filter(|p| p.team == "support" && p.works_on(day as i64));
            book.write(day, "support", "", "", agents.count() as f64 * 330.0);
            book.write(day, "loyalty", "", "points", customers * 0.03 * (1.0 + day as f64 / 365.0));
            book.write(day, "other", "", "brand-survey", 1_400.0);
        }
    }
    trainings(world, &mut book);
    if let Some(at) = world.campaign_at {
        book.write(world.clock.day_of(at), "loyalty", "email", crate::campaign::NAME, customers * 0.09);
    }
}

fn trainings(world: &World, book: &mut Book<'_>) {
    for month in [PILOT_MONTH, WAVE_MONTH, WAVE_MONTH + 1] {
        let start = world.clock.month_start(month);
        if start >= world.clock.end() {
            continue;
        }
        let heads = world
            .team
            .people
            .iter()
            .filter(|p| p.trained_at.is_some_and(|at| world.clock.month_of(at) == month))
            .count();
        book.write(world.clock.day_of(start) + 4, "training", "", "answering-well", 640.0 * heads as f64);
    }
}

struct Book<'a> {
    world: &'a World,
    table: &'a mut Table,
    number: u64,
}

impl Book<'_> {
    /// An entry in EUR; nothing is booked where nothing was spent.
    fn write(&mut self, day: usize, programme: &str, channel: &str, campaign: &str, amount: f64) {
        let cents = (amount * 100.0).round() as i64;
        if cents == 0 {
            return;
        }
        self.number += 1;
        // Booked on the evening of the next working day or so.
        self.table
            .row()
            .text(&format!("SP{:06}", self.number))
            .day(self.world.clock.epoch_day(day))
            .text(programme)
            .text(channel)
            .text(campaign)
            .money(cents)
            .text("EUR")
            .end(self.world.clock.at(day, 12 * HOUR), 30 * HOUR, Version::Only);
    }
}
