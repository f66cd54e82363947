//! Whole sets of definition files in, the model and every problem out.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline_model::lint::{balance, grid};
use throughline_model::{Calendar, DefinitionFile, Definitions, Formula, Goal, TargetValue, Touch, read};

const SETTINGS: &str = "format = 1\nname = \"Shop\"\nzone = \"Europe/Berlin\"\ncurrency = \"EUR\"\n";

fn file(path: &str, text: &str) -> DefinitionFile {
    DefinitionFile { path: path.to_owned(), text: text.to_owned() }
}

fn measure(id: &str, more: &str) -> DefinitionFile {
    let mut text = format!("format = 1\nid = \"{id}\"\nname = \"{id}\"\nplain = \"A measure.\"\n");
    for (key, default) in [
        ("perspective", "\"customer\""),
        ("stage", "\"support\""),
        ("role", "\"lagging\""),
        ("unit", "\"percent\""),
        ("direction", "\"higher\""),
        ("rows", "\"SELECT 1 AS key\""),
        ("aggregate", "\"mean\""),
    ] {
        if !more.contains(&format!("{key} =")) {
            text.push_str(&format!("{key} = {default}\n"));
        }
    }
    text.push_str(&more.replace("rows = none\n", ""));
    file(&format!("measures/{id}.toml"), &text)
}

fn formula(id: &str, formula: &str) -> DefinitionFile {
    measure(id, &format!("rows = none\naggregate = {{ formula = \"{formula}\" }}\n"))
}

fn catalog() -> Vec<DefinitionFile> {
    vec![
        file("catalog/journey.toml", include_str!("../../../catalog/journey.toml")),
        measure("csat", "dimensions = [\"channel\", \"team\"]\n"),
        measure("wait", "unit = \"duration\"\ndirection = \"lower\"\nrole = \"leading\"\n"),
        measure(
            "revenue",
            "perspective = \"financial\"\nunit = \"money\"\nstage = \"purchase\"\naggregate = \"sum\"\n",
        ),
        measure("stock", "unit = \"number\"\ndirection = \"band\"\n"),
        formula("growth", "revenue / year_before(revenue) - 1"),
    ]
    .into_iter()
    .map(|file| DefinitionFile { path: file.path.replace("measures/", "catalog/measures/"), ..file })
    .collect()
}

fn load(files: Vec<DefinitionFile>) -> (Definitions, Vec<String>) {
    let (definitions, problems) = read(&files, &catalog());
    (definitions, problems.iter().map(ToString::to_string).collect())
}

/// Reads a scorecard (behind `format = 1`, which is its line 1) beside good settings.
fn load_scorecard(scorecard: &str) -> (Definitions, Vec<String>) {
    let text = format!("format = 1\n{scorecard}");
    load(vec![file("throughline.toml", SETTINGS), file("scorecard.toml", &text)])
}

#[track_caller]
fn check(scorecard: &str, expected: &[&str]) -> Definitions {
    let (definitions, problems) = load_scorecard(scorecard);
    assert_eq!(problems, expected, "{scorecard}");
    definitions
}

#[track_caller]
fn check_files(more: Vec<DefinitionFile>, expected: &[&str]) -> Definitions {
    let mut files = vec![file("throughline.toml", SETTINGS)];
    files.extend(more);
    let (definitions, problems) = load(files);
    assert_eq!(problems, expected);
    definitions
}

