//! How much of an answer is shown: an assistant reads every word, and has room for few.

use std::collections::BTreeMap;

use serde_json::Value;

/// An answer is cut until its JSON is not longer than this, about twenty thousand words of a language model.
pub(super) const MOST_BYTES: usize = 60_000;

/// Which entries of a list stay.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keep {
    /// The first: lists that are ranked.
    First,
    /// The last: lists in order of time.
    Last,
    /// Those in which this number is largest, in the order they had.
    Largest(&'static str),
}

/// How long a list may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    /// Names on the way to the list; lists on the way stand for all their entries.
    pub path: &'static [&'static str],
    /// Entries that have this in common stay or go together; without it each is alone.
    pub together: Option<&'static str>,
    /// Which entries stay.
    pub keep: Keep,
    /// At most so many.
    pub most: usize,
    /// Never fewer than so many to make room.
    pub least: usize,
    /// What shows more.
    pub more: &'static str,
}

impl Bound {
    /// A list that is cut only to make room.
    pub const fn room(path: &'static [&'static str], keep: Keep, more: &'static str) -> Bound {
        Bound { path, together: None, keep, most: usize::MAX, least: 1, more }
    }

    /// At most `most` entries.
    pub const fn at_most(self, most: usize) -> Bound {
        Bound { most, least: if most < self.least { most } else { self.least }, ..self }
    }

    /// Entries with the same value there stay or go together.
    pub const fn together(self, pointer: &'static str) -> Bound {
        Bound { together: Some(pointer), ..self }
    }
}

/// Cuts the answer to its bounds, then further, bound by bound, until it has room; tells what was cut.
pub(super) fn fit(value: &mut Value, bounds: &[Bound]) -> Vec<String> {
    let mut bounds = bounds.to_vec();
    let mut notes: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (place, bound) in bounds.iter().enumerate() {
        apply(value, place, bound, &mut notes);
    }
    while length(value) > MOST_BYTES {
        let Some(place) = bounds.iter().position(|bound| longest(value, bound) > bound.least) else { break };
        if let Some(bound) = bounds.get_mut(place) {
            bound.most = (longest(value, bound) / 2).max(bound.least);
            apply(value, place, bound, &mut notes);
        }
    }
    notes.iter().filter_map(|(place, told)| bounds.get(*place).map(|bound| sentence(bound, *told))).collect()
}

/// Takes fields out of the object at the end of the path, or out of the objects of the list there.
pub(super) fn leave_out(value: &mut Value, path: &[&str], fields: &[&str]) {
    each(value, path, &mut |found| match found {
        Value::Object(object) => object.retain(|name, _| !fields.contains(&name.as_str())),
        Value::Array(items) => items.iter_mut().for_each(|item| leave_out(item, &[], fields)),
        _ => {}
    });
}

fn length(value: &Value) -> usize {
    serde_json::to_string(value).map_or(0, |text| text.len())
}

fn sentence(bound: &Bound, (of, kept): (usize, usize)) -> String {
    let what = bound.path.last().copied().unwrap_or_default();
    let counted = match bound.together {
        Some(pointer) => {
            let common = pointer.split('/').find(|part| !part.is_empty()).unwrap_or(what);
            format!("{common}s of `{what}`")
        }
        None => format!("entries of `{what}`"),
    };
    let which = match bound.keep {
        Keep::First => "first".to_owned(),
        Keep::Last => "last".to_owned(),
        Keep::Largest(by) => format!("with the largest {}", by.trim_start_matches('/')),
    };
    let up_to = if bound.path.len() > 1 { "up to " } else { "" };
    format!("Of {up_to}{of} {counted}, only {kept} are shown ({which}); {}.", bound.more)
}

/// Cuts all lists at the end of the path, and remembers the longest and what stayed of it.
fn apply(value: &mut Value, place: usize, bound: &Bound, notes: &mut BTreeMap<usize, (usize, usize)>) {
    each(value, bound.path, &mut |list| {
        let Value::Array(items) = list else { return };
        let groups = groups(items, bound);
        if groups.len() <= bound.most {
            return;
        }
        let kept = kept(&groups, bound);
        let note = notes.entry(place).or_insert((groups.len(), bound.most));
        *note = (note.0.max(groups.len()), bound.most);
        let mut at = 0;
        items.retain(|_| {
            at += 1;
            kept.contains(&(at - 1))
        });
    });
}

