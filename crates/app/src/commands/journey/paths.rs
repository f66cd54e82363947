//! `throughline journey paths`: the sequences of steps that people go through.

use clap::Args;
use jiff::Timestamp;
use throughline_engine::{Error, PathsRequest, PathsView, Reader, Result};

use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `journey paths`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What touchpoints are called: kind, stage or channel
    #[arg(long, value_name = "WHAT", default_value = "kind")]
    steps: String,
    /// Count the same step several times in a row once
    #[arg(long)]
    collapse: bool,
    /// Begin each path at the first time of this step; people without it have none
    #[arg(long, value_name = "STEP")]
    from_step: Option<String>,
    /// End each path at the first time of this step
    #[arg(long, value_name = "STEP")]
    until_step: Option<String>,
    /// Most steps of a path; longer ones are cut there
    #[arg(long, value_name = "N", default_value_t = 50)]
    longest: usize,
    /// Most paths listed
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Compare two groups of a breakdown: segment=retail,trade
    #[arg(long, value_name = "BY=A,B", conflicts_with = "by")]
    compare: Option<String>,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Positions that the flow in JSON covers.
const POSITIONS: usize = 8;

impl Arguments {
    /// What is asked, and of whom.
    fn request(&self) -> Result<(PathsRequest, ScopeArguments)> {
        let (mut scope, mut compare) = (self.scope.clone(), None);
        if let Some(text) = &self.compare {
            let (by, groups) = two_groups(text)?;
            (scope.by, compare) = (Some(by), Some(groups));
        }
        let request = PathsRequest {
            steps: self.steps.clone(),
            collapse: self.collapse,
            from: self.from_step.clone(),
            until: self.until_step.clone(),
            longest: self.longest,
            top: self.top,
            positions: POSITIONS,
            compare,
        };
        Ok((request, scope))
    }
}

impl Question for Arguments {
    type Found = PathsView;
    type Wire = wire::journey::paths::Paths;
    const TABLE: &'static [&'static str] = &["groups", "paths"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<PathsView> {
        let (request, scope) = self.request()?;
        let scope = scope.scope(reader)?;
        reader.session().journey_paths(&scope, &request, progress).await
    }

    fn wire(&self, found: &PathsView, reader: &Reader) -> Self::Wire {
        wire::journey::paths::Paths::new(found, reader.known())
    }
}

impl Shown for Arguments {
    fn page(&self, found: &PathsView, _: &Reader, style: &Style) -> String {
        render::journey::paths::page(found, style)
    }
}

/// Breakdown and groups of `segment=retail,trade`.
fn two_groups(text: &str) -> Result<(String, [String; 2])> {
    let parts = text.split_once('=').and_then(|(by, groups)| Some((by, groups.split_once(',')?)));
    let (by, (first, second)) = parts.ok_or_else(|| {
        Error::input(format!("`{text}` does not name two groups to compare."))
            .hint("such as --compare segment=retail,trade")
    })?;
    Ok((by.trim().to_owned(), [first, second].map(|group| group.trim().to_owned())))
}
