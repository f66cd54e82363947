//! What part kinds of touchpoints play in questions about journeys: the one place where their names stand.

use throughline_journey::{Kind, Kinds};

/// A part that touchpoints play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// An order was placed: a row of orders.
    Order,
    /// A purchase that a source knows as an event only.
    PurchaseEvent,
    /// An order was delivered.
    Delivery,
    /// A ticket was opened.
    TicketOpened,
    /// The customer wrote in a ticket.
    CustomerMessage,
    /// A person answered the customer in a ticket.
    PublicAnswer,
    /// A ticket was solved.
    Solved,
    /// A solved ticket became unsolved again.
    Reopened,
    /// The customer searched the site.
    Search,
    /// The customer put something into the cart, took it out, or looked at the cart.
    Cart,
    /// The customer entered the checkout. Its later steps are no entries: who goes through three does not go in circles.
    Checkout,
}

/// Role, standard table, kinds: the words of `catalog/journey.toml` and, where the engine itself names the kind, of
/// `catalog/views/_dated.sql`.
const KINDS: [(Role, &str, &[&str]); 11] = [
    (Role::Order, "orders", &["order"]),
    (
        Role::PurchaseEvent,
        "interactions",
        &["order", "order_placed", "order_completed", "purchase", "purchased", "transaction", "buy", "store_purchase"],
    ),
    (Role::Delivery, "orders", &["delivery"]),
    (Role::TicketOpened, "tickets", &["ticket_opened"]),
    (Role::CustomerMessage, "ticket_events", &["customer_message"]),
    (Role::PublicAnswer, "ticket_events", &["public_answer"]),
    (Role::Solved, "ticket_events", &["solved"]),
    (Role::Reopened, "ticket_events", &["reopened"]),
    (Role::Search, "interactions", &["site_search", "search", "search_results_viewed", "view_search_results"]),
    (
        Role::Cart,
        "interactions",
        &[
            "cart",
            "cart_add",
            "cart_added",
            "add_to_cart",
            "product_added",
            "cart_remove",
            "cart_removed",
            "remove_from_cart",
            "product_removed",
            "cart_view",
            "cart_viewed",
            "view_cart",
        ],
    ),
    (Role::Checkout, "interactions", &["checkout", "checkout_start", "checkout_started", "begin_checkout"]),
];

/// Instruments whose scores say how satisfied somebody is.
const SATISFACTION: [&str; 4] = ["csat", "nps", "review", "ces"];

/// Where the customer himself comes to the company: what attribution looks at.
const VISITED: &str = "interactions";

impl Role {
    fn is_played_by(self, kind: &Kind) -> bool {
        let own = |(role, table, kinds): &(Role, &str, &[&str])| {
            *role == self && *table == kind.table && kinds.contains(&kind.kind.as_str())
        };
        KINDS.iter().any(own)
    }

    /// The codes of the kinds that play it.
    pub(super) fn codes(self, kinds: &Kinds) -> Vec<u16> {
        codes(kinds, |kind| self.is_played_by(kind))
    }
}

/// The codes of answers that say how satisfied somebody is.
pub(super) fn satisfaction(kinds: &Kinds) -> Vec<u16> {
    codes(kinds, |kind| kind.instrument.as_deref().is_some_and(|instrument| SATISFACTION.contains(&instrument)))
}

/// The codes of the customers' own steps, purchases left out.
pub(super) fn visited(kinds: &Kinds) -> Vec<u16> {
    codes(kinds, |kind| kind.table == VISITED && !Role::PurchaseEvent.is_played_by(kind))
}

fn codes(kinds: &Kinds, asked: impl Fn(&Kind) -> bool) -> Vec<u16> {
    (0_u16..).zip(&kinds.kinds).filter(|(_, kind)| asked(kind)).map(|(code, _)| code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn every_kind_is_a_word_of_the_catalog() {
        let (rules, tables) = (catalog::file("journey.toml"), catalog::file("views/_dated.sql"));
        for (role, table, kinds) in KINDS {
            let (text, quote) = if table == "interactions" { (rules, '"') } else { (tables, '\'') };
            for kind in kinds {
                let word = format!("{quote}{kind}{quote}");
                assert!(text.is_some_and(|text| text.contains(&word)), "{role:?}: {table}.{kind}");
            }
        }
    }

    #[test]
    fn roles_are_played_in_their_table_only() {
        let kind = |table: &str, kind: &str, instrument: Option<&str>| Kind {
            table: table.into(),
            kind: kind.into(),
            instrument: instrument.map(str::to_owned),
            about: None,
        };
        let kinds = Kinds {
            kinds: vec![
                kind("orders", "order", None),
                kind("interactions", "order", None),
                kind("interactions", "visit", None),
                kind("feedback", "csat_answer", Some("csat")),
                kind("feedback", "brand_answer", Some("brand")),
            ],
            channels: Vec::new(),
        };
        assert_eq!((Role::Order.codes(&kinds), Role::PurchaseEvent.codes(&kinds)), (vec![0], vec![1]));
        assert_eq!((visited(&kinds), satisfaction(&kinds)), (vec![2], vec![3]));
    }
}
