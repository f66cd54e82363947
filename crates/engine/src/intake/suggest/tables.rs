//! Which standard tables a file probably feeds, and which column goes where.

use super::profile::{Kind, Profile};
use super::roles::{Finder, Found, is_name, is_number, is_text, is_time};

/// How one column of a standard table is filled.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fill {
    /// From a column of the file, by place.
    Column(usize),
    /// Like `Column`, and values of a group become one so.
    Grouped(usize, &'static str),
    /// The same for all rows.
    Value(String),
}

/// One record.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Guess {
    /// The standard table.
    pub(super) table: &'static str,
    /// Why, for the reader.
    pub(super) why: String,
    /// Columns that make rows one.
    pub(super) group_by: Found,
    /// The key is made of the row.
    pub(super) key_by_row: bool,
    /// Columns.
    pub(super) columns: Vec<(&'static str, Fill)>,
    /// Columns of times that become events: (event, kind, place).
    pub(super) each: Vec<(String, &'static str, usize)>,
    /// When the source last changed the record.
    pub(super) updated: Found,
}

impl Guess {
    fn new(table: &'static str, why: &str) -> Self {
        Guess { table, why: why.to_owned(), ..Guess::default() }
    }

    fn put(mut self, name: &'static str, found: Found) -> Self {
        self.columns.extend(found.map(|at| (name, Fill::Column(at))));
        self
    }

    fn put_grouped(mut self, name: &'static str, found: Found, how: Option<&'static str>) -> Self {
        let fill = |at| how.map_or(Fill::Column(at), |how| Fill::Grouped(at, how));
        self.columns.extend(found.map(|at| (name, fill(at))));
        self
    }

    fn value(mut self, name: &'static str, value: &str) -> Self {
        self.columns.push((name, Fill::Value(value.to_owned())));
        self
    }
}

const CUSTOMER: [&str; 19] = [
    "customer id",
    "customer ref",
    "customer",
    "client id",
    "client",
    "user id",
    "visitor id",
    "buyer id",
    "buyer",
    "account id",
    "customer email",
    "email",
    "kundennummer",
    "kunde",
    "kundennr",
    "kunden nr",
    "user",
    "requester",
    "cust",
];
const WHEN: [&str; 23] = [
    "ordered at",
    "order date",
    "purchase timestamp",
    "purchase date",
    "opened at",
    "created at",
    "answered at",
    "submitted at",
    "event time",
    "occurred at",
    "complete timestamp",
    "timestamp",
    "created",
    "opened",
    "date",
    "time",
    "ts",
    "datum",
    "bestelldatum",
    "day",
    "at",
    "datetime",
    "dt",
];
const SCORE: [&str; 9] =
    ["nps", "csat", "score", "rating", "satisfaction", "stars", "review score", "bewertung", "recommend"];
const TEXT: [&str; 9] =
    ["comment", "comments", "review", "message", "feedback", "text", "verbatim", "reason", "kommentar"];

/// Columns with a part that does not depend on the table.
struct Parts {
    customer: Found,
    order: Found,
    ticket: Found,
    case: Found,
    event: Found,
    line: Found,
    product: Found,
    quantity: Found,
    amount: Found,
    score: Found,
    updated: Found,
    status: Found,
    channel: Found,
    category: Found,
}

/// Records for the columns, most certain first; at least one.
pub(super) fn guess(columns: &[Profile]) -> Vec<Guess> {
    let mut finder = Finder::new(columns);
    let parts = parts(&mut finder);
    let unique = |found: Found| found.and_then(|at| columns.get(at)).is_some_and(Profile::unique);
    if parts.ticket.is_some() || (parts.case.is_some() && parts.event.is_some()) {
        return tickets(&mut finder, &parts, unique(parts.ticket.or(parts.case)));
    }
    if parts.score.is_some() && parts.amount.is_none() {
        return vec![feedback(&mut finder, columns, &parts)];
    }
    if parts.order.is_some() || (parts.amount.is_some() && parts.customer.is_some() && parts.event.is_none()) {
        return orders(&mut finder, &parts, unique(parts.order));
    }
    if parts.event.is_some() && parts.customer.is_some() {
        return vec![interactions(&mut finder, &parts)];
    }
    if unique(parts.product) {
        return vec![products(&mut finder, &parts)];
    }
    if parts.customer.is_some() && unique(parts.customer) {
        return vec![customers(&mut finder, &parts)];
    }
    if parts.customer.is_some() {
        return vec![interactions(&mut finder, &parts)];
    }
    // A column that repeats names nobody: rows that nothing names are different people.
    let id = finder.take_any(|profile| is_name(profile) && profile.unique());
    vec![customers(&mut finder, &Parts { customer: id, ..parts })]
}

fn parts(finder: &mut Finder<'_>) -> Parts {
    Parts {
        ticket: finder.take(
            &[
                "ticket id",
                "ticket number",
                "ticket no",
                "ticket",
                "incident id",
                "incident number",
                "conversation id",
                "ticketnummer",
            ],
            is_name,
        ),
        order: finder.take(
            &[
                "order id",
                "order number",
                "order no",
                "order name",
                "orderid",
                "invoice id",
                "invoice no",
                "invoice",
                "order",
                "bestellnummer",
                "auftragsnummer",
                "bestellnr",
                "auftragsnr",
                "transaction id",
            ],
            is_name,
        ),
        line: finder.take(&["order item id", "line number", "line no", "line", "position", "item no"], is_number),
        product: finder
            .take(&["product id", "sku", "item id", "article number", "artikelnummer", "product", "item"], is_name),
        customer: finder.take(&CUSTOMER, is_name),
        case: finder.take(&["case id", "case", "case concept name", "process id", "trace"], is_name),
        event: finder.take(
            &["event type", "activity", "event name", "event", "action", "kind", "concept name", "type"],
            is_text,
        ),
        quantity: finder.take(&["quantity", "qty", "units", "number of items", "menge", "anzahl"], is_number),
        score: finder.take(&SCORE, is_number),
        amount: finder.take(
            &[
                "goods",
                "subtotal",
                "total",
                "amount",
                "order total",
                "revenue",
                "price",
                "unit price",
                "value",
                "sum",
                "betrag",
                "gesamtbetrag",
                "amt",
                "summe",
                "umsatz",
                "preis",
            ],
            is_number,
        ),
        updated: finder.take(&["updated at", "last updated", "modified at", "last modified", "updated"], is_time),
        status: finder.take(&["status", "order status", "state"], is_text),
        channel: finder.take(&["channel", "contact type", "via", "source", "medium", "kanal"], is_text),
        category: finder.take(&["category", "subject", "topic", "kategorie"], is_text),
    }
}

fn orders(finder: &mut Finder<'_>, parts: &Parts, unique: bool) -> Vec<Guess> {
    let lines = parts.order.is_some() && !unique;
    let one = |how: &'static str| lines.then_some(how);
    let paid = finder.take(&["paid at", "payment date", "approved at", "paid"], is_time);
    let shipped = finder.take(
        &["shipped at", "shipping date", "dispatched at", "fulfilled at", "carrier date", "shipped", "versanddatum"],
        is_time,
    );
    let delivered =
        finder.take(&["delivered at", "delivery date", "customer date", "delivered", "lieferdatum"], is_time);
    let promised = finder
        .take(&["promised at", "promised on", "estimated delivery date", "estimated", "due date", "promised"], is_time);
    let cancelled = finder.take(&["cancelled at", "canceled at", "cancelled"], is_time);
    let when = finder.take(&WHEN, is_time).or_else(|| finder.take_any(is_time));
    let goods = if lines && parts.quantity.is_some() { None } else { parts.amount };
    let mut order = Guess::new(
        "orders",
        if lines { "several rows share an order: they are its lines" } else { "one row is one order" },
    )
    .put_grouped("order_id", parts.order, None)
    .put_grouped("customer_ref", parts.customer, one("first"))
    .put_grouped("ordered_at", when, one("min"))
    .put_grouped("paid_at", paid, one("min"))
    .put_grouped("status", parts.status, one("last"))
    .put_grouped("goods", goods, one("sum"))
    .put_grouped("currency", finder.take(&["currency", "currency code", "währung"], is_text), one("first"))
    .put_grouped("discount", finder.take(&["discount", "discount amount", "rabatt"], is_number), one("sum"))
    .put_grouped(
        "shipping",
        finder.take(&["shipping", "freight", "freight value", "shipping cost", "versand"], is_number),
        one("sum"),
    )
    .put_grouped("tax", finder.take(&["tax", "taxes", "vat", "mwst"], is_number), one("sum"))
    .put_grouped("promised_on", promised, one("max"))
    .put_grouped("shipped_at", shipped, one("max"))
    .put_grouped("delivered_at", delivered, one("max"))
    .put_grouped("cancelled_at", cancelled, one("max"))
    .put_grouped("channel", parts.channel, one("first"))
    .put_grouped(
        "coupon",
        finder.take(&["coupon", "discount code", "voucher", "gutschein"], is_text),
        one("first"),
    );
    order.group_by = parts.order.filter(|_| lines);
    order.key_by_row = parts.order.is_none();
    order.updated = parts.updated;
    let mut guesses = vec![order];
    if lines && parts.line.is_some() {
        let line = Guess::new("order_lines", "each row is a line of its order")
            .put("order_id", parts.order)
            .put("line", parts.line)
            .put("product_id", parts.product)
            .put("quantity", parts.quantity)
            .put("unit_price", parts.amount);
        guesses.push(line);
    }
    guesses
}

fn tickets(finder: &mut Finder<'_>, parts: &Parts, unique: bool) -> Vec<Guess> {
    let id = parts.ticket.or(parts.case);
    let events = [
        ("solved", "solved", &["solved at", "resolved at", "solved", "resolved"][..]),
        ("closed", "closed", &["closed at", "closed"]),
        ("assigned", "assigned", &["assigned at", "assigned"]),
        (
            "first_answer",
            "public_answer",
            &["first response at", "first reply at", "first answer at", "first response"],
        ),
    ];
    let found: Vec<(String, &'static str, usize)> = events
        .iter()
        .filter_map(|(name, kind, names)| finder.take(names, is_time).map(|at| ((*name).to_owned(), *kind, at)))
        .collect();
    let when = finder.take(&WHEN, is_time).or_else(|| finder.take_any(is_time));
    let one = |how: &'static str| (!unique).then_some(how);
    let team = finder.take(&["group", "team", "assignment group", "workgroup", "department"], is_text);
    let mut ticket = Guess::new(
        "tickets",
        if unique { "one row is one ticket" } else { "several rows share a ticket: they are its events" },
    )
    .put("ticket_id", id)
    .put_grouped("customer_ref", parts.customer, one("first"))
    .put_grouped("opened_at", when, one("min"))
    .put_grouped("channel", parts.channel, one("first"))
    .put_grouped("category", parts.category, one("first"))
    .put_grouped(
        "priority",
        finder.take(&["priority", "severity", "urgency", "seriousness"], |profile| {
            is_text(profile) || is_number(profile)
        }),
        one("last"),
    )
    .put_grouped("product_id", parts.product, one("first"))
    .put_grouped("order_id", parts.order, one("first"))
    .put_grouped("team", team, one("last"));
    ticket.group_by = id.filter(|_| !unique);
    ticket.updated = parts.updated;
    let actor = finder.take(&["resource", "assignee", "agent", "actor", "user", "performed by", "owner"], is_name);
    let mut guesses = vec![ticket];
    if unique && (!found.is_empty() || when.is_some()) {
        let mut event =
            Guess::new("ticket_events", "columns of times become events").put("ticket_id", id).put("assignee", actor);
        event.each = when.map(|at| ("created".to_owned(), "customer_message", at)).into_iter().chain(found).collect();
        guesses.push(event);
    } else if let (false, Some(activity)) = (unique, parts.event.or(parts.status)) {
        let mut event = Guess::new("ticket_events", "each row is an event; say which of your words is which kind")
            .put("ticket_id", id)
            .put("at", when)
            .put("kind", Some(activity))
            .put("actor", actor)
            .put("team", team)
            .put("label", Some(activity));
        event.key_by_row = true;
        guesses.push(event);
    }
    guesses
}

fn feedback(finder: &mut Finder<'_>, columns: &[Profile], parts: &Parts) -> Guess {
    let score = parts.score.and_then(|at| columns.get(at));
    let named = score.map(|score| super::roles::plain(&score.name)).unwrap_or_default();
    let (instrument, low, high) = if named.contains("nps") || named.contains("recommend") {
        ("nps", "0", "10")
    } else if named.contains("csat") || named.contains("satisf") {
        ("csat", "1", "5")
    } else {
        ("review", "1", "5")
    };
    let id = finder.take(&["answer id", "response id", "review id", "feedback id", "submission id", "id"], is_name);
    let id = id.filter(|at| columns.get(*at).is_some_and(Profile::unique));
    let when = finder.take(
        &["answered at", "submitted at", "answer timestamp", "completed at", "response date", "submit date"],
        is_time,
    );
    let asked = finder.take(&["asked at", "sent at", "invited at", "creation date"], is_time);
    let when = when.or_else(|| finder.take(&WHEN, is_time)).or_else(|| finder.take_any(is_time));
    let mut guess = Guess::new("feedback", "a score that somebody gave; look at instrument and scale")
        .put("feedback_id", id)
        .put("customer_ref", parts.customer)
        .value("instrument", instrument)
        .put("asked_at", asked)
        .put("answered_at", when)
        .put("score", parts.score)
        .value("scale_min", low)
        .value("scale_max", high)
        .put("text", finder.take(&TEXT, is_text))
        .put("language", finder.take(&["language", "lang", "locale"], is_text))
        .put("channel", parts.channel);
    if let Some(order) = parts.order {
        guess = guess.value("about", "order").put("about_id", Some(order));
    }
    guess.key_by_row = id.is_none();
    guess.updated = parts.updated;
    guess
}

fn interactions(finder: &mut Finder<'_>, parts: &Parts) -> Guess {
    let id =
        finder.take(&["event id", "interaction id", "hit id", "id"], |profile| is_name(profile) && profile.unique());
    let when = finder.take(&WHEN, is_time).or_else(|| finder.take_any(is_time));
    let mut guess = Guess::new("interactions", "something that a customer or visitor did")
        .put("interaction_id", id)
        .put("customer_ref", parts.customer)
        .put("occurred_at", when)
        .put("channel", parts.channel)
        .put("campaign", finder.take(&["campaign", "utm campaign"], is_text))
        .put("product_id", parts.product)
        .put("content", finder.take(&["page", "url", "path", "content", "title"], is_text))
        .put("session_id", finder.take(&["session id", "user session", "session", "visit id"], is_name))
        .put("referrer", finder.take(&["referrer", "referer"], is_text))
        .put("value", parts.amount);
    guess = match parts.event {
        Some(_) => guess.put("kind", parts.event),
        None => guess.value("kind", "visit"),
    };
    guess.key_by_row = id.is_none();
    guess.updated = parts.updated;
    guess
}

fn products(finder: &mut Finder<'_>, parts: &Parts) -> Guess {
    let mut guess = Guess::new("products", "one row is one product")
        .put("product_id", parts.product)
        .put("name", finder.take(&["product name", "name", "title"], is_text))
        .put(
            "category",
            parts.category.or_else(|| finder.take(&["category", "product category name", "type"], is_text)),
        )
        .put("cost", finder.take(&["cost", "purchase price", "cogs"], is_number));
    guess.updated = parts.updated;
    guess
}

fn customers(finder: &mut Finder<'_>, parts: &Parts) -> Guess {
    finder.free(parts.channel);
    let mut guess = Guess::new("customers", "one row is one customer")
        .put("customer_ref", parts.customer)
        .put(
            "first_seen_at",
            finder.take(&["first seen at", "created at", "registered at", "signup date", "since"], is_time),
        )
        .put("region", finder.take(&["country", "region", "state", "city", "zip", "land"], is_name))
        .put("segment", finder.take(&["segment", "type", "tier", "group"], is_text))
        .put("acquisition_channel", finder.take(&["acquisition channel", "channel", "source", "origin"], is_text))
        .put("email", finder.take(&["email", "e mail", "mail"], is_text));
    guess.key_by_row = parts.customer.is_none();
    guess.updated = parts.updated;
    guess
}

/// The words of a column, where it has few.
pub(super) fn words(profile: &Profile) -> &[String] {
    match &profile.kind {
        Kind::Words(words) => words,
        _ => &[],
    }
}
