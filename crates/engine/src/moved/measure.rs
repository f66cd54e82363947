//! What moved one measure.

use jiff::Timestamp;
use throughline_model::Measure;
use throughline_model::measure::Aggregate;
use throughline_model::period::Period;
use throughline_model::reading::{Empty, Reading};

use super::inputs::inputs;
use super::late::{LateRows, late_rows};
use super::split::{Split, split};
use super::steps::{Answer, steps};
use super::words::measure_sentence;
use super::{LateData, MovedRequest, Readers, Recorded, Redefined, not_known_then};
use crate::measures::tables_behind;
use crate::reader::{MeasureRequest, Reader};
use crate::scorecard::{Edit, PlanPart, last_complete, meaning_differs, other_edits};
use crate::{Error, Result};

/// What moved a measure between two periods.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureMoved {
    /// The measure as it is defined now.
    pub measure: Measure,
    /// The workspace currency.
    pub currency: String,
    /// The earlier period.
    pub before: Period,
    /// The later period.
    pub now: Period,
    /// The moment whose answer about the earlier period is meant.
    pub known_at: Timestamp,
    /// That answer; `None` where there was none.
    pub told: Option<Reading>,
    /// The earlier period by the data and definitions of now.
    pub reading_before: Reading,
    /// The later period.
    pub reading_now: Reading,
    /// The value the change is counted from: the answer of then, or the nearest there is to it.
    pub start: Option<f64>,
    /// From there to the later period; what changed definitions, late data and what happened did together.
    pub change: Option<f64>,
    /// Why there is no change to tell.
    pub reason: Option<String>,
    /// What changed definitions did.
    pub definitions: Redefined,
    /// What late data did.
    pub late: LateData,
    /// What really happened: from the earlier to the later period, both as known and defined now.
    pub happened: Option<f64>,
    /// What happened, split in several ways, each adding up to it; the one that tells most first.
    pub splits: Vec<Split>,
    /// All of it in a sentence.
    pub sentence: String,
}

/// The reading of everyone in one period.
pub(super) async fn one(reader: &Reader, id: &str, period: &Period) -> Result<Reading> {
    let request =
        MeasureRequest { grain: Some(period.grain), by: None, from: Some(period.start), to: Some(period.end) };
    let mut readings = reader.measure(id, &request).await?.into_iter();
    Ok(readings
        .find(|reading| reading.period.index == period.index)
        .unwrap_or_else(|| Reading::without_rows(period.clone())))
}

/// The answers about the earlier period that differ from what is known now.
struct Told {
    told: Option<Reading>,
    redefined: Option<Reading>,
    recalled: Option<Reading>,
}

impl Reader {
    /// What moved a measure between two periods: the change from the answer that was given about the earlier one, with the
    /// causes that add up to it.
    ///
    /// # Errors
    /// Input: there is no such measure, period or dimension.
    pub async fn moved(&self, id: &str, request: &MovedRequest) -> Result<MeasureMoved> {
        self.find(id)?;
        let now = match &request.period {
            Some(label) => self.named(label)?,
            None => self.last_mature(id).await?,
        };
        let periods = self.two_periods(request, now)?;
        let readers =
            self.answers(request, periods, |reader| tables_behind(reader.session(), reader.find(id)?)).await?;
        let measure = readers.known.find(id)?.clone();
        let reading_before = one(&readers.known, id, &readers.before).await?;
        let reading_now = one(&readers.known, id, &readers.now).await?;
        let told = earlier(&readers, id, &reading_before).await;
        let mut moved = MeasureMoved {
            currency: readers.known.definitions().settings.currency.clone(),
            before: readers.before.clone(),
            now: readers.now.clone(),
            known_at: readers.known_at,
            told: told.told.clone(),
            start: None,
            change: None,
            reason: undefined(&reading_before, &reading_now),
            definitions: redefined(&readers, &measure),
            late: LateData { rows: rows(&readers, &measure).await, ..LateData::default() },
            happened: reading_now.value.zip(reading_before.value).map(|(now, before)| now - before),
            splits: Vec::new(),
            sentence: String::new(),
            measure,
            reading_before,
            reading_now,
        };
        moved.add_causes(&readers, &told);
        moved.splits = splits(&readers, request, &moved).await?;
        moved.sentence = measure_sentence(&moved, readers.known.definitions());
        Ok(moved)
    }

    /// The last complete period of the scorecard's length in which a measure has a mature value; the last complete one where
    /// it never had.
    pub async fn last_mature(&self, id: &str) -> Result<Period> {
        let last = last_complete(self.definitions(), self.calendar(), self.known());
        let request = MeasureRequest { grain: Some(last.grain), ..MeasureRequest::default() };
        let readings = self.measure(id, &request).await?;
        let mut known =
            readings.into_iter().rev().filter(|r| r.value.is_some() && r.mature && r.period.end <= last.end);
        Ok(known.next().map_or(last, |reading| reading.period))
    }
}

