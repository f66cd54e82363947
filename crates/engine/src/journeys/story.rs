//! The part of one customer's journey around a moment.

use jiff::Timestamp;
use throughline_journey::Journey;

use super::Journeys;

/// Touchpoints shown before and after the moment.
const BEFORE: usize = 5;
const AFTER: usize = 5;

/// A customer's journey around a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Id of the customer.
    pub customer: String,
    /// Touchpoints before those told.
    pub earlier: u64,
    /// The touchpoints around the moment, in order.
    pub touchpoints: Vec<StoryTouchpoint>,
    /// Touchpoints after those told.
    pub later: u64,
}

/// One touchpoint of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryTouchpoint {
    /// When.
    pub at: Timestamp,
    /// Id of its stage; none where no rule matches.
    pub stage: Option<String>,
    /// What happened.
    pub kind: String,
    /// Over which channel.
    pub channel: Option<String>,
    /// Money in ten-thousandths of the workspace's currency.
    pub amount: Option<i64>,
    /// Score as a share of its scale, 0 to 1.
    pub score_share: Option<f64>,
    /// Whether it is the moment.
    pub is_moment: bool,
}

impl Story {
    /// The journey of a case around one of its touchpoints; `None` where there is no such case.
    pub(super) fn of(journeys: &Journeys, case: &str, moment: usize) -> Option<Story> {
        let blocks = journeys.blocks();
        let mut places = blocks.iter().filter_map(|block| Some((block, block.find(case)?)));
        let (block, place) = places.find(|(block, place)| !block.is_replaced(*place))?;
        let journey = block.journey(place);
        let (first, end) = (moment.saturating_sub(BEFORE), (moment + AFTER + 1).min(journey.len()));
        let touchpoints = (first..end).filter_map(|row| touchpoint(journeys, &journey, row, moment)).collect();
        Some(Story {
            customer: case.to_owned(),
            earlier: first as u64,
            touchpoints,
            later: (journey.len() - end) as u64,
        })
    }
}

fn touchpoint(journeys: &Journeys, journey: &Journey<'_>, row: usize, moment: usize) -> Option<StoryTouchpoint> {
    let kind = journeys.kinds().kinds.get(usize::from(*journey.kinds.get(row)?))?;
    let stages = journeys.stages();
    let stage = stages.of(journey, row).and_then(|stage| stages.names().get(stage));
    let fact = journey.fact(row);
    Some(StoryTouchpoint {
        at: Timestamp::from_microsecond(*journey.at.get(row)?).ok()?,
        stage: stage.map(|(id, _)| id.clone()),
        kind: kind.kind.clone(),
        channel: journeys.kinds().channel(*journey.channels.get(row)?).map(str::to_owned),
        amount: fact.and_then(|fact| fact.amount),
        score_share: fact.and_then(|fact| fact.share),
        is_moment: row == moment,
    })
}