const WHOLE: &str = r#"when_failed = "bounds"
close_from = 80
every = "quarter"
[vision]
text = "The shop people come back to"
[[objective]]
id = "answer_fast"
perspective = "internal_process"
owner = "support lead"
measures = [{ id = "wait", weight = 2 }, "csat"]
[[objective]]
id = "grow"
name = "Grow"
perspective = "financial"
weight = 2.5
measures = ["growth", "revenue"]
[[target]]
measure = "wait"
target = "4h"
floor = "12h"
[[target]]
measure = "wait"
from = "2026-03"
target = "3h"
floor = 36000
baseline = "6h"
[[target]]
measure = "csat"
from = "2026-01"
until = "2026-06"
segment = { channel = "chat" }
target = "90%"
floor = 0.7
[[target]]
measure = "csat"
target = "86 %"
floor = "70 %"
[[target]]
measure = "revenue"
target = { formula = "year_before(revenue) * 1.1" }
floor = { formula = "year_before(revenue)" }
[[target]]
measure = "stock"
target = [10, 20]
floor = [0, 30]
[[target]]
measure = "growth"
target = "120 %"
floor = "-5%"
[[benchmark]]
measure = "csat"
value = 0.86
source = "a study"
date = 2026-03-31
sample = 1200
[[benchmark]]
measure = "csat"
series = "csat_retail"
source = "an institute"
[[link]]
cause = "answer_fast"
effect = "grow"
unit = "customer"
lag = "30d"
confounders = ["category", "order_value"]
[[initiative]]
id = "weekend_shift"
objective = "answer_fast"
owner = "support lead"
budget = "12000 EUR"
from = "2026-02-01"
until = 2026-06-30
status = "running"
"#;

#[test]
fn a_whole_scorecard() {
    let definitions = check(WHOLE, &[]);
    let card = &definitions.scorecard;
    assert_eq!((card.perspectives.len(), card.objectives.len(), card.targets.len()), (4, 2, 7));
    assert_eq!((card.benchmarks.len(), card.links.len(), card.initiatives.len()), (2, 1, 1));
    assert_eq!((card.close_from, card.every.to_string().as_str()), (80.0, "quarter"));
    assert_eq!(card.when_failed.word(), "bounds");
    assert_eq!(card.objectives[0].name, "Answer fast");
    assert_eq!(card.objectives[0].measures[0].weight, 2.0);
    assert_eq!(card.links[0].lag_seconds, Some(30 * 86_400));
    assert_eq!(card.benchmarks[0].date.as_deref(), Some("2026-03-31"));
    assert_eq!(card.initiatives[0].until.as_deref(), Some("2026-06-30"));
    assert_eq!(card.targets[0].line, 18);
    assert_eq!(card.targets[1].baseline, Some(21_600.0));
    assert_eq!(card.targets[5].goal, Goal::Band { target: (10.0, 20.0), floor: (0.0, 30.0) });
    let Goal::Point { target: TargetValue::Formula(formula), .. } = &card.targets[4].goal else { panic!() };
    assert_eq!(formula, &Formula::parse("year_before(revenue) * 1.1").unwrap());
    assert_eq!(definitions.measures.len(), 5);
    assert!(definitions.measures["csat"].shipped);
}

#[test]
fn the_last_target_that_fits_holds() {
    let definitions = check(WHOLE, &[]);
    let calendar = Calendar::new(&definitions.settings).unwrap();
    let line = |measure: &str, period: &str, segment: &[(&str, &str)]| {
        let segment: BTreeMap<String, String> =
            segment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let period = calendar.parse(period).unwrap();
        definitions.scorecard.target_for(&calendar, measure, &period, &segment).map(|target| target.line)
    };
    assert_eq!(line("wait", "2026-02", &[]), Some(18));
    assert_eq!(line("wait", "2026-03", &[]), Some(22));
    assert_eq!(line("csat", "2026-03", &[]), Some(35));
    assert_eq!(line("csat", "2026-03", &[("channel", "chat")]), Some(35), "the last one wins");
    assert_eq!(line("none", "2026-03", &[]), None);
    let chat = "[[target]]\nmeasure = \"csat\"\ntarget = 0.8\nfloor = 0.7\n[[target]]\nmeasure = \"csat\"\nuntil = \"2026-06\"\nsegment = { channel = \"chat\" }\ntarget = 0.9\nfloor = 0.7\n";
    let definitions = check(chat, &[]);
    let line = |period: &str, channel: &str| {
        let segment = BTreeMap::from([("channel".to_owned(), channel.to_owned())]);
        let period = calendar.parse(period).unwrap();
        definitions.scorecard.target_for(&calendar, "csat", &period, &segment).map(|target| target.line)
    };
    assert_eq!(line("2026-06-30", "chat"), Some(6));
    assert_eq!(line("2026-07-01", "chat"), Some(2));
    assert_eq!(line("2026-06", "mail"), Some(2));
}

