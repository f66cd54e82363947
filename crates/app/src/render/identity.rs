//! Who is who: links, what people changed about them, and where names cannot be told apart.

use throughline_engine::identity::{Identity, IdentityConflict, IdentityLink, LinkChange, LinkList};

use super::instant::day;
use super::style::{Ink, Style};
use super::table::Table;
use super::text::{count, counted, wrap};

/// Aliases that a sentence names.
const NAMED: usize = 12;

/// Who a name is, ending with a line break.
pub fn one(identity: &Identity, zone: &str, style: &Style) -> String {
    let (name, id) = (&identity.name, &identity.customer_id);
    let others: Vec<&str> = identity.aliases.iter().map(String::as_str).filter(|alias| alias != id).collect();
    let mut text = if name == id { String::new() } else { format!("{name} belongs to {id}. ") };
    text.push_str(&match others.len() {
        0 => format!("{id} has no other name."),
        _ => format!("{id} is also known as {}.", some(&others)),
    });
    let mut lines = wrap(&text, style.width);
    if !identity.links.is_empty() {
        lines.push(String::new());
        lines.extend(table(&identity.links, zone).lines(0, style));
    }
    lines.join("\n") + "\n"
}

/// All links, ending with a line break.
pub fn all(list: &LinkList, zone: &str, style: &Style) -> String {
    let links: u64 = list.totals.iter().map(|total| total.links).sum();
    let counting: u64 = list.totals.iter().map(|total| total.counting).sum();
    if links == 0 {
        return "Nothing is linked: every name stands for itself.\n".to_owned();
    }
    let mut lines = wrap(&format!("{}, of which {} count.", counted(links, "link"), count(counting)), style.width);
    let mut totals = Table::new().text("reason").text("told by").number("links").number("count");
    for total in &list.totals {
        let reason = total.reason.clone().unwrap_or_else(|| "–".to_owned());
        totals.row([reason, told_by(total.stated).to_owned(), count(total.links), count(total.counting)]);
    }
    lines.push(String::new());
    lines.extend(totals.lines(0, style));
    lines.push(String::new());
    lines.extend(table(&list.links, zone).lines(0, style));
    if list.more {
        let note =
            format!("Only the first {} links; --limit N shows more, NAME those of one customer.", list.links.len());
        lines.push(style.paint(Ink::Quiet, &note));
    }
    lines.join("\n") + "\n"
}

/// What `link` did.
pub fn linked(change: &LinkChange, style: &Style) -> String {
    let mut text = match &change.after {
        Some(link) if link.customer_id != change.customer_id => {
            format!("{} belongs to {} now, through {}.", change.alias, change.customer_id, link.customer_id)
        }
        _ => format!("{} belongs to {} now.", change.alias, change.customer_id),
    };
    if let Some(before) = &change.before {
        text.push_str(&format!(" Before, it belonged to {} ({}).", before.customer_id, reason(before)));
    }
    text.push_str(&format!(" `throughline identity unlink {}` undoes it.", change.alias));
    wrap(&text, style.width).join("\n") + "\n"
}

/// What `unlink` did.
pub fn unlinked(change: &LinkChange, style: &Style) -> String {
    let mut text = match &change.before {
        Some(before) => {
            format!("{} no longer belongs to {} ({}).", change.alias, before.customer_id, reason(before))
        }
        None => String::new(),
    };
    text.push_str(&match &change.after {
        Some(after) => format!(" It belongs to {} now ({}).", change.customer_id, reason(after)),
        None => " It stands for itself now.".to_owned(),
    });
    wrap(&text, style.width).join("\n") + "\n"
}

/// Where names cannot be told apart.
pub fn conflicts(conflicts: &[IdentityConflict], style: &Style) -> String {
    if conflicts.is_empty() {
        return "No conflict: no shared device or address, and no circle of links.\n".to_owned();
    }
    let text = format!(
        "{} in which names cannot be told apart; nothing is linked for them. `throughline identity link` decides.",
        counted(u64::try_from(conflicts.len()).unwrap_or(u64::MAX), "place")
    );
    let mut lines = wrap(&text, style.width);
    let mut table = Table::new().text("what").text("where").text("names");
    for conflict in conflicts {
        table.row([conflict.kind.replace('_', " "), conflict.subject.clone(), conflict.names.clone()]);
    }
    lines.push(String::new());
    lines.extend(table.lines(0, style));
    lines.join("\n") + "\n"
}

/// A name and why it is the customer's: `V1 (purchase, since 2026-03-14)`.
pub fn with_reason(link: &IdentityLink, zone: &str) -> String {
    match since(link, zone) {
        Some(since) => format!("{} ({}, since {since})", link.alias, reason(link)),
        None => format!("{} ({})", link.alias, reason(link)),
    }
}

/// The first names, and how many more there are.
pub fn some<T: AsRef<str>>(names: &[T]) -> String {
    let listed: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    match names.len() - listed.len() {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}

fn table(links: &[IdentityLink], zone: &str) -> Table {
    let mut table = Table::new().text("alias").text("belongs to").text("reason").number("sure").text("since");
    table = table.text("until").optional().text("told by").text("").optional().text("who").optional();
    table = table.text("why").optional();
    for link in links {
        table.row([
            link.alias.clone(),
            link.customer_id.clone(),
            reason(link),
            format!("{}", link.confidence),
            since(link, zone).unwrap_or_else(|| "always".to_owned()),
            link.until.map_or(String::new(), |until| day(until, zone)),
            link.source.clone().unwrap_or_else(|| told_by(link.stated).to_owned()),
            if link.counts { String::new() } else { "does not count".to_owned() },
            link.who.clone().unwrap_or_default(),
            link.note.clone().unwrap_or_default(),
        ]);
    }
    table
}

fn since(link: &IdentityLink, zone: &str) -> Option<String> {
    // A link that always held is dated to the beginning of time.
    link.since.filter(|since| *since > jiff::Timestamp::UNIX_EPOCH).map(|since| day(since, zone))
}

fn reason(link: &IdentityLink) -> String {
    link.reason.clone().unwrap_or_else(|| "no reason given".to_owned())
}

fn told_by(stated: bool) -> &'static str {
    if stated { "stated" } else { "found in the data" }
}
