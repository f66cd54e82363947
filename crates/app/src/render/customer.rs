//! One customer's time line: when, stage, what happened, over which channel, about what.

use std::collections::BTreeMap;

use throughline_engine::customer::{TimeLine, Touchpoint};
use throughline_model::definitions::Definitions;
use throughline_model::unit::Unit;

use super::identity::{some, with_reason};
use super::instant::minute;
use super::style::{Ink, Style};
use super::table::Table;
use super::text::{count, wrap};

/// The whole answer, ending with a line break.
pub fn time_line(line: &TimeLine, definitions: &Definitions, style: &Style) -> String {
    let settings = &definitions.settings;
    let mut lines = wrap(&sentence(line, &settings.zone), style.width);
    let names: Vec<String> =
        line.links.iter().filter(|l| l.alias != line.customer_id).map(|l| with_reason(l, &settings.zone)).collect();
    if !names.is_empty() {
        let aliases = format!("Also known as {}.", some(&names));
        lines.extend(wrap(&aliases, style.width).iter().map(|line| style.paint(Ink::Quiet, line)));
    }
    let stages: BTreeMap<&str, &str> =
        definitions.journey.stages.iter().map(|s| (s.id.as_str(), s.name.as_str())).collect();
    let mut table = Table::new().text("when").text("stage").text("what").text("channel").number("amount").optional();
    table = table.number("score").optional().text("about").optional();
    for touch in &line.touchpoints {
        table.row([
            minute(touch.at, &settings.zone),
            touch.stage.as_deref().map_or("–", |id| stages.get(id).copied().unwrap_or(id)).to_owned(),
            touch.kind.replace('_', " "),
            touch.channel.clone().unwrap_or_default(),
            touch.amount.map_or(String::new(), |amount| Unit::Money.format(amount, &settings.currency)),
            touch.score.map_or(String::new(), |score| Unit::Number.format(score, "")),
            about(touch),
        ]);
    }
    lines.push(String::new());
    lines.extend(table.lines(0, style));
    let note = format!("Times are those of {}.", settings.zone);
    lines.push(style.paint(Ink::Quiet, &note));
    lines.join("\n") + "\n"
}

fn sentence(line: &TimeLine, zone: &str) -> String {
    let (Some(first), Some(last)) = (line.touchpoints.first(), line.touchpoints.last()) else {
        return format!("Customer {} is known and has no touchpoint.", line.customer_id);
    };
    let orders = line.touchpoints.iter().filter(|touch| touch.table == "orders").count();
    let word = if line.touchpoints.len() == 1 { "touchpoint" } else { "touchpoints" };
    format!(
        "Customer {} has {} {word} from {} to {}, {} of them from orders.",
        line.customer_id,
        count(u64::try_from(line.touchpoints.len()).unwrap_or(u64::MAX)),
        minute(first.at, zone),
        minute(last.at, zone),
        count(u64::try_from(orders).unwrap_or(u64::MAX)),
    )
}

fn about(touch: &Touchpoint) -> String {
    let named = [
        ("order", &touch.order_id),
        ("ticket", &touch.ticket_id),
        ("campaign", &touch.campaign),
        ("product", &touch.product_id),
    ];
    let mut parts: Vec<String> =
        named.into_iter().filter_map(|(what, id)| Some(format!("{what} {}", id.as_deref()?))).collect();
    parts.extend(touch.content.clone());
    parts.join(" · ")
}