fn longest(value: &mut Value, bound: &Bound) -> usize {
    let mut longest = 0;
    each(value, bound.path, &mut |list| {
        if let Value::Array(items) = list {
            longest = longest.max(groups(items, bound).len());
        }
    });
    longest
}

/// Places of the entries, those together that have something in common; in the order of that, else of the list.
fn groups(items: &[Value], bound: &Bound) -> Vec<(f64, Vec<usize>)> {
    let size = |item: &Value| match bound.keep {
        Keep::Largest(pointer) => item.pointer(pointer).and_then(Value::as_f64).unwrap_or(0.0),
        _ => 0.0,
    };
    let Some(pointer) = bound.together else {
        return items.iter().enumerate().map(|(place, item)| (size(item), vec![place])).collect();
    };
    let mut together: BTreeMap<String, (f64, Vec<usize>)> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        let common = item.pointer(pointer).map(ToString::to_string).unwrap_or_default();
        let group = together.entry(common).or_default();
        group.0 += size(item);
        group.1.push(place);
    }
    together.into_values().collect()
}

fn kept(groups: &[(f64, Vec<usize>)], bound: &Bound) -> std::collections::BTreeSet<usize> {
    let mut order: Vec<&(f64, Vec<usize>)> = groups.iter().collect();
    match bound.keep {
        Keep::First => {}
        Keep::Last => order.reverse(),
        // Stable: the first of equals stays.
        Keep::Largest(_) => order.sort_by(|one, other| other.0.total_cmp(&one.0)),
    }
    order.into_iter().take(bound.most).flat_map(|(_, places)| places.iter().copied()).collect()
}

fn each(value: &mut Value, path: &[&str], visit: &mut dyn FnMut(&mut Value)) {
    match (path.split_first(), value) {
        (None, value) => visit(value),
        (Some(_), Value::Array(items)) => items.iter_mut().for_each(|item| each(item, path, visit)),
        (Some((name, rest)), Value::Object(fields)) => {
            if let Some(found) = fields.get_mut(*name) {
                each(found, rest, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_cut_where_they_are_long() {
        let mut answer = json!({"groups": [
            {"group": "a", "cases": 1, "rows": [1, 2, 3]}, {"group": "b", "cases": 9, "rows": [1]},
            {"group": "c", "cases": 5, "rows": [1, 2, 3, 4]},
        ]});
        let bounds = [
            Bound::room(&["groups"], Keep::Largest("/cases"), "`by` less").at_most(2),
            Bound::room(&["groups", "rows"], Keep::Last, "`rows` shows more").at_most(2),
        ];
        let notes = fit(&mut answer, &bounds);
        let expected =
            json!({"groups": [{"group": "b", "cases": 9, "rows": [1]}, {"group": "c", "cases": 5, "rows": [3, 4]}]});
        assert_eq!(answer, expected);
        assert_eq!(
            notes,
            [
                "Of 3 entries of `groups`, only 2 are shown (with the largest cases); `by` less.",
                "Of up to 4 entries of `rows`, only 2 are shown (last); `rows` shows more."
            ]
        );
    }

    #[test]
    fn entries_that_belong_together_stay_together() {
        let reading = |segment: &str, period: &str, n: u64| json!({"segment": segment, "period": period, "n": n});
        let mut answer = json!({"readings": [reading("a", "1", 1), reading("a", "2", 1), reading("b", "1", 5), reading("b", "2", 7)]});
        let by = Bound::room(&["readings"], Keep::Largest("/n"), "…").together("/segment").at_most(1);
        assert_eq!(fit(&mut answer, &[by]), ["Of 2 segments of `readings`, only 1 are shown (with the largest n); …."]);
        assert_eq!(answer, json!({"readings": [reading("b", "1", 5), reading("b", "2", 7)]}));
        let last = Bound::room(&["readings"], Keep::Last, "…").together("/period").at_most(1);
        fit(&mut answer, &[last]);
        assert_eq!(answer, json!({"readings": [reading("b", "2", 7)]}));
    }

    #[test]
    fn what_is_too_long_is_cut_until_it_has_room() {
        let long = "x".repeat(1_000);
        let mut answer = json!({"rows": vec![long; 500], "note": "stays"});
        let notes = fit(&mut answer, &[Bound::room(&["rows"], Keep::First, "ask for less")]);
        assert!(length(&answer) <= MOST_BYTES);
        assert_eq!(answer["rows"].as_array().unwrap().len(), 31);
        assert_eq!(notes, ["Of 500 entries of `rows`, only 31 are shown (first); ask for less."]);
        assert_eq!(answer["note"], "stays");
    }
}
