//! Reading `scorecard.toml`: what names something that is not there is reported and left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::hint_among;
use crate::loops::Arrows;
use crate::measure::{Measure, WhenFailed, read_id, read_seconds};
use crate::period::{Calendar, Grain};
use crate::scorecard::{
    CLOSE_FROM, Initiative, Link, MeasureUse, Objective, Perspective, Scorecard, default_perspectives,
};
use crate::target_reader::{read_benchmark, read_budget, read_day, read_target};
use crate::toml_reader::{Field, FieldValue, Place, Section};
use crate::unit::parse_money;

/// What a scorecard may refer to.
pub(crate) struct Known<'a> {
    /// The calendar of the workspace.
    pub calendar: &'a Calendar,
    /// The currency of the workspace.
    pub currency: &'a str,
    /// The measures that loaded.
    pub measures: &'a BTreeMap<String, Measure>,
    /// Ids of all measures that someone tried to define; a broken one has been reported already.
    pub declared: &'a BTreeSet<String>,
}

impl<'a> Known<'a> {
    /// The measure that a required key names; an unknown one is noted, a broken one is silently `None`.
    pub fn measure(&self, section: &Section<'_>, key: &str) -> Option<&'a Measure> {
        let id = section.required_text(key)?;
        self.measure_named(section, &id, section.at(key))
    }

    /// As [`Known::measure`], for an id that stands at a place.
    pub fn measure_named(&self, section: &Section<'_>, id: &str, place: Place) -> Option<&'a Measure> {
        let found = self.measures.get(id);
        if found.is_none() && !self.declared.contains(id) {
            let hint = hint_among(id, self.declared.iter().map(String::as_str));
            section.error(place, format!("there is no measure `{id}`"), hint);
        }
        found
    }

    /// An amount in the workspace currency.
    pub fn amount(&self, text: &str) -> Result<f64, String> {
        match parse_money(text)? {
            (_, Some(currency)) if currency != self.currency => {
                Err(format!("the amount is in {currency}, the workspace counts in {}", self.currency))
            }
            (amount, _) => Ok(amount),
        }
    }
}

/// The perspectives of a scorecard, or the default four where it names none.
pub(crate) fn read_perspectives(root: &Section<'_>) -> Vec<Perspective> {
    let mut perspectives: Vec<Perspective> = Vec::new();
    let sections = root.sections("perspective");
    for part in sections {
        let id = read_id(&part);
        let name = part.text("name");
        let weight = read_weight(&part);
        let line = part.place().line;
        if let Some(id) = id {
            if perspectives.iter().any(|other| other.id == id) {
                part.error(part.at("id"), format!("there are two perspectives `{id}`"), None);
            } else {
                let name = name.unwrap_or_else(|| name_of(&id));
                perspectives.push(Perspective { id, name, weight, line });
            }
        }
        part.done();
    }
    if perspectives.is_empty() {
        return default_perspectives();
    }
    if perspectives.iter().all(|perspective| perspective.weight == 0.0) {
        zero_sum(root, root.at("perspective"), "of the perspectives");
    }
    perspectives
}

/// Reads everything but the perspectives.
pub(crate) fn read_scorecard(root: Section<'_>, perspectives: Vec<Perspective>, known: &Known<'_>) -> Scorecard {
    let vision = root.section("vision").and_then(|vision| {
        let text = vision.required_text("text");
        vision.done();
        text
    });
    let objective_sections = root.sections("objective");
    let named: BTreeSet<String> =
        objective_sections.iter().filter_map(|section| section.peek_text("id")).map(str::to_owned).collect();
    let objectives = read_objectives(&root, objective_sections, &perspectives, known);
    let targets = root.sections("target").into_iter().filter_map(|part| read_target(part, known)).collect();
    let benchmarks = root.sections("benchmark").into_iter().filter_map(|part| read_benchmark(part, known)).collect();
    let links = read_links(root.sections("link"), &named, &objectives);
    let initiatives = read_initiatives(root.sections("initiative"), &named, &objectives);
    let close_from = read_close_from(&root);
    let when_failed = root.choice("when_failed", &WhenFailed::ALL).unwrap_or_default();
    let every = root.choice("every", &Grain::ALL).unwrap_or(Grain::Month);
    // Read before the measures, which need to know them.
    root.ignore(&["perspective", "format"]);
    root.done();
    Scorecard {
        vision,
        perspectives,
        objectives,
        targets,
        benchmarks,
        links,
        initiatives,
        close_from,
        when_failed,
        every,
    }
}

fn read_close_from(root: &Section<'_>) -> f64 {
    match root.number("close_from") {
        None => CLOSE_FROM,
        Some(score) if score > 0.0 && score < 100.0 => score,
        Some(score) => {
            let hint = "the score from which a measure is close to its target; 70 if not given".to_owned();
            root.error(
                root.at("close_from"),
                format!("`close_from` must lie between 0 and 100, not {score}"),
                Some(hint),
            );
            CLOSE_FROM
        }
    }
}

/// A weight, 1 where none is given or where it is wrong.
fn read_weight(section: &Section<'_>) -> f64 {
    match section.number("weight") {
        None => 1.0,
        Some(weight) if (0.0..=1e6).contains(&weight) => weight,
        Some(weight) => {
            let message = if weight < 0.0 { "a weight cannot be negative" } else { "the weight is over 1000000" };
            let hint = "parts count by weight / sum of the weights; 1 is used until this is mended".to_owned();
            section.error(section.at("weight"), format!("{message}: {weight}"), Some(hint));
            1.0
        }
    }
}

fn zero_sum(section: &Section<'_>, place: Place, of_what: &str) {
    let hint = Some("give at least one of them a weight above 0".to_owned());
    section.error(place, format!("the weights {of_what} add up to zero"), hint);
}

/// "answer_fast" → "Answer fast".
fn name_of(id: &str) -> String {
    let mut name = id.replace('_', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

fn read_objectives(
    root: &Section<'_>,
    sections: Vec<Section<'_>>,
    perspectives: &[Perspective],
    known: &Known<'_>,
) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = Vec::new();
    for part in sections {
        let place = part.at("id");
        if let Some(objective) = read_objective(&part, perspectives, known) {
            if let Some(first) = objectives.iter().find(|other| other.id == objective.id) {
                let hint = Some(format!("the first one stands in line {}", first.line));
                part.error(place, format!("there are two objectives `{}`", objective.id), hint);
            } else {
                objectives.push(objective);
            }
        }
        part.done();
    }
    for perspective in perspectives {
        let mut inside = objectives.iter().filter(|objective| objective.perspective == perspective.id).peekable();
        let Some(first) = inside.peek() else { continue };
        let place = Place { line: first.line, column: 1 };
        if inside.all(|objective| objective.weight == 0.0) {
            zero_sum(root, place, &format!("of the objectives in `{}`", perspective.id));
        }
    }
    objectives
}

fn read_objective(part: &Section<'_>, perspectives: &[Perspective], known: &Known<'_>) -> Option<Objective> {
    let id = read_id(part);
    let name = part.text("name");
    let perspective = part.required_text("perspective").filter(|id| {
        let fine = perspectives.iter().any(|perspective| perspective.id == *id);
        if !fine {
            let hint = hint_among(id, perspectives.iter().map(|perspective| perspective.id.as_str()));
            part.error(part.at("perspective"), format!("there is no perspective `{id}`"), hint);
        }
        fine
    });
    let owner = part.text("owner");
    let weight = read_weight(part);
    let measures = read_uses(part, known);
    let id = id?;
    Some(Objective {
        name: name.unwrap_or_else(|| name_of(&id)),
        perspective: perspective?,
        owner,
        weight,
        measures,
        file: part.path().to_owned(),
        line: part.place().line,
        id,
    })
}

fn read_uses(part: &Section<'_>, known: &Known<'_>) -> Vec<MeasureUse> {
    let Some(field) = part.field("measures") else { return Vec::new() };
    let FieldValue::List(list) = field.value else {
        let hint = "measures = [{ id = \"csat\", weight = 2 }, { id = \"nps\" }]".to_owned();
        part.error(field.place, "`measures` must be a list", Some(hint));
        return Vec::new();
    };
    let mut uses: Vec<MeasureUse> = Vec::new();
    for field in list {
        let Some((used, place)) = read_use(part, field, known) else { continue };
        if uses.iter().any(|other| other.id == used.id) {
            part.error(place, format!("the objective uses `{}` twice", used.id), None);
        } else {
            uses.push(used);
        }
    }
    if !uses.is_empty() && uses.iter().all(|used| used.weight == 0.0) {
        zero_sum(part, part.at("measures"), "of the objective's measures");
    }
    uses
}

/// A measure of an objective: `"csat"` or `{ id = "csat", weight = 2 }`.
fn read_use(part: &Section<'_>, field: Field<'_>, known: &Known<'_>) -> Option<(MeasureUse, Place)> {
    let line = field.place.line;
    match field.value {
        FieldValue::Text(id) => {
            let measure = known.measure_named(part, id, field.place)?;
            Some((MeasureUse { id: measure.id.clone(), weight: 1.0, line }, field.place))
        }
        FieldValue::Section(inner) => {
            let measure = known.measure(&inner, "id");
            let weight = read_weight(&inner);
            let place = inner.at("id");
            inner.done();
            Some((MeasureUse { id: measure?.id.clone(), weight, line }, place))
        }
        other => {
            let message = format!("`measures` holds {}, not a measure", other.kind());
            part.error(field.place, message, Some("{ id = \"csat\", weight = 2 }".to_owned()));
            None
        }
    }
}

/// The objective that a required key names. A broken one, reported already, is silently `None`.
fn read_reference(
    section: &Section<'_>,
    key: &str,
    named: &BTreeSet<String>,
    objectives: &[Objective],
) -> Option<String> {
    let id = section.required_text(key)?;
    if !named.contains(&id) {
        let hint = hint_among(&id, named.iter().map(String::as_str));
        section.error(section.at(key), format!("there is no objective `{id}`"), hint);
    }
    objectives.iter().any(|objective| objective.id == id).then_some(id)
}

fn read_links(sections: Vec<Section<'_>>, named: &BTreeSet<String>, objectives: &[Objective]) -> Vec<Link> {
    let mut links: Vec<(Link, Section<'_>)> = Vec::new();
    for part in sections {
        let cause = read_reference(&part, "cause", named, objectives);
        let effect = read_reference(&part, "effect", named, objectives);
        let unit = part.text("unit");
        let lag_seconds = read_seconds(&part, "lag");
        let confounders = part.texts("confounders");
        let line = part.place().line;
        let Some((cause, effect)) = cause.zip(effect) else {
            part.done();
            continue;
        };
        if links.iter().any(|(other, _)| other.cause == cause && other.effect == effect) {
            part.error(part.place(), format!("the link {cause} → {effect} stands here twice"), None);
            part.done();
        } else {
            links.push((Link { cause, effect, unit, lag_seconds, confounders, line }, part));
        }
    }
    without_loops(links)
}

/// Leaves out each link that closes a loop with those before it.
fn without_loops(links: Vec<(Link, Section<'_>)>) -> Vec<Link> {
    let mut arrows = Arrows::default();
    let mut keep = Vec::with_capacity(links.len());
    for (link, part) in &links {
        let added = arrows.add(&link.cause, &link.effect);
        if let Err(way) = &added {
            let hint = "a strategy map runs from causes to effects; drop or turn one of these links".to_owned();
            part.error(part.place(), format!("the links form a loop: {}", way.join(" → ")), Some(hint));
        }
        keep.push(added.is_ok());
    }
    let mut kept = Vec::with_capacity(links.len());
    for ((link, part), keep) in links.into_iter().zip(keep) {
        part.done();
        if keep {
            kept.push(link);
        }
    }
    kept
}

const STATUSES: [(&str, &str); 4] =
    [("planned", "planned"), ("running", "running"), ("done", "done"), ("stopped", "stopped")];

fn read_initiatives(sections: Vec<Section<'_>>, named: &BTreeSet<String>, objectives: &[Objective]) -> Vec<Initiative> {
    let mut initiatives: Vec<Initiative> = Vec::new();
    for part in sections {
        let place = part.at("id");
        if let Some(initiative) = read_initiative(&part, named, objectives) {
            if initiatives.iter().any(|other| other.id == initiative.id) {
                part.error(place, format!("there are two initiatives `{}`", initiative.id), None);
            } else {
                initiatives.push(initiative);
            }
        }
        part.done();
    }
    initiatives
}

fn read_initiative(part: &Section<'_>, named: &BTreeSet<String>, objectives: &[Objective]) -> Option<Initiative> {
    let id = read_id(part);
    let name = part.text("name");
    let objective = read_reference(part, "objective", named, objectives);
    let owner = part.text("owner");
    let budget = read_budget(part);
    let (from, until) = (read_day(part, "from"), read_day(part, "until"));
    let status = part.choice("status", &STATUSES).map(str::to_owned);
    // Days in this form are in order as texts, too.
    if let (Some(Some(from)), Some(Some(until))) = (&from, &until)
        && until < from
    {
        part.error(part.at("until"), format!("the initiative ends ({until}) before it begins ({from})"), None);
    }
    let id = id?;
    Some(Initiative {
        name: name.unwrap_or_else(|| name_of(&id)),
        objective: objective?,
        owner,
        budget: budget.flatten(),
        from: from.flatten(),
        until: until.flatten(),
        status,
        line: part.place().line,
        id,
    })
}
