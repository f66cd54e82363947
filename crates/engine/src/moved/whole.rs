//! What moved the whole scorecard.

use std::collections::BTreeSet;

use jiff::Timestamp;
use throughline_model::Measure;
use throughline_model::period::Period;
use throughline_model::unit::Unit;

use super::steps::{Answer, Steps, steps};
use super::words::whole_sentence;
use super::{LateData, MovedRequest, Readers, Recorded, Redefined, not_known_then};
use crate::measures::tables_behind;
use crate::reader::Reader;
use crate::scorecard::{MoveKind, Standing, StandingSide as Side, contribution, edits, other_edits, readings_up_to};
use crate::{Error, Result};

/// Periods apart up to which one set of readings, with all that targets look back to, serves both.
const NEAR: i32 = 1;

/// What moved the whole scorecard between two periods.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeMoved {
    /// The workspace currency.
    pub currency: String,
    /// The earlier period.
    pub before: Period,
    /// The later period.
    pub now: Period,
    /// The moment whose answer about the earlier period is meant.
    pub known_at: Timestamp,
    /// The score that was told then; `None` where there was none.
    pub score_told: Option<f64>,
    /// The score the change is counted from: the one of then, or the nearest there is to it.
    pub start: Option<f64>,
    /// The score of the earlier period by the data and definitions of now.
    pub score_before: Option<f64>,
    /// The score of the later period.
    pub score_now: Option<f64>,
    /// From the start to now, in points.
    pub change: Option<f64>,
    /// Why there is no change to tell.
    pub reason: Option<String>,
    /// What changed definitions did, targets and weights among them.
    pub definitions: Redefined,
    /// What late data did.
    pub late: LateData,
    /// What really happened.
    pub happened: Option<f64>,
    /// What each measure contributed, the largest first; those that did nothing are left out.
    pub measures: Vec<MeasureShare>,
    /// All of it in a sentence.
    pub sentence: String,
}

/// What one measure contributed, in points of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureShare {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// Whether it changed, came or went, from the start to now.
    pub kind: MoveKind,
    /// Its value at the start.
    pub value_before: Option<f64>,
    /// Its value now.
    pub value_now: Option<f64>,
    /// Its score at the start, where it took part.
    pub score_before: Option<f64>,
    /// Its score now, where it takes part.
    pub score_now: Option<f64>,
    /// Points by changed definitions.
    pub definitions: Option<f64>,
    /// Points by late data.
    pub late: Option<f64>,
    /// Points by what happened.
    pub happened: Option<f64>,
    /// Points altogether.
    pub contribution: f64,
}

/// The scorecard in every answer there is.
struct Sides {
    told: Option<Side>,
    /// `None` where it is the answer of then, too.
    redefined: Option<Side>,
    /// `None` where it is what is known now, too.
    recalled: Option<Side>,
    known: Side,
    now: Side,
    differ: bool,
}

impl Reader {
    /// What moved the whole scorecard between two periods; the contributions of measures add up to the change.
    ///
    /// # Errors
    /// Input: a period is none, or of another length than the scorecard's.
    pub async fn scorecard_moved(&self, request: &MovedRequest) -> Result<WholeMoved> {
        let now = match &request.period {
            Some(label) => self.named(label)?,
            None => self.newest_period().await?,
        };
        let periods = self.two_periods(request, now)?;
        let every = self.definitions().scorecard.every;
        if periods.1.grain != every {
            let error = Error::input(format!(
                "{} is a {}, and this scorecard is made every {every}.",
                periods.1.label, periods.1.grain
            ));
            return Err(error.hint("`every` in scorecard.toml sets how often it is made"));
        }
        let readers = self.answers(request, periods, tables).await?;
        let sides = sides(&readers).await?;
        let steps = steps(|answer| sides.at(answer).is_some_and(|side| side.score().is_some()));
        let mut moved = told(&readers, &sides, steps);
        moved.sentence = whole_sentence(&moved);
        Ok(moved)
    }
}

/// The standard tables behind all measures of the scorecard.
fn tables(reader: &Reader) -> Result<BTreeSet<String>> {
    let definitions = reader.definitions();
    let used = definitions.scorecard.objectives.iter().flat_map(|objective| &objective.measures);
    let measures = used.filter_map(|used| definitions.measures.get(&used.id));
    // A measure that cannot be read has no value in any answer.
    Ok(measures.filter_map(|measure| tables_behind(reader.session(), measure).ok()).flatten().collect())
}

async fn side(reader: &Reader, label: &str) -> Result<Side> {
    let period = reader.calendar().parse(label).map_err(Error::input)?;
    let readings = readings_up_to(reader.session(), &period).await?;
    let standing = Standing { definitions: reader.definitions(), readings: &readings };
    Ok(Side::of(standing, reader.calendar(), &period))
}

async fn sides(readers: &Readers) -> Result<Sides> {
    let Readers { before, now, known: reader, .. } = readers;
    let readings = readings_up_to(reader.session(), now).await?;
    let standing = Standing { definitions: reader.definitions(), readings: &readings };
    let known = if now.index - before.index <= NEAR {
        Side::of(standing, reader.calendar(), before)
    } else {
        side(reader, &before.label).await?
    };
    let now = Side::of(standing, reader.calendar(), now);
    let mut told = None;
    let mut redefined = None;
    if readers.recorded != Recorded::Nothing {
        told = Some(side(&readers.told, &before.label).await?);
        if let Some(reader) = &readers.redefined {
            redefined = Some(side(reader, &before.label).await?);
        }
    }
    let recalled = match &readers.recalled {
        Some(reader) => Some(side(reader, &before.label).await?),
        None => None,
    };
    Ok(Sides { told, redefined, recalled, known, now, differ: readers.recalled.is_some() })
}

