//! The number of the period that holds an instant, for columns of instants.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use throughline_model::period::{Calendar, Grain};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Numbers of the periods of one grain.
///
/// The boundaries around the time that matters are computed once and searched; an instant outside
/// them asks the calendar, which gives the same answer slowly.
#[derive(Debug)]
pub(crate) struct PeriodIndex {
    calendar: Arc<Calendar>,
    grain: Grain,
    around: Timestamp,
    known: OnceLock<Known>,
}

#[derive(Debug)]
struct Known {
    first: i32,
    /// Starts of the periods `first..` in microseconds since 1970, and the end of the last.
    starts: Vec<i64>,
}

impl PeriodIndex {
    /// Periods of `grain`, quickly found from twenty years before `around` to two years after it.
    pub(crate) fn new(calendar: Arc<Calendar>, grain: Grain, around: Timestamp) -> Self {
        PeriodIndex { calendar, grain, around, known: OnceLock::new() }
    }

    /// The number of the period that holds an instant given in microseconds since 1970.
    pub(crate) fn number(&self, at: i64) -> i32 {
        let known = self.known.get_or_init(|| self.find_boundaries());
        let position = known.starts.partition_point(|start| *start <= at);
        if position == 0 || position == known.starts.len() {
            return self.ask(at);
        }
        known.first + position as i32 - 1
    }

    fn find_boundaries(&self) -> Known {
        let middle = self.around.as_microsecond();
        let number = |at: i64| self.calendar.containing(self.grain, instant(at)).index;
        let first = number(middle.saturating_sub(20 * 366 * DAY));
        let last = number(middle.saturating_add(2 * 366 * DAY));
        let starts = self.calendar.boundaries(self.grain, first, last);
        Known { first, starts: starts.iter().map(|start| start.as_microsecond()).collect() }
    }

    fn ask(&self, at: i64) -> i32 {
        let period = self.calendar.containing(self.grain, instant(at));
        // Where clocks go back over midnight a day begins at the first of its two midnights.
        if instant(at) >= period.end { period.index.saturating_add(1) } else { period.index }
    }
}

/// Microseconds since 1970 as an instant; beyond the years -9999 to 9999 the outermost one.
pub(crate) fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use throughline_model::settings::Settings;

    fn index(zone: &str, grain: Grain) -> PeriodIndex {
        let settings = Settings { zone: zone.into(), ..Settings::default() };
        PeriodIndex::new(Arc::new(Calendar::new(&settings).unwrap()), grain, "2026-03-01T00:00:00Z".parse().unwrap())
    }

    #[track_caller]
    fn check(zone: &str, grain: Grain, at: &str, expected: i32) {
        let at: Timestamp = at.parse().unwrap();
        assert_eq!(index(zone, grain).number(at.as_microsecond()), expected, "{zone} {grain} {at}");
    }

    #[test]
    fn local_midnight_divides() {
        let march = (2026 - 1970) * 12 + 2;
        check("UTC", Grain::Month, "2026-02-28T23:59:59.999999Z", march - 1);
        check("UTC", Grain::Month, "2026-03-01T00:00:00Z", march);
        check("Europe/Berlin", Grain::Month, "2026-02-28T22:59:59.999999Z", march - 1);
        check("Europe/Berlin", Grain::Month, "2026-02-28T23:00:00Z", march);
        check("America/Sao_Paulo", Grain::Month, "2026-03-01T02:59:59Z", march - 1);
        check("Europe/Berlin", Grain::Day, "2026-03-29T22:00:00Z", 20_542);
        check("Europe/Berlin", Grain::Day, "2026-03-29T21:59:59Z", 20_541);
    }

    #[test]
    fn far_instants_ask_the_calendar_and_agree() {
        check("UTC", Grain::Year, "1955-06-01T00:00:00Z", -15);
        check("UTC", Grain::Year, "2900-06-01T00:00:00Z", 930);
        assert_eq!(index("UTC", Grain::Year).number(i64::MIN), index("UTC", Grain::Year).number(i64::MIN + 1));
        for grain in [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year] {
            let index = index("America/New_York", grain);
            for step in -400_i64..400 {
                let at = 1_772_323_200_000_000 + step * 37 * DAY + step * 1_234_567;
                assert_eq!(index.number(at), index.ask(at), "{grain} {}", instant(at));
            }
        }
    }
}
