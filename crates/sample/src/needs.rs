//! What customers need help with.

/// A need, as the standard tables name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Delivery,
    Return,
    Technical,
    Usage,
    Billing,
    Information,
}

/// What is meant within a need: topics are those of articles and texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Concern {
    pub(crate) need: Need,
    pub(crate) topic: &'static str,
}

/// The theme that emerges with the connected kettle in the second autumn.
pub(crate) const PAIRING: Concern = Concern { need: Need::Technical, topic: "pairing" };
/// Month of the window in which the theme emerges.
pub(crate) const PAIRING_FROM_MONTH: u32 = 15;

impl Need {
    /// The value in `tickets.need`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Need::Delivery => "delivery",
            Need::Return => "return",
            Need::Technical => "technical_problem",
            Need::Usage => "usage_question",
            Need::Billing => "billing",
            Need::Information => "more_information",
        }
    }

    /// The value in `tickets.category`, as the help desk files it.
    pub(crate) fn category(self) -> &'static str {
        match self {
            Need::Delivery => "Shipping",
            Need::Return => "Returns",
            Need::Technical => "Defects and faults",
            Need::Usage => "How to",
            Need::Billing => "Invoices and payments",
            Need::Information => "Product advice",
        }
    }

    /// The topics customers write about.
    pub(crate) fn topics(self) -> &'static [&'static str] {
        match self {
            Need::Delivery => &["where_is_my_order", "damaged_parcel", "wrong_address"],
            Need::Return => &["return_label", "refund_missing", "exchange"],
            Need::Technical => &["leaking", "not_heating", "grinder_jam"],
            Need::Usage => &["descaling", "first_use", "seasoning_a_pan"],
            Need::Billing => &["invoice_copy", "charged_twice", "voucher_code"],
            Need::Information => &["sizes", "spare_parts", "availability"],
        }
    }
}