impl MeasureMoved {
    fn value(&self, told: &Told, answer: Answer) -> Option<f64> {
        let value = |reading: &Option<Reading>| reading.as_ref().and_then(|reading| reading.value);
        match answer {
            Answer::Told => value(&told.told),
            Answer::Redefined => value(&told.redefined),
            Answer::Recalled => value(&told.recalled),
            Answer::Known => self.reading_before.value,
            Answer::Now => self.reading_now.value,
        }
    }

    fn add_causes(&mut self, readers: &Readers, told: &Told) {
        let steps = steps(|answer| self.value(told, answer).is_some());
        let step = |between: Option<(Answer, Answer)>| {
            let (from, to) = between?;
            Some(self.value(told, to)? - self.value(told, from)?)
        };
        let (start, definitions, late) = (self.value(told, steps.start), step(steps.definitions), step(steps.late));
        self.change =
            start.zip(self.reading_now.value).map(|(start, now)| now - start).filter(|_| self.reason.is_none());
        self.start = start;
        self.definitions.contribution = definitions;
        self.late.contribution = late;
        if definitions.is_none() {
            self.definitions.reason = Some(format!("By the definitions of then, {} had no value.", self.measure.name));
        }
        if late.is_none() {
            self.late.reason = Some(not_known_then(readers));
        }
    }
}

/// What was answered then, and what would be by the definitions of then. An answer that cannot be computed is none.
async fn earlier(readers: &Readers, id: &str, known: &Reading) -> Told {
    let period = |reader: &Reader| reader.calendar().parse(&readers.before.label).ok();
    let ask = async |reader: &Reader| {
        let period = period(reader)?;
        one(reader, id, &period).await.ok()
    };
    let knew = readers.recorded != Recorded::Nothing;
    let told = if knew { ask(&readers.told).await } else { None };
    let redefined = match &readers.redefined {
        Some(reader) if knew => ask(reader).await,
        Some(_) => None,
        None => told.clone(),
    };
    let recalled = match &readers.recalled {
        Some(reader) => ask(reader).await,
        None => Some(known.clone()),
    };
    Told { told, redefined, recalled }
}

fn undefined(before: &Reading, now: &Reading) -> Option<String> {
    let lacking = [before, now].into_iter().find(|reading| reading.value.is_none())?;
    let why = lacking.empty.clone().unwrap_or(Empty::NoRows);
    Some(format!("There is no value for {}: {why}", lacking.period.label))
}

/// What was edited between then and now that a measure depends on.
fn redefined(readers: &Readers, measure: &Measure) -> Redefined {
    let (then, now) = (readers.told.definitions(), readers.known.definitions());
    let mut ids = vec![measure.id.clone()];
    let mut place = 0;
    while let Some(formula) = ids.get(place).map(|id| now.measures.get(id).and_then(Measure::formula)) {
        for id in formula.map(|formula| formula.measures()).unwrap_or_default() {
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        place += 1;
    }
    ids.retain(|id| meaning_differs(then, now, id));
    let mut other = other_edits(then, now);
    // A measure knows nothing of objectives.
    other.retain(|part| *part != PlanPart::Objectives);
    let edits = ids.into_iter().map(|id| (id, vec![Edit::Definition])).collect();
    Redefined { edits, other, ..Redefined::default() }
}

/// Rows that came late; `None` where it cannot be told.
async fn rows(readers: &Readers, measure: &Measure) -> Option<LateRows> {
    match readers.recorded {
        Recorded::Everything => Some(LateRows::default()),
        Recorded::Nothing => None,
        Recorded::Some => {
            let then = readers.redefined.as_ref().unwrap_or(&readers.told);
            late_rows(then, &readers.known, measure, &readers.before).await.ok()
        }
    }
}

/// What happened, by every dimension or the one asked for; a formula by its inputs.
async fn splits(readers: &Readers, request: &MovedRequest, moved: &MeasureMoved) -> Result<Vec<Split>> {
    let (reader, measure) = (&readers.known, &moved.measure);
    if moved.happened.is_none() {
        return Ok(Vec::new());
    }
    if let Aggregate::Formula(formula) = &measure.aggregate {
        if let Some(by) = &request.by {
            let error = Error::input(format!("{} is a formula and cannot be split by {by}.", measure.id));
            return Err(error.hint(format!("split one of its inputs: {}", formula.measures().join(", "))));
        }
        return Ok(vec![inputs(reader, formula, &moved.before, &moved.now).await?]);
    }
    let dimensions = match &request.by {
        Some(by) => vec![by.clone()],
        None => measure.dimensions.clone(),
    };
    let (periods, whole) = ((&moved.before, &moved.now), (&moved.reading_before, &moved.reading_now));
    let asked = dimensions.iter().map(|by| split(reader, measure, by, periods, whole));
    let mut found = futures::future::try_join_all(asked).await?;
    found.sort_by(|a, b| b.spread.total_cmp(&a.spread));
    Ok(found)
}
