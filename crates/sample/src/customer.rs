//! A customer: who it is, what it is inclined to, and its own streams of randomness.

use crate::dice::{Dice, Purpose};
use crate::season::shopping_second;
use crate::world::World;

/// Regions with their shares. Alpine and Britain are far away; Boreas delivers in north and east.
const REGIONS: [(&str, f64); 7] = [
    ("north", 0.20),
    ("east", 0.14),
    ("south", 0.22),
    ("west", 0.26),
    ("alpine", 0.08),
    ("switzerland", 0.06),
    ("britain", 0.04),
];
const SEGMENTS: [(&str, f64); 4] = [("private", 0.60), ("family", 0.22), ("student", 0.10), ("business", 0.08)];
const CHANNELS: [(&str, f64); 5] =
    [("search", 0.34), ("direct", 0.14), ("social", 0.20), ("advertisement", 0.17), ("price_comparison", 0.15)];

/// A stream for each side of a life, so that a change on one side leaves the others alone.
pub(crate) struct Streams {
    pub(crate) process: Dice,
    pub(crate) spend: Dice,
    pub(crate) delivery: Dice,
    pub(crate) support: Dice,
    pub(crate) voice: Dice,
    pub(crate) browsing: Dice,
    pub(crate) loyalty: Dice,
    pub(crate) campaign: Dice,
    pub(crate) referral: Dice,
}

impl Streams {
    fn of(seed: u64, slot: u32) -> Streams {
        let stream = |purpose| Dice::of_customer(seed, slot, purpose);
        Streams {
            process: stream(Purpose::Process),
            spend: stream(Purpose::Spend),
            delivery: stream(Purpose::Delivery),
            support: stream(Purpose::Support),
            voice: stream(Purpose::Voice),
            browsing: stream(Purpose::Browsing),
            loyalty: stream(Purpose::Loyalty),
            campaign: stream(Purpose::Campaign),
            referral: stream(Purpose::Referral),
        }
    }
}

/// Numbers given out so far within one customer.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) interactions: u32,
    pub(crate) sessions: u32,
    pub(crate) tickets: u32,
    pub(crate) feedback: u32,
    pub(crate) loyalty: u32,
}

/// One customer with known and unknown traits.
pub(crate) struct Customer {
    pub(crate) slot: u32,
    pub(crate) id: String,
    pub(crate) visitor: String,
    pub(crate) second_device: Option<String>,
    pub(crate) first_seen: i64,
    pub(crate) known_at: i64,
    pub(crate) buyer: bool,
    pub(crate) region: &'static str,
    pub(crate) segment: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) consent: bool,
    pub(crate) german: bool,
    pub(crate) referred_by: Option<u32>,
    /// Purchases per operational week while active.
    pub(crate) rate: f64,
    /// Probability of leaving after an order on which nothing special happened.
    pub(crate) dropout: f64,
    /// Rate of the Gamma distribution of this customer's order values.
    pub(crate) spend_rate: f64,
    /// The hidden trait, standard normal.
    pub(crate) impatience: f64,
    pub(crate) counters: Counters,
    pub(crate) dice: Streams,
}

/// A referral on its way: who told a friend, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Referral {
    pub(crate) at: i64,
    pub(crate) by: u32,
}

/// Name of the customer in a slot.
pub(crate) fn customer_id(slot: u32) -> String {
    format!("C{:08}", u64::from(slot) + 1)
}

/// Name of the `k`-th visitor of a slot; 0 and 1 are the customer's own devices.
pub(crate) fn visitor_id(slot: u32, k: u64) -> String {
    format!("V{:010}", u64::from(slot) * 64 + k)
}

/// Local day on which the customer of a slot becomes known: slots are in order of time.
fn known_day(world: &World, slot: u32, within: f64) -> usize {
    world.season.arrival_day((f64::from(slot) + within) / f64::from(world.options.customers))
}

