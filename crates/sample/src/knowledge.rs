//! The knowledge base: which article answers which topic, since when, and how well it is kept.

use crate::clock::{Clock, DAY, HOUR};
use crate::dice::Dice;
use crate::files::Files;
use crate::needs::Need;
use crate::table::Version;

/// Topics with their titles, and the month of the window in which the first article appears
/// (negative: it was there before).
const ARTICLES: [(&str, &str, i32); 24] = [
    ("where_is_my_order", "Track your parcel", -8),
    ("damaged_parcel", "What to do when a parcel arrives damaged", 5),
    ("wrong_address", "Change the address of an order", -6),
    ("return_label", "Send something back", -9),
    ("refund_missing", "When will I get my money back?", 3),
    ("exchange", "Exchange instead of return", 11),
    ("leaking", "The machine leaks: five checks", 4),
    ("not_heating", "The kettle does not heat", 13),
    ("grinder_jam", "Free a jammed grinder", -3),
    ("descaling", "Descale an espresso machine", -9),
    ("first_use", "Before the first cup", -5),
    ("seasoning_a_pan", "Season an iron pan", 8),
    ("invoice_copy", "Download your invoice", -7),
    ("charged_twice", "Why a payment shows twice", 10),
    ("voucher_code", "Use a voucher", -4),
    ("sizes", "Which size fits my hob?", 2),
    ("spare_parts", "Find spare parts", 7),
    ("availability", "Back in stock: how alerts work", 14),
    ("pairing", "Connect the kettle with the app", 20),
    ("descaling", "Descaling by water hardness", 9),
    ("leaking", "Change the gasket", 12),
    ("return_label", "Returns from Switzerland and Britain", 6),
    ("first_use", "First use of a grinder", 1),
    ("where_is_my_order", "Why delivery takes longer to islands and valleys", 10),
];

/// One article.
pub(crate) struct Article {
    pub(crate) id: String,
    pub(crate) topic: &'static str,
    title: &'static str,
    written_at: i64,
    updated_at: Option<i64>,
    reviews: Vec<i64>,
    author: usize,
}

/// All articles.
pub(crate) struct Knowledge {
    pub(crate) articles: Vec<Article>,
}

impl Knowledge {
    pub(crate) fn new(seed: u64, clock: &Clock) -> Knowledge {
        let mut dice = Dice::of_company(seed, 2);
        let articles = ARTICLES
            .iter()
            .enumerate()
            .map(|(at, &(topic, title, month))| {
                let base = if month < 0 {
                    clock.start() + i64::from(month) * 30 * DAY
                } else {
                    clock.month_start(month as u32)
                };
                let written_at = base + 9 * HOUR + dice.seconds(0, 20 * DAY);
                let updated_at = dice.chance(0.5).then(|| written_at + dice.seconds(60 * DAY, 400 * DAY));
                let reviews = reviews(&mut dice, written_at.max(clock.start()), clock.end());
                let id = format!("KB{:03}", at + 1);
                Article { id, topic, title, written_at, updated_at, reviews, author: dice.below(4) }
            })
            .collect();
        Knowledge { articles }
    }

    /// The article a customer finds on a topic at an instant.
    pub(crate) fn find(&self, topic: &str, at: i64, dice: &mut Dice) -> Option<&Article> {
        let draw = dice.uniform();
        let found = |a: &&Article| a.topic == topic && a.written_at <= at;
        let count = self.articles.iter().filter(found).count();
        self.articles.iter().filter(found).nth((draw * count as f64) as usize)
    }

    /// Writes `articles`: as written, then again after each change or review.
    pub(crate) fn write(&self, files: &mut Files, start: i64) {
        for article in &self.articles {
            let mut changes: Vec<i64> = article.reviews.clone();
            changes.extend(article.updated_at);
            changes.sort_unstable();
            article.row(files, article.written_at, start.max(article.written_at), Version::First);
            for at in changes.into_iter().filter(|at| *at > start && *at > article.written_at) {
                article.row(files, at, at, Version::Later);
            }
        }
    }
}

impl Article {
    /// The article as it stood at `known`.
    fn row(&self, files: &mut Files, known: i64, recorded: i64, version: Version) {
        files
            .articles
            .row()
            .text(&self.id)
            .text(self.title)
            .text(self.topic)
            .text(&format!("S{:05}", 9_001 + self.author))
            .instant(self.written_at)
            .instant_if(self.updated_at.filter(|at| *at <= known))
            .instant_if(self.reviews.iter().copied().rfind(|at| *at <= known))
            .end(recorded, 0, version);
    }
}

/// Some articles are checked every few months, others never again.
fn reviews(dice: &mut Dice, from: i64, until: i64) -> Vec<i64> {
    let mut all = Vec::new();
    let every = dice.pick(&[&120_i64, &200, &330, &900]) * DAY;
    let mut at = from + dice.seconds(every / 2, every);
    while at < until {
        all.push(at);
        at += dice.seconds(every * 3 / 4, every * 5 / 4);
    }
    all
}

/// The topics of a need that an article could answer; used by texts and tests alike.
pub(crate) fn topic_of(need: Need, dice: &mut Dice) -> &'static str {
    dice.pick(need.topics())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    #[test]
    fn an_article_is_found_only_once_it_is_written() {
        let clock = Clock::new(date(2024, 7, 1), 24, TimeZone::UTC).unwrap();
        let knowledge = Knowledge::new(1, &clock);
        let mut dice = Dice::of_company(1, 9);
        assert!(knowledge.find("pairing", clock.month_start(19), &mut dice).is_none());
        assert!(knowledge.find("pairing", clock.month_start(21), &mut dice).is_some());
        assert!(knowledge.find("descaling", clock.start(), &mut dice).is_some());
    }

    #[test]
    fn every_topic_of_every_need_has_an_article_in_the_end() {
        let needs = [Need::Delivery, Need::Return, Need::Technical, Need::Usage, Need::Billing, Need::Information];
        for topic in needs.iter().flat_map(|need| need.topics()) {
            assert!(ARTICLES.iter().any(|a| a.0 == *topic), "{topic}");
        }
    }
}
