//! Tasks T4 and T6: support by month, and the scorecard of 20 numbers.

use serde_json::json;
use throughline_engine::Result;
use throughline_journey::{
    ActivityFold, ActivitySpec, PeriodActivity, ScoreBounds, TicketPeriod, TicketsFold, TicketsSpec, walk,
};

use super::log::{Log, Row, ratio};

/// Four hours in microseconds.
const ANSWER_WITHIN: i64 = 4 * 3600 * 1_000_000;

fn tickets_spec(log: &Log<'_>) -> Result<TicketsSpec> {
    Ok(TicketsSpec {
        periods: log.months()?,
        opened: log.journeys.codes("ticket_opened")?,
        answered: log.journeys.codes("public_answer")?,
        solved: log.journeys.codes("solved")?,
        reopened: log.journeys.codes("reopened")?,
        scored: log.journeys.codes("csat_answer")?,
        answer_within: ANSWER_WITHIN,
        good: ScoreBounds::default().good,
    })
}

fn seconds(micros: Option<f64>) -> Option<f64> {
    micros.map(|micros| micros / 1e6)
}

/// T4: tickets by the month of their opening.
pub fn by_month(log: &Log<'_>) -> Result<Vec<Row>> {
    let found = throughline_journey::tickets(&log.blocks(), &tickets_spec(log)?, log.threads);
    let row = |month: &TicketPeriod| {
        vec![
            json!(month.period),
            json!(month.tickets),
            json!(seconds(month.first_answer.median)),
            json!(seconds(month.first_answer.p90)),
            json!(seconds(month.last_solved.median)),
            json!(seconds(month.last_solved.p90)),
            json!(month.answered_in_time.share),
            json!(month.reopened.share),
            json!(month.good_scores.share),
        ]
    };
    Ok(found.periods.iter().filter(|month| month.tickets > 0).map(row).collect())
}

/// T6: 20 numbers by month, in one pass.
pub fn scorecard(log: &Log<'_>) -> Result<Vec<Row>> {
    let tickets_spec = tickets_spec(log)?;
    let activity_spec = ActivitySpec {
        periods: log.months()?,
        steps: log.steps(&["visit", "add_to_cart", "order", "csat_answer", "nps_answer", "referral"])?,
        channel: None,
        cases: true,
        sessions: vec![1, 2],
        scores: vec![3, 4],
        orders: true,
        bounds: ScoreBounds::default(),
    };
    let folds = (TicketsFold::new(&tickets_spec), ActivityFold::new(&activity_spec));
    let (tickets, activity) = walk(&log.blocks(), &folds, log.threads);
    let (tickets, activity) = (folds.0.finish(tickets), folds.1.finish(activity));
    let months = activity.periods.iter().zip(&tickets.periods);
    Ok(months.filter_map(|(activity, tickets)| month(activity, tickets)).collect())
}

fn month(activity: &PeriodActivity, tickets: &TicketPeriod) -> Option<Row> {
    let [visits, carts, ordered, csat, reviews, referrals] = activity.steps.as_slice() else { return None };
    let bought = activity.orders.as_ref()?;
    let money = |amount: i128| amount as f64 / 10_000.0;
    let orders = bought.orders as f64;
    let buyers = bought.buyers as f64;
    let abandoned = ratio(ordered.sessions? as f64, carts.sessions? as f64).map(|bought| 1.0 - bought);
    Some(vec![
        json!(activity.period),
        json!(money(bought.amount)),
        json!(bought.orders),
        json!(ratio(money(bought.amount), orders)),
        json!(bought.buyers),
        json!(bought.new_buyers),
        json!(money(bought.new_amount)),
        json!(money(bought.amount - bought.new_amount)),
        json!(ratio(buyers - bought.new_buyers as f64, buyers)),
        json!(bought.kept.and_then(|kept| kept.share)),
        json!(visits.touchpoints),
        json!(visits.cases),
        json!(ratio(orders, visits.touchpoints as f64)),
        json!(abandoned),
        json!(tickets.tickets),
        json!(ratio(tickets.tickets as f64, orders)),
        json!(seconds(tickets.first_answer.median)),
        json!(seconds(tickets.last_solved.median)),
        json!(csat.scores.as_ref()?.good.share),
        json!(reviews.scores.as_ref()?.nps.map(|(score, _)| score)),
        json!(ratio(referrals.touchpoints as f64, orders)),
    ])
}
