//! What people say about who is who: links they make and links they undo.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray, TimestampMicrosecondArray};
use jiff::Timestamp;

use super::links::unknown;
use super::{IdentityLink, Linking};
use crate::import::{Progress, Stating};
use crate::reader::{ReadOptions, Reader};
use crate::workspace::Workspace;
use crate::{Error, Result};

/// The reason of links that people make.
const MANUAL: &str = "manual";

/// Who states something, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// Who.
    pub who: String,
    /// Why; must not be empty for a link.
    pub why: String,
}

/// What a statement changed.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkChange {
    /// The alias.
    pub alias: String,
    /// The link that counted for it before.
    pub before: Option<IdentityLink>,
    /// The link that counts for it now.
    pub after: Option<IdentityLink>,
    /// The customer it belongs to now, at the end of the chain; itself where nothing links it.
    pub customer_id: String,
    /// Id of the import that recorded it.
    pub import_id: String,
    /// Since when it holds.
    pub at: Timestamp,
}

impl Workspace {
    /// Links an alias to a customer, from `now` on.
    ///
    /// # Errors
    /// Input: a name is empty or unknown, both are one already, or no reason is given. Nothing was written then.
    pub async fn link(
        &self,
        alias: &str,
        customer: &str,
        statement: &Statement,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<LinkChange> {
        let (alias, customer) = (name(alias)?, name(customer)?);
        if statement.why.trim().is_empty() {
            return Err(Error::input("A link needs a reason.").hint("Say why with --why TEXT; it is kept."));
        }
        if alias == customer {
            return Err(Error::input(format!("{alias} cannot be linked to itself.")));
        }
        let stating = Stating::begin(self, now, progress)?;
        let reader = self.linked(Linking::Loose, now)?;
        for name in [alias, customer] {
            if !reader.session().is_name(name).await? {
                return Err(unknown(name));
            }
        }
        // What is only held likely may be confirmed by a person.
        unlinked(&self.linked(Linking::Strict, now)?, alias, customer).await?;
        let before = reader.session().link_of(alias).await?;
        let row = Row { alias, customer, until: None, statement };
        self.say(stating, row, before, now).await
    }

    /// Undoes the link that counts for an alias, from `now` on, whoever made it.
    ///
    /// # Errors
    /// Input: the alias is unknown, or linked to nobody. Nothing was written then.
    pub async fn unlink(
        &self,
        alias: &str,
        statement: &Statement,
        now: Timestamp,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<LinkChange> {
        let alias = name(alias)?;
        let stating = Stating::begin(self, now, progress)?;
        let reader = self.linked(Linking::Loose, now)?;
        let Some(before) = reader.session().link_of(alias).await? else {
            return Err(not_linked(&reader, alias).await?);
        };
        let customer = before.customer_id.clone();
        let row = Row { alias, customer: &customer, until: Some(stating.at()), statement };
        self.say(stating, row, Some(before), now).await
    }

    fn linked(&self, linking: Linking, now: Timestamp) -> Result<Reader> {
        self.reader(ReadOptions { linking, ..ReadOptions::at(now) })
    }

    async fn say(
        &self,
        stating: Stating<'_>,
        row: Row<'_>,
        before: Option<IdentityLink>,
        now: Timestamp,
    ) -> Result<LinkChange> {
        let at = stating.at();
        let alias = row.alias.to_owned();
        let import_id = stating.say("identities", row.columns(at)).await?;
        let told = async {
            let reader = self.linked(Linking::Loose, now)?;
            let after = reader.session().link_of(&alias).await?;
            Ok((after, reader.session().customer_of(&alias).await?))
        };
        let (after, customer_id) = told.await.map_err(|error: Error| {
            error.hint(format!("What was said stands all the same: `throughline identity show {alias}`."))
        })?;
        Ok(LinkChange { alias, before, after, customer_id, import_id, at })
    }
}

/// A name as it is written.
fn name(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.is_empty() { Err(Error::input("A name is empty.")) } else { Ok(text) }
}

/// An error where both are one customer already.
async fn unlinked(sure: &Reader, alias: &str, customer: &str) -> Result<()> {
    let session = sure.session();
    let (left, right) = (session.customer_of(alias).await?, session.customer_of(customer).await?);
    if left != right {
        return Ok(());
    }
    if session.link_of(alias).await?.is_some_and(|link| link.customer_id == customer) {
        return Err(Error::input(format!("{alias} is linked to {customer} already."))
            .hint(format!("`throughline identity show {alias}` says why.")));
    }
    let known = if left == alias {
        format!("{customer} belongs to {alias} already: linking {alias} to {customer} would close a circle.")
    } else {
        format!("{alias} and {customer} are one customer already: {left}.")
    };
    Err(Error::input(known).hint(format!("`throughline identity show {alias}` shows all links.")))
}

async fn not_linked(reader: &Reader, alias: &str) -> Result<Error> {
    let session = reader.session();
    if !session.is_name(alias).await? {
        return Ok(unknown(alias));
    }
    let error = Error::input(format!("{alias} is linked to nobody: it stands for itself."));
    Ok(match session.aliases_of(alias).await?.first() {
        Some(linked) => error.hint(format!("Others are linked to it: undo those, such as {linked}.")),
        None => error,
    })
}

/// One row of `identities`.
struct Row<'a> {
    alias: &'a str,
    customer: &'a str,
    /// The instant at which it begins, where it undoes.
    until: Option<Timestamp>,
    statement: &'a Statement,
}

impl Row<'_> {
    fn columns(&self, at: Timestamp) -> Vec<(&'static str, ArrayRef)> {
        let text =
            |text: &str| Arc::new(StringArray::from(vec![Some(text).filter(|text| !text.is_empty())])) as ArrayRef;
        let instant = |at: Option<Timestamp>| {
            let micros: TimestampMicrosecondArray = [at.map(Timestamp::as_microsecond)].into_iter().collect();
            Arc::new(micros.with_timezone("UTC")) as ArrayRef
        };
        vec![
            ("alias", text(self.alias)),
            ("customer_id", text(self.customer)),
            ("reason", text(MANUAL)),
            ("confidence", Arc::new(Float64Array::from(vec![1.0]))),
            ("since", instant(Some(at))),
            ("until", instant(self.until)),
            ("note", text(self.statement.why.trim())),
            ("who", text(self.statement.who.trim())),
        ]
    }
}