#[test]
fn unknown_ids_are_named_with_what_was_meant() {
    let definitions = check(
        "[[objective]]\nid = \"a\"\nperspective = \"custmer\"\n[[objective]]\nid = \"b\"\nperspective = \"customer\"\nmeasures = [\"cast\", { id = \"csat\" }, { id = \"wiat\", weight = 1 }]\n[[target]]\nmeasure = \"revnue\"\ntarget = 1\nfloor = 0\n[[target]]\nmeasure = \"revenue\"\ntarget = { formula = \"previous(revnue) * 2\" }\nfloor = 0\n[[benchmark]]\nmeasure = \"nps\"\nvalue = 3\nsource = \"x\"\n[[link]]\ncause = \"b\"\neffect = \"c\"\n[[initiative]]\nid = \"i\"\nobjective = \"bb\"\n",
        &[
            "scorecard.toml:4:15: error: there is no perspective `custmer` (did you mean `customer`?)",
            "scorecard.toml:8:13: error: there is no measure `cast` (did you mean `csat`?)",
            "scorecard.toml:8:45: error: there is no measure `wiat` (did you mean `wait`?)",
            "scorecard.toml:10:11: error: there is no measure `revnue` (did you mean `revenue`?)",
            "scorecard.toml:15:32: error: there is no measure `revnue` (did you mean `revenue`?)",
            "scorecard.toml:18:11: error: there is no measure `nps` (one of csat, growth, revenue, stock, wait)",
            "scorecard.toml:23:10: error: there is no objective `c` (did you mean `a`?)",
            "scorecard.toml:26:13: error: there is no objective `bb` (did you mean `b`?)",
        ],
    );
    let card = definitions.scorecard;
    assert_eq!((card.objectives.len(), card.targets.len(), card.links.len()), (1, 0, 0));
    assert_eq!(card.objectives[0].measures.len(), 1);
}

#[test]
fn impossible_targets() {
    let target = |measure: &str, rest: &str, expected: &[&str]| {
        check(&format!("[[target]]\nmeasure = \"{measure}\"\n{rest}"), expected);
    };
    target(
        "csat",
        "target = 0.8\nfloor = \"80%\"",
        &[
            "scorecard.toml:5:9: error: impossible target: the floor equals the target (the score runs from the floor (0) to the target (100); they must differ)",
        ],
    );
    target(
        "csat",
        "target = 0.8\nfloor = 0.9",
        &[
            "scorecard.toml:5:9: error: impossible target: higher is better, but the floor lies above the target (swap them)",
        ],
    );
    target(
        "wait",
        "target = \"4h\"\nfloor = \"2h\"",
        &[
            "scorecard.toml:5:9: error: impossible target: lower is better, but the floor lies below the target (swap them)",
        ],
    );
    target(
        "csat",
        "target = 86\nfloor = 0.7",
        &["scorecard.toml:4:10: error: impossible value: 8 600 % is not a share between 0 % and 100 % (write \"86%\")"],
    );
    target(
        "csat",
        "target = nan\nfloor = \"many\"",
        &[
            "scorecard.toml:4:10: error: NaN is not a finite number",
            "scorecard.toml:5:9: error: \"many\" is not a number",
        ],
    );
    target(
        "wait",
        "target = \"4\"\nfloor = true",
        &[
            "scorecard.toml:4:10: error: \"4\" is not a duration; write 90 s, 30 m, 4 h, 2 d or 1 h 30 m",
            "scorecard.toml:5:9: error: expected a value of the unit duration, not true or false",
        ],
    );
    target(
        "stock",
        "target = [20, 10]\nfloor = [0, 30]",
        &[
            "scorecard.toml:5:9: error: impossible target: the band is inside out (write the lower end first: target = [2, 4], floor = [1, 6])",
        ],
    );
    target(
        "stock",
        "target = [10, 20]\nfloor = [15, 30]",
        &[
            "scorecard.toml:5:9: error: impossible target: a floor lies inside the band (the floors lie outside the band: target = [2, 4], floor = [1, 6])",
        ],
    );
    target(
        "stock",
        "target = [10, 20]\nfloor = [10, 20]",
        &["scorecard.toml:5:9: error: impossible target: the floors equal the band (move at least one floor outwards)"],
    );
    target(
        "stock",
        "target = 10\nfloor = [1]",
        &[
            "scorecard.toml:4:10: error: `stock` is best within a band: `target` needs two values (target = [2, 4])",
            "scorecard.toml:5:9: error: `floor` needs two values, not 1",
        ],
    );
    target(
        "csat",
        "target = [0.1, 0.2]\nfloor = 0.1",
        &[
            "scorecard.toml:4:10: error: `csat` has one target, not a band (only measures with direction = \"band\" take two values)",
        ],
    );
    target(
        "csat",
        "target = 0.9",
        &[
            "scorecard.toml:2:1: error: `floor` is missing in `target` (`target` is what is wanted, `floor` what is no longer acceptable)",
        ],
    );
    target(
        "revenue",
        "target = \"12 k USD\"\nfloor = 0",
        &["scorecard.toml:4:10: error: the amount is in USD, the workspace counts in EUR"],
    );
    target(
        "growth",
        "target = 10\nfloor = 0",
        &["scorecard.toml:4:10: error: impossible value: 1 000 % is not a share between 0 % and 100 % (write \"10%\")"],
    );
}

