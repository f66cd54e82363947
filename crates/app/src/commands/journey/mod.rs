//! `throughline journey`: the overview of stages, and questions about journeys, one file each.

pub mod overview;
pub mod scope;

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
pub enum Question {}

/// Answers the question, or shows the overview.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    match arguments.question {
        None => overview::run(arguments.overview, context).await,
        Some(question) => match question {},
    }
}