impl Sides {
    fn at(&self, answer: Answer) -> Option<&Side> {
        match answer {
            Answer::Told => self.told.as_ref(),
            Answer::Redefined if self.differ => self.redefined.as_ref(),
            Answer::Redefined => self.told.as_ref(),
            Answer::Recalled if self.differ => self.recalled.as_ref(),
            Answer::Recalled | Answer::Known => Some(&self.known),
            Answer::Now => Some(&self.now),
        }
    }

    /// Ids of all measures of any answer.
    fn measures(&self) -> BTreeSet<&str> {
        let answers = [Answer::Told, Answer::Redefined, Answer::Recalled, Answer::Known, Answer::Now];
        answers.into_iter().filter_map(|answer| self.at(answer)).flat_map(Side::measures).collect()
    }

    /// Points of the change between two answers, by one measure.
    fn points(&self, between: Option<(Answer, Answer)>, id: &str) -> Option<f64> {
        let (from, to) = between?;
        contribution(self.at(from)?, self.at(to)?, id)
    }

    /// The change of the whole between two answers.
    fn change(&self, between: Option<(Answer, Answer)>) -> Option<f64> {
        let (from, to) = between?;
        Some(self.at(to)?.score()? - self.at(from)?.score()?)
    }
}

const HAPPENED: Option<(Answer, Answer)> = Some((Answer::Known, Answer::Now));

fn told(readers: &Readers, sides: &Sides, steps: Steps) -> WholeMoved {
    let score = |answer| sides.at(answer).and_then(Side::score);
    let (start, score_before, score_now) = (score(steps.start), score(Answer::Known), score(Answer::Now));
    let missing = [(score_before, &readers.before), (score_now, &readers.now)];
    let missing = missing.into_iter().find(|(score, _)| score.is_none());
    let reason = missing.map(|(_, period)| {
        format!("The whole has no score for {}: less than half of its weight can be scored.", period.label)
    });
    let late = sides.change(steps.late);
    let mut measures: Vec<MeasureShare> =
        sides.measures().into_iter().filter_map(|id| share(readers, sides, steps, id)).collect();
    measures.retain(|_| reason.is_none());
    measures.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()).then_with(|| a.id.cmp(&b.id)));
    WholeMoved {
        currency: readers.known.definitions().settings.currency.clone(),
        before: readers.before.clone(),
        now: readers.now.clone(),
        known_at: readers.known_at,
        score_told: score(Answer::Told),
        start,
        score_before,
        score_now,
        change: start.zip(score_now).map(|(start, now)| now - start).filter(|_| reason.is_none()),
        reason,
        definitions: redefined(readers, sides, steps),
        late: LateData { contribution: late, reason: late.is_none().then(|| not_known_then(readers)), rows: None },
        happened: sides.change(HAPPENED),
        measures,
        sentence: String::new(),
    }
}

/// What was edited between then and now, and what that did.
fn redefined(readers: &Readers, sides: &Sides, steps: Steps) -> Redefined {
    let (then, now) = (readers.told.definitions(), readers.known.definitions());
    let contribution = sides.change(steps.definitions);
    let edited = sides.measures().into_iter().map(|id| (id.to_owned(), edits(then, now, id)));
    Redefined {
        contribution,
        reason: contribution.is_none().then(|| "By the definitions of then, the whole had no score.".to_owned()),
        edits: edited.filter(|(_, edits)| !edits.is_empty()).collect(),
        other: other_edits(then, now),
    }
}

fn share(readers: &Readers, sides: &Sides, steps: Steps, id: &str) -> Option<MeasureShare> {
    let measure: Option<&Measure> =
        [&readers.known, &readers.told].iter().find_map(|r| r.definitions().measures.get(id));
    let start = sides.at(steps.start)?;
    let (definitions, late) = (sides.points(steps.definitions, id), sides.points(steps.late, id));
    let happened = sides.points(HAPPENED, id);
    let contribution = definitions.unwrap_or(0.0) + late.unwrap_or(0.0) + happened.unwrap_or(0.0);
    let (score_before, score_now) = (start.score_of(id), sides.now.score_of(id));
    let still = [definitions, late, happened].iter().all(|part| part.is_none_or(|points| points == 0.0));
    if still {
        return None;
    }
    Some(MeasureShare {
        id: id.to_owned(),
        name: measure.map_or_else(|| id.to_owned(), |measure| measure.name.clone()),
        unit: measure.map_or(Unit::Number, |measure| measure.unit),
        kind: match (score_before, score_now) {
            (None, Some(_)) => MoveKind::Appeared,
            (Some(_), None) => MoveKind::Disappeared,
            _ => MoveKind::Changed,
        },
        value_before: start.value_of(id),
        value_now: sides.now.value_of(id),
        score_before,
        score_now,
        definitions,
        late,
        happened,
        contribution,
    })
}