/// The instant at which the customer of a slot becomes known.
pub(crate) fn known_at(world: &World, slot: u32) -> i64 {
    let mut dice = Dice::of_customer(world.options.seed, slot, Purpose::Profile);
    let within = dice.uniform();
    world.clock.at(known_day(world, slot, within), shopping_second(&mut dice).max(1_200))
}

impl Customer {
    /// The customer of a slot; a referral makes it someone's friend.
    pub(crate) fn new(world: &World, slot: u32, referral: Option<Referral>) -> Customer {
        let seed = world.options.seed;
        let mut dice = Dice::of_customer(seed, slot, Purpose::Profile);
        let within = dice.uniform();
        let day = known_day(world, slot, within);
        let known_at = world.clock.at(day, shopping_second(&mut dice).max(1_200));
        let region = draw(&mut dice, &REGIONS);
        let segment = draw(&mut dice, &SEGMENTS);
        let own_channel = draw(&mut dice, &CHANNELS);
        let channel = if referral.is_some() { "referral" } else { own_channel };
        let thinking = (dice.gamma(0.8, 0.8 / 9.0) * 86_400.0) as i64 + 900;
        let earliest = referral.map_or(world.clock.start(), |referral| referral.at);
        let share = dice.uniform();
        // Where there is not that much time, the first visit lies anywhere in it.
        let first_seen = match known_at - thinking {
            wanted if wanted >= earliest => wanted,
            _ => earliest + ((known_at - earliest - 300) as f64 * share) as i64,
        };
        let buyer = dice.chance(world.parameters.purchase.buyer_share);
        let consent = dice.chance(0.72);
        let german = !matches!(region, "britain") && dice.chance(0.3);
        let second_device = dice.chance(0.2).then(|| visitor_id(slot, 1));
        let purchase = &world.parameters.purchase;
        let log_rate = log_rate(world, segment, channel);
        let impatience = dice.normal();
        let rate = dice.gamma(purchase.r, purchase.alpha_weeks) * log_rate.exp();
        let dropout = dice.beta(purchase.a, purchase.b);
        let spend_rate = dice.gamma(world.parameters.spend.q, world.parameters.spend.v);
        Customer {
            slot,
            id: customer_id(slot),
            visitor: visitor_id(slot, 0),
            second_device,
            first_seen,
            known_at,
            buyer,
            region,
            segment,
            channel,
            consent,
            german,
            referred_by: referral.map(|referral| referral.by),
            rate,
            dropout,
            spend_rate,
            impatience,
            counters: Counters::default(),
            dice: Streams::of(seed, slot),
        }
    }

    /// Alpine valleys and Britain: deliveries take longer and customers are harder to keep.
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self.region, "alpine" | "britain")
    }

    /// Regions served by the carrier that has trouble in one quarter.
    pub(crate) fn is_served_by_boreas(&self) -> bool {
        matches!(self.region, "north" | "east")
    }

    pub(crate) fn language(&self) -> &'static str {
        if self.german { "de" } else { "en" }
    }

    /// Under which name a source sees the customer on the web: as itself where logged in.
    pub(crate) fn seen_as(&mut self, at: i64) -> String {
        let logged_in = self.dice.browsing.chance(0.75);
        let other_device = self.dice.browsing.chance(0.3);
        match &self.second_device {
            _ if at < self.known_at => self.visitor.clone(),
            _ if logged_in => self.id.clone(),
            Some(device) if other_device => device.clone(),
            _ => self.visitor.clone(),
        }
    }
}

/// What business customers and those from price comparisons add to the log of their purchase rate.
fn log_rate(world: &World, segment: &str, channel: &str) -> f64 {
    let purchase = &world.parameters.purchase;
    purchase.log_rate_business * f64::from(segment == "business")
        + purchase.log_rate_price_comparison * f64::from(channel == "price_comparison")
}

fn draw(dice: &mut Dice, choices: &[(&'static str, f64)]) -> &'static str {
    let mut rest = dice.uniform() * choices.iter().map(|c| c.1).sum::<f64>();
    for (name, share) in choices {
        if rest < *share {
            return name;
        }
        rest -= share;
    }
    choices.last().map_or("", |c| c.0)
}