#[test]
fn target_periods_and_segments() {
    let target = |rest: &str, expected: &[&str]| {
        check(&format!("[[target]]\nmeasure = \"csat\"\ntarget = 0.9\nfloor = 0.5\n{rest}"), expected);
    };
    target(
        "from = \"2026-Q3\"\nuntil = \"2026-06\"",
        &["scorecard.toml:7:9: error: the target ends (2026-06) before it begins (2026-Q3)"],
    );
    target("from = \"2026-06\"\nuntil = \"2026-06\"", &[]);
    target(
        "from = \"June\"\nuntil = \"2026-13\"",
        &[
            "scorecard.toml:6:8: error: `from`: \"June\" is not a period; write 2026-03-14, 2026-W07, 2026-03, 2026-Q1 or 2026",
            "scorecard.toml:7:9: error: `until`: \"2026-13\" is not a period; write 2026-03-14, 2026-W07, 2026-03, 2026-Q1 or 2026",
        ],
    );
    target(
        "segment = { chanel = \"chat\", team = 3 }\nbaselin = 0.3",
        &[
            "scorecard.toml:6:13: error: `csat` cannot be broken down by `chanel` (did you mean `channel`?)",
            "scorecard.toml:6:37: error: `team` must be text, not a whole number",
            "scorecard.toml:7:1: error: unknown key `baselin` in `target` (did you mean `baseline`?)",
        ],
    );
}

#[test]
fn weights() {
    let definitions = check(
        "[[perspective]]\nid = \"customer\"\nweight = 0\n[[perspective]]\nid = \"people\"\nweight = 0\n[[objective]]\nid = \"a\"\nperspective = \"customer\"\nweight = -1\nmeasures = [{ id = \"csat\", weight = inf }, { id = \"wait\", weight = \"2\" }]\n[[objective]]\nid = \"b\"\nperspective = \"people\"\nweight = 0\nmeasures = [{ id = \"csat\", weight = 0 }, \"csat\"]\n[[objective]]\nid = \"c\"\nperspective = \"people\"\nweight = 0.0\nmeasures = [{ id = \"csat\", weight = 0 }]\n",
        &[
            "scorecard.toml:2:1: error: the weights of the perspectives add up to zero (give at least one of them a weight above 0)",
            "scorecard.toml:11:10: error: a weight cannot be negative: -1 (parts count by weight / sum of the weights; 1 is used until this is mended)",
            "scorecard.toml:12:37: error: `weight` must be a finite number, not inf",
            "scorecard.toml:12:68: error: `weight` must be a number, not text",
            "scorecard.toml:13:1: error: the weights of the objectives in `people` add up to zero (give at least one of them a weight above 0)",
            "scorecard.toml:17:12: error: the weights of the objective's measures add up to zero (give at least one of them a weight above 0)",
            "scorecard.toml:17:42: error: the objective uses `csat` twice",
            "scorecard.toml:22:12: error: the weights of the objective's measures add up to zero (give at least one of them a weight above 0)",
        ],
    );
    assert_eq!(definitions.scorecard.objectives[0].weight, 1.0);
}

