//! The shipped vocabulary: standard tables, measures, stage rules, views and source layouts, embedded.

use std::sync::LazyLock;

use throughline_model::vocabulary::{self, Vocabulary};

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

static VOCABULARY: LazyLock<Result<Vocabulary, String>> = LazyLock::new(|| match file("tables.toml") {
    Some(text) => vocabulary::read(text),
    None => Err("the catalog has no tables.toml".into()),
});

/// The catalog's files whose path begins with `prefix`, as (path, text), sorted by path.
pub fn files(prefix: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied().filter(move |(path, _)| path.starts_with(prefix))
}

/// The text of one file of the catalog.
pub fn file(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}

/// The standard tables.
pub fn vocabulary() -> crate::Result<&'static Vocabulary> {
    VOCABULARY.as_ref().map_err(|message| crate::Error::internal(message.clone()))
}
