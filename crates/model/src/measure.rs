//! A measure: a row query and a declared aggregate, with its place on the scorecard and the journey.

use crate::diagnostic::hint_among;
use crate::formula::{Formula, RESERVED};
use crate::toml_reader::{FieldValue, Section};
use crate::unit::Unit;

/// Whether a measure runs ahead of results or confirms them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Moves before the result does.
    Leading,
    /// Is the result.
    Lagging,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Higher is better.
    Higher,
    /// Lower is better.
    Lower,
    /// Best within a band.
    Band,
}

/// How rows become one number. The row query always delivers `key` and `at`, and what is said here.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    /// Number of rows.
    Count,
    /// Number of different values of `unit`.
    Distinct,
    /// Sum of `value`.
    Sum,
    /// Mean of `value`.
    Mean,
    /// Sum of `numerator` over sum of `denominator`, flags or numbers; without a denominator every row
    /// counts as one.
    Ratio,
    /// Net promoter score of `value` on the scale 0 to 10.
    Nps,
    /// Exact quantile of `value`, linear between order statistics at p·(n−1); p between 0 and 1.
    Quantile(f64),
    /// Running total of `value` at the end of the period: the changes, +1 and −1.
    Level,
    /// A formula over other measures.
    Formula(Formula),
}

/// What happens to a measure whose inputs failed a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WhenFailed {
    /// It is shown, with the failed check beside it.
    #[default]
    Show,
    /// It is shown with an interval that holds whatever the doubtful rows could make true.
    Bounds,
    /// It has no value and says which check failed.
    Withhold,
}

impl WhenFailed {
    /// The words it is written by.
    pub const ALL: [(&'static str, WhenFailed); 3] =
        [("show", WhenFailed::Show), ("bounds", WhenFailed::Bounds), ("withhold", WhenFailed::Withhold)];

    /// Its word.
    pub fn word(self) -> &'static str {
        WhenFailed::ALL.iter().find(|(_, one)| *one == self).map_or("show", |(word, _)| word)
    }
}

/// A measure of the catalogue or of the workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its id: lower case letters, digits and `_`.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// What it says, in plain words.
    pub plain: String,
    /// Id of the perspective it belongs to.
    pub perspective: String,
    /// Id of the journey stage it belongs to.
    pub stage: Option<String>,
    /// Leading or lagging.
    pub role: Role,
    /// What kind of number it is.
    pub unit: Unit,
    /// Which way is better.
    pub direction: Direction,
    /// The row query, SQL; `None` only for formulas.
    pub rows: Option<String>,
    /// How rows become one number.
    pub aggregate: Aggregate,
    /// Seconds after the end of a period until late outcomes can no longer change it.
    pub mature_after_seconds: Option<i64>,
    /// Columns of the row query that it may be broken down by.
    pub dimensions: Vec<String>,
    /// Fewer rows than this are too few to judge when the interval is wide.
    pub minimum_n: u64,
    /// What happens where a check of its inputs failed; as the scorecard says where absent.
    pub when_failed: Option<WhenFailed>,
    /// The exact definition, in words.
    pub definition: Option<String>,
    /// File it is defined in.
    pub file: String,
    /// Line of its id.
    pub line: usize,
    /// Line where the text of its row query (or formula) begins.
    pub rows_line: usize,
    /// Whether it came with the catalogue.
    pub shipped: bool,
}

const ROLES: [(&str, Role); 2] = [("leading", Role::Leading), ("lagging", Role::Lagging)];
const DIRECTIONS: [(&str, Direction); 3] =
    [("higher", Direction::Higher), ("lower", Direction::Lower), ("band", Direction::Band)];
const AGGREGATES: [(&str, Aggregate); 7] = [
    ("count", Aggregate::Count),
    ("distinct", Aggregate::Distinct),
    ("sum", Aggregate::Sum),
    ("mean", Aggregate::Mean),
    ("ratio", Aggregate::Ratio),
    ("nps", Aggregate::Nps),
    ("level", Aggregate::Level),
];
const ROW_COLUMNS: [&str; 7] = ["key", "customer_id", "at", "value", "unit", "numerator", "denominator"];
const DEFAULT_MINIMUM_N: u64 = 30;

/// Whether a text can be the id of something: a lower case letter, then letters, digits and `_`.
pub fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// The `id` of a section; a missing or malformed one is noted.
pub fn read_id(section: &Section<'_>) -> Option<String> {
    let id = section.required_text("id")?;
    if is_id(&id) {
        return Some(id);
    }
    let hint = "lower case letters, digits and _, beginning with a letter: first_response_time";
    section.error(section.at("id"), format!("\"{id}\" cannot be an id"), Some(hint.to_owned()));
    None
}

