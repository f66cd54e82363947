//! `throughline check`: every problem of the definitions at once.

use clap::Args;
use throughline_engine::Result;
use throughline_model::diagnostic::{Diagnostic, Level};

use crate::context::Context;
use crate::failure;
use crate::render::style::{Ink, Style};
use crate::render::text;
use crate::reply::Reply;
use crate::wire::definitions::Problems;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
}

/// Lists the problems; fails where there is an error.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let problems = context.open()?.check(context.now).await?;
    let errors = problems.iter().filter(|p| p.level == Level::Error).count();
    let warnings = problems.len() - errors;
    let reply =
        context.reply(|style| page(&problems, errors, warnings, style), || Problems::from(problems.as_slice()))?;
    let failed = errors > 0 || (arguments.strict && warnings > 0);
    Ok(if failed { reply.with_code(failure::DEFINITION) } else { reply })
}

fn counted(number: usize, noun: &str) -> String {
    text::counted(u64::try_from(number).unwrap_or(u64::MAX), noun)
}

fn page(problems: &[Diagnostic], errors: usize, warnings: usize, style: &Style) -> String {
    let verdict = match (errors, warnings) {
        (0, 0) => "The definitions are in order.".to_owned(),
        (0, warnings) => format!("The definitions can be used; {} to look at.", counted(warnings, "warning")),
        (errors, 0) => format!("The definitions have {}.", counted(errors, "error")),
        (errors, warnings) => {
            format!("The definitions have {} and {}.", counted(errors, "error"), counted(warnings, "warning"))
        }
    };
    let mut lines = vec![verdict];
    for problem in problems {
        let ink = if problem.level == Level::Error { Ink::Bad } else { Ink::Fair };
        let place = format!("{}:{}:{}:", problem.file, problem.line, problem.column);
        let level = style.paint(ink, &problem.level.to_string());
        lines.push(format!("{} {level}: {}", style.paint(Ink::Strong, &place), problem.message));
        lines.extend(problem.hint.iter().map(|hint| style.paint(Ink::Quiet, &format!("    {hint}"))));
    }
    lines.join("\n") + "\n"
}
