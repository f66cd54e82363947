//! The JSON of `throughline identity`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::identity as engine;
use utoipa::ToSchema;

/// A link of an alias to a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentityLink)]
pub struct Link {
    alias: String,
    customer_id: String,
    reason: Option<String>,
    confidence: f64,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    stated: bool,
    counts: bool,
    why: Option<String>,
    who: Option<String>,
    source: Option<String>,
    recorded_at: Option<Timestamp>,
}

impl From<&engine::IdentityLink> for Link {
    fn from(link: &engine::IdentityLink) -> Link {
        let link = link.clone();
        Link {
            alias: link.alias,
            customer_id: link.customer_id,
            reason: link.reason,
            confidence: link.confidence,
            since: link.since,
            until: link.until,
            stated: link.stated,
            counts: link.counts,
            why: link.note,
            who: link.who,
            source: link.source,
            recorded_at: link.recorded_at,
        }
    }
}

/// Who a name is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Identity {
    name: String,
    customer_id: String,
    aliases: Vec<String>,
    links: Vec<Link>,
}

impl From<&engine::Identity> for Identity {
    fn from(identity: &engine::Identity) -> Identity {
        Identity {
            name: identity.name.clone(),
            customer_id: identity.customer_id.clone(),
            aliases: identity.aliases.clone(),
            links: identity.links.iter().map(Link::from).collect(),
        }
    }
}

/// All links.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkList {
    totals: Vec<Total>,
    links: Vec<Link>,
    more: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkTotal)]
struct Total {
    reason: Option<String>,
    stated: bool,
    links: u64,
    counting: u64,
}

impl From<&engine::LinkList> for LinkList {
    fn from(list: &engine::LinkList) -> LinkList {
        let total = |total: &engine::LinkTotal| Total {
            reason: total.reason.clone(),
            stated: total.stated,
            links: total.links,
            counting: total.counting,
        };
        LinkList {
            totals: list.totals.iter().map(total).collect(),
            links: list.links.iter().map(Link::from).collect(),
            more: list.more,
        }
    }
}

/// What `link` or `unlink` changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LinkChange)]
pub struct Change {
    alias: String,
    customer_id: String,
    at: Timestamp,
    import_id: String,
    before: Option<Link>,
    after: Option<Link>,
}

impl From<&engine::LinkChange> for Change {
    fn from(change: &engine::LinkChange) -> Change {
        Change {
            alias: change.alias.clone(),
            customer_id: change.customer_id.clone(),
            at: change.at,
            import_id: change.import_id.clone(),
            before: change.before.as_ref().map(Link::from),
            after: change.after.as_ref().map(Link::from),
        }
    }
}

/// Where names cannot be told apart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentityConflicts)]
pub struct Conflicts {
    conflicts: Vec<Conflict>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentityConflict)]
struct Conflict {
    kind: String,
    subject: String,
    names: String,
}

impl From<&[engine::IdentityConflict]> for Conflicts {
    fn from(conflicts: &[engine::IdentityConflict]) -> Conflicts {
        let wire = |one: &engine::IdentityConflict| {
            let one = one.clone();
            Conflict { kind: one.kind, subject: one.subject, names: one.names }
        };
        Conflicts { conflicts: conflicts.iter().map(wire).collect() }
    }
}
