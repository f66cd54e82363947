//! Loops among things that point at each other: links of objectives, formulas of measures.

use std::collections::{BTreeMap, BTreeSet};

/// Arrows that grow one by one and never close a loop.
#[derive(Debug, Default)]
pub struct Arrows<'a> {
    next: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Arrows<'a> {
    /// Adds `from → to`, unless that closes a loop: then the loop is handed back, beginning and ending
    /// with `from`, and nothing is added.
    pub fn add(&mut self, from: &'a str, to: &'a str) -> Result<(), Vec<&'a str>> {
        if let Some(way_back) = self.way(to, from) {
            return Err(std::iter::once(from).chain(way_back).collect());
        }
        self.next.entry(from).or_default().push(to);
        Ok(())
    }

    /// A shortest way, both ends included.
    fn way(&self, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
        let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
        let mut seen = BTreeSet::from([from]);
        let mut front = vec![from];
        while !front.is_empty() && !seen.contains(to) {
            let mut reached = Vec::new();
            for here in front {
                for there in self.next.get(here).into_iter().flatten().copied() {
                    if seen.insert(there) {
                        came_from.insert(there, here);
                        reached.push(there);
                    }
                }
            }
            front = reached;
        }
        if !seen.contains(to) {
            return None;
        }
        let mut way = vec![to];
        let mut here = to;
        while let Some(before) = came_from.get(here).copied() {
            way.push(before);
            here = before;
        }
        way.reverse();
        Some(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(arrows: &[(&str, &str)], expected: &[&str]) {
        let mut graph = Arrows::default();
        let loops: Vec<String> =
            arrows.iter().filter_map(|(from, to)| graph.add(from, to).err()).map(|way| way.join(" → ")).collect();
        assert_eq!(loops, expected);
    }

    #[test]
    fn the_arrow_that_closes_a_loop_is_refused() {
        check(&[("a", "b"), ("b", "c"), ("a", "c")], &[]);
        check(&[("a", "a")], &["a → a"]);
        check(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")], &["c → a → b → c"]);
        check(&[("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")], &["b → a → b", "c → b → c"]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let names: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
        let mut graph = Arrows::default();
        for pair in names.windows(2) {
            // Built from the end, so that each test for a loop is short.
            graph.next.insert(&pair[0], vec![&pair[1]]);
        }
        assert_eq!(graph.add("4999", "0").map_err(|way| way.len()), Err(5_001));
    }
}
