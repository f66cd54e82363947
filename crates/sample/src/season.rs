//! Demand over the year, the week and the day, as a time that runs faster when more is bought.

use jiff::civil::Weekday;

use crate::clock::{Clock, HOUR};
use crate::dice::Dice;

/// Demand by calendar month, before scaling to a mean of one.
const MONTHS: [f64; 12] = [0.95, 0.90, 0.95, 0.98, 0.97, 0.90, 0.80, 0.82, 0.98, 1.05, 1.28, 1.45];
/// Demand by hour of the local day.
const HOURS: [f64; 24] = [
    1.0, 0.5, 0.3, 0.2, 0.2, 0.4, 1.2, 2.5, 3.5, 4.2, 4.8, 5.0, 5.2, 5.0, 4.6, 4.4, 4.6, 5.2, 6.0, 7.2, 8.0, 7.0, 4.5,
    2.2,
];

/// Operational time: between two days it advances by the demand of the first, one per day on average.
pub(crate) struct Season {
    cumulative: Vec<f64>,
    arrivals: Vec<f64>,
}

impl Season {
    /// `on = false`: all days alike.
    pub(crate) fn new(clock: &Clock, on: bool) -> Season {
        let raw: Vec<f64> = (0..clock.days).map(|day| if on { weight(clock, day) } else { 1.0 }).collect();
        let mean = raw.iter().sum::<f64>() / raw.len() as f64;
        let mut cumulative = vec![0.0];
        let mut arrivals = vec![0.0];
        for (day, weight) in raw.iter().enumerate() {
            let age = day as f64;
            // The company opens its shop at the start of the window with a wave of first customers.
            let growth = 1.0 + 0.7 * (-age / 110.0).exp() + 0.10 * age / 365.0;
            cumulative.push(cumulative[day] + weight / mean);
            arrivals.push(arrivals[day] + weight / mean * growth);
        }
        Season { cumulative, arrivals }
    }

    /// Operational time at the end of the window.
    pub(crate) fn total(&self) -> f64 {
        last(&self.cumulative)
    }

    /// Operational time at the middle of a day.
    pub(crate) fn operational(&self, day: usize) -> f64 {
        match (self.cumulative.get(day), self.cumulative.get(day + 1)) {
            (Some(from), Some(until)) => (from + until) / 2.0,
            _ => self.total(),
        }
    }

    /// The day of an operational time; `None` past the window.
    pub(crate) fn day(&self, operational: f64) -> Option<usize> {
        let at = self.cumulative.partition_point(|&c| c <= operational);
        (at > 0 && at < self.cumulative.len()).then(|| at - 1)
    }

    /// Demand of a day relative to the mean day.
    pub(crate) fn demand(&self, day: usize) -> f64 {
        match (self.cumulative.get(day), self.cumulative.get(day + 1)) {
            (Some(from), Some(until)) => until - from,
            _ => 1.0,
        }
    }

    /// Day on which the given share (0 to 1) of all customers has become known.
    pub(crate) fn arrival_day(&self, share: f64) -> usize {
        let wanted = share * last(&self.arrivals);
        let at = self.arrivals.partition_point(|&c| c <= wanted);
        at.saturating_sub(1).min(self.arrivals.len().saturating_sub(2))
    }

    /// Share of all customers that becomes known on a day.
    pub(crate) fn arrival_share(&self, day: usize) -> f64 {
        match (self.arrivals.get(day), self.arrivals.get(day + 1)) {
            (Some(from), Some(until)) => (until - from) / last(&self.arrivals),
            _ => 0.0,
        }
    }
}

/// A second of the local day drawn from the shop's daily profile.
pub(crate) fn shopping_second(dice: &mut Dice) -> i64 {
    let hour = dice.weighted(&HOURS) as i64;
    hour * HOUR + dice.seconds(0, HOUR)
}

/// A second of the local day at which people ask for help: mostly by day.
pub(crate) fn asking_second(dice: &mut Dice) -> i64 {
    let (by_day, first, second) = (dice.chance(0.85), dice.uniform(), dice.uniform());
    let hours = if by_day { 7.0 + 13.0 * (first + second) / 2.0 } else { 24.0 * first };
    (hours * HOUR as f64) as i64
}

fn last(values: &[f64]) -> f64 {
    values.last().copied().unwrap_or(0.0)
}

fn weight(clock: &Clock, day: usize) -> f64 {
    let date = clock.date(day);
    let weekday = match date.weekday() {
        Weekday::Monday => 1.05,
        Weekday::Tuesday => 1.00,
        Weekday::Wednesday => 0.98,
        Weekday::Thursday => 0.97,
        Weekday::Friday => 0.93,
        Weekday::Saturday => 0.90,
        Weekday::Sunday => 1.17,
    };
    // Black week, and the days on which nothing arrives before Christmas any more.
    let special = match (date.month(), date.day()) {
        (11, 24..=30) => 1.6,
        (12, 21..=26) => 0.55,
        _ => 1.0,
    };
    MONTHS[date.month() as usize - 1] * weekday * special
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    fn season(on: bool) -> (Clock, Season) {
        let clock = Clock::new(date(2024, 7, 1), 24, TimeZone::UTC).unwrap();
        let season = Season::new(&clock, on);
        (clock, season)
    }

    #[test]
    fn operational_time_runs_one_per_day_on_average() {
        let (clock, season) = season(true);
        assert!((season.total() - clock.days as f64).abs() < 1e-6);
        for day in [0, 17, 400, 729] {
            assert_eq!(season.day(season.operational(day)), Some(day));
        }
        assert_eq!(season.day(season.total() + 0.1), None);
        // A Monday in December against a Monday in August.
        assert!(season.demand(154 + 14) > 1.5 * season.demand(42));
    }

    #[test]
    fn off_means_all_days_alike() {
        let (_, season) = season(false);
        assert!((0..730).all(|day| (season.demand(day) - 1.0).abs() < 1e-9));
    }

    #[test]
    fn arrivals_are_shared_out() {
        let (_, season) = season(true);
        let total: f64 = (0..730).map(|day| season.arrival_share(day)).sum();
        assert!((total - 1.0).abs() < 1e-9);
        assert_eq!(season.arrival_day(0.0), 0);
        assert_eq!(season.arrival_day(1.0), 729);
    }
}
