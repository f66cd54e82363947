//! `throughline journey`: the overview of stages, and questions about journeys, one file each.

pub mod attribution;
pub mod conformance;
pub mod delivery;
pub mod funnel;
pub mod length;
pub mod lifecycle;
pub mod overview;
pub mod pains;
pub mod paths;
pub mod retention;
pub mod scope;
pub mod transitions;

use clap::{Args, Subcommand};
use throughline_engine::Result;

use crate::context::Context;
use crate::question;
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
    /// Who orders again, period by period after the first order
    Retention(retention::Arguments),
    /// New, returning, resurrected, paused and dormant customers
    Lifecycle(lifecycle::Arguments),
    /// Channels before orders, by rules side by side
    Attribution(attribution::Arguments),
    /// Promised against actual delivery, and what follows
    Delivery(delivery::Arguments),
    /// Obstacles found in the journeys, ranked by money at stake
    Pains(pains::Arguments),
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
        None => question::run(arguments.overview, context).await,
        Some(Question::Retention(arguments)) => question::run(arguments, context).await,
        Some(Question::Lifecycle(arguments)) => question::run(arguments, context).await,
        Some(Question::Attribution(arguments)) => attribution::run(arguments, context).await,
        Some(Question::Delivery(arguments)) => question::run(arguments, context).await,
        Some(Question::Pains(arguments)) => question::run(arguments, context).await,
        Some(Question::Funnel(arguments)) => question::run(arguments, context).await,
        Some(Question::Transitions(arguments)) => question::run(arguments, context).await,
        Some(Question::Paths(arguments)) => question::run(arguments, context).await,
        Some(Question::Conformance(arguments)) => question::run(arguments, context).await,
    }
}
