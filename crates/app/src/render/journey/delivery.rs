//! Deliveries: promised against actual, and what follows.

use throughline_engine::{DeliveryAnswer, GroupAnswer};
use throughline_journey::{Delivery, DeliveryClass, Emotion, Promise, Share};
use throughline_stats::newcombe;

use super::{bar, elapsed, interval, nothing, quiet, tenths, time};
use crate::render::style::Style;
use crate::render::table::Table;
use crate::render::text::{count, counted, wrap};

const BAR: usize = 12;

/// The whole answer, ending with a line break.
pub fn page(found: &DeliveryAnswer, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return format!("{reason}\n");
    }
    let groups: Vec<&GroupAnswer<Delivery>> = found.groups.iter().filter(|group| group.answer.orders > 0).collect();
    let lines = match (groups.as_slice(), &found.about.scope.by) {
        ([], _) => wrap(&none(found), style.width),
        ([only], None) => whole(found, &only.answer, style),
        (groups, by) => by_group(groups, by.as_deref().unwrap_or_default(), style),
    };
    lines.join("\n") + "\n"
}

fn none(found: &DeliveryAnswer) -> String {
    let without: u64 = found.groups.iter().map(|group| group.answer.without_promise).sum();
    match (without, found.knows_deliveries) {
        (0, _) => {
            "No order that counts was placed by the customers and in the time asked for, so nothing was promised."
                .to_owned()
        }
        (orders, known) => {
            let but = if known { "" } else { ", and no delivery either" };
            format!(
                "None of {} that count has a promise{but}: bring in orders.promised_on or orders.promised_at with orders.delivered_at.",
                counted(orders, "order")
            )
        }
    }
}

fn sentence(found: &Delivery) -> String {
    let kept = tenths(found.kept.share);
    let late = found.kept.n - found.kept.count;
    let by = if late > 0 {
        format!("; the late ones by {} at the median", time(found.late_by.median))
    } else {
        String::new()
    };
    match found.kept.n {
        0 => format!("None of {} with a promise is known to be delivered.", counted(found.orders, "order")),
        n => format!(
            "Of {} with a promise {kept} came in time (95 % interval {}){by}.",
            counted(n, "delivered order"),
            interval(&found.kept)
        ),
    }
}

fn whole(found: &DeliveryAnswer, delivery: &Delivery, style: &Style) -> Vec<String> {
    let mut lines = wrap(&sentence(delivery), style.width);
    lines.extend(wrap(&apart(found, delivery), style.width));
    lines.push(String::new());
    lines.extend(classes(found, delivery, style));
    lines.push(String::new());
    lines.extend(facts(delivery));
    lines.push(String::new());
    lines.extend(quiet(&legend(found), style));
    lines
}

/// What late customers did against those served in time, in words.
fn apart(found: &DeliveryAnswer, delivery: &Delivery) -> String {
    let of = |promise: Promise, share: fn(&DeliveryClass) -> Share| {
        let classes = delivery.classes.iter().filter(|class| class.promise == promise);
        let (yes, n) = classes.map(share).fold((0, 0), |sum, share| (sum.0 + share.count, sum.1 + share.n));
        Share::of(yes, n)
    };
    let told = |what: &str, share: fn(&DeliveryClass) -> Share| {
        let (late, kept) = (of(Promise::Late, share), of(Promise::Kept, share));
        let difference = newcombe((late.count, late.n), (kept.count, kept.n))?;
        let [value, low, high] =
            [difference.estimate, difference.interval.low, difference.interval.high].map(|part| signed(part * 100.0));
        let shown = if difference.interval.low > 0.0 || difference.interval.high < 0.0 { "" } else { ", none shown" };
        Some(format!(
            "{} of the late {what}, {} of those in time ({value} points, {low} to {high}{shown})",
            tenths(late.share),
            tenths(kept.share)
        ))
    };
    let tickets = found.knows_tickets.then(|| told("led to a ticket", |class| class.ticket)).flatten();
    let again = told("were followed by another order", |class| class.ordered_again);
    let parts: Vec<String> = tickets.into_iter().chain(again).collect();
    match parts.as_slice() {
        [] => String::new(),
        parts => format!("{}. That describes and is no proof of a cause.", parts.join("; ")),
    }
}

