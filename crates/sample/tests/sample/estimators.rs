//! Simple estimators of the effects, from the files alone.

use std::collections::{BTreeMap, HashMap};

use crate::reading::{Company, Order, mean, orders_by_customer, second, share};

/// E[logistic(logit(p) + shift)] over p ~ Beta(a, b), by the midpoint rule on the quantile-free density.
pub(crate) fn leaving(company: &Company, shift: f64) -> f64 {
    let at = |name: &str| company.truth(&format!("/parameters/purchase/{name}"));
    let (a, b) = (at("a"), at("b"));
    let steps = 200_000;
    let (mut total, mut weight) = (0.0, 0.0);
    for step in 0..steps {
        let p = (f64::from(step) + 0.5) / f64::from(steps);
        let density = p.powf(a - 1.0) * (1.0 - p).powf(b - 1.0);
        let odds = p / (1.0 - p) * shift.exp();
        total += density * odds / (1.0 + odds);
        weight += density;
    }
    total / weight
}

/// First orders of the first year, with whether the customer ever came back.
fn first_orders(company: &Company) -> Vec<(String, Order, bool)> {
    let until = second("2025-07-01T00:00:00Z");
    orders_by_customer(company)
        .into_iter()
        .filter(|(_, orders)| orders[0].at < until)
        .map(|(customer, orders)| (customer, orders[0].clone(), orders.len() > 1))
        .collect()
}

/// Share that comes back after a late first order, over that after one in time.
pub(crate) fn late_ratio(company: &Company) -> f64 {
    let orders = first_orders(company);
    let back = |late: bool| share(orders.iter().filter(|(_, o, _)| o.late == late).map(|(_, _, back)| *back));
    back(true) / back(false)
}

/// Outcome of every ticket about an order, read from its events.
fn outcomes(company: &Company) -> BTreeMap<String, &'static str> {
    let tickets = company.current("tickets", &["ticket_id"]);
    let order_of: HashMap<&str, &str> =
        tickets.rows.iter().map(|row| (tickets.get(row, "ticket_id"), tickets.get(row, "order_id"))).collect();
    let events = company.rows("ticket_events");
    let mut seen: BTreeMap<&str, (u32, bool, bool)> = BTreeMap::new();
    for row in &events.rows {
        let state = seen.entry(events.get(row, "ticket_id")).or_default();
        match events.get(row, "kind") {
            "public_answer" => state.0 += 1,
            "solved" => state.1 = true,
            "reopened" => state.2 = true,
            _ => {}
        }
    }
    let outcome = |(answers, solved, reopened): (u32, bool, bool)| match (solved && !reopened, answers) {
        (false, _) => "badly",
        (true, ..=2) => "well",
        (true, _) => "fair",
    };
    seen.into_iter()
        .filter(|(ticket, _)| !order_of[ticket].is_empty())
        .map(|(ticket, state)| (order_of[ticket].to_string(), outcome(state)))
        .collect()
}

/// Ticket → hours to the first answer by a person.
fn waits(company: &Company) -> BTreeMap<String, f64> {
    let tickets = company.current("tickets", &["ticket_id"]);
    let opened: HashMap<&str, i64> = tickets
        .rows
        .iter()
        .map(|row| (tickets.get(row, "ticket_id"), tickets.instant(row, "opened_at").unwrap()))
        .collect();
    let events = company.rows("ticket_events");
    let mut first: BTreeMap<String, f64> = BTreeMap::new();
    for row in events.rows.iter().filter(|row| events.get(row, "kind") == "public_answer") {
        let id = events.get(row, "ticket_id");
        let hours = (events.instant(row, "at").unwrap() - opened[id]) as f64 / 3600.0;
        let wait = first.entry(id.to_string()).or_insert(hours);
        *wait = wait.min(hours);
    }
    first
}

/// Answers about tickets: (ticket, score).
fn csat(company: &Company) -> Vec<(String, f64)> {
    let feedback = company.current("feedback", &["feedback_id"]);
    feedback
        .rows
        .iter()
        .filter(|row| feedback.get(row, "instrument") == "csat" && !feedback.get(row, "answered_at").is_empty())
        .map(|row| (feedback.get(row, "about_id").to_string(), feedback.number(row, "score")))
        .collect()
}

