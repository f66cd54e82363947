//! The world outside: market figures, benchmarks and currency rates. Publishers are invented.

use crate::clock::{DAY, HOUR};
use crate::dice::Dice;
use crate::files::Files;
use crate::table::Version;
use crate::world::World;

/// Series, publisher, sample, first value, drift per month, noise, decimals.
const SERIES: [(&str, &str, i64, f64, f64, f64, i32); 7] = [
    ("csat_industry", "Retail Service Monitor", 4_200, 0.785, 0.000_5, 0.006, 3),
    ("nps_industry", "Retail Service Monitor", 4_200, 27.0, 0.10, 0.8, 1),
    ("on_time_industry", "Parcel Watch", 12_000, 0.93, 0.000_2, 0.006, 3),
    ("first_response_hours_industry", "Help Desk Panel", 310, 3.4, -0.02, 0.15, 2),
    ("brand_unaided_competitor", "Household Panel", 1_000, 0.14, 0.000_6, 0.006, 3),
    ("market_index", "Trade Statistics Office", 0, 100.0, 0.22, 1.1, 1),
    ("repeat_rate_industry", "Shop Survey", 180, 0.33, 0.000_3, 0.004, 3),
];

/// Foreign currencies with the value of one unit in EUR.
const CURRENCIES: [(&str, f64); 2] = [("CHF", 1.045), ("GBP", 1.175)];

/// One unit of a foreign currency in EUR, month by month.
pub(crate) struct Rates {
    months: Vec<[f64; 2]>,
}

impl Rates {
    pub(crate) fn new(seed: u64, months: u32) -> Rates {
        let mut dice = Dice::of_company(seed, 6);
        let mut level = [CURRENCIES[0].1, CURRENCIES[1].1];
        let months = (0..months.max(1))
            .map(|_| {
                for rate in &mut level {
                    *rate = round(*rate * (1.0 + 0.008 * dice.normal()), 4);
                }
                level
            })
            .collect();
        Rates { months }
    }

    /// EUR for one unit of `currency` in a month of the window; 1 for EUR itself.
    pub(crate) fn of(&self, currency: &str, month: u32) -> f64 {
        let row = self.months.get(month as usize).or(self.months.last());
        match (CURRENCIES.iter().position(|c| c.0 == currency), row) {
            (Some(at), Some(row)) => row[at],
            _ => 1.0,
        }
    }
}

/// Writes `outside_series` and `rates`.
pub(crate) fn write(world: &World, files: &mut Files) {
    let clock = &world.clock;
    let mut dice = Dice::of_company(world.options.seed, 7);
    for month in 0..world.options.months {
        let start = clock.month_start(month);
        let day = clock.epoch_day(clock.day_of(start.max(clock.start())));
        for (series, publisher, sample, first, drift, noise, decimals) in SERIES {
            let value = first + drift * f64::from(month) + noise * dice.normal();
            files
                .outside_series
                .row()
                .text(series)
                .day(day)
                .number(round(value, decimals))
                .text(publisher)
                .integer_if((sample > 0).then_some(sample))
                // Figures about a month are published in the middle of the next.
                .end(start.max(clock.start()) + 44 * DAY, 0, Version::Only);
        }
        for (currency, _) in CURRENCIES {
            files.rates.row().text(currency).text("EUR").day(day).number(world.rates.of(currency, month)).end(
                start.max(clock.start()),
                HOUR,
                Version::Only,
            );
        }
    }
}

fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
