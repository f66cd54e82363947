//! Comments beside a score, and suggestions nobody asked for.

use crate::dice::Dice;

/// A comment beside an answer about a ticket.
pub(crate) fn ticket_opinion(dice: &mut Dice, satisfied: bool, wait_hours: f64, german: bool) -> String {
    let words = match (satisfied, german, wait_hours > 6.0) {
        (true, false, _) => dice.pick(&[
            "Quick and friendly.",
            "My problem was solved with the first answer.",
            "Very helpful, thank you!",
            "The agent knew the machine inside out.",
            "Good service, as always.",
            "Clear answer, no standard text.",
            "A real person who listens.",
            "The article she sent explained everything.",
        ]),
        (true, true, _) => {
            dice.pick(&["Schnell und freundlich.", "Sofort gelöst, danke!", "Sehr kompetent.", "Gerne wieder."])
        }
        (false, false, true) => dice.pick(&[
            "Took far too long until someone answered.",
            "I waited for a day for the first answer.",
            "Two days for one sentence.",
            "The wait was the worst part.",
            "Nobody reacts at the weekend.",
            "Much too slow.",
        ]),
        (false, false, false) => dice.pick(&[
            "The answer did not fit my question.",
            "Standard text, nothing solved.",
            "I had to explain everything twice.",
            "Friendly but no help.",
            "Still broken.",
            "I was passed from one to the next.",
        ]),
        (false, true, true) => dice.pick(&["Viel zu lange gewartet.", "Die Antwort kam erst nach Tagen."]),
        (false, true, false) => dice.pick(&["Standardtext, nichts gelöst.", "Ich musste alles zweimal erklären."]),
    };
    words.to_string()
}

/// A comment beside a recommendation of 0 to 10.
pub(crate) fn recommendation(dice: &mut Dice, score: i64, german: bool) -> String {
    let words = match (score, german) {
        (9.., false) => dice.pick(&[
            "I tell everyone about you.",
            "Lovely things and fast delivery.",
            "Best coffee gear I know.",
            "Never had a problem.",
            "Support that really helps.",
            "Fair prices, great quality.",
            "I have already brought two friends.",
        ]),
        (7..=8, false) => dice.pick(&[
            "Good, but shipping could be cheaper.",
            "Nice shop, the app needs work.",
            "Solid, a little pricey.",
            "More colours, please.",
            "Delivery times vary.",
        ]),
        (_, false) => dice.pick(&[
            "Late delivery and no apology.",
            "Support never solved my problem.",
            "Too expensive.",
            "The machine broke and I had to fight for a repair.",
            "The kettle app does not work.",
            "Returns are complicated.",
            "I waited for weeks for my refund.",
        ]),
        (9.., true) => dice.pick(&["Ich empfehle euch ständig weiter.", "Super Qualität.", "Immer zufrieden."]),
        (7..=8, true) => dice.pick(&["Gut, aber der Versand ist teuer.", "Schöner Laden, die App ist schwach."]),
        (_, true) => dice.pick(&["Zu spät geliefert.", "Der Kundendienst hat nicht geholfen.", "Zu teuer."]),
    };
    words.to_string()
}

/// Something a customer wishes for.
pub(crate) fn suggestion(dice: &mut Dice, german: bool) -> &'static str {
    if german {
        dice.pick(&[
            "Bitte weniger Plastik in der Verpackung.",
            "Ein Abo für Filter wäre schön.",
            "Die Lieferung sollte man auf einen Tag legen können.",
            "Bitte mehr Ersatzteile anbieten.",
        ])
    } else {
        dice.pick(&[
            "Please use less plastic in your packaging.",
            "A subscription for filters and descaler would be great.",
            "I would like to choose the day of delivery.",
            "Please sell more spare parts.",
            "A repair workshop in the store would be wonderful.",
            "Could you show stock levels of the stores?",
            "Opening hours of the chat in the evening, please.",
            "More videos about how to use the machines.",
            "Let me pay with points and card together.",
            "The kettle app should remember my temperatures.",
        ])
    }
}
