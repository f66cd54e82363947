//! Support: which needs arise, whether an article settles them, how long the answer takes, how it ends.

use crate::clock::{DAY, HOUR};
use crate::conversation;
use crate::customer::Customer;
use crate::dice::{Dice, logistic};
use crate::knowledge::topic_of;
use crate::needs::{Concern, Need, PAIRING, PAIRING_FROM_MONTH};
use crate::ordering::{Order, main_product};
use crate::run::Scene;
use crate::season::asking_second;
use crate::staff_activity::STRAIN_FROM_MONTH;
use crate::world::World;
use crate::{browsing, voice};

/// How a problem ended. It can be read from the ticket's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Solved {
    /// Solved with one or two answers, never reopened.
    Well,
    /// Solved with three answers or more, never reopened.
    Fair,
    /// Reopened, or never solved.
    Badly,
}

/// What a ticket did to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resolution {
    pub(crate) solved: Solved,
    pub(crate) satisfied: bool,
}

/// A ticket before its conversation is written.
pub(crate) struct Ticket<'a> {
    pub(crate) id: String,
    pub(crate) reference: &'a str,
    pub(crate) opened_at: i64,
    pub(crate) channel: &'static str,
    pub(crate) concern: Concern,
    pub(crate) high_priority: bool,
    pub(crate) order: Option<&'a Order>,
    pub(crate) product: Option<usize>,
    pub(crate) agent: usize,
    pub(crate) trained: bool,
    pub(crate) first_answer_at: i64,
    pub(crate) solved: Solved,
    pub(crate) german: bool,
}

impl Ticket<'_> {
    /// Hours from opening to the first answer by a person.
    pub(crate) fn wait_hours(&self) -> f64 {
        (self.first_answer_at - self.opened_at) as f64 / HOUR as f64
    }
}

/// Who asks about what.
struct Question<'a> {
    id: String,
    reference: &'a str,
    concern: Concern,
    at: i64,
    order: Option<&'a Order>,
    german: bool,
    impatience: f64,
}

/// Needs that follow an order; the resolution is that of the worst ticket.
pub(crate) fn about_order(scene: &mut Scene<'_>, customer: &mut Customer, order: &Order) -> Option<Resolution> {
    let mut worst: Option<Resolution> = None;
    for (concern, at) in needs(scene.world, customer, order) {
        let Some(resolution) = need(scene, customer, concern, at, Some(order)) else { continue };
        let rank = |solved: Solved| match solved {
            Solved::Well => 0,
            Solved::Fair => 1,
            Solved::Badly => 2,
        };
        if worst.is_none_or(|worst| rank(worst.solved) <= rank(resolution.solved)) {
            worst = Some(resolution);
        }
    }
    scene.seen.orders_with_ticket += u64::from(worst.is_some());
    worst
}

/// The same number of draws for every order.
fn needs(world: &World, customer: &mut Customer, order: &Order) -> Vec<(Concern, i64)> {
    let dice = &mut customer.dice.support;
    let delivered = order.delivered_at.unwrap_or(order.at + 5 * DAY);
    let online = order.is_online();
    let chances = [
        (
            Need::Delivery,
            if order.is_late() { 0.34 } else { 0.016 * f64::from(online) },
            delivered - 10 * HOUR,
            30 * HOUR,
        ),
        (Need::Return, if order.returned_at.is_some() { 0.45 } else { 0.0 }, delivered + DAY, 4 * DAY),
        (Need::Technical, 0.022, delivered + DAY, 25 * DAY),
        (Need::Usage, 0.016, delivered + HOUR, 9 * DAY),
        (Need::Billing, 0.011, order.at + HOUR, 12 * DAY),
        (Need::Information, 0.010, order.at + HOUR, 5 * DAY),
    ];
    let mut found = Vec::new();
    for (need, probability, from, spread) in chances {
        let arises = dice.chance(probability);
        let at = from + dice.seconds(0, spread);
        let topic = topic_of(need, dice);
        let pairs = dice.chance(0.45);
        let second = asking_second(dice);
        if arises && order.cancelled_at.is_none() {
            let pairing = need == Need::Technical && pairs && world.clock.month_of(at) >= PAIRING_FROM_MONTH;
            let at = world.clock.at(world.clock.day_of(at), second).max(order.at + HOUR);
            found.push((if pairing { PAIRING } else { Concern { need, topic } }, at));
        }
    }
    found
}

