//! What the codes of kinds mean.

/// One code: touchpoints that no rule or question can tell apart by anything but time, channel and what they carry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Kind {
    /// Standard table.
    pub table: String,
    /// What happened; for cases that are tickets, the source's own word where it has one.
    pub kind: String,
    /// Feedback instrument.
    pub instrument: Option<String>,
    /// What an answer is about.
    pub about: Option<String>,
}

/// Kinds and channels by code.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kinds {
    /// Kinds; the code is the place.
    pub kinds: Vec<Kind>,
    /// Channels; the code is the place plus one, 0 means that none is known.
    pub channels: Vec<String>,
}

impl Kinds {
    /// Which codes bear a name: `kind`, or `table.kind` where the same kind stands in several tables.
    pub fn named(&self, name: &str) -> Vec<u16> {
        let bears = |kind: &Kind| {
            kind.kind == name
                || name.split_once('.').is_some_and(|(table, own)| kind.table == table && kind.kind == own)
        };
        let places = self.kinds.iter().enumerate().filter(|(_, kind)| bears(kind));
        places.filter_map(|(place, _)| u16::try_from(place).ok()).collect()
    }

    /// The name of a channel code; `None` for 0.
    pub fn channel(&self, code: u16) -> Option<&str> {
        self.channels.get(usize::from(code).checked_sub(1)?).map(String::as_str)
    }

    /// Names of all kinds, each once, ascending.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.kinds.iter().map(|kind| kind.kind.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
