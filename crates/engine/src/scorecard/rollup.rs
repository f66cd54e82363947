//! Scores from measures to objectives, perspectives and the whole, and the share each measure has in it.

use std::collections::BTreeMap;

use throughline_model::rollup::{Part, Rolled, roll_up};
use throughline_model::scorecard::{Objective, Scorecard};
use throughline_model::status::Status;

use super::view::{Assessment, RollUp};

/// Assessments of one period by the id of the measure.
pub(super) type Assessments = BTreeMap<String, Assessment>;

/// The roll-up of one period; everything in the order of the definitions.
pub(super) struct Tree {
    pub(super) whole: Summary,
    /// By the id of the perspective.
    perspectives: Vec<(String, Summary)>,
    /// By the id of the objective.
    objectives: Vec<(String, Summary)>,
    /// One for every use of a measure, perspective by perspective and objective by objective.
    pub(super) uses: Vec<Use>,
}

/// A rolled-up score with how many measures stand behind it.
pub(super) struct Summary {
    rolled: Rolled,
    close_from: f64,
    scored: usize,
    measures: usize,
    /// Some measure below has a value, scored or not.
    told: bool,
}

/// One measure in one objective.
pub(super) struct Use {
    pub(super) measure: String,
    pub(super) objective: String,
    pub(super) perspective: String,
    /// The part of the whole score that it carries: the shares of what has a score add up to 1.
    pub(super) share: f64,
    /// The part of the whole it would carry if everything had a score.
    nominal: f64,
}

impl Tree {
    pub(super) fn perspective(&self, id: &str) -> Option<&Summary> {
        self.perspectives.iter().find(|(name, _)| name == id).map(|(_, summary)| summary)
    }

    pub(super) fn objective(&self, id: &str) -> Option<&Summary> {
        self.objectives.iter().find(|(name, _)| name == id).map(|(_, summary)| summary)
    }

    /// The part of the whole score that a measure carries, over all objectives that use it.
    pub(super) fn share(&self, measure: &str) -> f64 {
        self.uses.iter().filter(|u| u.measure == measure).map(|u| u.share).sum()
    }
}

impl Summary {
    fn of(below: &[Below], close_from: f64, measures: usize) -> Summary {
        let parts: Vec<Part> = below.iter().map(|below| below.part).collect();
        let scored = below.iter().map(|below| below.scored).sum();
        Summary { rolled: roll_up(&parts), close_from, scored, measures, told: below.iter().any(|below| below.told) }
    }

    /// Nothing below.
    pub(super) fn nothing(close_from: f64) -> Summary {
        Summary::of(&[], close_from, 0)
    }

    pub(super) fn score(&self) -> Option<f64> {
        self.rolled.score
    }

    /// Without a score it is too little data where any measure below has a value, else no data.
    fn status(&self) -> Status {
        match self.rolled.status(self.close_from) {
            Status::NoData if self.told => Status::TooLittleData,
            status => status,
        }
    }

    /// For people, with the score of the previous period.
    pub(super) fn with(&self, before: Option<f64>) -> RollUp {
        RollUp {
            score: self.rolled.score,
            interval: self.rolled.interval,
            coverage: self.rolled.coverage,
            status: self.status(),
            before,
            scored: self.scored,
            measures: self.measures,
        }
    }
}

/// Rolls up one period. What has no score (no data, too little, not mature, no target) is missing weight.
pub(super) fn tree(card: &Scorecard, assessments: &Assessments) -> Tree {
    let close = card.close_from;
    let objectives: Vec<(String, Summary)> =
        card.objectives.iter().map(|o| (o.id.clone(), objective(o, assessments, close))).collect();
    let perspectives: Vec<(String, Summary)> = card
        .perspectives
        .iter()
        .map(|perspective| {
            let below = card.objectives.iter().zip(&objectives);
            let inside = below.filter(|(o, _)| o.perspective == perspective.id);
            (perspective.id.clone(), combine(inside.map(|(o, (_, summary))| (o.weight, summary)), close))
        })
        .collect();
    let weights = card.perspectives.iter().map(|p| p.weight);
    let whole = combine(weights.zip(perspectives.iter().map(|(_, summary)| summary)), close);
    let mut tree = Tree { whole, perspectives, objectives, uses: Vec::new() };
    tree.uses = uses(card, assessments, &tree);
    tree
}

