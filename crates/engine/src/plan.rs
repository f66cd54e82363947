//! What an edit of the definitions would change: both are computed from the same data.

use jiff::Timestamp;
use throughline_model::{Level, Period};

use crate::reader::{ReadOptions, Reader};
use crate::scorecard::{self, Plan, PlanInput, Readings, Standing};
use crate::session::Session;
use crate::{Error, Result, Workspace};

impl Workspace {
    /// What the definitions in the files would change in the scores of the last `count` periods, up to the newest that
    /// most measures can speak about, were they to hold for them.
    ///
    /// # Errors
    /// Definition: the files have errors. Input: the edit changes how often the scorecard is made.
    pub async fn plan(&self, count: u16, now: Timestamp) -> Result<Plan> {
        let (_, problems) = self.working()?;
        let errors: Vec<_> = problems.iter().filter(|problem| problem.level == Level::Error).collect();
        if let Some(first) = errors.first() {
            let message = format!("The definitions have {} error(s). The first: {first}", errors.len());
            return Err(Error::definition(message).hint("Run `throughline check` to see them all."));
        }
        let current = self.reader(ReadOptions::at(now))?;
        let edited = self.reader(ReadOptions { working: true, ..ReadOptions::at(now) })?;
        let (was, is) = (current.definitions().scorecard.every, edited.definitions().scorecard.every);
        if was != is {
            let message =
                format!("The edit makes the scorecard every {is} instead of every {was}: no period can be compared.");
            return Err(Error::input(message));
        }
        planned(&current, &edited, count).await
    }
}

async fn planned(current: &Reader, edited: &Reader, count: u16) -> Result<Plan> {
    let calendar = edited.calendar();
    let last = scorecard::newest_period(edited.session()).await?;
    let before = i32::from(count.max(1)) - 1;
    let periods: Vec<Period> =
        (last.index.saturating_sub(before)..=last.index).map(|index| calendar.period(last.grain, index)).collect();
    let mut held: Vec<(Session, Readings)> = Vec::new();
    let mut which = Vec::with_capacity(periods.len());
    for period in &periods {
        let session = current.in_force(period)?.unwrap_or_else(|| current.session().clone());
        let known = held.iter().position(|(other, _)| other.definitions() == session.definitions());
        which.push(known.unwrap_or(held.len()));
        if known.is_none() {
            let readings = scorecard::readings_up_to(&session, &last).await?;
            held.push((session, readings));
        }
    }
    let after = scorecard::readings_up_to(edited.session(), &last).await?;
    let standing = |place: &usize| {
        held.get(*place).map(|(session, readings)| Standing { definitions: session.definitions(), readings })
    };
    let periods: Vec<(Period, Standing<'_>)> =
        periods.into_iter().zip(&which).filter_map(|(period, place)| Some((period, standing(place)?))).collect();
    let edited = Standing { definitions: edited.definitions(), readings: &after };
    Ok(scorecard::plan(&PlanInput { calendar, periods: &periods, current: current.definitions(), edited }))
}
