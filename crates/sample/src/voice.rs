//! What customers say: answers about tickets and orders, recommendations, reviews, expectations, trust.

use crate::clock::{DAY, HOUR, MINUTE};
use crate::customer::Customer;
use crate::customer_life::Experience;
use crate::ordering::Order;
use crate::run::Scene;
use crate::support::{Solved, Ticket};
use crate::survey::{Survey, write};
use crate::text;

fn next_id(customer: &mut Customer) -> String {
    customer.counters.feedback += 1;
    format!("F{:08}-{:03}", u64::from(customer.slot) + 1, customer.counters.feedback)
}

/// Satisfaction and effort after a ticket was solved.
pub(crate) fn about_ticket(
    scene: &mut Scene<'_>,
    customer: &mut Customer,
    ticket: &Ticket<'_>,
    satisfied: bool,
    at: i64,
) {
    let asked = at + HOUR;
    let dice = &mut customer.dice.voice;
    // Who had an experience out of the ordinary answers more often; given that, the answer itself plays no part.
    let answers = dice.chance(if ticket.solved == Solved::Fair { 0.30 } else { 0.40 });
    let delay = 2 * MINUTE + dice.exponential(9.0 * HOUR as f64) as i64;
    let strong = dice.chance(if satisfied { 0.62 } else { 0.4 });
    let score = match (satisfied, strong) {
        (true, true) => 5,
        (true, false) => 4,
        (false, true) => 1,
        (false, false) => 2 + i64::from(dice.chance(0.5)),
    };
    let comment = dice.chance(0.35);
    let words = text::ticket_opinion(dice, satisfied, ticket.wait_hours(), customer.german);
    let asks_effort = dice.chance(0.3);
    let effort =
        5.2 + 1.1 * f64::from(satisfied) - 1.2 * f64::from(ticket.solved == Solved::Badly) + 1.2 * dice.normal();
    let answers_effort = dice.chance(0.3);
    let answered_at = answers.then_some(asked + delay);
    if asked < scene.world.clock.end() {
        scene.seen.csat_asked += 1;
    }
    if answered_at.is_some_and(|at| at < scene.world.clock.end()) {
        scene.seen.csat_answered += 1;
        scene.seen.csat_satisfied += u64::from(satisfied);
    }
    let language = customer.language();
    let mut survey = Survey {
        id: next_id(customer),
        reference: ticket.reference,
        instrument: "csat",
        asked_at: Some(asked),
        answered_at,
        score,
        scale: Some((1, 5)),
        text: if comment { words } else { String::new() },
        language,
        channel: "email",
        about: "ticket",
        about_id: &ticket.id,
        question: "",
    };
    write(scene.files, &survey);
    if asks_effort {
        survey.id = next_id(customer);
        survey.instrument = "ces";
        survey.score = (effort.round() as i64 - 1).clamp(1, 7);
        survey.scale = Some((1, 7));
        survey.text = String::new();
        survey.answered_at = answers_effort.then_some(asked + delay + 30);
        write(scene.files, &survey);
    }
}

/// Everything that is asked and said about an order.
pub(crate) fn about_order(scene: &mut Scene<'_>, customer: &mut Customer, order: &Order, experience: Experience) {
    let Some(delivered) = order.delivered_at else { return };
    let effect = scene.world.parameters.voice;
    let mood = effect.late_delivery * f64::from(experience.late)
        + match experience.solved {
            Some(Solved::Well) => effect.solved_well,
            Some(Solved::Badly) => effect.solved_badly,
            Some(Solved::Fair) | None => 0.0,
        };
    expectation(scene, customer, order);
    review(scene, customer, order, experience, mood, delivered);
    recommendation(scene, customer, mood, delivered);
    trust(scene, customer, mood, delivered);
    suggestion(scene, customer, delivered);
}

fn expectation(scene: &mut Scene<'_>, customer: &mut Customer, order: &Order) {
    let dice = &mut customer.dice.voice;
    let (asked, answers) = (dice.chance(0.06), dice.chance(0.4));
    let delay = dice.seconds(5 * MINUTE, 14 * HOUR);
    let score = (3.9 + 0.8 * dice.normal()).round().clamp(1.0, 5.0) as i64;
    if asked && order.promise.is_some() {
        let at = order.at + 10 * MINUTE;
        let id = next_id(customer);
        write(
            scene.files,
            &Survey {
                id,
                reference: &customer.id,
                instrument: "expectation",
                asked_at: Some(at),
                answered_at: answers.then_some(at + delay),
                score,
                scale: Some((1, 5)),
                text: String::new(),
                language: customer.language(),
                channel: "web",
                about: "order",
                about_id: &order.id,
                question: "",
            },
        );
    }
}

