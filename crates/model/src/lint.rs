//! The balance of a scorecard: advice, never an error.
//!
//! A balanced scorecard weighs financial against other measures and results against what drives them
//! (Kaplan and Norton, "The Balanced Scorecard: Measures that Drive Performance", Harvard Business
//! Review, January 1992), stays small enough to be read, and covers the whole journey.

use crate::definitions::Definitions;
use crate::diagnostic::{Diagnostic, Level, sort};
use crate::measure::{Measure, Role};
use crate::scorecard::Objective;

/// More measures than this on one scorecard are too many to steer by.
pub const MOST_MEASURES: usize = 25;
/// More measures than this under one objective are too many.
pub const MOST_PER_OBJECTIVE: usize = 7;
/// Id of the perspective that counts as financial.
pub const FINANCIAL: &str = "financial";

/// Everything about the balance of the scorecard that someone should look at, as warnings in the order
/// of lines.
pub fn balance(definitions: &Definitions) -> Vec<Diagnostic> {
    let mut lint = Lint { definitions, found: Vec::new() };
    for objective in &definitions.scorecard.objectives {
        lint.objective(objective);
    }
    lint.targets();
    lint.perspectives();
    lint.size();
    lint.financial_share();
    lint.leading_share();
    lint.grid();
    sort(&mut lint.found);
    lint.found
}

/// The grid of stages by perspectives: for each stage, for each perspective, the ids of the measures
/// that objectives use and that belong to both.
pub fn grid(definitions: &Definitions) -> Vec<Vec<Vec<&str>>> {
    let used = used(definitions);
    let cell = |stage: &str, perspective: &str| {
        let inside =
            used.iter().filter(|measure| measure.stage.as_deref() == Some(stage) && measure.perspective == perspective);
        inside.map(|measure| measure.id.as_str()).collect()
    };
    let row = |stage: &str| {
        definitions.scorecard.perspectives.iter().map(|perspective| cell(stage, &perspective.id)).collect()
    };
    definitions.journey.stages.iter().map(|stage| row(&stage.id)).collect()
}

fn used(definitions: &Definitions) -> Vec<&Measure> {
    let ids = definitions.scorecard.used_measures();
    ids.into_iter().filter_map(|id| definitions.measures.get(id)).collect()
}

struct Lint<'a> {
    definitions: &'a Definitions,
    found: Vec<Diagnostic>,
}

