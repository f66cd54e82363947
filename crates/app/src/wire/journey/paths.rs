//! The JSON of `throughline journey paths`.

use jiff::Timestamp;
use serde::Serialize;
use throughline_engine::{GroupPaths, PathsView};
use throughline_journey as fold;
use utoipa::ToSchema;

use super::{About, Share, between, seconds};
use crate::wire::Between;

/// The whole answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JourneyPaths)]
pub struct Paths {
    about: About,
    steps: String,
    collapse: bool,
    from_step: Option<String>,
    until_step: Option<String>,
    longest: usize,
    compared: Option<[String; 2]>,
    groups: Vec<Group>,
}

impl Paths {
    /// Paths as known at an instant.
    pub fn new(found: &PathsView, as_of: Timestamp) -> Paths {
        let request = &found.request;
        Paths {
            about: About::new(&found.about, as_of),
            steps: request.steps.clone(),
            collapse: request.collapse,
            from_step: request.from.clone(),
            until_step: request.until.clone(),
            longest: request.longest,
            compared: request.compare.clone(),
            groups: found.groups.iter().map(|group| Group::new(group, found)).collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PathsGroup)]
struct Group {
    group: String,
    cases: u64,
    with_path: u64,
    distinct: u64,
    paths: Vec<Path>,
    flow: Vec<Flow>,
    differences: Vec<Difference>,
    reason: Option<&'static str>,
}

impl Group {
    fn new(group: &GroupPaths, found: &PathsView) -> Group {
        let (paths, compared) = (&group.paths, found.request.compare.as_ref());
        let name = compared.map_or_else(|| found.about.group(group.group).to_owned(), |names| names.join(","));
        Group {
            group: name,
            cases: paths.cases,
            with_path: paths.with_path,
            distinct: paths.distinct,
            paths: paths.paths.iter().map(Path::from).collect(),
            flow: paths.flow.iter().map(Flow::from).collect(),
            differences: paths.comparison.iter().map(Difference::from).collect(),
            reason: (paths.with_path == 0).then_some("nobody has such a path"),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JourneyPath)]
struct Path {
    steps: Vec<String>,
    cut: bool,
    of_paths: Share,
    median_seconds: Option<f64>,
}

impl From<&fold::Path> for Path {
    fn from(path: &fold::Path) -> Path {
        let (of_paths, median_seconds) = (path.share.into(), seconds(path.median));
        Path { steps: path.steps.clone(), cut: path.cut, of_paths, median_seconds }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PathFlow)]
struct Flow {
    position: usize,
    from: String,
    to: Option<String>,
    cases: u64,
}

impl From<&fold::Flow> for Flow {
    fn from(flow: &fold::Flow) -> Flow {
        Flow { position: flow.position, from: flow.from.clone(), to: flow.to.clone(), cases: flow.cases }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PathDifference)]
struct Difference {
    steps: Vec<String>,
    cut: bool,
    first: Share,
    second: Share,
    difference: Option<f64>,
    interval: Option<Between>,
}

impl From<&fold::PathDifference> for Difference {
    fn from(path: &fold::PathDifference) -> Difference {
        Difference {
            steps: path.steps.clone(),
            cut: path.cut,
            first: path.first.into(),
            second: path.second.into(),
            difference: path.difference.map(|found| found.estimate),
            interval: path.difference.map(|found| between(found.interval)),
        }
    }
}
