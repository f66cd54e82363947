//! What kind of company is asked for, and which effects are switched on.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// The company to simulate. The same options give the same bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Customers who become known within the window (buyers and those who only sign up); default 20 000.
    pub customers: u32,
    /// Seed of all randomness; default 1.
    pub seed: u64,
    /// First local day of the window; default 2024-07-01.
    pub start: Date,
    /// Length of the window in months; default 24.
    pub months: u32,
    /// IANA zone in which the company lives; default Europe/Berlin.
    pub zone: String,
    /// Anonymous visitors per customer who never become known; default 15.
    pub visitors_per_customer: f64,
    /// Which effects are at work; all by default.
    pub effects: Effects,
    /// Adds the unrecorded trait "impatience", which makes deliveries late and customers leave; off by default.
    pub hidden_confounder: bool,
    /// Plants duplicates, late rows and broken rows; on by default.
    pub dirty: bool,
    /// Writes `.csv.gz` instead of `.csv`; off by default.
    pub compress: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            customers: 20_000,
            seed: 1,
            start: date(2024, 7, 1),
            months: 24,
            zone: "Europe/Berlin".to_string(),
            visitors_per_customer: 15.0,
            effects: Effects::all(),
            hidden_confounder: false,
            dirty: true,
            compress: false,
        }
    }
}

/// The effects of the model, each with its switch. Off means that its coefficients are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effects {
    /// Months and weekdays move demand.
    pub season: bool,
    /// A late delivery makes customers stop buying, and lowers review and recommendation scores.
    pub late_delivery: bool,
    /// The wait for the first answer lowers satisfaction with the ticket.
    pub response_wait: bool,
    /// A problem solved well keeps customers and pleases them; one solved badly does the opposite.
    pub problem_solved: bool,
    /// Satisfaction with a ticket keeps customers.
    pub satisfaction: bool,
    /// Training shortens an agent's waits and handling and improves outcome, quality and satisfaction.
    pub training: bool,
    /// The randomised campaign brings extra orders.
    pub campaign: bool,
    /// A knowledge article that was read replaces some tickets.
    pub articles: bool,
    /// Pleased customers bring new ones.
    pub referrals: bool,
    /// Region, segment, acquisition channel and order value act on causes and effects at once.
    pub confounding: bool,
}

impl Effects {
    /// The names by which effects are switched, in the order of the fields.
    pub const NAMES: [&'static str; 10] = [
        "season",
        "late_delivery",
        "response_wait",
        "problem_solved",
        "satisfaction",
        "training",
        "campaign",
        "articles",
        "referrals",
        "confounding",
    ];

    /// Every effect at work.
    pub fn all() -> Effects {
        Effects {
            season: true,
            late_delivery: true,
            response_wait: true,
            problem_solved: true,
            satisfaction: true,
            training: true,
            campaign: true,
            articles: true,
            referrals: true,
            confounding: true,
        }
    }

    /// No effect at work: a company in which nothing causes anything.
    pub fn none() -> Effects {
        Effects {
            season: false,
            late_delivery: false,
            response_wait: false,
            problem_solved: false,
            satisfaction: false,
            training: false,
            campaign: false,
            articles: false,
            referrals: false,
            confounding: false,
        }
    }

    /// Switches the effect called `name` on or off. The error lists the names there are.
    pub fn set(&mut self, name: &str, on: bool) -> Result<(), String> {
        let field = match name {
            "season" => &mut self.season,
            "late_delivery" => &mut self.late_delivery,
            "response_wait" => &mut self.response_wait,
            "problem_solved" => &mut self.problem_solved,
            "satisfaction" => &mut self.satisfaction,
            "training" => &mut self.training,
            "campaign" => &mut self.campaign,
            "articles" => &mut self.articles,
            "referrals" => &mut self.referrals,
            "confounding" => &mut self.confounding,
            _ => {
                let names = Effects::NAMES.join(", ");
                return Err(format!("no effect is called `{name}`; there are {names}"));
            }
        };
        *field = on;
        Ok(())
    }

    /// Name and state of every effect, in the order of [`Effects::NAMES`].
    pub fn states(&self) -> [(&'static str, bool); 10] {
        let states = [
            self.season,
            self.late_delivery,
            self.response_wait,
            self.problem_solved,
            self.satisfaction,
            self.training,
            self.campaign,
            self.articles,
            self.referrals,
            self.confounding,
        ];
        std::array::from_fn(|at| (Effects::NAMES[at], states[at]))
    }
}

impl Options {
    /// Every problem with these options, and the zone where there is none.
    pub(crate) fn check(&self) -> Result<TimeZone, Vec<String>> {
        let mut problems = Vec::new();
        if !(1..=20_000_000).contains(&self.customers) {
            problems.push(format!("customers must be 1 to 20 000 000, not {}", self.customers));
        }
        if !(1..=120).contains(&self.months) {
            problems.push(format!("months must be 1 to 120, not {}", self.months));
        }
        if !(1990..=2100).contains(&self.start.year()) {
            problems.push(format!("start must lie in 1990 to 2100, not {}", self.start));
        }
        if !(0.0..=50.0).contains(&self.visitors_per_customer) {
            problems.push(format!("visitors per customer must be 0 to 50, not {}", self.visitors_per_customer));
        }
        match TimeZone::get(&self.zone) {
            Ok(zone) if problems.is_empty() => Ok(zone),
            Ok(_) => Err(problems),
            Err(_) => {
                problems.push(format!("`{}` is no IANA time zone", self.zone));
                Err(problems)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_effect_has_its_switch() {
        for (at, name) in Effects::NAMES.iter().enumerate() {
            let mut effects = Effects::none();
            effects.set(name, true).unwrap();
            let on: Vec<usize> = (0..10).filter(|&i| effects.states()[i].1).collect();
            assert_eq!(on, [at], "{name}");
        }
        assert!(Effects::all().set("luck", false).unwrap_err().contains("season"));
    }

    #[test]
    fn all_problems_are_listed_at_once() {
        let options = Options {
            customers: 0,
            months: 0,
            zone: "Mars/Olympus".to_string(),
            visitors_per_customer: f64::NAN,
            ..Options::default()
        };
        assert_eq!(options.check().unwrap_err().len(), 4);
        assert!(Options::default().check().is_ok());
    }
}
