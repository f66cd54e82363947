//! Questions about links: whom a name belongs to, and why.

use jiff::Timestamp;

use crate::customer::Columns;
use crate::reader::Reader;
use crate::session::{Session, quote};
use crate::{Error, Result, catalog};

/// A link of an alias to a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityLink {
    /// The name that is linked.
    pub alias: String,
    /// Whom it is linked to: a customer, or an alias that is linked in its turn.
    pub customer_id: String,
    /// purchase, login, email, manual, or a source's own word.
    pub reason: Option<String>,
    /// How sure it is, 0 to 1.
    pub confidence: f64,
    /// Since when; none where it always held.
    pub since: Option<Timestamp>,
    /// Until when; none while it holds.
    pub until: Option<Timestamp>,
    /// Whether a source or a person states it; else it was found in the data.
    pub stated: bool,
    /// Why, in the words of who stated it.
    pub note: Option<String>,
    /// Who stated it.
    pub who: Option<String>,
    /// The source that states it.
    pub source: Option<String>,
    /// When it was stated.
    pub recorded_at: Option<Timestamp>,
    /// Whether it is the one that counts for the alias, at the moment and under the linking asked for.
    pub counts: bool,
}

/// Who a name is.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The name asked for.
    pub name: String,
    /// The customer it belongs to: itself where nothing links it.
    pub customer_id: String,
    /// All aliases of that customer, sorted.
    pub aliases: Vec<String>,
    /// All links of these names, also those that are over or do not count, by alias and since.
    pub links: Vec<IdentityLink>,
}

/// How many links there are of a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTotal {
    /// The reason.
    pub reason: Option<String>,
    /// Whether they are stated; else they were found.
    pub stated: bool,
    /// How many.
    pub links: u64,
    /// How many of them count.
    pub counting: u64,
}

/// Links, cut to a number.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkList {
    /// All there are, by reason.
    pub totals: Vec<LinkTotal>,
    /// The first of them, by alias and since.
    pub links: Vec<IdentityLink>,
    /// Whether there are more.
    pub more: bool,
}

/// A place where names cannot be told apart, so that nothing is linked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityConflict {
    /// shared_session, shared_email or circle.
    pub kind: String,
    /// The session, the first of those who share an address, or the alias whose link does not count.
    pub subject: String,
    /// The names it is about; for a circle, the way round.
    pub names: String,
}

const LINKS: &str = "SELECT i.*, a.alias IS NOT NULL AND f.customer_id = i.customer_id AND f.stated = i.stated \
    AND (f.since IS NOT DISTINCT FROM i.since) AND (f.reason IS NOT DISTINCT FROM i.reason) AS counts \
    FROM identity_links AS i LEFT JOIN links_in_force AS f ON f.alias = i.alias \
    LEFT JOIN customer_aliases AS a ON a.alias = i.alias";
const ORDER: &str = "ORDER BY alias, since NULLS FIRST, customer_id, reason";

impl Session {
    /// The customer that a name belongs to: the name itself where nothing links it.
    pub(crate) async fn customer_of(&self, name: &str) -> Result<String> {
        let sql = format!("SELECT customer_id FROM customer_aliases WHERE alias = {}", quote::text(name));
        Ok(self.texts(&sql).await?.into_iter().next().unwrap_or_else(|| name.to_owned()))
    }

    /// The aliases of a customer, sorted.
    pub(crate) async fn aliases_of(&self, customer_id: &str) -> Result<Vec<String>> {
        let id = quote::text(customer_id);
        self.texts(&format!("SELECT alias FROM customer_aliases WHERE customer_id = {id} ORDER BY alias")).await
    }

    /// The links that make aliases those of a customer.
    pub(crate) async fn links_counting_for(&self, customer_id: &str) -> Result<Vec<IdentityLink>> {
        let id = quote::text(customer_id);
        self.links(&format!("SELECT * FROM ({LINKS} WHERE a.customer_id = {id}) AS links WHERE counts {ORDER}")).await
    }

    /// The link that counts for an alias.
    pub(crate) async fn link_of(&self, alias: &str) -> Result<Option<IdentityLink>> {
        let alias = quote::text(alias);
        let sql = format!("SELECT * FROM ({LINKS} WHERE i.alias = {alias}) AS links WHERE counts {ORDER}");
        Ok(self.links(&sql).await?.into_iter().next())
    }

