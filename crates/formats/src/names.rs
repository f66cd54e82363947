//! Names of columns.

use std::collections::{HashMap, HashSet};

/// Column names as they can be used: trimmed, empty ones numbered, duplicates told apart by `_2`, `_3`.
pub fn distinct_names(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    // Where counting goes on: ten thousand columns of one name are not counted from the beginning each.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for (index, name) in names.into_iter().enumerate() {
        let name = match name.trim() {
            "" => format!("column_{}", index + 1),
            name => name.to_owned(),
        };
        let mut candidate = name.clone();
        while !known.insert(candidate.clone()) {
            let number = numbers.entry(name.clone()).or_insert(1);
            *number += 1;
            candidate = format!("{name}_{number}");
        }
        found.push(candidate);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_distinct() {
        let names = [" a ", "b", "b", "", "b_2", "b"].map(str::to_owned);
        assert_eq!(distinct_names(names), ["a", "b", "b_2", "column_4", "b_2_2", "b_3"]);
    }
}
