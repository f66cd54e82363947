//! The stages of the customer journey and the rules that give each touchpoint its stage: `journey.toml`.

use std::collections::BTreeSet;

use crate::diagnostic::hint_among;
use crate::measure::read_id;
use crate::toml_reader::Section;

/// A stage of the journey. Stages are data: the order in the file is the order shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its id.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// What happens in it, one sentence.
    pub about: String,
}

/// Which touchpoints belong to a stage. A condition that is not given always holds; all that are given
/// must hold; the first rule that matches a touchpoint wins.
#[derive(Debug, Clone, PartialEq)]
pub struct StageRule {
    /// Id of the stage.
    pub stage: String,
    /// Standard table the touchpoint comes from.
    pub table: Option<String>,
    /// Kinds of touchpoint, any of them; empty means every kind.
    pub kinds: Vec<String>,
    /// Whether the customer has ordered before: `true` matches only touchpoints before the first order.
    pub before_first_order: Option<bool>,
    /// Lowest score as a share of its scale: (score − min) / (max − min), 0 to 1. Without score no match.
    pub min_score: Option<f64>,
    /// What an answer is about, any of them (order, ticket, touchpoint, company); empty means anything.
    pub about: Vec<String>,
    /// Feedback instruments, any of them; empty means every instrument.
    pub instruments: Vec<String>,
    /// Line of the rule.
    pub line: usize,
}

/// What a rule is asked about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Touch<'a> {
    /// Standard table.
    pub table: &'a str,
    /// Kind of touchpoint.
    pub kind: &'a str,
    /// Whether it happened before the customer's first order (or there was none).
    pub before_first_order: bool,
    /// Score as a share of its scale, 0 to 1.
    pub score: Option<f64>,
    /// What it is about.
    pub about: Option<&'a str>,
    /// Feedback instrument.
    pub instrument: Option<&'a str>,
}

impl StageRule {
    /// Whether the rule applies. Scores are compared with a tolerance of 1e-9, so that 4 of 5 is 0.75.
    pub fn matches(&self, touch: &Touch<'_>) -> bool {
        let any = |allowed: &[String], value: Option<&str>| {
            allowed.is_empty() || value.is_some_and(|value| allowed.iter().any(|word| word == value))
        };
        self.table.as_deref().is_none_or(|table| table == touch.table)
            && any(&self.kinds, Some(touch.kind))
            && self.before_first_order.is_none_or(|before| before == touch.before_first_order)
            && self.min_score.is_none_or(|least| touch.score.is_some_and(|score| score >= least - 1e-9))
            && any(&self.about, touch.about)
            && any(&self.instruments, touch.instrument)
    }
}

/// Stages in the order shown, and rules in the order tried.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Journey {
    /// The stages.
    pub stages: Vec<Stage>,
    /// The rules.
    pub rules: Vec<StageRule>,
}

const TABLES: [&str; 8] =
    ["interactions", "orders", "payments", "tickets", "ticket_events", "feedback", "loyalty_events", "exposures"];
const ABOUT: [&str; 4] = ["order", "ticket", "touchpoint", "company"];
const INSTRUMENTS: [&str; 8] = ["csat", "nps", "ces", "review", "brand", "trust", "expectation", "open"];

impl Journey {
    /// Reads a `journey.toml` on top of the shipped journey: stages of its own replace the shipped ones;
    /// its rules are tried first and the shipped ones (for stages that exist) after them, unless the
    /// file says `shipped_rules = false`.
    pub fn read(section: Section<'_>, shipped: &Journey) -> Journey {
        let mut stages = read_stages(&section);
        if stages.is_empty() {
            stages.clone_from(&shipped.stages);
        }
        let ids: BTreeSet<&str> = stages.iter().map(|stage| stage.id.as_str()).collect();
        let mut rules: Vec<StageRule> =
            section.sections("rule").into_iter().filter_map(|rule| read_rule(rule, &ids)).collect();
        if section.flag("shipped_rules").unwrap_or(true) {
            rules.extend(shipped.rules.iter().filter(|rule| ids.contains(rule.stage.as_str())).cloned());
        }
        section.done();
        Journey { stages, rules }
    }

    /// The stage of a touchpoint, or `None` where no rule matches.
    pub fn stage_of(&self, touch: &Touch<'_>) -> Option<&str> {
        self.rules.iter().find(|rule| rule.matches(touch)).map(|rule| rule.stage.as_str())
    }
}

fn read_stages(section: &Section<'_>) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for part in section.sections("stage") {
        let id = read_id(&part);
        let name = part.required_text("name");
        let about = part.text("about").unwrap_or_default();
        let place = part.at("id");
        let twice = stages.iter().any(|stage| Some(&stage.id) == id.as_ref());
        if let (true, Some(id)) = (twice, &id) {
            part.error(place, format!("there are two stages `{id}`"), None);
        } else if let (Some(id), Some(name)) = (id, name) {
            stages.push(Stage { id, name, about });
        }
        part.done();
    }
    stages
}

fn read_rule(section: Section<'_>, stages: &BTreeSet<&str>) -> Option<StageRule> {
    let stage = section.required_text("stage");
    let known = stage.as_deref().is_some_and(|stage| stages.contains(stage));
    if let (Some(stage), false) = (&stage, known) {
        let hint = hint_among(stage, stages.iter().copied());
        section.error(section.at("stage"), format!("there is no stage `{stage}`"), hint);
    }
    let table = section.text("table");
    if let Some(table) = table.as_deref().filter(|table| !TABLES.contains(table)) {
        let hint = hint_among(table, TABLES);
        section.error(section.at("table"), format!("`{table}` holds no touchpoints"), hint);
    }
    let min_score = section.number("min_score");
    let score_fits = min_score.is_none_or(|score| (0.0..=1.0).contains(&score));
    if !score_fits {
        let hint = "a share of the scale: 0.75 is 4 on a scale from 1 to 5".to_owned();
        section.error(section.at("min_score"), "`min_score` must lie between 0 and 1", Some(hint));
    }
    let rule = StageRule {
        stage: stage.unwrap_or_default(),
        kinds: section.texts("kinds"),
        before_first_order: section.flag("before_first_order"),
        min_score,
        about: words(&section, "about", &ABOUT),
        instruments: words(&section, "instruments", &INSTRUMENTS),
        line: section.place().line,
        table,
    };
    // A condition that was left out because it is wrong would make the rule match too much.
    let lists_whole = [("kinds", &rule.kinds), ("about", &rule.about), ("instruments", &rule.instruments)]
        .into_iter()
        .all(|(key, list)| !section.has(key) || !list.is_empty());
    let flag_whole = !section.has("before_first_order") || rule.before_first_order.is_some();
    let score_whole = !section.has("min_score") || rule.min_score.is_some();
    let table_whole = rule.table.as_deref().map_or(!section.has("table"), |table| TABLES.contains(&table));
    let nothing = !["table", "kinds", "before_first_order", "min_score", "about", "instruments"]
        .into_iter()
        .any(|key| section.has(key));
    if nothing {
        section.error(section.place(), "the rule has no condition and would take every touchpoint", None);
    }
    section.done();
    let whole = known && score_fits && lists_whole && flag_whole && score_whole && table_whole && !nothing;
    whole.then_some(rule)
}

fn words(section: &Section<'_>, key: &str, known: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    for (word, place) in section.placed_texts(key) {
        if known.contains(&word.as_str()) {
            words.push(word);
        } else {
            let hint = hint_among(&word, known.iter().copied());
            section.error(place, format!("`{key}` cannot be \"{word}\""), hint);
        }
    }
    words
}