/// Questions of a customer-to-be.
pub(crate) fn before_first_order(scene: &mut Scene<'_>, customer: &mut Customer) {
    let dice = &mut customer.dice.support;
    let asks = dice.chance(0.08);
    let by_chat = dice.chance(0.6);
    let at = dice.seconds(customer.first_seen + 30, customer.known_at);
    let topic = topic_of(Need::Information, dice);
    if asks {
        browsing::asked(scene, customer, at, by_chat);
        let reference = customer.visitor.clone();
        let concern = Concern { need: Need::Information, topic };
        ask(scene, customer, &reference, concern, at, None);
    }
}

/// Needs of known customers that are about no order.
pub(crate) fn on_its_own(scene: &mut Scene<'_>, customer: &mut Customer) {
    let (from, until) = (customer.known_at + 2 * DAY, scene.world.clock.end());
    let dice = &mut customer.dice.support;
    let years = (until - from).max(0) as f64 / (365 * DAY) as f64;
    let count = dice.geometric(0.16 * years / (1.0 + 0.16 * years), 6);
    for _ in 0..count {
        let dice = &mut customer.dice.support;
        let day = scene.world.clock.day_of(dice.seconds(from, until.max(from + 1)));
        let at = scene.world.clock.at(day, asking_second(dice)).max(from);
        let need = [Need::Usage, Need::Information, Need::Billing, Need::Technical][dice.below(4)];
        let concern = Concern { need, topic: topic_of(need, dice) };
        self::need(scene, customer, concern, at, None);
    }
}

/// A few anonymous visitors ask as well.
pub(crate) fn of_visitor(scene: &mut Scene<'_>, dice: &mut Dice, name: &str, slot: u32, k: u64, at: i64) {
    if !dice.chance(0.003) {
        return;
    }
    let concern = Concern { need: Need::Information, topic: topic_of(Need::Information, dice) };
    let id = format!("T{:08}-v{k}", u64::from(slot) + 1);
    let question =
        Question { id, reference: name, concern, at, order: None, german: dice.chance(0.3), impatience: 0.0 };
    let ticket = open(scene.world, dice, question);
    conversation::write(scene, dice, &ticket);
}

/// A need: perhaps an article settles it, else a ticket is opened.
fn need(
    scene: &mut Scene<'_>,
    customer: &mut Customer,
    concern: Concern,
    at: i64,
    order: Option<&Order>,
) -> Option<Resolution> {
    let resources = &scene.world.parameters.resources;
    let dice = &mut customer.dice.support;
    let reads = dice.chance(resources.article_read);
    let settles = dice.chance(resources.article_solves);
    let delay = dice.seconds(10 * 60, 50 * 60);
    let article = scene.world.knowledge.find(concern.topic, at, dice).map(|a| a.id.as_str());
    if let (true, Some(article)) = (reads, article) {
        browsing::article_viewed(scene, customer, at, article);
        if at < scene.world.clock.end() {
            scene.seen.articles_read += 1;
            scene.seen.articles_settled += u64::from(settles);
        }
        if settles {
            return None;
        }
    }
    let reference = customer.id.clone();
    Some(ask(scene, customer, &reference, concern, at + delay, order))
}

fn ask(
    scene: &mut Scene<'_>,
    customer: &mut Customer,
    reference: &str,
    concern: Concern,
    at: i64,
    order: Option<&Order>,
) -> Resolution {
    customer.counters.tickets += 1;
    let question = Question {
        id: format!("T{:08}-{:02}", u64::from(customer.slot) + 1, customer.counters.tickets),
        reference,
        concern,
        at,
        order,
        german: customer.german,
        impatience: customer.impatience,
    };
    let impatience = question.impatience;
    let ticket = open(scene.world, &mut customer.dice.support, question);
    let satisfied = customer.dice.support.chance(logistic(satisfaction(scene.world, &ticket, impatience)));
    let solved_at = conversation::write(scene, &mut customer.dice.support, &ticket);
    if let Some(at) = solved_at {
        voice::about_ticket(scene, customer, &ticket, satisfied, at);
    }
    Resolution { solved: ticket.solved, satisfied }
}

