//! Which journeys a question is about, and how they are broken down: the same for every question.

use clap::Args;
use throughline_engine::{Case, Reader, Result, Scope};

use crate::cli::Moment;
use crate::commands::edge;

/// Which journeys, broken down by what.
#[derive(Debug, Clone, Default, Args)]
pub struct ScopeArguments {
    /// Break down by channel (of the first touchpoint), segment, region, acquisition_channel, cohort (month of the
    /// first order) or known
    #[arg(long, value_name = "WHAT")]
    pub by: Option<String>,
    /// First period or day, such as 2026-01 [default: where data begin]
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// Last period or day, included [default: where data end]
    #[arg(long, value_name = "WHEN")]
    pub to: Option<String>,
    /// Whose journeys: those of customers, or of tickets
    #[arg(long, value_name = "CASE", value_parser = ["customer", "ticket"], default_value = "customer")]
    pub case: String,
    /// Only customers known by name
    #[arg(long, conflicts_with = "visitors")]
    pub known: bool,
    /// Only visitors never linked to a customer
    #[arg(long)]
    pub visitors: bool,
    /// As known when, by which definitions.
    #[command(flatten)]
    pub moment: Moment,
}

impl ScopeArguments {
    /// The scope as the engine takes it.
    ///
    /// # Errors
    /// Input: a text that is neither a period nor a point in time.
    pub fn scope(&self, reader: &Reader) -> Result<Scope> {
        let known = match (self.known, self.visitors) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        Ok(Scope {
            case: if self.case == Case::Ticket.name() { Case::Ticket } else { Case::Customer },
            from: self.from.as_deref().map(|text| edge::start(reader, text)).transpose()?,
            to: self.to.as_deref().map(|text| edge::end(reader, text)).transpose()?,
            by: self.by.clone(),
            known,
        })
    }
}
