//! Paths: the sequences of steps that people go through, and how two groups differ in them.

use throughline_journey::{Grouping, Paths, PathsSpec, paths};
use throughline_model::diagnostic::hint_among;

use super::{About, Asked, Scope};
use crate::session::Session;
use crate::{Error, Progress, Result};

/// What is asked of paths. The range of the scope is that of the touchpoints looked at.
#[derive(Debug, Clone)]
pub struct PathsRequest {
    /// What touchpoints are called: kind, stage or channel.
    pub steps: String,
    /// Whether the same step several times in a row counts once.
    pub collapse: bool,
    /// The step at whose first occurrence a path begins; `None` for the first touchpoint.
    pub from: Option<String>,
    /// The step at whose first occurrence from there on a path ends; `None` for the last touchpoint.
    pub until: Option<String>,
    /// Most steps of a path, at least 1; longer ones are cut there and marked.
    pub longest: usize,
    /// How many paths are listed.
    pub top: usize,
    /// How many positions the flow covers.
    pub positions: usize,
    /// Two groups of the breakdown to compare.
    pub compare: Option<[String; 2]>,
}

/// Paths by group.
#[derive(Debug, Clone)]
pub struct PathsView {
    /// What they are about.
    pub about: About,
    /// What was asked.
    pub request: PathsRequest,
    /// Groups with cases, ascending; where two are compared one, with the cases of both.
    pub groups: Vec<GroupPaths>,
}

/// The paths of one group.
#[derive(Debug, Clone)]
pub struct GroupPaths {
    /// The group, as the breakdown numbers it; where two are compared the first of them.
    pub group: usize,
    /// Its paths.
    pub paths: Paths,
}

impl Session {
    /// The sequences of steps that people go through, the most frequent first.
    ///
    /// # Errors
    /// Input: `steps` is none of kind, stage and channel; there is no such step or group; two groups to compare and no
    /// breakdown; nothing may be as long as 0 steps.
    pub async fn journey_paths(
        &self,
        scope: &Scope,
        request: &PathsRequest,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<PathsView> {
        if request.longest == 0 {
            return Err(Error::input("A path has at least one step.").hint("such as --longest 20"));
        }
        if request.compare.is_some() && scope.by.is_none() {
            return Err(
                Error::input("Two groups are compared within a breakdown.").hint("such as segment=retail,trade")
            );
        }
        let asked = self.ask(scope, progress).await?;
        let compare = request.compare.as_ref().map(|names| compared(&asked, names)).transpose()?;
        let steps = asked.journeys.steps_by(&request.steps)?;
        let place = |step: &Option<String>| step.as_deref().map(|step| place(step, &steps.names, "step")).transpose();
        let mut spec = PathsSpec {
            collapse: request.collapse,
            from: place(&request.from)?,
            until: place(&request.until)?,
            between: asked.range,
            longest: request.longest,
            top: request.top,
            positions: request.positions,
            grouping: Grouping::All,
            compare: compare.map(|_| (0, 1)),
            steps,
        };
        let blocks = asked.journeys.blocks();
        let mut of_group = |(group, grouping)| {
            spec.grouping = grouping;
            GroupPaths { group, paths: paths(&blocks, &spec, asked.threads()) }
        };
        let groups = match compare {
            Some([first, second]) => vec![of_group((first, asked.only(&[first, second])))],
            None => asked.each_group().map(of_group).filter(|group| group.paths.cases > 0).collect(),
        };
        Ok(PathsView { about: asked.about(scope), request: request.clone(), groups })
    }
}

/// The groups to compare, which are two.
fn compared(asked: &Asked, names: &[String; 2]) -> Result<[usize; 2]> {
    let [first, second] = names.each_ref().map(|name| place(name, &asked.groups, "group"));
    match [first?, second?] {
        [first, second] if first == second => {
            Err(Error::input("A group does not differ from itself.").hint("name two groups of the breakdown"))
        }
        both => Ok(both),
    }
}

fn place(name: &str, names: &[String], what: &str) -> Result<usize> {
    names.iter().position(|known| known == name).ok_or_else(|| {
        let known = names.iter().map(String::as_str);
        let hint = hint_among(name, known).unwrap_or_else(|| format!("there are: {}", names.join(", ")));
        Error::input(format!("There is no {what} `{name}`.")).hint(hint)
    })
}