    /// Whether any table names it.
    pub(crate) async fn is_name(&self, name: &str) -> Result<bool> {
        let text = quote::text(name);
        let mut columns = vec![("identities", "customer_id")];
        for table in &catalog::vocabulary()?.tables {
            columns.extend(table.customer.as_deref().map(|column| (table.name.as_str(), column)));
        }
        for (table, column) in columns {
            let column = quote::name(column);
            let sql = format!("SELECT {column} FROM {} WHERE {column} = {text} LIMIT 1", quote::name(table));
            if !self.texts(&sql).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn links(&self, sql: &str) -> Result<Vec<IdentityLink>> {
        let mut links = Vec::new();
        for batch in self.rows(sql).await? {
            let columns = Columns { batch: &batch };
            for row in 0..batch.num_rows() {
                links.push(read(&columns, row)?);
            }
        }
        Ok(links)
    }
}

fn read(columns: &Columns<'_>, row: usize) -> Result<IdentityLink> {
    Ok(IdentityLink {
        alias: columns.text("alias", row)?.unwrap_or_default(),
        customer_id: columns.text("customer_id", row)?.unwrap_or_default(),
        reason: columns.text("reason", row)?,
        confidence: columns.number("confidence", row)?.unwrap_or(1.0),
        since: columns.instant("since", row)?,
        until: columns.instant("until", row)?,
        stated: columns.flag("stated", row)?,
        note: columns.text("note", row)?,
        who: columns.text("who", row)?,
        source: columns.text("source", row)?,
        recorded_at: columns.instant("recorded_at", row)?,
        counts: columns.flag("counts", row)?,
    })
}

/// Nobody is called that.
pub(super) fn unknown(name: &str) -> Error {
    Error::input(format!("There is no customer and no alias {name}."))
        .hint("Write the name exactly as a source delivers it (customer_ref).")
}

impl Reader {
    /// Who a name is: the customer it belongs to, with all aliases and links.
    ///
    /// # Errors
    /// Input: no table knows the name.
    pub async fn identity(&self, name: &str) -> Result<Identity> {
        let session = self.session();
        let customer_id = session.customer_of(name).await?;
        let aliases = session.aliases_of(&customer_id).await?;
        if aliases.is_empty() && !session.is_name(name).await? {
            return Err(unknown(name));
        }
        let mut names: Vec<String> = aliases.iter().map(|alias| quote::text(alias)).collect();
        names.extend([quote::text(&customer_id), quote::text(name)]);
        let names = names.join(", ");
        let sql = format!(
            "SELECT * FROM ({LINKS} WHERE i.alias IN ({names}) OR i.customer_id IN ({names})) AS links {ORDER}"
        );
        let links = session.links(&sql).await?;
        Ok(Identity { name: name.to_owned(), customer_id, aliases, links })
    }

    /// All links, counted, and the first `most` of them.
    pub async fn identity_links(&self, most: usize) -> Result<LinkList> {
        let session = self.session();
        let counted = format!(
            "SELECT reason, stated, count(*) AS links, count(*) FILTER (WHERE counts) AS counting FROM ({LINKS}) AS links \
             GROUP BY reason, stated ORDER BY links DESC, reason, stated"
        );
        let mut totals = Vec::new();
        for batch in session.rows(&counted).await? {
            let columns = Columns { batch: &batch };
            let count = |name: &str, row| -> Result<u64> {
                Ok(columns.integer(name, row)?.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
            };
            for row in 0..batch.num_rows() {
                totals.push(LinkTotal {
                    reason: columns.text("reason", row)?,
                    stated: columns.flag("stated", row)?,
                    links: count("links", row)?,
                    counting: count("counting", row)?,
                });
            }
        }
        let limit = most.saturating_add(1);
        let mut links = session.links(&format!("SELECT * FROM ({LINKS}) AS links {ORDER} LIMIT {limit}")).await?;
        let more = links.len() > most;
        links.truncate(most);
        Ok(LinkList { totals, links, more })
    }

    /// Where names cannot be told apart, so that nothing is linked for it.
    pub async fn identity_conflicts(&self) -> Result<Vec<IdentityConflict>> {
        let sql = "SELECT kind, subject, names FROM identity_conflicts ORDER BY kind, subject";
        let mut conflicts = Vec::new();
        for batch in self.session().rows(sql).await? {
            let columns = Columns { batch: &batch };
            for row in 0..batch.num_rows() {
                conflicts.push(IdentityConflict {
                    kind: columns.text("kind", row)?.unwrap_or_default(),
                    subject: columns.text("subject", row)?.unwrap_or_default(),
                    names: columns.text("names", row)?.unwrap_or_default(),
                });
            }
        }
        Ok(conflicts)
    }
}
