//! `truth.json`: parameters, switches, what was planted, and what came out.

use serde_json::{Map, Value, json};

use crate::clock::DAY;
use crate::dirt::BREAKAGES;
use crate::progress::TableSummary;
use crate::world::World;
use crate::{campaign, needs, ordering, staff, staff_activity};

/// What actually happened within the window, counted while simulating.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Realised {
    pub(crate) customers: u64,
    pub(crate) visitors: u64,
    pub(crate) sessions: u64,
    pub(crate) buyers: u64,
    pub(crate) repeat_buyers: u64,
    pub(crate) orders: u64,
    pub(crate) orders_cancelled: u64,
    pub(crate) orders_returned: u64,
    pub(crate) orders_with_ticket: u64,
    pub(crate) deliveries_promised: u64,
    pub(crate) deliveries_late: u64,
    pub(crate) tickets: u64,
    pub(crate) csat_asked: u64,
    pub(crate) csat_answered: u64,
    pub(crate) csat_satisfied: u64,
    pub(crate) nps_answered: u64,
    pub(crate) nps_promoters: u64,
    pub(crate) nps_detractors: u64,
    pub(crate) articles_read: u64,
    pub(crate) articles_settled: u64,
    pub(crate) referrals: u64,
    pub(crate) links_undone: u64,
    /// Customers, and those with an order within 30 days.
    pub(crate) treated: (u64, u64),
    pub(crate) holdout: (u64, u64),
}

/// Broken rows of one table by kind, in the order of [`BREAKAGES`].
pub(crate) type Broken = [u64; 4];

/// The whole document.
pub(crate) fn document(world: &World, seen: &Realised, tables: &[TableSummary], broken: &[Broken]) -> Value {
    json!({
        "format": 1,
        "options": options(world),
        "effects": effects(world),
        "hidden_confounder": world.options.hidden_confounder,
        "parameters": world.parameters.to_json(),
        "story": story(world),
        "realised": realised(seen),
        "tables": tables.iter().zip(broken).map(|(t, b)| (t.table.to_string(), table(t, b))).collect::<Map<_, _>>(),
        "planted": planted(tables, broken),
    })
}

fn options(world: &World) -> Value {
    let options = &world.options;
    json!({
        "customers": options.customers,
        "seed": options.seed,
        "start": options.start.to_string(),
        "end": world.clock.date(world.clock.days).to_string(),
        "months": options.months,
        "zone": options.zone,
        "currency": "EUR",
        "visitors_per_customer": options.visitors_per_customer,
        "dirty": options.dirty,
    })
}

fn effects(world: &World) -> Value {
    let states = world.options.effects.states();
    Value::Object(states.iter().map(|(name, on)| (name.to_string(), Value::Bool(*on))).collect())
}

/// Where the story lies, as local days `[from, until)`.
fn story(world: &World) -> Value {
    let months = |from: u32, count: u32| {
        let day = |month| {
            let at = world.clock.month_start(month);
            (at < world.clock.end()).then(|| world.clock.date(world.clock.day_of(at)).to_string())
        };
        json!({ "from": day(from), "until": day(from + count) })
    };
    let trained = |from: u32, until: u32| {
        let within = |at: i64| (from..until).contains(&world.clock.month_of(at));
        world.team.people.iter().filter(|p| p.trained_at.is_some_and(within)).count()
    };
    let campaign = world.campaign_at.map(|at| {
        let day = |at| world.clock.date(world.clock.day_of(at)).to_string();
        json!({ "name": campaign::NAME, "sent": day(at), "until": day(at + campaign::WITHIN_DAYS * DAY) })
    });
    json!({
        "carrier_trouble_north_and_east":
            months(ordering::CARRIER_TROUBLE_FROM_MONTH, ordering::CARRIER_TROUBLE_MONTHS),
        "support_strained": months(staff_activity::STRAIN_FROM_MONTH, 4),
        "training_pilot": months(staff::PILOT_MONTH, 1),
        "training_main_wave": months(staff::WAVE_MONTH, 2),
        "agents": world.team.agents,
        "agents_trained_in_pilot": trained(staff::PILOT_MONTH, staff::PILOT_MONTH + 1),
        "agents_trained_in_main_wave": trained(staff::WAVE_MONTH, staff::WAVE_MONTH + 2),
        "pairing_theme_from": months(needs::PAIRING_FROM_MONTH, 0)["from"],
        "campaign": campaign,
    })
}

fn realised(seen: &Realised) -> Value {
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let lift = share(seen.treated.1, seen.treated.0)
        .zip(share(seen.holdout.1, seen.holdout.0))
        .map(|(treated, holdout)| treated - holdout);
    let nps = share(seen.nps_promoters, seen.nps_answered)
        .zip(share(seen.nps_detractors, seen.nps_answered))
        .map(|(promoters, detractors)| 100.0 * (promoters - detractors));
    json!({
        "customers_known": seen.customers,
        "visitors": seen.visitors,
        "sessions": seen.sessions,
        "buyers": seen.buyers,
        "repeat_buyers": seen.repeat_buyers,
        "repeat_rate": share(seen.repeat_buyers, seen.buyers),
        "orders": seen.orders,
        "orders_cancelled": seen.orders_cancelled,
        "orders_that_come_back": seen.orders_returned,
        "orders_with_ticket": seen.orders_with_ticket,
        "deliveries_with_promise": seen.deliveries_promised,
        "deliveries_late": seen.deliveries_late,
        "on_time_rate": share(seen.deliveries_promised - seen.deliveries_late, seen.deliveries_promised),
        "tickets": seen.tickets,
        "csat": { "asked": seen.csat_asked, "answered": seen.csat_answered, "satisfied": seen.csat_satisfied,
                  "rate": share(seen.csat_satisfied, seen.csat_answered) },
        "nps": { "answered": seen.nps_answered, "promoters": seen.nps_promoters,
                 "detractors": seen.nps_detractors, "nps": nps },
        "articles_read_for_a_need": seen.articles_read,
        "tickets_replaced_by_articles": seen.articles_settled,
        "referred_customers": seen.referrals,
        "wrong_links_undone": seen.links_undone,
        "campaign": {
            "treated": seen.treated.0, "treated_bought_within_30_days": seen.treated.1,
            "holdout": seen.holdout.0, "holdout_bought_within_30_days": seen.holdout.1,
            "lift": lift,
        },
    })
}

fn kinds(broken: &Broken) -> Map<String, Value> {
    BREAKAGES.iter().zip(broken).map(|((_, name), count)| (name.to_string(), json!(count))).collect()
}

fn table(summary: &TableSummary, broken: &Broken) -> Value {
    json!({
        "rows": summary.rows,
        "keys": summary.keys,
        "duplicates": summary.duplicates,
        "late": summary.late,
        "dirty": summary.dirty,
        "dirty_by_kind": kinds(broken),
    })
}

fn planted(tables: &[TableSummary], broken: &[Broken]) -> Value {
    let sum = |of: fn(&TableSummary) -> u64| tables.iter().map(of).sum::<u64>();
    let total: Broken = std::array::from_fn(|kind| broken.iter().map(|b| b[kind]).sum());
    json!({
        "dirty": sum(|t| t.dirty),
        "dirty_by_kind": kinds(&total),
        "duplicates": sum(|t| t.duplicates),
        "late": sum(|t| t.late),
    })
}
