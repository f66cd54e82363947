//! What people write, in English and German: put together from parts, so that hardly two texts are alike,
//! yet each belongs to the topic it was written about.

mod opinions;
mod problems;
mod reviews;
mod service;

pub(crate) use opinions::{recommendation, suggestion, ticket_opinion};
pub(crate) use problems::problem;
pub(crate) use reviews::review;
pub(crate) use service::{answer, bot, complaint, reply};

use crate::dice::Dice;

/// Joins parts with spaces, leaving out empty ones.
fn join(parts: &[&str]) -> String {
    let mut out = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(part);
    }
    out
}

/// One of the parts, or none.
fn perhaps<'a>(dice: &mut Dice, probability: f64, parts: &[&'a str]) -> &'a str {
    let part = dice.pick(parts);
    if dice.chance(probability) { part } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer_life::Experience;
    use crate::needs::{Need, PAIRING};
    use std::collections::BTreeSet;

    #[test]
    fn every_topic_has_words_of_its_own() {
        let needs = [Need::Delivery, Need::Return, Need::Technical, Need::Usage, Need::Billing, Need::Information];
        let topics = needs.iter().flat_map(|n| n.topics().iter().copied()).chain([PAIRING.topic]);
        let mut seen = BTreeSet::new();
        for topic in topics {
            let mut dice = Dice::of_company(1, 77);
            for german in [false, true] {
                let words = problem(&mut dice, topic, german, None, None);
                assert!(words.len() > 20 && !words.contains('{'), "{words}");
                assert!(seen.insert(words), "{topic}");
            }
        }
    }

    #[test]
    fn texts_are_varied() {
        let mut dice = Dice::of_company(1, 78);
        let texts: BTreeSet<String> =
            (0..300).map(|_| problem(&mut dice, "pairing", false, Some("Brise Kettle"), Some("O1"))).collect();
        assert!(texts.len() > 200, "{}", texts.len());
        let texts: BTreeSet<String> = (0..300).map(|_| review(&mut dice, 5, Experience::default(), false)).collect();
        assert!(texts.len() > 120, "{}", texts.len());
    }

    #[test]
    fn a_late_delivery_is_complained_about() {
        let mut dice = Dice::of_company(1, 79);
        let late = Experience { late: true, ..Experience::default() };
        let about_lateness = (0..200)
            .filter(|_| {
                let words = review(&mut dice, 2, late, false).to_lowercase();
                ["late", "days", "wait", "promised"].iter().any(|word| words.contains(word))
            })
            .count();
        assert!(about_lateness > 120, "{about_lateness}");
    }
}
