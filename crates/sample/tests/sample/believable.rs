//! Magnitudes of the company as it comes by default: a scorecard over it should look like a real one's.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use throughline_sample::Options;

use crate::reading::{Company, company, share};

fn in_range(name: &str, value: f64, from: f64, until: f64) {
    assert!((from..=until).contains(&value), "{name}: {value} is not within {from} to {until}");
}

#[test]
fn the_default_company_is_believable() {
    let company = company(&Options::default());
    in_range("touchpoints", company.summary.touchpoints as f64, 0.9e6, 1.4e6);
    in_range("repeat rate", company.truth("/realised/repeat_rate"), 0.30, 0.40);
    in_range("on time", company.truth("/realised/on_time_rate"), 0.90, 0.94);
    in_range("csat", company.truth("/realised/csat/rate"), 0.76, 0.84);
    in_range("nps", company.truth("/realised/nps/nps"), 22.0, 38.0);
    let orders = company.truth("/realised/orders");
    in_range("orders with a ticket", company.truth("/realised/orders_with_ticket") / orders, 0.06, 0.10);
    in_range("conversion", orders / company.truth("/realised/sessions"), 0.03, 0.07);
    in_range("cancelled", company.truth("/realised/orders_cancelled") / orders, 0.01, 0.03);
    in_range("agents", company.truth("/story/agents"), 20.0, 20.0);
    in_range("broken rows", company.truth("/planted/dirty"), 100.0, 600.0);
    answers(&company);
    kinds(&company);
    brand(&company);
}

/// First answers: about two hours, slower in the second winter, faster after the trainings.
fn answers(company: &Company) {
    let tickets = company.rows("tickets");
    let opened: BTreeMap<&str, i64> = tickets
        .rows
        .iter()
        .filter_map(|row| {
            let at: jiff::Timestamp = tickets.get(row, "opened_at").parse().ok()?;
            Some((tickets.get(row, "ticket_id"), at.as_second()))
        })
        .collect();
    let events = company.rows("ticket_events");
    let mut first: BTreeMap<&str, i64> = BTreeMap::new();
    for row in events.rows.iter().filter(|row| events.get(row, "kind") == "public_answer") {
        let Ok(at) = events.get(row, "at").parse::<jiff::Timestamp>() else { continue };
        let first = first.entry(events.get(row, "ticket_id")).or_insert(i64::MAX);
        *first = at.as_second().min(*first);
    }
    let median = |from: &str, until: &str| {
        let (from, until) = (crate::reading::second(from), crate::reading::second(until));
        let mut waits: Vec<i64> = first
            .iter()
            .filter_map(|(id, at)| opened.get(id).map(|opened| (*opened, at - opened)))
            .filter(|(opened, _)| (from..until).contains(opened))
            .map(|(_, wait)| wait)
            .collect();
        waits.sort_unstable();
        waits[waits.len() / 2] as f64 / 3600.0
    };
    in_range("median first answer", median("2024-07-01T00:00:00Z", "2026-06-30T00:00:00Z"), 1.3, 3.0);
    let before = median("2025-05-01T00:00:00Z", "2025-11-01T00:00:00Z");
    let winter = median("2025-11-01T00:00:00Z", "2026-03-01T00:00:00Z");
    let after = median("2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z");
    assert!(winter > 1.3 * before && after < winter / 1.4, "{before} {winter} {after}");
}

fn kinds(company: &Company) {
    let interactions = company.rows("interactions");
    let kinds: BTreeSet<&str> = interactions.column("kind").into_iter().filter(|k| !k.is_empty()).collect();
    let expected = [
        "advertisement",
        "article_viewed",
        "cart_added",
        "cart_removed",
        "case_study_read",
        "category_viewed",
        "chat_started",
        "checkout_started",
        "comparison_viewed",
        "direct_visit",
        "email_opened",
        "newsletter_signup",
        "product_viewed",
        "question_asked",
        "referral",
        "referral_visit",
        "reviews_read",
        "search_visit",
        "share",
        "site_search",
        "social_visit",
        "testimonial_read",
        "wishlist_added",
    ];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), expected);
    let orders = company.rows("orders");
    let ordered: HashSet<&str> = orders.column("session_id").into_iter().collect();
    let carts: BTreeSet<&str> = interactions
        .rows
        .iter()
        .filter(|row| interactions.get(row, "kind") == "cart_added")
        .map(|row| interactions.get(row, "session_id"))
        .collect();
    in_range("abandonment", share(carts.iter().map(|session| !ordered.contains(session))), 0.60, 0.75);
    let feedback = company.rows("feedback");
    let instruments: BTreeSet<&str> = feedback.column("instrument").into_iter().filter(|i| !i.is_empty()).collect();
    assert_eq!(
        instruments.into_iter().collect::<Vec<_>>(),
        ["brand", "ces", "csat", "expectation", "nps", "open", "review", "trust"]
    );
    let activity = company.rows("staff_activity");
    assert_eq!(activity.column("kind").into_iter().collect::<BTreeSet<_>>().len(), 7);
}

fn brand(company: &Company) {
    let feedback = company.rows("feedback");
    let named = |question: &str| {
        share(
            feedback
                .rows
                .iter()
                .filter(|row| feedback.get(row, "question") == question && !feedback.get(row, "score").is_empty())
                .map(|row| feedback.get(row, "score") == "1"),
        )
    };
    in_range("unaided", named("unaided"), 0.05, 0.09);
    in_range("aided", named("aided"), 0.28, 0.38);
}