/// Slope of a logistic regression with one regressor, by Newton's method.
fn logistic_slope(points: &[(f64, bool)]) -> f64 {
    let (mut intercept, mut slope) = (0.0, 0.0);
    for _ in 0..25 {
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (x, y) in points {
            let p = 1.0 / (1.0 + f64::exp(-(intercept + slope * x)));
            let (residual, weight) = (f64::from(*y) - p, p * (1.0 - p));
            g0 += residual;
            g1 += residual * x;
            h00 += weight;
            h01 += weight * x;
            h11 += weight * x * x;
        }
        let determinant = h00 * h11 - h01 * h01;
        intercept += (h11 * g0 - h01 * g1) / determinant;
        slope += (h00 * g1 - h01 * g0) / determinant;
    }
    slope
}

/// Differences of the logs of handling and waiting between agents of the pilot and others, in the months
/// between the pilot and the strained winter, for tickets opened on weekday mornings.
pub(crate) fn training_effects(company: &Company) -> (f64, f64) {
    let activity = company.rows("staff_activity");
    let pilot: Vec<&str> = activity
        .rows
        .iter()
        .filter(|row| {
            activity.get(row, "kind") == "training"
                && activity.get(row, "skill") == "answering_well"
                && activity.get(row, "at").starts_with("2025-04")
        })
        .map(|row| activity.get(row, "staff_id"))
        .collect();
    let (from, until) = (second("2025-05-01T00:00:00Z"), second("2025-11-01T00:00:00Z"));
    let tickets = company.current("tickets", &["ticket_id"]);
    let morning: HashMap<&str, bool> = tickets
        .rows
        .iter()
        .filter(|row| (from..until).contains(&tickets.instant(row, "opened_at").unwrap()))
        .map(|row| {
            let at: jiff::Timestamp = tickets.get(row, "opened_at").parse().unwrap();
            let local = at.in_tz("Europe/Berlin").unwrap();
            let written = matches!(tickets.get(row, "channel"), "email" | "web_form");
            let weekday = local.weekday().to_monday_zero_offset() < 5;
            (tickets.get(row, "ticket_id"), written && weekday && (8..14).contains(&local.hour()))
        })
        .collect();
    let waits = waits(company);
    let events = company.rows("ticket_events");
    let mut handling = [Vec::new(), Vec::new()];
    let mut waiting: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for row in events.rows.iter().filter(|row| events.get(row, "kind") == "public_answer") {
        let ticket = events.get(row, "ticket_id");
        let Some(in_morning) = morning.get(ticket) else { continue };
        let trained = usize::from(pilot.contains(&events.get(row, "actor")));
        handling[trained].push(events.number(row, "handle_seconds").ln());
        if *in_morning {
            waiting.insert(ticket, (trained, waits[ticket].ln()));
        }
    }
    let wait = |group: usize| {
        mean(&waiting.values().filter(|(trained, _)| *trained == group).map(|(_, wait)| *wait).collect::<Vec<_>>())
    };
    (mean(&handling[1]) - mean(&handling[0]), wait(1) - wait(0))
}

/// Share of customers who come back after a first order with a problem solved badly, over well.
pub(crate) fn badly_over_well(company: &Company) -> f64 {
    let outcomes = outcomes(company);
    let orders = first_orders(company);
    let back = |wanted: &str| {
        let with = |id: &str| outcomes.get(id).is_some_and(|outcome| *outcome == wanted);
        share(orders.iter().filter(|(_, order, _)| with(&order.id)).map(|(_, _, back)| *back))
    };
    back("badly") / back("well")
}

/// Slope of the log odds of an answer of 4 or 5 on ln(1 + hours waited).
pub(crate) fn wait_slope(company: &Company) -> f64 {
    let waits = waits(company);
    let points: Vec<(f64, bool)> =
        csat(company).iter().map(|(ticket, score)| (waits[ticket].ln_1p(), *score >= 4.0)).collect();
    logistic_slope(&points)
}

