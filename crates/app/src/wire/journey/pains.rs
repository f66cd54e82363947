//! The JSON of `throughline journey pains`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{GroupAnswer, PainsAnswer, Story};
use throughline_journey::pains::{self as fold, Finding, LastTouch, Obstacle, Sort};
use utoipa::ToSchema;

use super::{About, between};
use crate::wire::Between;

/// Ten-thousandths of the workspace's currency.
const MONEY: f64 = 10_000.0;

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pains)]
pub struct Answer {
    about: About,
    currency: String,
    horizon_seconds: f64,
    minimum_n: u64,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PainsGroup)]
struct Group {
    group: String,
    too_few: u64,
    pains: Vec<Pain>,
    stories: Vec<Told>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Pain {
    rank: usize,
    sort: &'static str,
    obstacle: String,
    evidence: Evidence,
    customers: u64,
    moments: u64,
    open: u64,
    finding: &'static str,
    words: String,
    comparison: Option<Comparison>,
    at_stake: Option<AtStake>,
    examples: Vec<Example>,
}

/// What says that it is an obstacle; what does not belong to its sort is `null`.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = PainEvidence)]
struct Evidence {
    step: Option<String>,
    next: Option<String>,
    channel: Option<String>,
    kind: Option<String>,
    here: Option<Counted>,
    others: Option<Counted>,
    longer_than_seconds: Option<f64>,
    waits: Option<u64>,
    within_seconds: Option<f64>,
    instrument: Option<String>,
    fall: Option<f64>,
    first: Option<Mean>,
    second: Option<Mean>,
    excess: Option<u64>,
    difference: Option<f64>,
    interval: Option<Between>,
    times: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Counted {
    count: u64,
    n: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Mean {
    mean: f64,
    n: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PainComparison)]
struct Comparison {
    affected: u64,
    affected_buyers: u64,
    affected_share: f64,
    comparable: u64,
    comparable_moments: u64,
    comparable_buyers: u64,
    comparable_share: f64,
    difference: f64,
    interval: Between,
    strata: u64,
    dropped_strata: u64,
    dropped: u64,
    order_value: Option<Mean>,
}

#[derive(Debug, Serialize, ToSchema)]
struct AtStake {
    value: f64,
    interval: Between,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PainExample)]
struct Example {
    customer_id: String,
    touchpoint: usize,
    at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Story)]
struct Told {
    customer_id: String,
    earlier: u64,
    later: u64,
    touchpoints: Vec<Touchpoint>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StoryTouchpoint)]
struct Touchpoint {
    at: Timestamp,
    stage: Option<String>,
    kind: String,
    channel: Option<String>,
    amount: Option<f64>,
    score_share: Option<f64>,
    moment: bool,
}

impl Answer {
    /// Obstacles as known at an instant.
    pub fn new(found: &PainsAnswer, currency: &str, as_of: Timestamp) -> Answer {
        let groups = found.groups.iter().zip(&found.stories);
        Answer {
            about: About::new(&found.about, as_of),
            currency: currency.to_owned(),
            horizon_seconds: found.request.horizon as f64 / 1e6,
            minimum_n: found.limits.minimum_n,
            groups: groups.map(|(group, stories)| Group::new(group, stories)).collect(),
        }
    }
}

impl Group {
    fn new(group: &GroupAnswer<fold::Pains>, stories: &[Story]) -> Group {
        let found = &group.answer;
        let pains = found.pains.iter().enumerate();
        Group {
            group: group.group.clone(),
            too_few: found.too_few,
            pains: pains.map(|(place, pain)| Pain::new(place + 1, pain, found.horizon)).collect(),
            stories: stories.iter().map(Told::from).collect(),
        }
    }
}

impl Pain {
    fn new(rank: usize, pain: &fold::Pain, horizon: i64) -> Pain {
        let money = |value: i64| value as f64 / MONEY;
        let example = |example: &fold::Example| Example {
            customer_id: example.case.clone(),
            touchpoint: example.row,
            at: Timestamp::from_microsecond(example.at).ok(),
        };
        Pain {
            rank,
            sort: sort(pain.obstacle.sort()),
            obstacle: pain.obstacle.to_string(),
            evidence: Evidence::from(&pain.obstacle),
            customers: pain.cases,
            moments: pain.moments,
            open: pain.open,
            finding: match pain.finding {
                Finding::BoughtLess => "bought_less",
                Finding::NoDifferenceShown => "no_difference_shown",
                Finding::BoughtMore => "bought_more",
                Finding::TooLittleData => "too_little_data",
            },
            words: pain.words(horizon),
            comparison: pain.comparison.as_ref().map(Comparison::from),
            at_stake: pain.money.map(|at_stake| AtStake {
                value: money(at_stake.value),
                interval: Between { low: money(at_stake.low), high: money(at_stake.high) },
            }),
            examples: pain.examples.iter().map(example).collect(),
        }
    }
}

fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::DropOff => "drop_off",
        Sort::RepeatedContact => "repeated_contact",
        Sort::LongWait => "long_wait",
        Sort::FallingScore => "falling_score",
        Sort::Loop => "loop",
    }
}

impl From<&Obstacle> for Evidence {
    fn from(obstacle: &Obstacle) -> Evidence {
        let none = Evidence::default();
        let seconds = |micros: &i64| Some(*micros as f64 / 1e6);
        let mean = |(mean, n): &(f64, u64)| Some(Mean { mean: *mean, n: *n });
        match obstacle {
            Obstacle::DropOff { step, next, by, here, others, difference } => {
                let (channel, kind) = match by {
                    LastTouch::Channel(name) => (Some(name.clone()), None),
                    LastTouch::Kind(name) => (None, Some(name.clone())),
                };
                let counted = |(n, count): &(u64, u64)| Some(Counted { count: *count, n: *n });
                Evidence {
                    step: Some(step.clone()),
                    next: Some(next.clone()),
                    channel,
                    kind,
                    here: counted(here),
                    others: counted(others),
                    excess: throughline_engine::excess(obstacle),
                    difference: Some(difference.estimate),
                    interval: Some(between(difference.interval)),
                    ..none
                }
            }
            Obstacle::SameOrder { within } | Obstacle::AfterSolved { within } => {
                Evidence { within_seconds: seconds(within), ..none }
            }
            Obstacle::SlowAnswer { longer_than, waits } | Obstacle::SlowDelivery { longer_than, waits } => {
                Evidence { longer_than_seconds: seconds(longer_than), waits: *waits, ..none }
            }
            Obstacle::LateDelivery => none,
            Obstacle::CustomerScore { instrument, by } => {
                Evidence { instrument: Some(instrument.clone()), fall: Some(*by), ..none }
            }
            Obstacle::TouchpointScore { kind, first, second, difference } => Evidence {
                kind: Some(kind.clone()),
                first: mean(first),
                second: mean(second),
                difference: Some(difference.estimate),
                interval: Some(between(difference.interval)),
                ..none
            },
            Obstacle::Repeat { step, times } => Evidence { step: Some(step.clone()), times: Some(*times), ..none },
            Obstacle::BackAndForth { from, to } => {
                Evidence { step: Some(from.clone()), next: Some(to.clone()), ..none }
            }
        }
    }
}

impl From<&fold::Comparison> for Comparison {
    fn from(found: &fold::Comparison) -> Comparison {
        Comparison {
            affected: found.affected,
            affected_buyers: found.affected_buyers,
            affected_share: found.affected_share,
            comparable: found.comparable,
            comparable_moments: found.comparable_moments,
            comparable_buyers: found.comparable_buyers,
            comparable_share: found.comparable_share,
            difference: found.difference,
            interval: between(found.interval),
            strata: found.strata,
            dropped_strata: found.dropped_strata,
            dropped: found.dropped,
            order_value: found.order_value.map(|(value, n)| Mean { mean: value / MONEY, n }),
        }
    }
}

impl From<&Story> for Told {
    fn from(story: &Story) -> Told {
        let touchpoint = |touch: &throughline_engine::StoryTouchpoint| Touchpoint {
            at: touch.at,
            stage: touch.stage.clone(),
            kind: touch.kind.clone(),
            channel: touch.channel.clone(),
            amount: touch.amount.map(|amount| amount as f64 / MONEY),
            score_share: touch.score_share,
            moment: touch.is_moment,
        };
        Told {
            customer_id: story.customer.clone(),
            earlier: story.earlier,
            later: story.later,
            touchpoints: story.touchpoints.iter().map(touchpoint).collect(),
        }
    }
}
