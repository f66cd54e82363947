//! The stage rules of the journey as one SQL expression.

use throughline_model::journey::{Journey, StageRule};

use super::quote;

/// The CASE expression that gives a touchpoint its stage, over the columns `table_name`, `kind`,
/// `before_first_order`, `score_share`, `about` and `instrument`. The first rule that matches wins; a
/// touchpoint without a rule has no stage (NULL).
pub(crate) fn stage_expression(journey: &Journey) -> String {
    let mut sql = String::from("CASE");
    for rule in &journey.rules {
        sql.push_str(&format!("\n    WHEN {} THEN {}", condition(rule), quote::text(&rule.stage)));
    }
    if journey.rules.is_empty() {
        sql.push_str("\n    WHEN FALSE THEN ''");
    }
    sql.push_str("\n  END");
    sql
}

fn condition(rule: &StageRule) -> String {
    let mut parts = Vec::new();
    if let Some(table) = &rule.table {
        parts.push(format!("table_name = {}", quote::text(table)));
    }
    let lists = [("kind", &rule.kinds), ("about", &rule.about), ("instrument", &rule.instruments)];
    for (column, words) in lists {
        if !words.is_empty() {
            parts.push(format!("{column} IN ({})", quote::texts(words)));
        }
    }
    if let Some(before) = rule.before_first_order {
        parts.push(format!("before_first_order IS {}", if before { "TRUE" } else { "FALSE" }));
    }
    if let Some(share) = rule.min_score {
        // What is no number matches nothing.
        parts.push(if share.is_finite() { format!("score_share >= {share:?}") } else { "FALSE".to_owned() });
    }
    if parts.is_empty() { "TRUE".to_owned() } else { parts.join(" AND ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(stage: &str) -> StageRule {
        StageRule {
            stage: stage.into(),
            table: None,
            kinds: Vec::new(),
            before_first_order: None,
            min_score: None,
            about: Vec::new(),
            instruments: Vec::new(),
            line: 1,
        }
    }

    #[test]
    fn rules_become_branches_in_their_order() {
        let rules = vec![
            StageRule {
                table: Some("tickets".into()),
                before_first_order: Some(true),
                kinds: vec!["it's".into()],
                ..rule("engagement")
            },
            StageRule { min_score: Some(0.75), instruments: vec!["review".into()], ..rule("advocacy") },
            rule("support"),
        ];
        let expected = "CASE\n    \
            WHEN table_name = 'tickets' AND kind IN ('it''s') AND before_first_order IS TRUE THEN 'engagement'\n    \
            WHEN instrument IN ('review') AND score_share >= 0.75 THEN 'advocacy'\n    \
            WHEN TRUE THEN 'support'\n  END";
        assert_eq!(stage_expression(&Journey { stages: Vec::new(), rules }), expected);
    }
}