/// Where a measure is to live: the perspectives and stages there are.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    /// Ids of the scorecard's perspectives.
    pub perspectives: &'a [&'a str],
    /// Ids of the journey's stages.
    pub stages: &'a [&'a str],
    /// Whether it comes with the catalogue: then a workspace that has other perspectives or stages is
    /// no mistake of the file.
    pub shipped: bool,
}

impl Home<'_> {
    fn knows(&self, section: &Section<'_>, key: &str, known: &[&str], id: &str) -> bool {
        let fine = self.shipped || known.contains(&id);
        if !fine {
            let hint = hint_among(id, known.iter().copied());
            section.error(section.at(key), format!("there is no {key} `{id}`"), hint);
        }
        fine
    }
}

impl Measure {
    /// Reads one measure file; `None` where something is missing or wrong, with everything noted.
    pub fn read(section: Section<'_>, home: &Home<'_>) -> Option<Measure> {
        let id = read_id(&section).filter(|id| not_reserved(&section, id));
        let line = section.at("id").line;
        let name = section.required_text("name");
        let plain = section.required_text("plain");
        let perspective = section.required_text("perspective");
        let perspective = perspective.filter(|id| home.knows(&section, "perspective", home.perspectives, id));
        let stage = section.text("stage").filter(|id| home.knows(&section, "stage", home.stages, id));
        let role = section.required_choice("role", &ROLES);
        let unit = section.required_choice("unit", &Unit::ALL);
        let direction = section.required_choice("direction", &DIRECTIONS);
        let aggregate = read_aggregate(&section);
        let rows = section.text("rows");
        let rows_line = match &aggregate {
            Some(Aggregate::Formula(_)) => section.at("aggregate").line,
            _ => section.text_start("rows").line,
        };
        let rows_fit = aggregate.as_ref().is_none_or(|aggregate| rows_fit(&section, aggregate, rows.is_some()));
        let unit_fits = aggregate.as_ref().zip(unit).is_none_or(|pair| unit_fits(&section, pair.0, pair.1));
        let mature_after_seconds = read_seconds(&section, "mature_after");
        let dimensions = read_dimensions(&section);
        let minimum_n = read_minimum_n(&section);
        let when_failed = section.choice("when_failed", &WhenFailed::ALL);
        let definition = section.text("definition");
        let file = section.path().to_owned();
        section.done();
        (rows_fit && unit_fits).then_some(Measure {
            id: id?,
            name: name?,
            plain: plain?,
            perspective: perspective?,
            stage,
            role: role?,
            unit: unit?,
            direction: direction?,
            rows,
            aggregate: aggregate?,
            mature_after_seconds,
            dimensions,
            minimum_n,
            when_failed,
            definition,
            file,
            line,
            rows_line,
            shipped: home.shipped,
        })
    }

    /// The formula, where the measure is one.
    pub fn formula(&self) -> Option<&Formula> {
        match &self.aggregate {
            Aggregate::Formula(formula) => Some(formula),
            _ => None,
        }
    }
}

fn not_reserved(section: &Section<'_>, id: &str) -> bool {
    let free = !RESERVED.contains(&id);
    if !free {
        let hint = "the word is a function of formulas; choose another id".to_owned();
        section.error(section.at("id"), format!("a measure cannot be called `{id}`"), Some(hint));
    }
    free
}

fn read_aggregate(section: &Section<'_>) -> Option<Aggregate> {
    let Some(field) = section.field("aggregate") else {
        // Reports the missing key.
        return section.required_choice("aggregate", &AGGREGATES);
    };
    let FieldValue::Section(inner) = field.value else {
        return section.choice("aggregate", &AGGREGATES);
    };
    let aggregate = match (inner.has("quantile"), inner.has("formula")) {
        (true, false) => read_quantile(&inner),
        (false, true) => read_formula(&inner).map(Aggregate::Formula),
        _ => {
            let hint = "{ quantile = 0.9 } or { formula = \"margin / revenue\" }".to_owned();
            inner.error(inner.place(), "`aggregate` must say either a quantile or a formula", Some(hint));
            None
        }
    };
    inner.done();
    aggregate
}

fn read_quantile(section: &Section<'_>) -> Option<Aggregate> {
    let p = section.number("quantile")?;
    if p > 0.0 && p < 1.0 {
        return Some(Aggregate::Quantile(p));
    }
    let hint = Some("0.5 is the median, 0.9 the 90th percentile".to_owned());
    section.error(section.at("quantile"), format!("a quantile lies between 0 and 1, {p} does not"), hint);
    None
}

