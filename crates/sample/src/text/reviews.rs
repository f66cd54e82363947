//! Reviews of an order: what they praise or blame follows from the score and from what happened.

use super::{join, perhaps};
use crate::customer_life::Experience;
use crate::dice::Dice;
use crate::support::Solved;

const PRAISE: [&str; 12] = [
    "Great quality, feels solid.",
    "Makes wonderful coffee.",
    "Arrived quickly and well packed.",
    "Looks even better than in the pictures.",
    "Fair price for what you get.",
    "Easy to clean.",
    "Exactly what I was looking for.",
    "My second one, the first was a gift.",
    "Quiet and fast.",
    "The finish is beautiful.",
    "Delivery was a day early.",
    "Very good advice before I bought it.",
];
const MIDDLING: [&str; 8] = [
    "It is all right, nothing special.",
    "Good, but a bit expensive.",
    "Does what it should, the manual could be better.",
    "Nice, though smaller than I thought.",
    "Fine so far, the packaging was too much plastic.",
    "The colour is darker than on the page.",
    "Works, but it is louder than I expected.",
    "Okay for the price.",
];
const BLAME: [&str; 10] = [
    "Broke after two weeks.",
    "Much too expensive for this quality.",
    "The lid does not close properly.",
    "Scratched on arrival.",
    "Smells of plastic.",
    "The handle came loose.",
    "Not as described.",
    "The app is a joke.",
    "Far too loud.",
    "I would not buy it again.",
];
const OCCASION: [&str; 12] = [
    "Bought it for the office.",
    "A present for my mother.",
    "We have used it for a month now.",
    "Replaces one that lasted ten years.",
    "For two people it is big enough.",
    "In use every morning.",
    "Bought in the sale.",
    "A friend told me about it.",
    "First impression after a week.",
    "For our new flat.",
    "I compared five of them before.",
    "We are a household of five.",
];
const LATE: [&str; 6] = [
    "It came days after the promised date.",
    "Delivery was late and nobody told me.",
    "I had to wait far too long.",
    "Promised for Tuesday, here the week after.",
    "Late again, the carrier is hopeless.",
    "A birthday present that came days too late.",
];
const HELPED: [&str; 4] = [
    "There was a problem, but support solved it at once.",
    "Customer service was quick and friendly.",
    "They sent a replacement without fuss.",
    "Support deserves five stars.",
];
const NOT_HELPED: [&str; 4] = [
    "Support kept sending standard answers.",
    "I had to ask three times before anyone reacted.",
    "The ticket was closed although nothing was solved.",
    "Customer service is no help.",
];

const PRAISE_DE: [&str; 6] = [
    "Tolle Qualität, sehr wertig.",
    "Macht wunderbaren Kaffee.",
    "Schnell geliefert und gut verpackt.",
    "Genau was ich gesucht habe.",
    "Leicht zu reinigen.",
    "Sieht noch besser aus als auf den Bildern.",
];
const MIDDLING_DE: [&str; 4] =
    ["Ganz in Ordnung.", "Gut, aber etwas teuer.", "Kleiner als gedacht.", "Die Anleitung könnte besser sein."];
const BLAME_DE: [&str; 5] = [
    "Nach zwei Wochen kaputt.",
    "Zu teuer für diese Qualität.",
    "Der Deckel schließt nicht richtig.",
    "Nicht wie beschrieben.",
    "Viel zu laut.",
];
const OCCASION_DE: [&str; 5] = [
    "Für das Büro gekauft.",
    "Ein Geschenk für meine Mutter.",
    "Seit einem Monat im Einsatz.",
    "Im Angebot gekauft.",
    "Für die neue Wohnung.",
];
const LATE_DE: [&str; 3] =
    ["Kam Tage nach dem zugesagten Termin.", "Viel zu spät geliefert.", "Die Lieferung hat ewig gedauert."];

/// A review of 1 to 5 stars.
pub(crate) fn review(dice: &mut Dice, score: i64, experience: Experience, german: bool) -> String {
    let (praise, middling, blame, late): (&[&str], &[&str], &[&str], &[&str]) =
        if german { (&PRAISE_DE, &MIDDLING_DE, &BLAME_DE, &LATE_DE) } else { (&PRAISE, &MIDDLING, &BLAME, &LATE) };
    let first = match score {
        4.. => dice.pick(praise),
        3 => dice.pick(middling),
        _ => dice.pick(blame),
    };
    let second = match score {
        5.. => perhaps(dice, 0.5, praise),
        4 => perhaps(dice, 0.4, middling),
        3 => perhaps(dice, 0.3, praise),
        _ => perhaps(dice, 0.4, blame),
    };
    let second = if second == first { "" } else { second };
    let delivery = perhaps(dice, if score <= 3 { 0.85 } else { 0.3 }, late);
    let delivery = if experience.late { delivery } else { "" };
    let support = match experience.solved {
        Some(Solved::Well) if !german => perhaps(dice, 0.4, &HELPED),
        Some(Solved::Badly) if !german => perhaps(dice, 0.6, &NOT_HELPED),
        _ => "",
    };
    let occasion = perhaps(dice, 0.4, if german { &OCCASION_DE } else { &OCCASION });
    // Who is annoyed about the delivery often writes of nothing else.
    let only_delivery = !delivery.is_empty() && score <= 3 && dice.chance(0.5);
    if only_delivery { join(&[delivery, support]) } else { join(&[occasion, first, second, delivery, support]) }
}
