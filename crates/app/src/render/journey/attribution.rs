//! Attribution: channels by rules, in orders and in money.

use throughline_engine::{AttributionAnswer, PathsAnswer};
use throughline_journey::{Attribution, ChannelCredit, Credit};
use throughline_model::unit::Unit;

use super::{nothing, quiet, tenths, time};
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::text::{count, counted, wrap};

/// Ten-thousandths of the workspace's currency.
const MONEY: f64 = 10_000.0;
/// Columns of the bars.
const BAR: usize = 18;
const CAUTION: &str = "Rules, not causes: each is a way of sharing out what was bought, and none says what a channel \
                       brought about. Only an experiment does.";

/// What the money of an answer is, and what its conversions are called.
struct Words<'a> {
    conversion: &'a str,
    money: &'a dyn Fn(f64) -> String,
    has_value: bool,
}

/// The answer from journeys, ending with a line break.
pub fn page(found: &AttributionAnswer, currency: &str, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return format!("{reason}\n");
    }
    let money = |value: f64| Unit::Money.format(value / MONEY, currency);
    let words = Words { conversion: "order", money: &money, has_value: true };
    let window = found
        .request
        .window
        .map_or("since the order before".to_owned(), |window| format!("within {} before", time(Some(window as f64))));
    if found.groups.iter().all(|group| group.answer.channels.is_empty()) {
        return super::sentence(&unseen(found), style);
    }
    let mut lines = Vec::new();
    for group in &found.groups {
        if let Some(by) = &found.about.scope.by {
            lines.push(style.paint(Ink::Strong, &format!("{by} {}", group.group)));
        }
        lines.extend(wrap(&sentence(&group.answer, &window, &words), style.width));
        lines.extend(tables(&group.answer, &words, style));
        lines.push(String::new());
    }
    lines.extend(wrap(CAUTION, style.width));
    let half_life = time(Some(found.request.half_life as f64));
    lines.extend(quiet(&legend(&half_life), style));
    lines.join("\n") + "\n"
}

/// The answer from a file of paths, ending with a line break.
pub fn paths_page(found: &PathsAnswer, style: &Style) -> String {
    let money = |value: f64| Unit::Number.format(value / found.unit, "");
    let words = Words { conversion: "conversion", money: &money, has_value: found.has_value };
    let lead = format!("{}: ", counted(found.rows, "path"));
    let mut lines = wrap(&(lead + &sentence(&found.attribution, "in the path", &words)), style.width);
    lines.extend(tables(&found.attribution, &words, style));
    lines.push(String::new());
    lines.extend(wrap(CAUTION, style.width));
    let text = format!("{} There is no time decay: paths in a file have no times.", legend(""));
    lines.extend(quiet(&text, style));
    lines.join("\n") + "\n"
}

/// Why there is nothing to share out, or nobody to share it among.
fn unseen(found: &AttributionAnswer) -> String {
    let orders: u64 = found.groups.iter().map(|group| group.answer.conversions).sum();
    match orders {
        0 => "No order that counts and no visit over a known channel is among what was asked for: there is nothing to \
              share out."
            .to_owned(),
        orders => format!(
            "Before none of {} a visit over a known channel was seen: attribution needs interactions with a channel.",
            counted(orders, "order")
        ),
    }
}

fn sentence(found: &Attribution, window: &str, words: &Words<'_>) -> String {
    if found.conversions == 0 {
        let ended = counted(found.ended, "path");
        return format!("There is no {} to share out; {ended} ended without one.", words.conversion);
    }
    let seen = found.conversions - found.without_path;
    let share = tenths(Some(seen as f64 / found.conversions as f64));
    let value = if words.has_value { format!(" worth {}", (words.money)(found.value as f64)) } else { String::new() };
    let first = by_linear(found).first().map_or(String::new(), |top| {
        let whole = seen.max(1) as f64;
        let of = |credit: Credit| tenths(Some(credit.conversions / whole));
        format!(
            " In equal parts, {} gets most of these: {} of them, {} as the first and {} as the last touch.",
            top.channel,
            of(top.linear),
            of(top.first),
            of(top.last)
        )
    });
    format!(
        "{}{value}; a channel was seen {window} for {share} of them.{first}",
        counted(found.conversions, words.conversion)
    )
}