/// Share that orders again after an order with a ticket answered 4 or 5, over 1 to 3.
pub(crate) fn satisfied_over_not(company: &Company) -> f64 {
    let tickets = company.current("tickets", &["ticket_id"]);
    let order_of: HashMap<&str, &str> =
        tickets.rows.iter().map(|row| (tickets.get(row, "ticket_id"), tickets.get(row, "order_id"))).collect();
    let score: HashMap<String, f64> =
        csat(company).into_iter().map(|(ticket, score)| (order_of[ticket.as_str()].to_string(), score)).collect();
    let end = second("2026-01-01T00:00:00Z");
    let mut groups = [Vec::new(), Vec::new()];
    for orders in orders_by_customer(company).values() {
        for (at, order) in orders.iter().enumerate().filter(|(_, order)| order.at < end) {
            if let Some(score) = score.get(&order.id) {
                groups[usize::from(*score >= 4.0)].push(at + 1 < orders.len());
            }
        }
    }
    let [without, with] = groups;
    share(with) / share(without)
}

/// Late deliveries and second orders of remote regions, each over that of the others.
pub(crate) fn remote_over_near(company: &Company) -> (f64, f64) {
    let customers = company.current("customers", &["customer_ref"]);
    let remote: HashMap<&str, bool> = customers
        .rows
        .iter()
        .map(|row| (customers.get(row, "customer_ref"), matches!(customers.get(row, "region"), "alpine" | "britain")))
        .collect();
    let orders = first_orders(company);
    let of = |far: bool| orders.iter().filter(|(id, _, _)| remote[id.as_str()] == far).collect::<Vec<_>>();
    let (far, near) = (of(true), of(false));
    let late = share(far.iter().map(|o| o.1.late)) / share(near.iter().map(|o| o.1.late));
    let back = share(far.iter().map(|o| o.2)) / share(near.iter().map(|o| o.2));
    (late, back)
}

/// Share with an order within 30 days: with the voucher less without, and without.
pub(crate) fn campaign_lift(company: &Company) -> (f64, f64) {
    let orders = orders_by_customer(company);
    let sent = second("2025-10-07T07:00:00Z");
    let exposures = company.rows("exposures");
    let mut arms: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
    for row in &exposures.rows {
        assert_eq!(exposures.instant(row, "at").unwrap(), sent);
        let bought = orders[exposures.get(row, "customer_ref")]
            .iter()
            .any(|order| (sent..sent + 30 * 86_400).contains(&order.at));
        arms.entry(exposures.get(row, "arm")).or_default().push(bought);
    }
    let rate = |arm: &str| share(arms[arm].iter().copied());
    let held = arms["holdout"].len() as f64 / (arms["holdout"].len() + arms["voucher"].len()) as f64;
    assert!((held - 0.3).abs() < 0.015, "{held}");
    (rate("voucher") - rate("holdout"), rate("holdout"))
}

/// Share of article views after which the same customer opens no ticket within three days.
pub(crate) fn settled_by_articles(company: &Company) -> f64 {
    let identities = company.rows("identities");
    let known: HashMap<&str, &str> =
        identities.rows.iter().map(|row| (identities.get(row, "alias"), identities.get(row, "customer_id"))).collect();
    let resolve = |name: &str| known.get(name).copied().unwrap_or(name).to_string();
    let tickets = company.current("tickets", &["ticket_id"]);
    let mut opened: HashMap<String, Vec<i64>> = HashMap::new();
    for row in &tickets.rows {
        let at = tickets.instant(row, "opened_at").unwrap();
        opened.entry(resolve(tickets.get(row, "customer_ref"))).or_default().push(at);
    }
    let interactions = company.rows_with("interactions", "kind", "article_viewed");
    share(interactions.rows.iter().map(|row| {
        let at = interactions.instant(row, "occurred_at").unwrap();
        let times = opened.get(&resolve(interactions.get(row, "customer_ref")));
        !times.is_some_and(|times| times.iter().any(|opened| (at..at + 3 * 86_400).contains(opened)))
    }))
}

/// Share of customers whom another one brought; each must have been there before.
pub(crate) fn referred_share(company: &Company) -> f64 {
    let customers = company.current("customers", &["customer_ref"]);
    let first_seen: HashMap<&str, i64> = customers
        .rows
        .iter()
        .map(|row| (customers.get(row, "customer_ref"), customers.instant(row, "first_seen_at").unwrap()))
        .collect();
    share(customers.rows.iter().filter(|row| customers.get(row, "known") == "true").map(|row| {
        let by = customers.get(row, "referred_by");
        let channel = customers.get(row, "acquisition_channel");
        assert_eq!(by.is_empty(), channel != "referral");
        assert!(by.is_empty() || first_seen[by] < customers.instant(row, "first_seen_at").unwrap());
        !by.is_empty()
    }))
}