/// Channel, agent, wait and outcome of a ticket.
fn open<'a>(world: &World, dice: &mut Dice, question: Question<'a>) -> Ticket<'a> {
    let wanted = dice.weighted(&[0.46, 0.24, 0.20, 0.10]);
    let phone_delay = dice.seconds(0, 3 * HOUR);
    let channel = match ["email", "web_form", "chat", "phone"][wanted] {
        "chat" if !world.clock.is_open(question.at) => "web_form",
        channel => channel,
    };
    // Nobody picks up at night: callers call when the desk is open.
    let opened_at = if channel == "phone" { world.clock.after_working(question.at, phone_delay) } else { question.at };
    let agent = world.team.agent_on(world.clock.day_of(opened_at), dice);
    let person = &world.team.people[agent];
    let trained = person.is_trained(opened_at);
    let high_priority = question.order.is_some_and(|order| order.value_eur > 120.0) || dice.chance(0.06);
    let wait = working_wait(world, dice, channel, high_priority, trained, person.skill, opened_at);
    let solved = outcome(world, dice, question.concern.need, trained, person.skill);
    let product = match question.order {
        Some(order) => main_product(order, dice),
        None => dice.chance(0.5).then(|| world.assortment.popular(dice)),
    };
    Ticket {
        id: question.id,
        reference: question.reference,
        opened_at,
        channel,
        concern: question.concern,
        high_priority,
        order: question.order,
        product,
        agent,
        trained,
        first_answer_at: world.clock.after_working(opened_at, wait.max(20)),
        solved,
        german: question.german,
    }
}

fn working_wait(
    world: &World,
    dice: &mut Dice,
    channel: &str,
    high_priority: bool,
    trained: bool,
    skill: f64,
    at: i64,
) -> i64 {
    let effect = &world.parameters.wait;
    let minutes = match channel {
        "chat" => effect.median_minutes_chat,
        "phone" => effect.median_minutes_phone,
        _ => effect.median_minutes_written,
    };
    let mut log_seconds = (minutes * 60.0).ln() + effect.sigma * dice.normal() - 0.5 * skill;
    if high_priority {
        log_seconds += effect.high_priority;
    }
    if trained {
        log_seconds += effect.trained;
    }
    if (STRAIN_FROM_MONTH..STRAIN_FROM_MONTH + 4).contains(&world.clock.month_of(at)) {
        log_seconds += effect.second_winter;
    }
    log_seconds.exp().min(20.0 * DAY as f64) as i64
}

fn outcome(world: &World, dice: &mut Dice, need: Need, trained: bool, skill: f64) -> Solved {
    let effect = &world.parameters.outcome;
    let training = f64::from(trained);
    let technical = f64::from(need == Need::Technical);
    let badly = effect.badly_intercept + effect.badly_technical * technical + effect.badly_trained * training;
    let well = effect.well_intercept + effect.well_trained * training;
    let (ends_badly, ends_well) = (dice.chance(logistic(badly - skill)), dice.chance(logistic(well + skill)));
    match (ends_badly, ends_well) {
        (true, _) => Solved::Badly,
        (false, true) => Solved::Well,
        (false, false) => Solved::Fair,
    }
}

/// Log odds of being satisfied with the ticket.
fn satisfaction(world: &World, ticket: &Ticket<'_>, impatience: f64) -> f64 {
    let effect = &world.parameters.csat;
    let outcome = match ticket.solved {
        Solved::Well => effect.solved_well,
        Solved::Badly => effect.solved_badly,
        Solved::Fair => 0.0,
    };
    effect.intercept
        + effect.log_wait_hours * ticket.wait_hours().ln_1p()
        + outcome
        + effect.trained * f64::from(ticket.trained)
        + effect.technical * f64::from(ticket.concern.need == Need::Technical)
        + effect.impatience * impatience
}