#[test]
fn links_form_no_loop_and_names_are_unique() {
    let objective = |id: &str| format!("[[objective]]\nid = \"{id}\"\nperspective = \"customer\"\n");
    let link = |cause: &str, effect: &str| format!("[[link]]\ncause = \"{cause}\"\neffect = \"{effect}\"\n");
    let text = [
        objective("a"),
        objective("b"),
        objective("c"),
        objective("a"),
        link("a", "b"),
        link("b", "c"),
        link("c", "a"),
        link("a", "b"),
        link("c", "c"),
        "[[initiative]]\nid = \"i\"\nobjective = \"a\"\nbudget = \"lots\"\n".into(),
        "[[initiative]]\nid = \"i\"\nobjective = \"a\"\nfrom = \"2026-02-30\"\nstatus = \"runing\"\n".into(),
        "[[initiative]]\nid = \"k\"\nobjective = \"a\"\nfrom = 2026-03-01\nuntil = 2026-02-01\n".into(),
    ]
    .concat();
    let definitions = check(
        &text,
        &[
            "scorecard.toml:12:6: error: there are two objectives `a` (the first one stands in line 2)",
            "scorecard.toml:20:1: error: the links form a loop: c → a → b → c (a strategy map runs from causes to effects; drop or turn one of these links)",
            "scorecard.toml:23:1: error: the link a → b stands here twice",
            "scorecard.toml:26:1: error: the links form a loop: c → c (a strategy map runs from causes to effects; drop or turn one of these links)",
            "scorecard.toml:32:10: error: \"lots\" is not an amount",
            "scorecard.toml:34:6: error: there are two initiatives `i`",
            "scorecard.toml:36:8: error: \"2026-02-30\" is not a day; write 2026-03-31",
            "scorecard.toml:37:10: error: `status` cannot be \"runing\" (did you mean `running`?)",
            "scorecard.toml:42:9: error: the initiative ends (2026-02-01) before it begins (2026-03-01)",
        ],
    );
    assert_eq!(definitions.scorecard.links.len(), 2);
}

#[test]
fn measures_that_cannot_load_leave_the_rest() {
    let definitions = check_files(
        vec![
            measure("nps", "unit = \"score\"\naggregate = \"nps\"\nperspective = \"custom\"\n"),
            measure("csat", ""),
            file("measures/broken.toml", "format = 1\nid = \"x"),
            file("measures/a_twin.toml", &measure("zeal", "").text),
            measure("zeal", ""),
            formula("ring_a", "ring_b + 1"),
            formula("ring_b", "1 + previous(ring_a)"),
            formula("self_made", "self_made * 2"),
            formula("typo", "revenu / (csat + cst)"),
            formula("needs_broken", "csat / broken"),
            file("measures/new.toml", "format = 2\nanything = 1"),
            file(
                "scorecard.toml",
                "format = 1\n[[objective]]\nid = \"o\"\nperspective = \"customer\"\nmeasures = [\"nps\", \"broken\", \"zeal\", \"typo\"]\n",
            ),
        ],
        &[
            "measures/broken.toml:2:8: error: this is not valid TOML: invalid basic string, expected `\"`",
            "measures/csat.toml:2:6: warning: this replaces the shipped measure `csat` (choose another id to keep both)",
            "measures/needs_broken.toml:10:33: error: `needs_broken` is left out: it needs `broken`, which has a problem",
            "measures/new.toml:1:10: error: format 2 was written by a newer version (this version reads formats up to 1; install a newer one)",
            "measures/nps.toml:11:15: error: there is no perspective `custom` (did you mean `customer`?)",
            "measures/ring_a.toml:10:26: error: `ring_a` is left out: it needs `ring_b`, which has a problem",
            "measures/ring_b.toml:10:39: error: the formulas form a loop: ring_b → ring_a → ring_b",
            "measures/self_made.toml:10:26: error: the formulas form a loop: self_made → self_made",
            "measures/typo.toml:10:26: error: there is no measure `revenu` (did you mean `revenue`?)",
            "measures/typo.toml:10:43: error: there is no measure `cst` (did you mean `csat`?)",
            "measures/zeal.toml:2:6: error: there are two measures with the id `zeal` (the other one stands in measures/a_twin.toml:2)",
        ],
    );
    let ids: Vec<&str> = definitions.measures.keys().map(String::as_str).collect();
    assert_eq!(ids, ["csat", "growth", "revenue", "stock", "wait", "zeal"]);
    assert!(!definitions.measures["csat"].shipped);
    let uses: Vec<&str> = definitions.scorecard.objectives[0].measures.iter().map(|used| used.id.as_str()).collect();
    assert_eq!(uses, ["zeal"], "a broken measure is no unknown one");
}

