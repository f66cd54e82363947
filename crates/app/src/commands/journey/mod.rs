//! `throughline journey`: the overview of stages, and questions about journeys, one file each.

pub mod conformance;
pub mod funnel;
pub mod length;
pub mod overview;
pub mod paths;
pub mod scope;
pub mod transitions;

use clap::{Args, Subcommand};
use throughline_engine::Result;

use crate::context::Context;
use crate::reply::Reply;

/// Arguments of `journey`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    question: Option<Question>,
    #[command(flatten)]
    overview: overview::Arguments,
}

/// Questions about journeys; none is the overview.
#[derive(Debug, Subcommand)]
pub enum Question {
    /// How far people come along steps that you name
    Funnel(funnel::Arguments),
    /// Which step follows which, how often and after how long
    Transitions(transitions::Arguments),
    /// The sequences of steps that people go through
    Paths(paths::Arguments),
    /// Who follows the map of stages, and where the others leave it
    Conformance(conformance::Arguments),
}

/// Answers the question, or shows the overview.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.question {
        None => overview::run(arguments.overview, context).await,
        Some(Question::Funnel(arguments)) => funnel::run(arguments, context).await,
        Some(Question::Transitions(arguments)) => transitions::run(arguments, context).await,
        Some(Question::Paths(arguments)) => paths::run(arguments, context).await,
        Some(Question::Conformance(arguments)) => conformance::run(arguments, context).await,
    }
}