/// The formula under the key `formula`; what is wrong is noted at its own column.
pub fn read_formula(section: &Section<'_>) -> Option<Formula> {
    let text = section.required_text("formula")?;
    match Formula::parse(&text) {
        Ok(formula) => Some(formula),
        Err((offset, message)) => {
            let place = section.text_start("formula").within(&text, offset);
            section.error(place, format!("formula: {message}"), None);
            None
        }
    }
}

fn rows_fit(section: &Section<'_>, aggregate: &Aggregate, has_rows: bool) -> bool {
    match (aggregate, has_rows) {
        (Aggregate::Formula(_), true) => {
            let hint = "the rows are those of the measures it uses".to_owned();
            section.error(section.key_place("rows"), "a formula has no `rows` of its own", Some(hint));
            false
        }
        (Aggregate::Formula(_), false) => true,
        (_, false) if !section.has("rows") => {
            let hint = "SELECT ... AS key, ... AS at, ... AS value FROM ...".to_owned();
            section.error(section.place(), "`rows` is missing", Some(hint));
            false
        }
        (_, has_rows) => has_rows,
    }
}

fn unit_fits(section: &Section<'_>, aggregate: &Aggregate, unit: Unit) -> bool {
    let counts = matches!(aggregate, Aggregate::Count | Aggregate::Distinct);
    let hint = match (aggregate, unit) {
        _ if counts && !matches!(unit, Unit::Number) => "a count is a plain number: unit = \"number\"",
        (Aggregate::Nps, unit) if unit != Unit::Score => "NPS runs from -100 to 100: unit = \"score\"",
        _ => return true,
    };
    section.error(section.at("unit"), format!("the unit {unit} does not fit the aggregate"), Some(hint.to_owned()));
    false
}

/// A length of time such as `"30d"`, in whole seconds, not negative.
pub fn read_seconds(section: &Section<'_>, key: &str) -> Option<i64> {
    let text = section.text(key)?;
    let problem = match Unit::Duration.parse_value(&text) {
        // A thousand years; anything beyond is a slip and would leave the range of instants.
        Ok(seconds) if (0.0..=3.2e10).contains(&seconds) => return Some(seconds.round() as i64),
        Ok(seconds) if seconds < 0.0 => format!("`{key}` cannot be negative"),
        Ok(_) => format!("`{key}` is longer than a thousand years"),
        Err(message) => message,
    };
    section.error(section.at(key), problem, None);
    None
}

fn read_dimensions(section: &Section<'_>) -> Vec<String> {
    let mut dimensions: Vec<String> = Vec::new();
    for (name, place) in section.placed_texts("dimensions") {
        if ROW_COLUMNS.contains(&name.as_str()) {
            let hint = Some("choose another column of the row query".to_owned());
            section.error(place, format!("`{name}` has a meaning of its own and cannot be a dimension"), hint);
        } else if dimensions.contains(&name) {
            section.error(place, format!("the dimension `{name}` is named twice"), None);
        } else {
            dimensions.push(name);
        }
    }
    dimensions
}