#[test]
fn missing_broken_and_newer_files() {
    let (definitions, problems) = load(vec![]);
    assert_eq!(problems, ["throughline.toml:1:1: error: the file is missing (`throughline init` writes one)"]);
    assert_eq!(definitions.journey.stages.len(), 6);
    assert_eq!(definitions.scorecard.perspectives.len(), 4);
    let definitions = check_files(
        vec![file("scorecard.toml", "format = 1\n[[objective]\n")],
        &["scorecard.toml:2:13: error: this is not valid TOML: unclosed array table, expected `]`"],
    );
    assert!(definitions.scorecard.objectives.is_empty());
    check_files(
        vec![file("scorecard.toml", "")],
        &["scorecard.toml:1:1: error: the file does not say its format (add `format = 1` as the first line)"],
    );
    check(
        "close_from = 100\nevery = \"monthly\"\nvisoin = 1\nvision = \"x\"",
        &[
            "scorecard.toml:2:14: error: `close_from` must lie between 0 and 100, not 100 (the score from which a measure is close to its target; 70 if not given)",
            "scorecard.toml:3:9: error: `every` cannot be \"monthly\" (did you mean `month`?)",
            "scorecard.toml:4:1: error: unknown key `visoin` (did you mean `vision`?)",
            "scorecard.toml:5:10: error: `vision` must be a table, not text",
        ],
    );
}

#[test]
fn a_workspace_changes_the_journey() {
    let own = "format = 1\n[[rule]]\nstage = \"purchase\"\nkinds = [\"view\"]\n[[rule]]\nstage = \"buy\"\nkinds = [\"x\"]\n[[rule]]\nstage = \"support\"\n[[rule]]\nstage = \"support\"\ntable = \"staff\"\nmin_score = 4\n";
    let definitions = check_files(
        vec![file("journey.toml", own)],
        &[
            "journey.toml:6:9: error: there is no stage `buy` (one of advocacy, awareness, consideration, engagement, purchase, support)",
            "journey.toml:8:1: error: the rule has no condition and would take every touchpoint",
            "journey.toml:12:9: error: `staff` holds no touchpoints (one of interactions, orders, payments, tickets, ticket_events, feedback, loyalty_events, exposures)",
            "journey.toml:13:13: error: `min_score` must lie between 0 and 1 (a share of the scale: 0.75 is 4 on a scale from 1 to 5)",
        ],
    );
    let stage = |kind| {
        let touch = Touch { table: "interactions", kind, ..Touch::default() };
        definitions.journey.stage_of(&touch).map(str::to_owned)
    };
    assert_eq!(stage("view").as_deref(), Some("purchase"), "its own rules come first");
    assert_eq!(stage("cart").as_deref(), Some("engagement"), "the shipped ones follow");
    let own = "format = 1\nshipped_rules = false\n[[stage]]\nid = \"see\"\nname = \"See\"\n[[stage]]\nid = \"see\"\nname = \"See\"\n";
    let definitions =
        check_files(vec![file("journey.toml", own)], &["journey.toml:7:6: error: there are two stages `see`"]);
    assert!(definitions.journey.rules.is_empty());
    assert_eq!(definitions.journey.stages.len(), 1);
    assert_eq!(definitions.measures.len(), 5, "shipped measures of other stages stay");
}

