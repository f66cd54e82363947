//! The columns of the files: those of the standard tables, in their order. A test holds them to `catalog/tables.toml`.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Currency,
    Instant,
    Day,
    Money,
    Number,
    Integer,
    Flag,
    Json,
}

/// One column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) key: bool,
}

/// One file: a standard table, and whether its source says when a row was last changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Schema {
    pub(crate) table: &'static str,
    pub(crate) updated_at: bool,
    pub(crate) columns: &'static [Column],
}

/// A column that may be empty.
const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: false, key: false }
}

/// A column that must be filled.
const fn must(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: true, key: false }
}

/// A column of the key.
const fn key(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: true, key: true }
}

pub(crate) const CUSTOMERS: Schema = Schema {
    table: "customers",
    updated_at: true,
    columns: &[
        key("customer_ref", Kind::Text),
        may("known", Kind::Flag),
        may("first_seen_at", Kind::Instant),
        may("region", Kind::Text),
        may("segment", Kind::Text),
        may("acquisition_channel", Kind::Text),
        may("referred_by", Kind::Text),
        may("consent", Kind::Flag),
        may("email", Kind::Text),
        may("attributes", Kind::Json),
    ],
};

pub(crate) const IDENTITIES: Schema = Schema {
    table: "identities",
    updated_at: false,
    columns: &[
        key("alias", Kind::Text),
        must("customer_id", Kind::Text),
        may("reason", Kind::Text),
        may("confidence", Kind::Number),
        key("since", Kind::Instant),
        may("until", Kind::Instant),
        may("note", Kind::Text),
        may("who", Kind::Text),
    ],
};

pub(crate) const INTERACTIONS: Schema = Schema {
    table: "interactions",
    updated_at: false,
    columns: &[
        key("interaction_id", Kind::Text),
        must("customer_ref", Kind::Text),
        must("kind", Kind::Text),
        may("channel", Kind::Text),
        must("occurred_at", Kind::Instant),
        may("campaign", Kind::Text),
        may("product_id", Kind::Text),
        may("content", Kind::Text),
        may("session_id", Kind::Text),
        may("referrer", Kind::Text),
        may("value", Kind::Number),
    ],
};

pub(crate) const ORDERS: Schema = Schema {
    table: "orders",
    updated_at: true,
    columns: &[
        key("order_id", Kind::Text),
        must("customer_ref", Kind::Text),
        must("ordered_at", Kind::Instant),
        may("paid_at", Kind::Instant),
        may("status", Kind::Text),
        may("currency", Kind::Currency),
        may("goods", Kind::Money),
        may("discount", Kind::Money),
        may("shipping", Kind::Money),
        may("tax", Kind::Money),
        may("cost", Kind::Money),
        may("promised_at", Kind::Instant),
        may("promised_on", Kind::Day),
        may("shipped_at", Kind::Instant),
        may("delivered_at", Kind::Instant),
        may("cancelled_at", Kind::Instant),
        may("channel", Kind::Text),
        may("coupon", Kind::Text),
        may("referrer", Kind::Text),
        may("session_id", Kind::Text),
    ],
};

pub(crate) const ORDER_LINES: Schema = Schema {
    table: "order_lines",
    updated_at: false,
    columns: &[
        key("order_id", Kind::Text),
        key("line", Kind::Integer),
        may("product_id", Kind::Text),
        may("seller", Kind::Text),
        may("quantity", Kind::Number),
        may("unit_price", Kind::Money),
        may("shipping", Kind::Money),
        may("ship_by", Kind::Instant),
    ],
};

pub(crate) const PRODUCTS: Schema = Schema {
    table: "products",
    updated_at: false,
    columns: &[
        key("product_id", Kind::Text),
        may("name", Kind::Text),
        may("category", Kind::Text),
        may("cost", Kind::Money),
    ],
};

pub(crate) const PAYMENTS: Schema = Schema {
    table: "payments",
    updated_at: false,
    columns: &[
        key("payment_id", Kind::Text),
        must("order_id", Kind::Text),
        may("at", Kind::Instant),
        may("kind", Kind::Text),
        may("method", Kind::Text),
        must("amount", Kind::Money),
        may("currency", Kind::Currency),
    ],
};

