//! Rows that were set aside, are mended, and come again.

use std::collections::{BTreeMap, BTreeSet};

use crate::intake::Reject;

/// Which rejects the lines of an import stand for.
#[derive(Debug, Default)]
pub(super) struct Mending {
    files: BTreeMap<String, BTreeMap<u64, Vec<String>>>,
}

impl Mending {
    /// The record of `file` (as messages call it) that begins on `line` is the mended form of these rejects.
    pub(super) fn add(&mut self, file: &str, line: u64, ids: Vec<String>) {
        self.files.entry(file.to_owned()).or_default().insert(line, ids);
    }

    /// Whether a row that is set aside is one of those that were to be mended.
    pub(super) fn holds(&self, reject: &Reject) -> bool {
        self.files.get(&reject.file).is_some_and(|lines| lines.contains_key(&reject.line))
    }

    /// Ids of all rejects whose row is not among those that are still bad.
    pub(super) fn accepted(&self, open: &[Reject]) -> Vec<String> {
        let open: BTreeSet<(&str, u64)> = open.iter().map(|reject| (reject.file.as_str(), reject.line)).collect();
        let lines = self.files.iter().flat_map(|(file, lines)| lines.iter().map(move |(line, ids)| (file, line, ids)));
        let done = lines.filter(|(file, line, _)| !open.contains(&(file.as_str(), **line)));
        done.flat_map(|(_, _, ids)| ids.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reject(file: &str, line: u64) -> Reject {
        let (table, column, reason, original) = (None, None, String::new(), String::new());
        Reject { file: file.into(), line, table, column, reason, original }
    }

    #[test]
    fn a_row_that_is_bad_in_any_table_stays_open() {
        let mut mending = Mending::default();
        mending.add("a", 2, vec!["1".into(), "2".into()]);
        mending.add("a", 3, vec!["3".into()]);
        mending.add("b", 2, vec!["4".into()]);
        assert!(mending.holds(&reject("a", 2)) && !mending.holds(&reject("b", 3)));
        assert_eq!(mending.accepted(&[reject("a", 2)]), ["3", "4"]);
        assert_eq!(mending.accepted(&[]), ["1", "2", "3", "4"]);
    }
}
