//! `throughline journey retention`: who orders again, period by period after the first order.

use clap::Args;
use clap::ValueEnum;
use jiff::Timestamp;
use throughline_engine::{Reader, Result, RetentionAnswer, RetentionRequest};
use throughline_journey::RetentionVariant;
use throughline_model::period::Grain;

use super::scope::ScopeArguments;
use crate::cli::Moment;
use crate::question::{Listener, Question, Shown};
use crate::render;
use crate::render::style::Style;
use crate::wire;

/// Arguments of `journey retention`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Length of the periods: week, month, quarter, year
    #[arg(long, value_name = "PERIOD", default_value = "month")]
    every: Grain,
    /// Which orders keep a customer
    #[arg(long, value_enum, value_name = "VARIANT", default_value = "in")]
    variant: Variant,
    #[command(flatten)]
    scope: ScopeArguments,
}

/// Which orders keep a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Variant {
    /// Those in the k-th period after the first order's
    In,
    /// Those in it or in any later one
    InOrAfter,
}

impl Question for Arguments {
    type Found = RetentionAnswer;
    type Wire = wire::journey::retention::Answer;
    const TABLE: &'static [&'static str] = &["groups", "cohorts", "cells"];

    fn moment(&self) -> &Moment {
        &self.scope.moment
    }

    async fn ask(&self, reader: &Reader, _: Timestamp, progress: Listener<'_>) -> Result<RetentionAnswer> {
        let scope = self.scope.scope(reader)?;
        let variant = match self.variant {
            Variant::In => RetentionVariant::In,
            Variant::InOrAfter => RetentionVariant::InOrAfter,
        };
        let request = RetentionRequest { every: self.every, variant };
        reader.session().journey_retention(&scope, &request, progress).await
    }

    fn wire(&self, found: &RetentionAnswer, reader: &Reader) -> Self::Wire {
        wire::journey::retention::Answer::new(found, reader.known())
    }
}

impl Shown for Arguments {
    fn page(&self, found: &RetentionAnswer, _: &Reader, style: &Style) -> String {
        render::journey::retention::page(found, style)
    }
}
