//! Who is who: links of aliases to customers, stated by sources and people or found in the data.
//!
//! What counts as a link stands in SQL (`catalog/views`: `stated_links`, `found_links`, `links_in_force`,
//! `customer_aliases`). Here stands what SQL does badly: following chains of links, finding sessions of several
//! names in one pass, and taking the statements of people.

pub(crate) mod chains;
mod change;
mod linking;
mod links;
pub(crate) mod meetings;

pub use change::{LinkChange, Statement};
pub use linking::Linking;
pub use links::{Identity, IdentityConflict, IdentityLink, LinkList, LinkTotal};

/// The view that says which customer an alias belongs to.
pub(crate) const ALIASES: &str = "customer_aliases";
/// The view of sessions in which names meet.
pub(crate) const MEETINGS: &str = "session_meetings";

/// The views between the standard tables and `customer_aliases` that are mentioned several times or take long. A
/// session that keeps no views in a folder keeps these in memory instead of planning them anew at every mention.
pub(crate) const VIEWS: [&str; 7] =
    [MEETINGS, "_session_names", "found_links", "identity_links", "links_in_force", "_link_chains", ALIASES];
