//! The customer's first message: greeting, problem, circumstance, wish, farewell.

use super::{join, perhaps};
use crate::dice::Dice;

const HELLO: [&str; 7] =
    ["Hello,", "Hi there,", "Dear team,", "Good morning,", "Hi,", "Dear support,", "Good evening,"];
const HELLO_DE: [&str; 5] = ["Hallo,", "Guten Tag,", "Liebes Team,", "Sehr geehrte Damen und Herren,", "Moin,"];
const WISH: [&str; 8] = [
    "Can you help?",
    "What should I do now?",
    "Please let me know what happens next.",
    "Please reply soon.",
    "I would be glad about a quick answer.",
    "Is there anything I can try myself?",
    "Could somebody look into this?",
    "What are my options?",
];
const WISH_DE: [&str; 5] = [
    "Was kann ich tun?",
    "Bitte um kurze Rückmeldung.",
    "Können Sie mir helfen?",
    "Wie geht es jetzt weiter?",
    "Ich freue mich über eine schnelle Antwort.",
];
const BYE: [&str; 5] = ["Thanks", "Many thanks", "Best regards", "Kind regards", "Thank you in advance"];
const BYE_DE: [&str; 4] = ["Danke", "Viele Grüße", "Mit freundlichen Grüßen", "Vielen Dank"];

const DELIVERY: [&str; 6] = [
    "I need it for a birthday.",
    "The tracking has not changed for two days.",
    "Nobody rang, and there is no card in the letter box.",
    "I took a day off to be at home.",
    "The neighbours have nothing either.",
    "The carrier's hotline does not pick up.",
];
const GOODS: [&str; 6] = [
    "I use it every day.",
    "It is only a few weeks old.",
    "It worked well at first.",
    "I have tried everything in the manual.",
    "I can send photos or a video.",
    "A friend has the same one and no such trouble.",
];
const OFFICE: [&str; 5] = [
    "I looked in my account but found nothing.",
    "I need it for my tax return.",
    "I paid by card.",
    "The confirmation mail says something else.",
    "It is not a big sum, but still.",
];
const CIRCUMSTANCE_DE: [&str; 6] = [
    "Ich habe schon alles versucht.",
    "Das Ganze ist erst ein paar Wochen her.",
    "In der Anleitung steht dazu nichts.",
    "Ich kann gerne Fotos schicken.",
    "Das ist leider nicht das erste Mal.",
    "Im Konto finde ich dazu nichts.",
];

/// The message about a topic, in one of two languages; product and order are named now and then.
pub(crate) fn problem(
    dice: &mut Dice,
    topic: &str,
    german: bool,
    product: Option<&str>,
    order: Option<&str>,
) -> String {
    let named = product.filter(|_| dice.chance(0.5)).unwrap_or_default();
    let ordered = order.filter(|_| dice.chance(0.6)).unwrap_or_default();
    let named = match (german, named) {
        (_, "") => String::new(),
        (false, name) => format!("It is about the {name}."),
        (true, name) => format!("Es geht um: {name}."),
    };
    let ordered = match (german, ordered) {
        (_, "") => String::new(),
        (false, id) => format!("Order {id}."),
        (true, id) => format!("Bestellung {id}."),
    };
    let core = if german { core_de(topic) } else { core(topic) };
    let core = dice.pick(core);
    let circumstance = match (german, topic) {
        (true, _) => perhaps(dice, 0.55, &CIRCUMSTANCE_DE),
        (_, "where_is_my_order" | "damaged_parcel" | "wrong_address") => perhaps(dice, 0.6, &DELIVERY),
        (_, "invoice_copy" | "charged_twice" | "voucher_code" | "refund_missing") => perhaps(dice, 0.55, &OFFICE),
        _ => perhaps(dice, 0.6, &GOODS),
    };
    let (hello, wish, bye) = if german {
        (perhaps(dice, 0.8, &HELLO_DE), perhaps(dice, 0.7, &WISH_DE), perhaps(dice, 0.6, &BYE_DE))
    } else {
        (perhaps(dice, 0.8, &HELLO), perhaps(dice, 0.7, &WISH), perhaps(dice, 0.6, &BYE))
    };
    join(&[hello, core, circumstance, &named, &ordered, wish, bye])
}

