//! How far the inputs of a measure can be trusted, in words.

use throughline_engine::Trust;

use super::sources::share;

/// Everything, on one line.
pub fn line(trust: &Trust) -> String {
    if trust.tables.is_empty() {
        return "inputs: no rows yet".to_owned();
    }
    let stale =
        if trust.stale.is_empty() { "none stale".to_owned() } else { format!("stale: {}", trust.stale.join(", ")) };
    let [complete, valid, unique] = [trust.completeness, trust.validity, trust.uniqueness].map(share);
    format!("inputs: complete {complete}, valid {valid}, unique {unique}; {stale}")
}

/// Only what is doubtful: shares below 95 % and stale sources.
pub fn mark(trust: &Trust) -> Option<String> {
    let shares = [("complete", trust.completeness), ("valid", trust.validity), ("unique", trust.uniqueness)];
    let low = shares.into_iter().filter(|(_, value)| value.is_some_and(|value| value < 0.95));
    let mut words: Vec<String> = low.map(|(name, value)| format!("{name} {}", share(value))).collect();
    match trust.stale.as_slice() {
        [] => {}
        [one] => words.push(format!("{one} stale")),
        more => words.push(format!("{} sources stale", more.len())),
    }
    trust.is_doubtful().then(|| format!("inputs: {}", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_doubtful_is_marked() {
        let good = Trust {
            tables: vec!["orders".into()],
            completeness: Some(1.0),
            validity: Some(0.987),
            uniqueness: None,
            stale: Vec::new(),
        };
        assert_eq!(line(&good), "inputs: complete 100 %, valid 98.7 %, unique –; none stale");
        assert_eq!(mark(&good), None);
        let bad = Trust { validity: Some(0.9), stale: vec!["shop".into()], ..good };
        assert_eq!(mark(&bad).as_deref(), Some("inputs: valid 90.0 %, shop stale"));
    }
}