fn read_minimum_n(section: &Section<'_>) -> u64 {
    match section.integer("minimum_n") {
        None => DEFAULT_MINIMUM_N,
        Some(n) if n >= 1 => n.unsigned_abs(),
        Some(_) => {
            section.error(section.at("minimum_n"), "`minimum_n` must be at least 1", None);
            DEFAULT_MINIMUM_N
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::toml_reader::TomlFile;

    const GOOD: &str = r#"format = 1
id = "first_response_time_p90"
name = "First response time, 90th percentile"
plain = "Nine of ten customers hear from a person within this time."
perspective = "internal_process"
stage = "support"
role = "leading"
unit = "duration"
direction = "lower"
rows = "SELECT ticket_id AS key, opened_at AS at, first_response_seconds AS value, channel FROM ticket_facts"
aggregate = { quantile = 0.9 }
mature_after = "7d"
dimensions = ["channel"]
"#;

    const HOME: Home<'_> =
        Home { perspectives: &["customer", "internal_process"], stages: &["support"], shipped: false };

    fn read(text: &str) -> (Option<Measure>, Vec<String>) {
        let file = TomlFile::parse("m.toml", text);
        let measure = file.versioned_root().and_then(|root| Measure::read(root, &HOME));
        (measure, file.into_problems().iter().map(ToString::to_string).collect())
    }

    /// Reads `GOOD` with the line of a key replaced (or added), and expects exactly these problems.
    #[track_caller]
    fn check(key: &str, line: &str, expected: &[&str]) -> Option<Measure> {
        let start = format!("{key} = ");
        let mut text: String =
            GOOD.lines().map(|old| if old.starts_with(&start) { line } else { old }.to_owned() + "\n").collect();
        if !GOOD.lines().any(|old| old.starts_with(&start)) {
            text.push_str(line);
        }
        let (measure, problems) = read(&text);
        assert_eq!(problems, expected);
        measure
    }

    #[test]
    fn a_whole_measure() {
        let measure = check("minimum_n", "minimum_n = 50", &[]).unwrap();
        assert_eq!(measure.aggregate, Aggregate::Quantile(0.9));
        assert_eq!(measure.mature_after_seconds, Some(604_800));
        assert_eq!((measure.line, measure.rows_line, measure.minimum_n), (2, 10, 50));
        assert_eq!(measure.unit, Unit::Duration);
        assert_eq!(check("stage", "", &[]).unwrap().stage, None);
        assert_eq!(measure.when_failed, None);
        let withheld = check("when_failed", "when_failed = \"withhold\"", &[]).unwrap();
        assert_eq!(withheld.when_failed.map(WhenFailed::word), Some("withhold"));
        check(
            "when_failed",
            "when_failed = \"hide\"",
            &["m.toml:14:15: error: `when_failed` cannot be \"hide\" (one of show, bounds, withhold)"],
        );
    }

    #[test]
    fn aggregates() {
        let formula = check(
            "aggregate",
            "aggregate = { formula = \"a / b\" }",
            &["m.toml:10:1: error: a formula has no `rows` of its own (the rows are those of the measures it uses)"],
        );
        assert!(formula.is_none());
        for (word, aggregate) in AGGREGATES.iter().filter(|(word, _)| !["count", "distinct", "nps"].contains(word)) {
            assert_eq!(&check("aggregate", &format!("aggregate = \"{word}\""), &[]).unwrap().aggregate, aggregate);
        }
        check(
            "aggregate",
            "aggregate = \"avg\"",
            &[
                "m.toml:11:13: error: `aggregate` cannot be \"avg\" (one of count, distinct, sum, mean, ratio, nps, level)",
            ],
        );
        check(
            "aggregate",
            "aggregate = { quantile = 90 }",
            &[
                "m.toml:11:26: error: a quantile lies between 0 and 1, 90 does not (0.5 is the median, 0.9 the 90th percentile)",
            ],
        );
        check(
            "aggregate",
            "aggregate = { formula = \"a + + b\" }",
            &["m.toml:11:30: error: formula: `+` cannot stand here; expected a measure, a number or a bracket"],
        );
        check(
            "aggregate",
            "aggregate = { median = true }",
            &[
                "m.toml:11:13: error: `aggregate` must say either a quantile or a formula ({ quantile = 0.9 } or { formula = \"margin / revenue\" })",
                "m.toml:11:15: error: unknown key `median` in `aggregate` (one of formula, quantile)",
            ],
        );
        check(
            "aggregate",
            "aggregate = \"count\"",
            &[
                "m.toml:8:8: error: the unit duration does not fit the aggregate (a count is a plain number: unit = \"number\")",
            ],
        );
    }

    #[test]
    fn what_is_wrong_is_said_once_each() {
        check(
            "id",
            "id = \"First Response\"",
            &[
                "m.toml:2:6: error: \"First Response\" cannot be an id (lower case letters, digits and _, beginning with a letter: first_response_time)",
            ],
        );
        check(
            "id",
            "id = \"previous\"",
            &[
                "m.toml:2:6: error: a measure cannot be called `previous` (the word is a function of formulas; choose another id)",
            ],
        );
        check(
            "rows",
            "",
            &["m.toml:1:1: error: `rows` is missing (SELECT ... AS key, ... AS at, ... AS value FROM ...)"],
        );
        check(
            "mature_after",
            "mature_after = \"a week\"",
            &["m.toml:12:16: error: \"a week\" is not a duration; write 90 s, 30 m, 4 h, 2 d or 1 h 30 m"],
        );
        check(
            "dimensions",
            "dimensions = [\"channel\", \"value\", \"channel\"]",
            &[
                "m.toml:13:26: error: `value` has a meaning of its own and cannot be a dimension (choose another column of the row query)",
                "m.toml:13:35: error: the dimension `channel` is named twice",
            ],
        );
        check("minimum_n", "minimum_n = 0", &["m.toml:14:13: error: `minimum_n` must be at least 1"]);
        assert!(
            check(
                "perspective",
                "perspective = \"custmer\"",
                &["m.toml:5:15: error: there is no perspective `custmer` (did you mean `customer`?)",]
            )
            .is_none()
        );
        let measure =
            check("stage", "stage = \"sup\"", &["m.toml:6:9: error: there is no stage `sup` (one of support)"]);
        assert_eq!(measure.unwrap().stage, None);
        let (measure, problems) = read("format = 1");
        assert!(measure.is_none());
        assert_eq!(problems.len(), 8, "{problems:?}");
    }
}
