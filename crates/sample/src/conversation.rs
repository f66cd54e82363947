//! The conversation of a ticket: who wrote what when, and the rows that the help desk exports.

use crate::clock::{DAY, HOUR, MINUTE};
use crate::dice::Dice;
use crate::run::Scene;
use crate::support::{Solved, Ticket};
use crate::table::Version;
use crate::text;

/// Service levels in hours: first answer, solution.
const STANDARD: (i64, i64) = (8, 72);
const PRIORITY: (i64, i64) = (4, 24);

/// What has been written of a ticket so far.
struct Log<'a, 't> {
    ticket: &'a Ticket<'t>,
    agent: usize,
    events: u32,
    reopens: i64,
    handoffs: i64,
    /// Working seconds between later messages and answers; depends on the channel.
    pace: f64,
}

/// One event in the making.
#[derive(Default)]
struct Event<'a> {
    kind: &'static str,
    actor: &'a str,
    handle_seconds: Option<i64>,
    article: &'a str,
    text: &'a str,
}

/// Writes the ticket and its events. Returns when it was last solved, if it was.
pub(crate) fn write(scene: &mut Scene<'_>, dice: &mut Dice, ticket: &Ticket<'_>) -> Option<i64> {
    let fast = matches!(ticket.channel, "chat" | "phone");
    let pace = if fast { 180.0 } else { 4_200.0 };
    let mut log = Log { ticket, agent: ticket.agent, events: 0, reopens: 0, handoffs: 0, pace };
    if ticket.opened_at < scene.world.clock.end() {
        scene.seen.tickets += 1;
    }
    row(scene, &log, None, ticket.opened_at, Version::First);
    opening(scene, dice, &mut log);
    let solved_at = match ticket.solved {
        Solved::Well => {
            let answers = 1 + usize::from(dice.chance(0.3));
            let at = answers_until(scene, dice, &mut log, answers);
            Some(solve(scene, dice, &mut log, at))
        }
        Solved::Fair => {
            let answers = 3 + dice.geometric(0.35, 2);
            let at = answers_until(scene, dice, &mut log, answers);
            Some(solve(scene, dice, &mut log, at))
        }
        Solved::Badly => badly(scene, dice, &mut log),
    };
    if let Some(at) = solved_at {
        event(scene, &mut log, at + 4 * DAY, Event { kind: "closed", actor: "system", ..Event::default() });
        row(scene, &log, Some(at), at, Version::Later);
        quality_review(scene, dice, ticket, at);
    }
    solved_at
}

fn opening(scene: &mut Scene<'_>, dice: &mut Dice, log: &mut Log<'_, '_>) {
    let ticket = log.ticket;
    let product = ticket.product.map(|at| scene.world.assortment.products[at].name.as_str());
    let order = ticket.order.map(|order| order.id.as_str());
    let words = text::problem(dice, ticket.concern.topic, ticket.german, product, order);
    message(scene, log, ticket.opened_at, &words);
    let bot = matches!(ticket.channel, "chat" | "web_form") && dice.chance(0.5);
    if bot {
        let words = text::bot(ticket.german);
        event(
            scene,
            log,
            ticket.opened_at + 15,
            Event { kind: "bot_answer", actor: "bot", text: words, ..Event::default() },
        );
    }
    assign(scene, dice, log, ticket.first_answer_at - ticket.opened_at);
}

/// Assigns the ticket; one in ten goes to someone else first, who hands it on to the agent who answers.
fn assign(scene: &mut Scene<'_>, dice: &mut Dice, log: &mut Log<'_, '_>, wait: i64) {
    let ticket = log.ticket;
    let assigned = ticket.opened_at + wait / 10 + 1;
    let other = scene.world.team.agent_on(scene.world.clock.day_of(ticket.opened_at), dice);
    let hands_on = dice.chance(0.11) && wait > 40 * MINUTE && other != ticket.agent;
    log.agent = if hands_on { other } else { ticket.agent };
    event(scene, log, assigned, Event { kind: "assigned", actor: "system", ..Event::default() });
    if hands_on {
        log.handoffs += 1;
        let actor = scene.world.team.people[other].id.as_str();
        let text = "Passed on, please see the order history.";
        event(scene, log, assigned + wait / 4, Event { kind: "note", actor, text, ..Event::default() });
        log.agent = ticket.agent;
        event(scene, log, assigned + wait / 3, Event { kind: "assigned", actor, ..Event::default() });
    }
}

/// Answers with the customer's replies between them; returns the time of the last answer.
fn answers_until(scene: &mut Scene<'_>, dice: &mut Dice, log: &mut Log<'_, '_>, answers: usize) -> i64 {
    let mut at = log.ticket.first_answer_at;
    for number in 0..answers {
        if number > 0 {
            let reply = at + 60 + dice.exponential(log.pace * 3.0) as i64;
            let words = text::reply(dice, log.ticket.german);
            message(scene, log, reply, words);
            let wait = 90 + dice.exponential(log.pace * 1.5) as i64;
            at = scene.world.clock.after_working(reply, wait);
        }
        answer(scene, dice, log, at, number + 1 == answers);
    }
    at
}

fn answer(scene: &mut Scene<'_>, dice: &mut Dice, log: &mut Log<'_, '_>, at: i64, last: bool) {
    let ticket = log.ticket;
    let effect = scene.world.parameters.wait.log_handling_trained * f64::from(ticket.trained);
    let seconds = ((330.0_f64).ln() + 0.6 * dice.normal() + effect).exp().clamp(30.0, 7_200.0);
    let words = text::answer(dice, ticket.concern.topic, ticket.german, last);
    let linked = dice.chance(if ticket.trained { 0.45 } else { 0.25 });
    let article = scene.world.knowledge.find(ticket.concern.topic, at, dice).filter(|_| linked);
    let actor = scene.world.team.people[log.agent].id.as_str();
    let article = article.map_or("", |article| article.id.as_str());
    let handle_seconds = Some(seconds as i64);
    event(scene, log, at, Event { kind: "public_answer", actor, handle_seconds, article, text: &words });
    if !last && dice.chance(0.3) {
        event(scene, log, at + 1, Event { kind: "pending", actor, ..Event::default() });
    }
}

