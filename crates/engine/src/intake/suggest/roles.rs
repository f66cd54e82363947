//! Which column plays which part, by its name and what it holds.

use super::profile::{Kind, Profile};

/// A column found for a part: its place.
pub(super) type Found = Option<usize>;

/// Finds columns by name, each once.
pub(super) struct Finder<'a> {
    columns: &'a [Profile],
    names: Vec<String>,
    taken: Vec<bool>,
}

/// Small letters, parts separated by single blanks: `OrderID`, `order_id` and `Order Id` are the same.
pub(super) fn plain(name: &str) -> String {
    let mut words = String::new();
    let mut before_small = false;
    for character in name.chars() {
        if character.is_uppercase() && before_small {
            words.push(' ');
        }
        before_small = character.is_lowercase() || character.is_ascii_digit();
        if character.is_alphanumeric() {
            words.extend(character.to_lowercase());
        } else {
            words.push(' ');
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn is_time(profile: &Profile) -> bool {
    matches!(profile.kind, Kind::Time { .. })
}

pub(super) fn is_number(profile: &Profile) -> bool {
    matches!(profile.kind, Kind::Number { .. })
}

/// Could name something: no time and no fraction.
pub(super) fn is_name(profile: &Profile) -> bool {
    match &profile.kind {
        Kind::Empty | Kind::Time { .. } => false,
        Kind::Number { whole, negative, .. } => *whole && !*negative,
        Kind::Words(_) | Kind::Text => true,
    }
}

pub(super) fn is_text(profile: &Profile) -> bool {
    matches!(profile.kind, Kind::Words(_) | Kind::Text)
}

impl<'a> Finder<'a> {
    /// None is taken yet.
    pub(super) fn new(columns: &'a [Profile]) -> Self {
        let names = columns.iter().map(|column| plain(&column.name)).collect();
        Finder { columns, names, taken: vec![false; columns.len()] }
    }

    /// The first free column with one of these names (in the order of the names; then one whose name contains one
    /// of them as whole words) that `fits`; it is taken.
    pub(super) fn take(&mut self, names: &[&str], fits: fn(&Profile) -> bool) -> Found {
        let found = self.find(names, fits)?;
        if let Some(taken) = self.taken.get_mut(found) {
            *taken = true;
        }
        Some(found)
    }

    fn find(&self, names: &[&str], fits: fn(&Profile) -> bool) -> Found {
        let free =
            |at: &usize| !self.taken.get(*at).copied().unwrap_or(true) && self.columns.get(*at).is_some_and(fits);
        let places = || (0..self.columns.len()).filter(free);
        let exact = |wanted: &&str| places().find(|at| self.names.get(*at).is_some_and(|name| name == wanted));
        let within = |wanted: &&str| places().find(|at| self.names.get(*at).is_some_and(|name| contains(name, wanted)));
        names.iter().find_map(exact).or_else(|| names.iter().find_map(within))
    }

    /// The first free column that fits, whatever its name; it is taken.
    pub(super) fn take_any(&mut self, fits: fn(&Profile) -> bool) -> Found {
        let found = (0..self.columns.len())
            .find(|at| !self.taken.get(*at).copied().unwrap_or(true) && self.columns.get(*at).is_some_and(fits))?;
        if let Some(taken) = self.taken.get_mut(found) {
            *taken = true;
        }
        Some(found)
    }

    /// Gives a column back.
    pub(super) fn free(&mut self, column: Found) {
        if let Some(taken) = column.and_then(|column| self.taken.get_mut(column)) {
            *taken = false;
        }
    }
}

fn contains(name: &str, words: &str) -> bool {
    format!(" {name} ").contains(&format!(" {words} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_brought_to_one_form() {
        for (name, expected) in [
            ("OrderID", "order id"),
            ("order_id", "order id"),
            ("Order  Id", "order id"),
            ("Kauf-Datum", "kauf datum"),
            ("ts2", "ts2"),
        ] {
            assert_eq!(plain(name), expected);
        }
    }
}