#[test]
fn shipped_rules_give_every_touchpoint_of_the_tables_a_stage() {
    let definitions = check_files(vec![], &[]);
    let check = |expected: Option<&str>, touch: Touch<'_>| {
        assert_eq!(definitions.journey.stage_of(&touch), expected, "{touch:?}");
    };
    let kind = |table: &'static str, kind: &'static str| Touch { table, kind, ..Touch::default() };
    let first = |touch: Touch<'static>| Touch { before_first_order: true, ..touch };
    for (stage, kinds) in [
        (
            "awareness",
            &[
                "advertisement",
                "email_opened",
                "search_visit",
                "social_visit",
                "referral_visit",
                "direct_visit",
                "visit",
                "ad_impression",
                "email_open",
            ][..],
        ),
        (
            "consideration",
            &[
                "site_search",
                "product_viewed",
                "category_viewed",
                "comparison_viewed",
                "reviews_read",
                "testimonial_read",
                "case_study_read",
                "wishlist_added",
                "article_viewed",
                "view",
                "product_view",
                "page_view",
                "search",
            ],
        ),
        (
            "engagement",
            &["cart_added", "cart_removed", "checkout_started", "newsletter_signup", "add_to_cart", "cart", "checkout"],
        ),
        ("purchase", &["purchase"]),
        ("support", &["chat_started", "question_asked", "warranty_claim"]),
        ("advocacy", &["referral", "share"]),
    ] {
        for word in kinds {
            check(Some(stage), Touch { table: "interactions", kind: word, ..Touch::default() });
        }
    }
    check(Some("engagement"), first(kind("interactions", "chat_started")));
    check(Some("engagement"), first(kind("interactions", "question_asked")));
    check(None, kind("interactions", "something_new"));
    for word in ["order", "delivery", "cancellation"] {
        check(Some("purchase"), kind("orders", word));
    }
    check(Some("support"), kind("orders", "return"));
    check(Some("purchase"), kind("payments", "payment"));
    check(Some("purchase"), kind("payments", "refund"));
    check(Some("engagement"), first(kind("tickets", "ticket")));
    check(Some("support"), kind("tickets", "ticket"));
    check(Some("support"), kind("ticket_events", "solved"));
    check(Some("advocacy"), kind("loyalty_events", "joined"));
    check(Some("awareness"), kind("exposures", "campaign_exposure"));
    let answer = |instrument: &'static str, score: Option<f64>, about: Option<&'static str>| Touch {
        table: "feedback",
        kind: instrument,
        score,
        about,
        instrument: Some(instrument),
        before_first_order: false,
    };
    check(Some("advocacy"), answer("review", Some((4.0 - 1.0) / (5.0 - 1.0)), Some("order")));
    check(Some("purchase"), answer("review", Some((3.0 - 1.0) / (5.0 - 1.0)), Some("order")));
    check(Some("purchase"), answer("review", None, None));
    check(Some("advocacy"), answer("nps", Some(9.0 / 10.0), Some("company")));
    check(Some("support"), answer("nps", Some(0.8), Some("ticket")));
    check(Some("support"), answer("csat", Some(1.0), Some("ticket")));
    check(Some("purchase"), answer("csat", Some(0.2), Some("order")));
    check(Some("purchase"), answer("expectation", Some(0.9), None));
    check(Some("awareness"), answer("brand", None, Some("company")));
    check(Some("engagement"), first(answer("csat", None, Some("ticket"))));
    check(Some("support"), answer("open", None, None));
}

fn warnings(scorecard: &str) -> Vec<String> {
    let (definitions, problems) = load_scorecard(scorecard);
    assert_eq!(problems, [""; 0]);
    balance(&definitions).iter().map(ToString::to_string).collect()
}