fn review(
    scene: &mut Scene<'_>,
    customer: &mut Customer,
    order: &Order,
    experience: Experience,
    mood: f64,
    delivered: i64,
) {
    let dice = &mut customer.dice.voice;
    let writes = dice.chance(if mood < -0.5 { 0.17 } else { 0.10 });
    let at = delivered + dice.seconds(6 * HOUR, 15 * DAY);
    let score = (4.55 + 0.9 * mood + 0.95 * dice.normal()).round().clamp(1.0, 5.0) as i64;
    let words = text::review(dice, score, experience, customer.german);
    if writes {
        let id = next_id(customer);
        write(
            scene.files,
            &Survey {
                id,
                reference: &customer.id,
                instrument: "review",
                asked_at: None,
                answered_at: Some(at),
                score,
                scale: Some((1, 5)),
                text: words,
                language: customer.language(),
                channel: "web",
                about: "order",
                about_id: &order.id,
                question: "",
            },
        );
    }
}

fn recommendation(scene: &mut Scene<'_>, customer: &mut Customer, mood: f64, delivered: i64) {
    let dice = &mut customer.dice.voice;
    let (asked, answers) = (dice.chance(0.35), dice.chance(0.27));
    let at = delivered + 20 * DAY;
    let delay = 5 * MINUTE + dice.exponential(20.0 * HOUR as f64) as i64;
    let score = (8.55 + 1.2 * mood + 1.9 * dice.normal()).round().clamp(0.0, 10.0) as i64;
    let comment = dice.chance(0.4);
    let words = text::recommendation(dice, score, customer.german);
    if !asked {
        return;
    }
    let answered_at = answers.then_some(at + delay);
    if answered_at.is_some_and(|at| at < scene.world.clock.end()) {
        scene.seen.nps_answered += 1;
        scene.seen.nps_promoters += u64::from(score >= 9);
        scene.seen.nps_detractors += u64::from(score <= 6);
    }
    let id = next_id(customer);
    write(
        scene.files,
        &Survey {
            id,
            reference: &customer.id,
            instrument: "nps",
            asked_at: Some(at),
            answered_at,
            score,
            scale: Some((0, 10)),
            text: if comment { words } else { String::new() },
            language: customer.language(),
            channel: "email",
            about: "company",
            about_id: "",
            question: "",
        },
    );
}

fn trust(scene: &mut Scene<'_>, customer: &mut Customer, mood: f64, delivered: i64) {
    let dice = &mut customer.dice.voice;
    let (asked, answers) = (dice.chance(0.05), dice.chance(0.3));
    let delay = dice.seconds(5 * MINUTE, 3 * DAY);
    let score = (4.0 + 0.4 * mood + 0.8 * dice.normal()).round().clamp(1.0, 5.0) as i64;
    if asked {
        let at = delivered + 35 * DAY;
        let id = next_id(customer);
        write(
            scene.files,
            &Survey {
                id,
                reference: &customer.id,
                instrument: "trust",
                asked_at: Some(at),
                answered_at: answers.then_some(at + delay),
                score,
                scale: Some((1, 5)),
                text: String::new(),
                language: customer.language(),
                channel: "email",
                about: "company",
                about_id: "",
                question: "",
            },
        );
    }
}

fn suggestion(scene: &mut Scene<'_>, customer: &mut Customer, delivered: i64) {
    let dice = &mut customer.dice.voice;
    let writes = dice.chance(0.012);
    let at = delivered + dice.seconds(DAY, 30 * DAY);
    let words = text::suggestion(dice, customer.german);
    if writes {
        let id = next_id(customer);
        write(
            scene.files,
            &Survey {
                id,
                reference: &customer.id,
                instrument: "open",
                asked_at: None,
                answered_at: Some(at),
                score: 0,
                scale: None,
                text: words.to_string(),
                language: customer.language(),
                channel: "web",
                about: "company",
                about_id: "",
                question: "",
            },
        );
    }
}
