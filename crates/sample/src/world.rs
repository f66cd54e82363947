//! What all customers share: the calendar, the season, the parameters, the people, the products.

use jiff::tz::TimeZone;

use crate::assortment::Assortment;
use crate::campaign;
use crate::clock::Clock;
use crate::knowledge::Knowledge;
use crate::market::Rates;
use crate::options::Options;
use crate::parameters::Parameters;
use crate::season::Season;
use crate::staff::Team;

/// Everything that is fixed before the first customer comes.
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) parameters: Parameters,
    pub(crate) clock: Clock,
    pub(crate) season: Season,
    pub(crate) assortment: Assortment,
    pub(crate) knowledge: Knowledge,
    pub(crate) team: Team,
    pub(crate) rates: Rates,
    /// When the randomised campaign is sent, if that lies within the window.
    pub(crate) campaign_at: Option<i64>,
}

impl World {
    /// `None` where the dates leave the calendar.
    pub(crate) fn new(options: &Options, zone: TimeZone) -> Option<World> {
        let clock = Clock::new(options.start, options.months, zone)?;
        Some(World {
            parameters: Parameters::of(options),
            season: Season::new(&clock, options.effects.season),
            assortment: Assortment::new(options.seed),
            knowledge: Knowledge::new(options.seed, &clock),
            team: Team::new(options.seed, options.customers, &clock),
            rates: Rates::new(options.seed, options.months),
            campaign_at: campaign::sent_at(&clock),
            options: options.clone(),
            clock,
        })
    }
}
