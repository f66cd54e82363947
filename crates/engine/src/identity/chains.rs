//! Chains of links: an alias of an alias belongs to the customer at the end.

use std::cmp::Ordering;
use std::collections::HashMap;

/// A link in force; an alias has at most one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// Who is linked.
    pub alias: String,
    /// To whom: a customer, or another alias.
    pub customer_id: String,
    /// How sure the link is, 0 to 1.
    pub confidence: f64,
    /// Since when, in microseconds; none where it always held.
    pub since: Option<i64>,
}

/// Where the chain of an alias ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    /// The alias.
    pub alias: String,
    /// The customer at the end of its chain.
    pub customer_id: String,
    /// Where its link closed a circle and does not count for that: the circle. The alias stands for itself then.
    pub circle: Option<String>,
}

/// Follows every link to its end, sorted by alias. Of links in a circle the weakest does not count: that of the least
/// confidence, then the oldest (the latest word wins), then that of the first alias. Linear in the number of links.
pub(crate) fn resolve(mut steps: Vec<Step>) -> Vec<End> {
    steps.sort_by(|left, right| left.alias.cmp(&right.alias).then_with(|| weaker(right, left)));
    steps.dedup_by(|later, first| later.alias == first.alias);
    let places: HashMap<&str, usize> = steps.iter().enumerate().map(|(at, step)| (step.alias.as_str(), at)).collect();
    let next = |at: usize| places.get(steps.get(at)?.customer_id.as_str()).copied().filter(|next| *next != at);
    let mut walk = Walk { next: (0..steps.len()).map(next).collect(), seen: vec![0; steps.len()] };
    let circles = walk.open_circles(&steps);
    let last = walk.ends();
    let ends = steps.iter().zip(last).map(|(step, last)| {
        let end = match steps.get(last) {
            Some(end) if circles.contains_key(&last) => &end.alias,
            Some(end) => &end.customer_id,
            None => &step.customer_id,
        };
        let own = places.get(step.alias.as_str()).and_then(|at| circles.get(at));
        End { alias: step.alias.clone(), customer_id: end.clone(), circle: own.cloned() }
    });
    ends.collect()
}

fn weaker(left: &Step, right: &Step) -> Ordering {
    left.confidence
        .total_cmp(&right.confidence)
        .then_with(|| left.since.cmp(&right.since))
        .then_with(|| left.alias.cmp(&right.alias))
        .then_with(|| left.customer_id.cmp(&right.customer_id))
}

/// The links as a graph in which everything has at most one way out.
struct Walk {
    next: Vec<Option<usize>>,
    /// Number of the walk that came by; 0 for none.
    seen: Vec<usize>,
}

impl Walk {
    fn next(&self, at: usize) -> Option<usize> {
        self.next.get(at).copied().flatten()
    }

    /// Takes the weakest link out of every circle; which they are, each with its circle in words.
    fn open_circles(&mut self, steps: &[Step]) -> HashMap<usize, String> {
        let mut opened = HashMap::new();
        for start in 0..steps.len() {
            let Some(entry) = self.first_met_again(start) else { continue };
            let mut circle = vec![entry];
            while let Some(at) = self.next(circle.last().copied().unwrap_or(entry)).filter(|at| *at != entry) {
                circle.push(at);
            }
            let weakest = circle.iter().copied().filter_map(|at| Some((at, steps.get(at)?)));
            let Some((at, _)) = weakest.min_by(|left, right| weaker(left.1, right.1)) else { continue };
            opened.insert(at, in_words(&circle, steps));
            if let Some(next) = self.next.get_mut(at) {
                *next = None;
            }
        }
        opened
    }

    /// Walks from `start` over ground nobody has walked; where it meets its own steps, the place.
    fn first_met_again(&mut self, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            let seen = self.seen.get_mut(at)?;
            if *seen != 0 {
                return (*seen == start + 1).then_some(at);
            }
            *seen = start + 1;
            at = self.next(at)?;
        }
    }

    /// The last link on the way of each; there are no circles any more.
    fn ends(&self) -> Vec<usize> {
        let mut ends: Vec<Option<usize>> = vec![None; self.next.len()];
        for start in 0..ends.len() {
            let mut path = vec![start];
            let mut at = start;
            let end = loop {
                match (ends.get(at).copied().flatten(), self.next(at)) {
                    (Some(end), _) => break end,
                    (None, None) => break at,
                    (None, Some(next)) => {
                        path.push(next);
                        at = next;
                    }
                }
            };
            for at in path {
                if let Some(place) = ends.get_mut(at) {
                    *place = Some(end);
                }
            }
        }
        ends.into_iter().enumerate().map(|(at, end)| end.unwrap_or(at)).collect()
    }
}