fn core(topic: &str) -> &'static [&'static str] {
    match topic {
        "where_is_my_order" => &[
            "where is my order? It should have been here days ago.",
            "my parcel has still not arrived although you promised it for this week.",
            "the delivery is late and the tracking shows nothing new.",
            "I am still waiting for my parcel, the promised day has passed.",
        ],
        "damaged_parcel" => &[
            "the parcel arrived crushed and the box inside is torn.",
            "one piece was broken when I opened the package, the padding was far too thin.",
            "the delivery came damaged, there is a dent in the side.",
            "everything was loose in the box and now there are scratches.",
        ],
        "wrong_address" => &[
            "I entered the wrong address, can you still change it?",
            "please send the parcel to my new address, I have just moved.",
            "the house number is missing in the delivery address.",
            "can the parcel go to a pick-up shop instead?",
        ],
        "return_label" => &[
            "I want to send something back but there is no return label.",
            "how do I return one item of my order?",
            "the return label does not open, the page stays blank.",
            "it does not suit my kitchen after all, I would like to return it.",
        ],
        "refund_missing" => &[
            "I sent the goods back two weeks ago and the refund has not come.",
            "when will I get my money back?",
            "the return arrived at yours, but I see no refund on my account.",
            "only a part of the money was refunded.",
        ],
        "exchange" => &[
            "I would rather exchange it for the larger one than return it.",
            "can I swap the colour?",
            "you sent the wrong variant, please exchange it.",
            "is an exchange possible without paying twice?",
        ],
        "leaking" => &[
            "water drips out of the machine at the bottom.",
            "it leaks from the group head since yesterday.",
            "there is a puddle under the machine after every coffee.",
            "the tank does not seal any more and loses water.",
        ],
        "not_heating" => &[
            "the kettle does not get hot any more.",
            "it switches on but the water stays cold.",
            "the machine no longer reaches its temperature.",
            "the heating stops after a minute.",
        ],
        "grinder_jam" => &[
            "the grinder is stuck and only hums.",
            "beans are jammed in the grinder.",
            "the grinder blocks on every setting.",
            "there is a grinding noise and then it stops.",
        ],
        "pairing" => &[
            "the kettle does not connect with the app.",
            "pairing fails every time, the app says device not found.",
            "since the update the app no longer finds my kettle.",
            "Bluetooth pairing stops at 80 percent.",
            "the app asks for a code that is nowhere to be found.",
        ],
        "descaling" => &[
            "how often should I descale the machine?",
            "the descaling light stays on although I have just done it.",
            "which descaler may I use?",
            "in which order do I press the buttons for descaling?",
        ],
        "first_use" => &[
            "what do I have to do before I use it for the first time?",
            "do I need to rinse it before the first use?",
            "the manual does not say how to begin.",
            "which grind do you suggest to begin with?",
        ],
        "seasoning_a_pan" => &[
            "how do I season the iron pan?",
            "everything sticks to the new pan, what am I doing wrong?",
            "may the pan go into the oven for seasoning?",
            "there is rust on the pan after washing.",
        ],
        "invoice_copy" => &[
            "I need a copy of the invoice.",
            "the invoice has the wrong company name.",
            "there was no invoice in the parcel.",
            "can you send the invoice with the VAT number?",
        ],
        "charged_twice" => &[
            "my card was charged twice for one order.",
            "there are two payments on my statement.",
            "you took the money although I had cancelled.",
            "the amount on my statement is higher than the order.",
        ],
        "voucher_code" => &[
            "my voucher code is not accepted.",
            "the discount was not taken off at the checkout.",
            "the code says expired although it is from last week.",
            "can I use two vouchers for one order?",
        ],
        "sizes" => &[
            "which size fits an induction hob of 21 cm?",
            "how tall is the machine with the lid open?",
            "what is the capacity of the large one?",
            "are the plates the same size as last year's?",
        ],
        "spare_parts" => &[
            "can I buy the gasket on its own?",
            "do you sell spare lids for the jars?",
            "where do I find a new water tank?",
            "how long will there be spare parts?",
        ],
        "availability" => &[
            "when will the sand-coloured one be back in stock?",
            "is it available in your store as well?",
            "can I reserve one?",
            "the page says sold out, will there be more before Christmas?",
        ],
        _ => &["I have a question about my order."],
    }
}

fn core_de(topic: &str) -> &'static [&'static str] {
    match topic {
        "where_is_my_order" => &[
            "wo bleibt meine Bestellung? Sie sollte längst da sein.",
            "mein Paket ist immer noch nicht angekommen.",
            "die Lieferung verspätet sich, in der Verfolgung steht nichts Neues.",
        ],
        "damaged_parcel" => &["das Paket kam beschädigt an.", "ein Teil war zerbrochen, die Polsterung war zu dünn."],
        "wrong_address" => &["ich habe die falsche Adresse angegeben.", "bitte liefern Sie an meine neue Adresse."],
        "return_label" => &[
            "ich möchte etwas zurückschicken, finde aber kein Etikett.",
            "das Rücksendeetikett lässt sich nicht öffnen.",
        ],
        "refund_missing" => &["meine Erstattung ist noch nicht da.", "wann bekomme ich mein Geld zurück?"],
        "exchange" => &["kann ich das Teil umtauschen?", "Sie haben die falsche Farbe geschickt, bitte tauschen."],
        "leaking" => {
            &["die Maschine verliert unten Wasser.", "nach jedem Kaffee steht eine Pfütze unter der Maschine."]
        }
        "not_heating" => &["der Kessel wird nicht mehr heiß.", "die Maschine erreicht die Temperatur nicht mehr."],
        "grinder_jam" => &["die Mühle klemmt und brummt nur noch.", "in der Mühle stecken Bohnen fest."],
        "pairing" => &[
            "der Kessel verbindet sich nicht mit der App.",
            "die Kopplung bricht jedes Mal ab.",
            "seit dem Update findet die App den Kessel nicht mehr.",
        ],
        "descaling" => &["wie oft muss ich entkalken?", "die Entkalkungsanzeige geht nicht aus."],
        "first_use" => &["was muss ich vor dem ersten Gebrauch tun?", "die Anleitung sagt nicht, wie man anfängt."],
        "seasoning_a_pan" => &["wie brenne ich die Eisenpfanne ein?", "in der neuen Pfanne klebt alles an."],
        "invoice_copy" => &["ich brauche eine Kopie der Rechnung.", "auf der Rechnung fehlt der Firmenname."],
        "charged_twice" => &["der Betrag wurde zweimal abgebucht.", "auf dem Kontoauszug stehen zwei Zahlungen."],
        "voucher_code" => &["mein Gutschein wird nicht angenommen.", "der Rabatt wurde nicht abgezogen."],
        "sizes" => &["welche Größe passt auf ein 21-cm-Kochfeld?", "wie hoch ist die Maschine mit offenem Deckel?"],
        "spare_parts" => &["kann ich die Dichtung einzeln kaufen?", "gibt es Ersatzdeckel für die Gläser?"],
        "availability" => &["wann ist die sandfarbene wieder lieferbar?", "gibt es sie auch im Laden?"],
        _ => &["ich habe eine Frage zu meiner Bestellung."],
    }
}
