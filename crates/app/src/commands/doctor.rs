//! `throughline doctor`: whether the workspace is sound, and what to do where it is not.

use clap::Args;
use throughline_engine::{DoctorRequest, ErrorKind, Result};

use crate::context::Context;
use crate::progress::{Meter, report_work};
use crate::reply::Reply;
use crate::{failure, people, render, wire};

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Mend what can be mended safely: what can be made again is removed, the rest is put aside in data/damaged
    #[arg(long)]
    mend: bool,
    /// Do not read data files from end to end
    #[arg(long)]
    quick: bool,
}

/// Looks at the workspace; fails where something is wrong and was not mended.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Reply> {
    let workspace = context.open()?;
    let request = DoctorRequest { mend: arguments.mend, quick: arguments.quick };
    let meter = Meter::new(context);
    let mut checkup = workspace.checkup(request, context.now, &mut |now| report_work(&meter, now)).await?;
    checkup.checks.push(people::check(&workspace, arguments.mend));
    drop(meter);
    let reply =
        context.reply(|style| render::doctor::page(&checkup, style), || wire::doctor::Checkup::from(&checkup))?;
    Ok(if checkup.problems() > 0 { reply.with_code(failure::code(ErrorKind::Damaged)) } else { reply })
}