pub(crate) const TICKETS: Schema = Schema {
    table: "tickets",
    updated_at: true,
    columns: &[
        key("ticket_id", Kind::Text),
        may("customer_ref", Kind::Text),
        must("opened_at", Kind::Instant),
        may("channel", Kind::Text),
        may("category", Kind::Text),
        may("need", Kind::Text),
        may("priority", Kind::Text),
        may("product_id", Kind::Text),
        may("order_id", Kind::Text),
        may("team", Kind::Text),
        may("policy", Kind::Text),
        may("first_response_due_at", Kind::Instant),
        may("resolution_due_at", Kind::Instant),
        may("breached", Kind::Flag),
        may("source_reopens", Kind::Integer),
        may("source_handoffs", Kind::Integer),
    ],
};

pub(crate) const TICKET_EVENTS: Schema = Schema {
    table: "ticket_events",
    updated_at: false,
    columns: &[
        key("ticket_id", Kind::Text),
        key("event_id", Kind::Text),
        must("at", Kind::Instant),
        must("kind", Kind::Text),
        may("actor", Kind::Text),
        may("assignee", Kind::Text),
        may("team", Kind::Text),
        may("channel", Kind::Text),
        may("handle_seconds", Kind::Number),
        may("article_id", Kind::Text),
        may("text", Kind::Text),
        may("label", Kind::Text),
    ],
};

pub(crate) const QUALITY_REVIEWS: Schema = Schema {
    table: "quality_reviews",
    updated_at: false,
    columns: &[
        key("review_id", Kind::Text),
        must("ticket_id", Kind::Text),
        must("at", Kind::Instant),
        key("category", Kind::Text),
        may("chosen", Kind::Number),
        may("min", Kind::Number),
        may("max", Kind::Number),
        may("weight", Kind::Number),
        may("critical", Kind::Flag),
        may("reviewer", Kind::Text),
    ],
};

pub(crate) const FEEDBACK: Schema = Schema {
    table: "feedback",
    updated_at: true,
    columns: &[
        key("feedback_id", Kind::Text),
        may("customer_ref", Kind::Text),
        must("instrument", Kind::Text),
        may("asked_at", Kind::Instant),
        may("answered_at", Kind::Instant),
        may("score", Kind::Number),
        may("scale_min", Kind::Number),
        may("scale_max", Kind::Number),
        may("text", Kind::Text),
        may("language", Kind::Text),
        may("channel", Kind::Text),
        may("about", Kind::Text),
        may("about_id", Kind::Text),
        may("question", Kind::Text),
    ],
};

pub(crate) const LOYALTY_EVENTS: Schema = Schema {
    table: "loyalty_events",
    updated_at: false,
    columns: &[
        key("event_id", Kind::Text),
        must("customer_ref", Kind::Text),
        must("at", Kind::Instant),
        must("kind", Kind::Text),
        may("points", Kind::Number),
        may("tier", Kind::Text),
    ],
};

pub(crate) const STAFF: Schema = Schema {
    table: "staff",
    updated_at: true,
    columns: &[
        key("staff_id", Kind::Text),
        may("name", Kind::Text),
        may("team", Kind::Text),
        may("role", Kind::Text),
        may("from", Kind::Day),
        may("until", Kind::Day),
    ],
};

pub(crate) const STAFF_ACTIVITY: Schema = Schema {
    table: "staff_activity",
    updated_at: false,
    columns: &[
        key("activity_id", Kind::Text),
        may("staff_id", Kind::Text),
        must("at", Kind::Instant),
        must("kind", Kind::Text),
        may("hours", Kind::Number),
        may("skill", Kind::Text),
        may("team", Kind::Text),
        may("score", Kind::Number),
        may("outcome", Kind::Text),
        may("topic", Kind::Text),
        may("finished_at", Kind::Instant),
    ],
};