impl Lint<'_> {
    fn warn(&mut self, line: usize, message: String, hint: &str) {
        let file = self.definitions.scorecard.objectives.first();
        self.found.push(Diagnostic {
            level: Level::Warning,
            file: file.map_or_else(|| "scorecard.toml".to_owned(), |objective| objective.file.clone()),
            line,
            column: 1,
            message,
            hint: Some(hint.to_owned()),
        });
    }

    fn objective(&mut self, objective: &Objective) {
        let Objective { id, line, .. } = objective;
        if objective.owner.is_none() {
            self.warn(*line, format!("the objective `{id}` has no owner"), "owner = \"who answers for it\"");
        }
        if objective.measures.is_empty() {
            let hint = "without one nobody can tell whether it is reached";
            self.warn(*line, format!("the objective `{id}` has no measure"), hint);
            return;
        }
        let count = objective.measures.len();
        if count > MOST_PER_OBJECTIVE {
            let message = format!("the objective `{id}` has {count} measures");
            self.warn(*line, message, "more than seven blur what matters; keep those that would change a decision");
        }
        let measures = &self.definitions.measures;
        let leads = |used: &crate::scorecard::MeasureUse| {
            measures.get(&used.id).is_some_and(|measure| measure.role == Role::Leading)
        };
        if !objective.measures.iter().any(leads) {
            let hint = "add a measure that moves before the result does";
            self.warn(*line, format!("the objective `{id}` has no leading measure"), hint);
        }
    }

    fn targets(&mut self) {
        let scorecard = &self.definitions.scorecard;
        let mut missing: Vec<(usize, String)> = Vec::new();
        for id in scorecard.used_measures() {
            let mut targets = scorecard.targets.iter().filter(|target| target.measure == id).peekable();
            let none = targets.peek().is_none();
            if !none && targets.any(|target| target.segment.is_empty()) {
                continue;
            }
            let uses = scorecard.objectives.iter().flat_map(|objective| &objective.measures);
            let line = uses.filter(|used| used.id == id).map(|used| used.line).next().unwrap_or(1);
            let message = if none {
                format!("the measure `{id}` has no target")
            } else {
                format!("the measure `{id}` has targets for segments only, none for everyone")
            };
            missing.push((line, message));
        }
        for (line, message) in missing {
            self.warn(line, message, "add a [[target]] with target and floor; without one there is no score");
        }
    }

    fn perspectives(&mut self) {
        let scorecard = &self.definitions.scorecard;
        for perspective in &scorecard.perspectives {
            if scorecard.objectives.iter().all(|objective| objective.perspective != perspective.id) {
                let message = format!("the perspective `{}` has no objective", perspective.id);
                self.warn(perspective.line, message, "a scorecard is balanced only when every view has its goals");
            }
        }
    }

    fn size(&mut self) {
        let count = self.definitions.scorecard.used_measures().len();
        if count > MOST_MEASURES {
            let message = format!("the scorecard has {count} measures");
            self.warn(1, message, "more than 25 cannot be steered by; move the rest to the page of their objective");
        }
    }

    fn financial_share(&mut self) {
        let used = used(self.definitions);
        let financial = used.iter().filter(|measure| measure.perspective == FINANCIAL).count();
        let perspectives = &self.definitions.scorecard.perspectives;
        if used.is_empty() || perspectives.iter().all(|perspective| perspective.id != FINANCIAL) {
            return;
        }
        if financial == 0 {
            self.warn(1, "no measure is financial".to_owned(), "without one nobody sees whether the strategy pays");
        } else if 2 * financial > used.len() {
            let message = format!("{financial} of {} measures are financial", used.len());
            self.warn(1, message, "money tells how it went; add measures of customers, processes and learning");
        }
    }

    fn leading_share(&mut self) {
        let used = used(self.definitions);
        let (all, leading) = (used.len(), used.iter().filter(|measure| measure.role == Role::Leading).count());
        // Below four measures one of each is all that can be asked.
        let least = if all < 4 { 1 } else { all.div_ceil(4) };
        if all < 2 {
            return;
        }
        if leading < least {
            let message = format!("{leading} of {all} measures are leading");
            self.warn(1, message, "results come too late to act on; add measures of what drives them");
        } else if all - leading < least {
            let message = format!("{} of {all} measures are lagging", all - leading);
            self.warn(1, message, "drivers alone do not show whether they work; add measures of results");
        }
    }

    fn grid(&mut self) {
        let Definitions { journey, scorecard, .. } = self.definitions;
        if scorecard.objectives.is_empty() {
            return;
        }
        let mut empty: Vec<String> = Vec::new();
        let mut cells = 0;
        for (stage, row) in journey.stages.iter().zip(grid(self.definitions)) {
            cells += row.len();
            let without: Vec<&str> = scorecard
                .perspectives
                .iter()
                .zip(&row)
                .filter(|(_, cell)| cell.is_empty())
                .map(|(perspective, _)| perspective.id.as_str())
                .collect();
            if without.len() == row.len() {
                empty.push(format!("{} (all)", stage.id));
            } else if !without.is_empty() {
                empty.push(format!("{} ({})", stage.id, without.join(", ")));
            }
        }
        let filled: usize = grid(self.definitions).iter().flatten().filter(|cell| !cell.is_empty()).count();
        if !empty.is_empty() {
            let message =
                format!("{} of {cells} cells of the grid of stages by perspectives are empty", cells - filled);
            self.warn(1, message, &format!("nothing is measured in {}", empty.join("; ")));
        }
    }
}