fn classes(found: &DeliveryAnswer, delivery: &Delivery, style: &Style) -> Vec<String> {
    let days = |micros: i64| format!("{} d", micros / 86_400_000_000);
    let decided: u64 = delivery.classes.iter().map(|class| class.orders).sum();
    let most = delivery.classes.iter().map(|class| class.orders).max().unwrap_or(0).max(1);
    let mut table = Table::new().text("delivered").number("orders").number("share").text("");
    table = table.number(&format!("ticket, {}", days(found.request.horizon))).optional();
    table = table.number("score").number("n").number(&format!("again, {}", days(found.request.again))).number("n");
    for class in delivery.classes.iter().filter(|class| class.orders > 0) {
        table.row([
            class.name.clone(),
            count(class.orders),
            tenths(Share::of(class.orders, decided).share),
            bar(Some(class.orders as f64 / most as f64), BAR),
            if found.knows_tickets { tenths(class.ticket.share) } else { String::new() },
            emotion(&class.emotion),
            count(class.emotion.n),
            tenths(class.ordered_again.share),
            count(class.ordered_again.n),
        ]);
    }
    table.lines(0, style)
}

/// A mean score with its sign and half the width of its interval: `+1.2 ±0.1`.
fn emotion(emotion: &Emotion) -> String {
    let half = emotion.interval.map(|interval| format!(" ±{:.1}", (interval.high - interval.low) / 2.0));
    emotion.mean.map_or("–".to_owned(), |mean| format!("{}{}", signed(mean), half.unwrap_or_default()))
}

/// A number with its sign, one decimal; what rounds to zero has none.
pub fn signed(number: f64) -> String {
    match format!("{:.1}", number.abs()) {
        text if text == "0.0" => "0.0".to_owned(),
        text if number < 0.0 => format!("−{text}"),
        text => format!("+{text}"),
    }
}

fn facts(delivery: &Delivery) -> Vec<String> {
    let mut facts = vec![format!("late by         {}  (n {})", elapsed(&delivery.late_by), count(delivery.late_by.n))];
    facts.push(format!(
        "overdue         {}, for {}",
        counted(delivery.overdue, "order"),
        elapsed(&delivery.overdue_by)
    ));
    if delivery.overdue == 0 {
        facts.pop();
    }
    facts.push(format!("still open      {}", counted(delivery.open, "order")));
    facts.push(format!("without promise {}", counted(delivery.without_promise, "order")));
    facts
}

fn by_group(groups: &[&GroupAnswer<Delivery>], by: &str, style: &Style) -> Vec<String> {
    let mut table = Table::new().text(by).number("orders").number("in time").text("").text("95 % interval");
    table = table.text("late by").number("overdue").number("open").number("no promise");
    for group in groups {
        let one = &group.answer;
        table.row([
            group.group.clone(),
            count(one.orders),
            tenths(one.kept.share),
            bar(one.kept.share, BAR),
            interval(&one.kept),
            time(one.late_by.median),
            count(one.overdue),
            count(one.open),
            count(one.without_promise),
        ]);
    }
    let (kept, n) =
        groups.iter().fold((0, 0), |sum, group| (sum.0 + group.answer.kept.count, sum.1 + group.answer.kept.n));
    let all = Share::of(kept, n);
    let lead = format!("Of {} with a promise {} came in time.", counted(n, "delivered order"), tenths(all.share));
    let mut lines = wrap(&lead, style.width);
    lines.push(String::new());
    lines.extend(table.lines(0, style));
    lines.push(String::new());
    lines.extend(quiet("late by: median of the late ones. What follows stands in --json, by lateness.", style));
    lines
}

fn legend(found: &DeliveryAnswer) -> String {
    let days = |micros: i64| counted((micros / 86_400_000_000).unsigned_abs(), "day");
    let ticket = match found.knows_tickets {
        true => format!("ticket, a ticket about this order or none within {}; ", days(found.request.horizon)),
        false => "no ticket is known at all; ".to_owned(),
    };
    format!(
        "What follows counts from the delivery, or from the end of the promise where it was broken: {ticket}score, the \
         first answer within {}, brought to −2 to +2, with its 95 % interval (from {} on); again, another order within \
         {}, of orders that are so old. A promise given as a day is kept until its end. --json has every interval.",
        days(found.request.horizon),
        counted(found.request.minimum_scores, "score"),
        days(found.request.again),
    )
}