fn solve(scene: &mut Scene<'_>, dice: &mut Dice, log: &mut Log<'_, '_>, at: i64) -> i64 {
    let at = at + 5 + dice.exponential(log.pace * 0.5) as i64;
    let actor = scene.world.team.people[log.agent].id.as_str();
    event(scene, log, at, Event { kind: "solved", actor, ..Event::default() });
    at
}

/// Reopened once solved, or never solved at all.
fn badly(scene: &mut Scene<'_>, dice: &mut Dice, log: &mut Log<'_, '_>) -> Option<i64> {
    let (answers, never_solved, given_up) = (1 + dice.below(3), dice.chance(0.12), dice.chance(0.15));
    let at = answers_until(scene, dice, log, answers);
    if never_solved {
        return None;
    }
    let solved = solve(scene, dice, log, at);
    let back = solved + dice.seconds(20 * MINUTE, 60 * HOUR);
    let words = text::complaint(dice, log.ticket.german);
    message(scene, log, back, words);
    if back < scene.world.clock.end() {
        log.reopens += 1;
    }
    event(scene, log, back + 1, Event { kind: "reopened", actor: "system", ..Event::default() });
    if given_up {
        return None;
    }
    let again = scene.world.clock.after_working(back, HOUR + dice.exponential(log.pace * 4.0) as i64);
    answer(scene, dice, log, again, true);
    Some(solve(scene, dice, log, again))
}

fn message(scene: &mut Scene<'_>, log: &mut Log<'_, '_>, at: i64, words: &str) {
    let actor = log.ticket.reference;
    event(scene, log, at, Event { kind: "customer_message", actor, text: words, ..Event::default() });
}

fn event(scene: &mut Scene<'_>, log: &mut Log<'_, '_>, at: i64, event: Event<'_>) {
    log.events += 1;
    let assignee = match event.kind {
        "customer_message" | "bot_answer" => "",
        _ => scene.world.team.people[log.agent].id.as_str(),
    };
    scene
        .files
        .ticket_events
        .row()
        .text(&log.ticket.id)
        .text(&log.events.to_string())
        .instant(at)
        .text(event.kind)
        .text(event.actor)
        .text(assignee)
        .text("support")
        .text(log.ticket.channel)
        .integer_if(event.handle_seconds)
        .text(event.article)
        .text(event.text)
        .end(at, 30, Version::Only);
}

/// The ticket as it stood when it was opened, or when it was last solved.
fn row(scene: &mut Scene<'_>, log: &Log<'_, '_>, solved_at: Option<i64>, known: i64, version: Version) {
    let ticket = log.ticket;
    let (first, solution) = if ticket.high_priority { PRIORITY } else { STANDARD };
    let (first_due, solution_due) = (ticket.opened_at + first * HOUR, ticket.opened_at + solution * HOUR);
    let product = ticket.product.map_or("", |at| scene.world.assortment.products[at].id.as_str());
    let row = scene
        .files
        .tickets
        .row()
        .text(&ticket.id)
        .text(ticket.reference)
        .instant(ticket.opened_at)
        .text(ticket.channel)
        .text(ticket.concern.need.category())
        .text(ticket.concern.need.name())
        .text(if ticket.high_priority { "high" } else { "normal" })
        .text(product)
        .text(ticket.order.map_or("", |order| order.id.as_str()))
        .text("support")
        .text(if ticket.high_priority { "priority" } else { "standard" })
        .instant(first_due)
        .instant(solution_due);
    let row = match solved_at {
        Some(at) => row.flag(ticket.first_answer_at > first_due || at > solution_due),
        None => row.skip(1),
    };
    row.integer(if solved_at.is_some() { log.reopens } else { 0 })
        .integer(if solved_at.is_some() { log.handoffs } else { 0 })
        .end(known, MINUTE, version);
}

/// One ticket in ten is graded.
fn quality_review(scene: &mut Scene<'_>, dice: &mut Dice, ticket: &Ticket<'_>, solved_at: i64) {
    let (graded, slip) = (dice.chance(0.10), dice.chance(0.02));
    let at = solved_at + dice.seconds(DAY, 6 * DAY);
    let effect = scene.world.parameters.outcome.quality_trained * f64::from(ticket.trained);
    let outcome = match ticket.solved {
        Solved::Well => 0.5,
        Solved::Fair => 0.0,
        Solved::Badly => -0.9,
    };
    let grades = ["tone", "solution", "completeness"]
        .map(|category| (category, (3.6 + effect + outcome + 0.8 * dice.normal()).round().clamp(1.0, 5.0) as i64));
    if !graded {
        return;
    }
    let reviewer = scene.world.team.people[0].id.as_str();
    let mut grade = |category: &str, chosen, min, max, weight, critical| {
        let row = scene.files.quality_reviews.row().text(&format!("Q{}", &ticket.id[1..])).text(&ticket.id);
        row.instant(at)
            .text(category)
            .integer(chosen)
            .integer(min)
            .integer(max)
            .integer(weight)
            .flag(critical)
            .text(reviewer)
            .end(at, HOUR, Version::Only);
    };
    for (category, chosen) in grades {
        grade(category, chosen, 1, 5, if category == "solution" { 2 } else { 1 }, false);
    }
    grade("data protection", i64::from(!slip), 0, 1, 1, true);
}
