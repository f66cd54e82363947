//! How far the inputs of a measure can be trusted, in words.

use throughline_engine::{FailedCheck, Trust};

use super::sources::share;

/// Failed checks that are told in full.
const TOLD: usize = 5;

/// Everything: a line, then what failed, check by check.
pub fn lines(trust: &Trust) -> Vec<String> {
    if trust.tables.is_empty() {
        return vec!["inputs: no rows yet".to_owned()];
    }
    let stale =
        if trust.stale.is_empty() { "none stale".to_owned() } else { format!("stale: {}", trust.stale.join(", ")) };
    let [complete, valid, unique] = [trust.completeness, trust.validity, trust.uniqueness].map(share);
    let mut lines = vec![format!("inputs: complete {complete}, valid {valid}, unique {unique}; {stale}")];
    let told = trust.failed.iter().filter(|check| !is_of_line(check));
    lines.extend(told.clone().take(TOLD).map(|check| format!("! failed check: {}", check.sentence)));
    let more = told.count().saturating_sub(TOLD);
    lines.extend((more > 0).then(|| format!("! and {more} more; `throughline sources` lists them")));
    lines
}

/// Whether the line of shares and stale sources says it already.
fn is_of_line(check: &FailedCheck) -> bool {
    check.until.is_none()
}

/// Only what is doubtful: the checks that failed.
pub fn mark(trust: &Trust) -> Option<String> {
    let shares = [("complete", trust.completeness), ("valid", trust.validity), ("unique", trust.uniqueness)];
    let low = shares.into_iter().filter(|(_, value)| value.is_some_and(|value| value < 0.95));
    let mut words: Vec<String> = low.map(|(name, value)| format!("{name} {}", share(value))).collect();
    match trust.stale.as_slice() {
        [] => {}
        [one] => words.push(format!("{one} stale")),
        more => words.push(format!("{} sources stale", more.len())),
    }
    let mut failed: Vec<String> =
        trust.failed.iter().filter(|check| !is_of_line(check)).map(FailedCheck::title).collect();
    failed.dedup();
    words.extend(failed.iter().take(2).cloned());
    words.extend((failed.len() > 2).then(|| format!("{} more failed checks", failed.len() - 2)));
    trust.is_doubtful().then(|| format!("inputs: {}", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use throughline_engine::CheckKind;

    use super::*;

    #[test]
    fn only_what_is_doubtful_is_marked() {
        let good = Trust {
            tables: vec!["orders".into()],
            completeness: Some(1.0),
            validity: Some(0.987),
            uniqueness: None,
            stale: Vec::new(),
            failed: Vec::new(),
        };
        assert_eq!(lines(&good), ["inputs: complete 100 %, valid 98.7 %, unique –; none stale"]);
        assert_eq!(mark(&good), None);
        let low = FailedCheck {
            kind: CheckKind::VolumeLow,
            source: "shop".into(),
            table: "orders".into(),
            column: None,
            value: None,
            from: Some(date(2026, 3, 3)),
            until: Some(date(2026, 3, 3)),
            observed: 12.0,
            expected: 208.0,
            range: Some((180.0, 240.0)),
            moved: None,
            p: Some(1e-9),
            sentence: "orders of shop: 12.".into(),
        };
        let valid = FailedCheck { kind: CheckKind::Validity, from: None, until: None, ..low.clone() };
        let bad = Trust { validity: Some(0.9), stale: vec!["shop".into()], failed: vec![valid, low], ..good };
        assert_eq!(mark(&bad).as_deref(), Some("inputs: valid 90.0 %, shop stale, orders volume low"));
        assert_eq!(lines(&bad)[1..], ["! failed check: orders of shop: 12."]);
    }
}