#[test]
fn balance_of_a_lopsided_scorecard() {
    let found = warnings(
        "[[objective]]\nid = \"o\"\nperspective = \"financial\"\nmeasures = [\"revenue\", \"growth\"]\n[[objective]]\nid = \"p\"\nperspective = \"customer\"\nowner = \"me\"\n[[target]]\nmeasure = \"growth\"\ntarget = 0.1\nfloor = 0\n",
    );
    assert_eq!(
        found,
        [
            "scorecard.toml:1:1: warning: the perspective `internal_process` has no objective (a scorecard is balanced only when every view has its goals)",
            "scorecard.toml:1:1: warning: the perspective `learning_growth` has no objective (a scorecard is balanced only when every view has its goals)",
            "scorecard.toml:1:1: warning: 0 of 2 measures are leading (results come too late to act on; add measures of what drives them)",
            "scorecard.toml:1:1: warning: 22 of 24 cells of the grid of stages by perspectives are empty (nothing is measured in awareness (all); consideration (all); engagement (all); purchase (customer, internal_process, learning_growth); support (financial, internal_process, learning_growth); advocacy (all))",
            "scorecard.toml:2:1: warning: the objective `o` has no owner (owner = \"who answers for it\")",
            "scorecard.toml:2:1: warning: the objective `o` has no leading measure (add a measure that moves before the result does)",
            "scorecard.toml:5:1: warning: the measure `revenue` has no target (add a [[target]] with target and floor; without one there is no score)",
            "scorecard.toml:6:1: warning: the objective `p` has no measure (without one nobody can tell whether it is reached)",
        ]
    );
}

#[test]
fn balance_sees_money_segments_and_size() {
    let all_money =
        "[[objective]]\nid = \"o\"\nowner = \"me\"\nperspective = \"financial\"\nmeasures = [\"revenue\"]\n";
    assert!(warnings(all_money).iter().any(|found| found.contains("1 of 1 measures are financial")));
    let none = all_money.replace("revenue", "wait");
    assert!(warnings(&none).iter().any(|found| found.contains("no measure is financial")));
    let segment = format!(
        "{}[[target]]\nmeasure = \"csat\"\nsegment = {{ channel = \"chat\" }}\ntarget = 0.9\nfloor = 0.5\n",
        all_money.replace("revenue", "csat")
    );
    assert!(warnings(&segment).iter().any(|found| found.contains("targets for segments only")));
    let mut files = vec![file("throughline.toml", SETTINGS)];
    let ids: Vec<String> = (0..26).map(|n| format!("m{n}")).collect();
    files.extend(ids.iter().map(|id| measure(id, "")));
    let list = format!("{ids:?}");
    files.push(file(
        "scorecard.toml",
        &format!("format = 1\n[[objective]]\nid = \"o\"\nperspective = \"customer\"\nmeasures = {list}\n"),
    ));
    let (definitions, problems) = load(files);
    assert_eq!(problems, [""; 0]);
    let found: Vec<String> = balance(&definitions).iter().map(|found| found.message.clone()).collect();
    assert!(found.contains(&"the scorecard has 26 measures".to_owned()), "{found:?}");
    assert!(found.contains(&"the objective `o` has 26 measures".to_owned()));
    assert_eq!(grid(&definitions)[4][1].len(), 26);
    assert_eq!(grid(&definitions)[0][0].len(), 0);
}

#[test]
fn what_was_read_does_not_depend_on_the_order_of_files() {
    let mut files = vec![
        file("throughline.toml", SETTINGS),
        measure("zeal", ""),
        file("measures/a_twin.toml", &measure("zeal", "").text),
        file("scorecard.toml", &format!("format = 1\n{WHOLE}")),
    ];
    let forward = read(&files, &catalog());
    files.reverse();
    let mut shuffled = catalog();
    shuffled.reverse();
    assert_eq!(read(&files, &shuffled), forward);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_files_never_panic(at in 0usize..1_200, cut in 0usize..40, put in "\\PC{0,6}") {
        let mut text: Vec<char> = WHOLE.chars().collect();
        let start = at.min(text.len());
        let end = (start + cut).min(text.len());
        text.splice(start..end, put.chars());
        let text: String = text.into_iter().collect();
        let (definitions, problems) = load_scorecard(&text);
        let lines = text.lines().count() + 2;
        prop_assert!(problems.iter().all(|problem| !problem.is_empty()), "{lines}");
        balance(&definitions);
    }
}