pub(crate) const ARTICLES: Schema = Schema {
    table: "articles",
    updated_at: true,
    columns: &[
        key("article_id", Kind::Text),
        may("title", Kind::Text),
        may("topic", Kind::Text),
        may("author", Kind::Text),
        must("written_at", Kind::Instant),
        may("updated_at", Kind::Instant),
        may("reviewed_at", Kind::Instant),
    ],
};

pub(crate) const SPENDING: Schema = Schema {
    table: "spending",
    updated_at: false,
    columns: &[
        key("spending_id", Kind::Text),
        must("day", Kind::Day),
        must("programme", Kind::Text),
        may("channel", Kind::Text),
        may("campaign", Kind::Text),
        must("amount", Kind::Money),
        may("currency", Kind::Currency),
    ],
};

pub(crate) const OUTSIDE_SERIES: Schema = Schema {
    table: "outside_series",
    updated_at: false,
    columns: &[
        key("series_id", Kind::Text),
        key("at", Kind::Day),
        must("value", Kind::Number),
        may("publisher", Kind::Text),
        may("sample", Kind::Integer),
    ],
};

pub(crate) const RATES: Schema = Schema {
    table: "rates",
    updated_at: false,
    columns: &[
        key("from_currency", Kind::Currency),
        key("to_currency", Kind::Currency),
        key("day", Kind::Day),
        must("rate", Kind::Number),
    ],
};

pub(crate) const EXPOSURES: Schema = Schema {
    table: "exposures",
    updated_at: false,
    columns: &[
        key("action_id", Kind::Text),
        key("customer_ref", Kind::Text),
        must("at", Kind::Instant),
        must("arm", Kind::Text),
        may("delivered", Kind::Flag),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use toml_edit::{DocumentMut, Item, Table};

    const ALL: [Schema; 19] = [
        CUSTOMERS,
        IDENTITIES,
        INTERACTIONS,
        ORDERS,
        ORDER_LINES,
        PRODUCTS,
        PAYMENTS,
        TICKETS,
        TICKET_EVENTS,
        QUALITY_REVIEWS,
        FEEDBACK,
        LOYALTY_EVENTS,
        STAFF,
        STAFF_ACTIVITY,
        ARTICLES,
        SPENDING,
        OUTSIDE_SERIES,
        RATES,
        EXPOSURES,
    ];

    fn catalogue_column(column: &toml_edit::InlineTable, key: &[&str]) -> (String, Kind, bool, bool) {
        let name = column["name"].to_string().trim().trim_matches('"').to_string();
        let kind = match column["type"].as_str().unwrap() {
            _ if column.get("pattern").and_then(|p| p.as_str()) == Some("currency") => Kind::Currency,
            "text" => Kind::Text,
            "instant" => Kind::Instant,
            "day" => Kind::Day,
            "money" => Kind::Money,
            "number" => Kind::Number,
            "integer" => Kind::Integer,
            "flag" => Kind::Flag,
            "json" => Kind::Json,
            other => panic!("{other}"),
        };
        let required = column.get("required").and_then(|r| r.as_bool()).unwrap_or(false);
        let in_key = key.contains(&name.as_str());
        (name, kind, required || in_key, in_key)
    }

    fn check(schema: &Schema, table: &Table) {
        let key: Vec<&str> = table["key"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()).collect();
        let expected: Vec<_> = table["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| catalogue_column(c.as_inline_table().unwrap(), &key))
            .collect();
        let ours: Vec<_> = schema.columns.iter().map(|c| (c.name.to_string(), c.kind, c.required, c.key)).collect();
        assert_eq!(ours, expected, "{}", schema.table);
    }

    #[test]
    fn columns_are_those_of_the_catalogue() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/tables.toml");
        let document: DocumentMut = std::fs::read_to_string(path).unwrap().parse().unwrap();
        let Item::ArrayOfTables(tables) = &document["table"] else { panic!("no tables") };
        for schema in &ALL {
            let table = tables.iter().find(|t| t["name"].as_str() == Some(schema.table));
            check(schema, table.unwrap());
        }
    }
}
