//! The command line of Throughline: the only room that knows clap, the environment, the clock and exit
//! codes. Commands ask the engine's façade; `render` shows answers to people, `wire` to programs.

pub mod bi;
pub mod cli;
pub mod commands;
pub mod context;
pub mod failure;
pub mod http;
pub mod mcp;
pub mod people;
pub mod progress;
pub mod question;
pub mod render;
pub mod reply;
pub mod stop;
pub mod wire;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::context::Context;

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let context = Context::from_environment(&cli);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::report(&error.into(), &context),
    };
    match runtime.block_on(commands::run(cli.command, &context)) {
        Ok(reply) => reply.print(),
        Err(error) => failure::report(&error, &context),
    }
}
