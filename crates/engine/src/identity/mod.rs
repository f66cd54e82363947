//! Who is who: links of aliases to customers, stated by sources and people or found in the data.
//!
//! What counts as a link stands in SQL (`catalog/views`: `identity_links`, `found_links`, `links_in_force`,
//! `customer_aliases`). Here stands what SQL does badly: following chains of links, finding strangers in sessions of
//! customers in one pass, and taking the statements of people.

pub(crate) mod chains;
mod change;
mod linking;
mod links;
pub(crate) mod strangers;

pub use change::{LinkChange, Statement};
pub use linking::Linking;
pub use links::{Identity, IdentityConflict, IdentityLink, LinkList, LinkTotal};

/// The view that says which customer an alias belongs to.
pub(crate) const ALIASES: &str = "customer_aliases";
/// The view of names nobody knows in sessions of others.
pub(crate) const STRANGERS: &str = "session_strangers";
/// A view all of whose rows hang on those of another: where that has none, it need not be computed.
pub(crate) const NEEDS: [(&str, &str); 1] = [("session_names", STRANGERS)];

/// The views between the standard tables and `customer_aliases` that are mentioned several times or take long. A
/// session that keeps no views in a folder keeps these in memory instead of planning them anew at every mention.
pub(crate) const VIEWS: [&str; 7] =
    [STRANGERS, "session_names", "found_links", "identity_links", "links_in_force", "_link_chains", ALIASES];