/// A score over chosen uses of measures, by their nominal part of the whole.
pub(super) fn over<'a>(uses: impl Iterator<Item = &'a Use>, assessments: &Assessments, close_from: f64) -> Summary {
    let leaves: Vec<Below> = uses.map(|u| leaf(u.nominal, assessments.get(&u.measure))).collect();
    Summary::of(&leaves, close_from, leaves.len())
}

fn objective(objective: &Objective, assessments: &Assessments, close_from: f64) -> Summary {
    let uses = objective.measures.iter();
    let leaves: Vec<Below> = uses.map(|u| leaf(u.weight, assessments.get(&u.id))).collect();
    Summary::of(&leaves, close_from, leaves.len())
}

/// What stands below in a roll-up: its part, how many measures in it are scored, and whether any has a value.
struct Below {
    part: Part,
    scored: usize,
    told: bool,
}

fn leaf(weight: f64, found: Option<&Assessment>) -> Below {
    let status = found.and_then(|f| f.status).unwrap_or(Status::NoData);
    let part = Part::new(weight, status, found.and_then(|f| f.score), found.and_then(|f| f.score_interval));
    Below { part, scored: usize::from(part.score.is_some()), told: found.is_some_and(|f| f.value.is_some()) }
}

fn combine<'a>(children: impl Iterator<Item = (f64, &'a Summary)>, close_from: f64) -> Summary {
    let children: Vec<(f64, &Summary)> = children.collect();
    let below = |(weight, child): &(f64, &Summary)| Below {
        part: child.rolled.part(*weight, close_from),
        scored: child.scored,
        told: child.told,
    };
    let parts: Vec<Below> = children.iter().map(below).collect();
    Summary::of(&parts, close_from, children.iter().map(|(_, child)| child.measures).sum())
}

/// The share of every use in the whole: along the way up, its weight over the weight that has a score.
fn uses(card: &Scorecard, assessments: &Assessments, tree: &Tree) -> Vec<Use> {
    let close = card.close_from;
    let part =
        |weight: f64, child: Option<&Summary>| child.unwrap_or(&Summary::nothing(close)).rolled.part(weight, close);
    let outer: Vec<Part> = card.perspectives.iter().map(|p| part(p.weight, tree.perspective(&p.id))).collect();
    let whole = if tree.whole.score().is_some() { 1.0 } else { 0.0 };
    let mut uses = Vec::new();
    for (perspective, outer) in card.perspectives.iter().zip(shares(&outer)) {
        let inside: Vec<&Objective> = card.objectives.iter().filter(|o| o.perspective == perspective.id).collect();
        let middle: Vec<Part> = inside.iter().map(|o| part(o.weight, tree.objective(&o.id))).collect();
        for (objective, middle) in inside.into_iter().zip(shares(&middle)) {
            let leaves = objective.measures.iter().map(|m| leaf(m.weight, assessments.get(&m.id)).part);
            let inner = shares(&leaves.collect::<Vec<Part>>());
            uses.extend(objective.measures.iter().zip(inner).map(|(m, inner)| Use {
                measure: m.id.clone(),
                objective: objective.id.clone(),
                perspective: perspective.id.clone(),
                share: whole * outer.known * middle.known * inner.known,
                nominal: outer.all * middle.all * inner.all,
            }));
        }
    }
    uses
}

/// What part of its parent a child is.
struct Share {
    /// Of the weight that has a score; 0 for a child without one.
    known: f64,
    /// Of all weight.
    all: f64,
}

fn shares(parts: &[Part]) -> Vec<Share> {
    let weight = |part: &Part| if part.weight > 0.0 && part.weight.is_finite() { part.weight } else { 0.0 };
    let all: f64 = parts.iter().map(weight).sum();
    let known: f64 = parts.iter().filter(|p| p.score.is_some()).map(weight).sum();
    let share = |weight: f64, of: f64| if of > 0.0 { weight / of } else { 0.0 };
    parts
        .iter()
        .map(|part| Share {
            known: if part.score.is_some() { share(weight(part), known) } else { 0.0 },
            all: share(weight(part), all),
        })
        .collect()
}