/// `a → b → a`, beginning with the first name.
fn in_words(circle: &[usize], steps: &[Step]) -> String {
    let names: Vec<&str> = circle.iter().filter_map(|at| Some(steps.get(*at)?.alias.as_str())).collect();
    let first = names.iter().enumerate().min_by_key(|(_, name)| **name).map_or(0, |(at, _)| at);
    let round = names.iter().cycle().skip(first).take(names.len() + 1);
    round.copied().collect::<Vec<_>>().join(" → ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn step(alias: &str, customer_id: &str, confidence: f64, since: Option<i64>) -> Step {
        Step { alias: alias.into(), customer_id: customer_id.into(), confidence, since }
    }

    fn told(steps: Vec<Step>) -> Vec<String> {
        let told = |end: End| match end.circle {
            Some(circle) => format!("{} ({circle})", end.alias),
            None => format!("{} is {}", end.alias, end.customer_id),
        };
        resolve(steps).into_iter().map(told).collect()
    }

    #[test]
    fn chains_of_any_length_end_at_the_customer() {
        let chain = ["b", "a", "d", "c"].windows(2).map(|two| step(two[0], two[1], 1.0, None)).collect();
        assert_eq!(told(chain), ["a is c", "b is c", "d is c"]);
        let long: Vec<Step> =
            (0..100_000).map(|n| step(&format!("{n:06}"), &format!("{:06}", n + 1), 1.0, None)).collect();
        assert!(resolve(long).iter().all(|end| end.customer_id == "100000"));
        assert_eq!(told(vec![step("a", "a", 1.0, None), step("b", "a", 1.0, None)]), ["a is a", "b is a"]);
    }

    #[test]
    fn the_weakest_link_of_a_circle_does_not_count() {
        let circle = |of: [(f64, Option<i64>); 3]| {
            let [a, b, c] = of;
            told(vec![
                step("c", "a", c.0, c.1),
                step("a", "b", a.0, a.1),
                step("b", "c", b.0, b.1),
                step("x", "b", 1.0, None),
            ])
        };
        let round = "a → b → c → a";
        assert_eq!(circle([(1.0, Some(3)), (0.8, Some(9)), (1.0, Some(1))])[1], format!("b ({round})"));
        let oldest = circle([(1.0, Some(3)), (1.0, Some(2)), (1.0, None)]);
        assert_eq!(oldest, ["a is c", "b is c", &format!("c ({round})"), "x is c"]);
        assert_eq!(circle([(1.0, None); 3])[0], format!("a ({round})"));
    }

    proptest! {
        /// Against following each link by hand, whatever the order of the rows.
        #[test]
        fn as_by_hand(links in prop::collection::btree_map(0u8..12, (0u8..12, 0u8..3, prop::option::of(0i64..4)), 0..12),
                      order in any::<u64>()) {
            let mut steps: Vec<Step> = links.iter()
                .map(|(a, (c, sure, since))| step(&format!("n{a:02}"), &format!("n{c:02}"), f64::from(*sure), *since)).collect();
            let straight = resolve(steps.clone());
            steps.sort_by_key(|s| s.alias.bytes().fold(order, |sum, b| sum.rotate_left(7).wrapping_mul(31) ^ u64::from(b)));
            prop_assert_eq!(&resolve(steps.clone()), &straight);
            let cut: Vec<&str> = straight.iter().filter(|end| end.circle.is_some()).map(|end| end.alias.as_str()).collect();
            let kept: BTreeMap<&str, &str> = steps.iter().filter(|s| !cut.contains(&s.alias.as_str()) && s.alias != s.customer_id)
                .map(|s| (s.alias.as_str(), s.customer_id.as_str())).collect();
            for end in &straight {
                let mut at = end.alias.as_str();
                let mut hops = 0;
                while let Some(next) = kept.get(at) {
                    at = next;
                    hops += 1;
                    prop_assert!(hops <= 12, "a circle is left");
                }
                prop_assert_eq!(at, end.customer_id.as_str());
                // Only a link that closed a circle is left out: put back, it leads from its end to its beginning.
                if end.circle.is_some() {
                    let own = steps.iter().find(|s| s.alias == end.alias).unwrap();
                    let mut at = own.customer_id.as_str();
                    while let Some(next) = kept.get(at) {
                        at = next;
                    }
                    prop_assert_eq!(at, end.alias.as_str());
                }
            }
        }
    }
}
