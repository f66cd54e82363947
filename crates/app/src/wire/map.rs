//! The strategy map as JSON: objectives, what leads to what, and what is being done.

use serde::Serialize;
use throughline_model::scorecard as model;
use utoipa::ToSchema;

/// The strategy map of the definitions in force; how objectives stand is told by the scorecard.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StrategyMap)]
pub struct Map {
    vision: Option<String>,
    objectives: Vec<Objective>,
    links: Vec<Link>,
    initiatives: Vec<Initiative>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MapObjective)]
struct Objective {
    id: String,
    name: String,
    perspective: String,
    owner: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MapLink)]
struct Link {
    cause: String,
    effect: String,
    unit: Option<String>,
    lag_seconds: Option<f64>,
    confounders: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MapInitiative)]
struct Initiative {
    id: String,
    name: String,
    objective: String,
    owner: Option<String>,
    budget: Option<String>,
    from: Option<String>,
    until: Option<String>,
    status: Option<String>,
}

impl From<&model::Scorecard> for Map {
    fn from(scorecard: &model::Scorecard) -> Map {
        Map {
            vision: scorecard.vision.clone(),
            objectives: scorecard.objectives.iter().map(Objective::from).collect(),
            links: scorecard.links.iter().map(Link::from).collect(),
            initiatives: scorecard.initiatives.iter().map(Initiative::from).collect(),
        }
    }
}

impl From<&model::Objective> for Objective {
    fn from(one: &model::Objective) -> Objective {
        Objective {
            id: one.id.clone(),
            name: one.name.clone(),
            perspective: one.perspective.clone(),
            owner: one.owner.clone(),
        }
    }
}

impl From<&model::Link> for Link {
    fn from(one: &model::Link) -> Link {
        Link {
            cause: one.cause.clone(),
            effect: one.effect.clone(),
            unit: one.unit.clone(),
            lag_seconds: one.lag_seconds.map(|seconds| seconds as f64),
            confounders: one.confounders.clone(),
        }
    }
}

impl From<&model::Initiative> for Initiative {
    fn from(one: &model::Initiative) -> Initiative {
        Initiative {
            id: one.id.clone(),
            name: one.name.clone(),
            objective: one.objective.clone(),
            owner: one.owner.clone(),
            budget: one.budget.clone(),
            from: one.from.clone(),
            until: one.until.clone(),
            status: one.status.clone(),
        }
    }
}
