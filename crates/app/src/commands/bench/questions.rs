//! Tasks T1, T2, T3, T5 and T8: funnel, directly-follows graph, retention, customers, dashboard.

use serde_json::json;
use throughline_engine::Result;
use throughline_journey::{
    ActivitySpec, FunnelMode, FunnelSpec, Grouping, Repeat, RetentionSpec, RetentionVariant, Rfm, RfmSpec, ScoreBounds,
    TransitionsSpec,
};
use throughline_model::Grain;

use super::log::{DASHBOARD_CHANNEL, DASHBOARD_FROM, END, FIRST_DAY, Log, Row, ratio};

/// 30 days in microseconds.
const WINDOW: i64 = 30 * 86_400 * 1_000_000;
/// The log's own words for what the standard tables call otherwise. Opening a ticket makes two touchpoints, of the ticket
/// and of its first message; the message stands for it here, as reopening makes a message only.
const EVENTS: [&str; 14] = [
    "ad_impression",
    "visit",
    "product_view",
    "search",
    "add_to_cart",
    "checkout",
    "order",
    "ticket_open=customer_message|reopened",
    "ticket_reply=public_answer",
    "ticket_solved=solved",
    "csat=csat_answer",
    "review=nps_answer",
    "referral",
    "email_open",
];

/// T1: customers by the channel of their first touchpoint and the step they reach.
pub fn funnel(log: &Log<'_>) -> Result<Vec<Row>> {
    let spec = FunnelSpec {
        steps: log.steps(&["visit", "product_view", "add_to_cart", "order"])?,
        mode: FunnelMode::Ordered,
        window: Some(WINDOW),
        entries: None,
        // The task counts every entry, also those whose window has not ended.
        known_until: i64::MAX,
        repeat: Repeat::Best,
        times: false,
        grouping: Grouping::FirstChannel,
    };
    let funnel = throughline_journey::funnel(&log.blocks(), &spec, log.threads);
    let kinds = log.journeys.kinds();
    let groups = funnel.groups.iter().map(|group| {
        let channel = u16::try_from(group.group).ok().and_then(|code| kinds.channel(code));
        let reached = group.steps.iter().map(|step| json!(step.overall.count));
        [json!(channel), json!(group.cases)].into_iter().chain(reached).collect()
    });
    Ok(groups.collect())
}

/// T2: how often each kind of event follows each, and the median time between them in seconds.
pub fn transitions(log: &Log<'_>) -> Result<Vec<Row>> {
    let steps = log.steps(&EVENTS)?;
    let spec = TransitionsSpec { steps, cut: None, between: None, cases: false, median: true, p90: false };
    let found = throughline_journey::transitions(&log.blocks(), &spec, log.threads);
    let row = |t: throughline_journey::Transition| {
        vec![json!(t.from), json!(t.to), json!(t.share.count), json!(t.median.map(|median| median / 1e6))]
    };
    Ok(found.transitions.into_iter().map(row).collect())
}

/// T3: customers by the month of their first order, and how many of them order in each later month.
pub fn retention(log: &Log<'_>) -> Result<Vec<Row>> {
    let spec = RetentionSpec { periods: log.months()?, known_until: i64::MAX, variant: RetentionVariant::In };
    let found = throughline_journey::retention(&log.blocks(), &spec, log.threads);
    let cells = found.cohorts.iter().flat_map(|cohort| {
        let kept = cohort.cells.iter().filter(|cell| cell.kept.count > 0);
        kept.map(|cell| vec![json!(cohort.period), json!(cell.offset), json!(cell.kept.count)])
    });
    Ok(cells.collect())
}

/// T5: frequency, recency, age and money of every customer with an order.
pub fn customers(log: &Log<'_>) -> Result<Rfm> {
    let (days, _) = log.periods(Grain::Day, FIRST_DAY, END)?;
    let last_day = days.len().saturating_sub(1);
    Ok(throughline_journey::rfm(&log.blocks(), &RfmSpec { days, last_day }, log.threads))
}

/// T8: orders per visit of one channel, day by day.
pub fn dashboard(log: &Log<'_>) -> Result<Vec<Row>> {
    let (periods, days) = log.periods(Grain::Day, DASHBOARD_FROM, END)?;
    let spec = ActivitySpec {
        periods,
        steps: log.steps(&["order", "visit"])?,
        channel: Some(log.channel(DASHBOARD_CHANNEL)?),
        cases: false,
        sessions: Vec::new(),
        scores: Vec::new(),
        orders: false,
        bounds: ScoreBounds::default(),
    };
    let activity = throughline_journey::activity(&log.blocks(), &spec, log.threads);
    let rows = activity.periods.iter().zip(days).filter_map(|(period, day)| {
        let [orders, visits] = period.steps.as_slice() else { return None };
        let share = ratio(orders.touchpoints as f64, visits.touchpoints as f64);
        (orders.touchpoints + visits.touchpoints > 0).then(|| vec![json!(day), json!(share)])
    });
    Ok(rows.collect())
}

/// Journeys, touchpoints, and the runs they lie in.
pub fn size(log: &Log<'_>) -> Vec<Row> {
    let (mut cases, mut touchpoints) = (0, 0);
    for block in log.blocks() {
        cases += block.journeys().count();
        touchpoints += block.journeys().map(|journey| journey.len()).sum::<usize>();
    }
    vec![vec![json!(cases), json!(touchpoints), json!(log.journeys.runs())]]
}
