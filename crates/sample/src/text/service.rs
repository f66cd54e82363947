//! The rest of a conversation: answers, replies, the bot, and the customer who comes back annoyed.

use super::{join, perhaps};
use crate::dice::Dice;

const THANKS: [&str; 6] = [
    "Thank you for your message.",
    "Thanks for getting in touch.",
    "I am sorry for the trouble.",
    "Thank you for your patience.",
    "Thanks for the details.",
    "I understand, that is annoying.",
];
const THANKS_DE: [&str; 4] = [
    "Danke für Ihre Nachricht.",
    "Es tut mir leid, dass es Umstände gibt.",
    "Vielen Dank für Ihre Geduld.",
    "Danke für die Angaben.",
];
const ASK: [&str; 6] = [
    "Could you send me a photo?",
    "Which model is it exactly? The number is on the underside.",
    "Could you tell me the order number, please?",
    "Please try once more and tell me what you see.",
    "I am asking our workshop and will write again.",
    "I have asked the carrier and will let you know.",
];
const ASK_DE: [&str; 4] = [
    "Können Sie mir ein Foto schicken?",
    "Welches Modell ist es genau?",
    "Bitte versuchen Sie es noch einmal und schreiben Sie mir.",
    "Ich kläre das und melde mich wieder.",
];
const END: [&str; 5] = [
    "Please write again if anything is left open.",
    "I hope this settles it.",
    "Have a good day.",
    "Enjoy your coffee.",
    "We are here if you need us.",
];
const END_DE: [&str; 3] = [
    "Melden Sie sich gern, wenn noch etwas offen ist.",
    "Ich hoffe, damit ist es erledigt.",
    "Einen schönen Tag noch.",
];

/// What an agent writes: a question back, or, in the last answer, the solution.
pub(crate) fn answer(dice: &mut Dice, topic: &str, german: bool, last: bool) -> String {
    let (thanks, end) = if german {
        (perhaps(dice, 0.8, &THANKS_DE), perhaps(dice, 0.6, &END_DE))
    } else {
        (perhaps(dice, 0.8, &THANKS), perhaps(dice, 0.6, &END))
    };
    let core = match (last, german) {
        (true, false) => dice.pick(solution(topic)),
        (true, true) => dice.pick(solution_de(topic)),
        (false, false) => dice.pick(&ASK),
        (false, true) => dice.pick(&ASK_DE),
    };
    join(&[thanks, core, if last { end } else { "" }])
}

fn solution(topic: &str) -> &'static [&'static str] {
    match topic {
        "where_is_my_order" | "wrong_address" => &[
            "The parcel is on its way and should be with you tomorrow.",
            "The carrier had lost it; a new one leaves our house today.",
            "I have corrected the address with the carrier.",
        ],
        "damaged_parcel" | "exchange" => &[
            "A replacement leaves our house today; you need not send anything back.",
            "I am sending you the right one with a label for the return.",
        ],
        "return_label" | "refund_missing" => &[
            "Here is your return label as an attachment.",
            "The money was sent today and should arrive within three days.",
        ],
        "leaking" | "not_heating" | "grinder_jam" => &[
            "Please change the gasket as shown in the article; I am sending you a new one.",
            "Take out the upper burr, brush it, and put it back; that frees it.",
            "We will repair it: the label for the workshop is attached.",
        ],
        "pairing" => &[
            "Hold the button for ten seconds until the light blinks blue, then pair again.",
            "Please install version 2.4 of the app, it solves this.",
        ],
        "descaling" | "first_use" | "seasoning_a_pan" => &[
            "The steps are in the article linked below.",
            "Every two months is enough with soft water.",
            "Rinse it twice with hot water and you are ready.",
        ],
        "invoice_copy" | "charged_twice" | "voucher_code" => &[
            "The invoice is attached.",
            "The second amount was only reserved and will vanish within days.",
            "I have taken off the discount by hand.",
        ],
        _ => &[
            "Yes, it fits; the measures are on the product page.",
            "It will be back in stock next month, I have set an alert for you.",
            "You find the part under spare parts in the shop.",
        ],
    }
}

fn solution_de(topic: &str) -> &'static [&'static str] {
    match topic {
        "where_is_my_order" | "wrong_address" | "damaged_parcel" | "exchange" => &[
            "Das Paket ist unterwegs und sollte morgen da sein.",
            "Ein Ersatz geht heute raus, Sie müssen nichts zurückschicken.",
        ],
        "return_label" | "refund_missing" | "invoice_copy" | "charged_twice" | "voucher_code" => {
            &["Das Dokument hängt an dieser Nachricht.", "Das Geld wurde heute angewiesen."]
        }
        "pairing" => &["Bitte den Knopf zehn Sekunden halten und dann neu koppeln."],
        _ => &["Die Schritte stehen im verlinkten Artikel.", "Wir reparieren es, das Etikett hängt an."],
    }
}

/// The customer's reply to a question.
pub(crate) fn reply(dice: &mut Dice, german: bool) -> &'static str {
    if german {
        dice.pick(&[
            "Hier sind die Angaben.",
            "Das Foto hängt an.",
            "Leider geht es immer noch nicht.",
            "Danke, ich probiere es.",
        ])
    } else {
        dice.pick(&[
            "Here are the details.",
            "The photo is attached.",
            "I tried that, it still does not work.",
            "Thanks, I will try.",
            "It is the larger model.",
            "When can I expect an answer?",
            "The number is on the receipt I sent you.",
        ])
    }
}

/// The bot's standard message.
pub(crate) fn bot(german: bool) -> &'static str {
    if german {
        "Danke, Ihre Nachricht ist angekommen. Vielleicht hilft unser Hilfebereich."
    } else {
        "Thanks, we have received your message. Perhaps our help pages answer it already."
    }
}

/// What a customer writes who was told that all was solved.
pub(crate) fn complaint(dice: &mut Dice, german: bool) -> &'static str {
    if german {
        dice.pick(&[
            "Das Problem ist wieder da.",
            "Gelöst ist leider gar nichts.",
            "Ich bin enttäuscht, es ist genau wie vorher.",
        ])
    } else {
        dice.pick(&[
            "The problem is back.",
            "This is not solved at all.",
            "It happened again today.",
            "Nobody has called me as you said.",
            "I am disappointed, nothing has changed.",
            "That did not help, please have a proper look.",
        ])
    }
}