fn by_linear(found: &Attribution) -> Vec<&ChannelCredit> {
    let mut channels: Vec<&ChannelCredit> = found.channels.iter().collect();
    channels.sort_by(|a, b| b.linear.conversions.total_cmp(&a.linear.conversions).then(a.channel.cmp(&b.channel)));
    channels
}

/// What a channel gets by each rule, in the order of the columns.
fn rules(one: &ChannelCredit) -> [Option<Credit>; 6] {
    [Some(one.first), Some(one.last), Some(one.linear), Some(one.position), one.time_decay, one.markov]
}

fn tables(found: &Attribution, words: &Words<'_>, style: &Style) -> Vec<String> {
    if found.channels.is_empty() || found.conversions == 0 {
        return Vec::new();
    }
    let channels = by_linear(found);
    let all = channels.iter().flat_map(|one| rules(one)).flatten();
    let most = all.map(|credit| credit.conversions).fold(0.0, f64::max);
    let mut lines = vec![String::new()];
    let mut orders = columns(&format!("{}s", words.conversion)).text("least █ to most ░");
    for one in &channels {
        let cells = rules(one).map(|credit| credit.map_or(String::new(), |credit| conversions(credit.conversions)));
        orders.row(std::iter::once(one.channel.clone()).chain(cells).chain([span(one, most)]));
    }
    lines.extend(orders.lines(0, style));
    if words.has_value {
        lines.push(String::new());
        let mut value = columns("value").number("removal").optional();
        for one in &channels {
            let cells = rules(one).map(|credit| credit.map_or(String::new(), |credit| (words.money)(credit.value)));
            let removal = one.removal_effect.map_or(String::new(), |effect| tenths(Some(effect)));
            value.row(std::iter::once(one.channel.clone()).chain(cells).chain([removal]));
        }
        lines.extend(value.lines(0, style));
    }
    lines.push(String::new());
    lines.extend(quiet(&notes(found, words), style));
    lines
}

fn columns(what: &str) -> Table {
    let table = Table::new().text(what).number("first").number("last").number("linear").number("position");
    table.number("decay").optional().number("Markov").optional()
}

/// One decimal, since rules share orders out in parts.
fn conversions(number: f64) -> String {
    let tenths = (number * 10.0).round() as u64;
    format!("{}.{}", count(tenths / 10), tenths % 10)
}

/// What every rule gives, dark, and what only some give, light.
fn span(one: &ChannelCredit, most: f64) -> String {
    let own = || rules(one).into_iter().flatten().map(|credit| credit.conversions);
    let place = |number: f64| if most > 0.0 { (number / most * BAR as f64).round() as usize } else { 0 };
    let (least, greatest) = (place(own().fold(f64::INFINITY, f64::min)), place(own().fold(0.0, f64::max)));
    format!("{}{}", "█".repeat(least), "░".repeat(greatest.saturating_sub(least)))
}

fn notes(found: &Attribution, words: &Words<'_>) -> String {
    let mut notes = Vec::new();
    if found.without_path > 0 {
        let what = counted(found.without_path, words.conversion);
        notes.push(format!("{what} without a channel before: nobody gets them."));
    }
    if found.without_value > 0 {
        notes.push(format!("{} of unknown value count with none.", counted(found.without_value, words.conversion)));
    }
    let ended = counted(found.ended, "path");
    match found.conversion_probability {
        Some(share) => notes.push(format!(
            "{ended} ended without one; the Markov chain knows them, and converts with {} probability.",
            tenths(Some(share))
        )),
        None => notes.push(format!("{ended} ended without one; none converts, so there is no Markov chain.")),
    }
    notes.join(" ")
}

fn legend(half_life: &str) -> String {
    let decay = if half_life.is_empty() {
        String::new()
    } else {
        format!(" decay: a touch loses half its weight every {half_life} before the order.")
    };
    format!(
        "first, last: all to that touch. linear: equal parts. position: 40 % first, 40 % last, 20 % between.{decay} \
         Markov: in proportion to removal, the share of conversions a first-order chain loses when every visit of the \
         channel ends without one."
    )
}
