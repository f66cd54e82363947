//! Reading an import: one pass over each file for all simple records, then the records that join, group or query.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int32Type;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use super::counts::{Counts, FileCounts};
use super::emit::{Mapped, Mapper};
use super::group::{Grouping, split_bad};
use super::jobs::{Job, Planned, Plans, Work};
use super::kept::{Kept, KeptWriter};
use super::pass::{Pass, Piece};
use super::raw::input::{FILE, InputFiles};
use super::raw::read::Item;
use super::recognise::Assigned;
use super::rejects::{Pending, Rejects};
use super::scan::LayoutInputs;
use super::session::Sessions;
use super::sink::{MapContext, Sink};
use super::typing::problems::Remark;
use crate::Result;

/// Reads all files and hands typed rows and rejects to `sink`. Rows of one record come in the order of its files
/// and lines. `kept`: where inputs of records with lookups are kept for files that arrive later.
///
/// # Errors
/// A file that cannot be read to its end, a layout that is wrong, or what the sink answers.
pub async fn map(
    assigned: &[Assigned],
    kept: Option<&Kept>,
    context: &MapContext<'_>,
    sink: &mut dyn Sink,
) -> Result<Counts> {
    std::fs::create_dir_all(context.spill_dir)?;
    let sessions = Sessions::new(context.memory_bytes, context.spill_dir)?;
    let inputs = LayoutInputs::group(assigned, kept, context.spill_dir)?;
    let plans = Plans::make(&inputs, &sessions, context).await?;
    sink.begin(&plans.owners)?;
    let total = assigned.iter().filter_map(|one| std::fs::metadata(&one.file.path).ok()).map(|data| data.len()).sum();
    let bytes = Arc::new(AtomicU64::new(0));
    let mut output =
        Output { sink, rejects: Rejects::new(assigned), counts: counts_of(assigned), bytes, total, rows: 0 };
    let (simple, planned): (Vec<Job>, Vec<Job>) =
        plans.jobs.into_iter().partition(|job| matches!(job.work, Work::Simple { .. }));
    let mut simple = simple;
    for (layout, inputs) in inputs.iter().enumerate() {
        for place in (0..inputs.new.len()).filter(|place| inputs.is_new(*place)) {
            let keep = kept.filter(|_| plans.keep.contains(&(layout, place)));
            let mine: Vec<&mut Job> = simple.iter_mut().filter(|job| job.reads(layout, place)).collect();
            read_once(inputs, place, mine, keep, context.import_id, &mut output)?;
            output.flush()?;
        }
    }
    for job in planned {
        run_planned(job, &sessions.session()?, &mut output).await?;
        output.flush()?;
    }
    Ok(output.counts)
}

fn counts_of(assigned: &[Assigned]) -> Counts {
    let one = |assigned: &Assigned| FileCounts {
        file: assigned.file.display.clone(),
        layout: assigned.layout.id.clone(),
        input: assigned.layout.inputs.get(assigned.input).map(|input| input.name.clone()).unwrap_or_default(),
        ..FileCounts::default()
    };
    Counts { files: assigned.iter().map(one).collect(), ..Counts::default() }
}

/// Everything that goes out.
struct Output<'a> {
    sink: &'a mut dyn Sink,
    rejects: Rejects<'a>,
    counts: Counts,
    bytes: Arc<AtomicU64>,
    total: u64,
    rows: u64,
}

impl Output<'_> {
    fn take(&mut self, table: &str, mapped: Mapped) -> Result<()> {
        for (file, remark) in mapped.remarks {
            let Some(counts) = usize::try_from(file).ok().and_then(|file| self.counts.files.get_mut(file)) else {
                continue;
            };
            match remark {
                Remark::Gap => counts.gaps += 1,
                Remark::Overlap => counts.overlaps += 1,
                Remark::Formula => counts.formulas += 1,
            }
        }
        for rows in mapped.rows {
            self.count(table, &rows);
            self.sink.accept(table, rows)?;
        }
        self.set_aside(mapped.rejects)
    }

    fn count(&mut self, table: &str, rows: &RecordBatch) {
        let Some(files) = rows.column_by_name(FILE).and_then(|files| files.as_primitive_opt::<Int32Type>()) else {
            return;
        };
        for run in files.values().chunk_by(|a, b| a == b) {
            let file = run.first().and_then(|file| usize::try_from(*file).ok());
            let by_table = match file.and_then(|file| self.counts.files.get_mut(file)) {
                Some(counts) => &mut counts.accepted,
                None => &mut self.counts.completed,
            };
            *by_table.entry(table.to_owned()).or_default() += run.len() as u64;
        }
    }

    fn set_aside(&mut self, rejects: impl IntoIterator<Item = Pending>) -> Result<()> {
        self.rejects.add(rejects);
        if self.rejects.is_full() { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        self.rejects.flush(self.sink, &mut self.counts)
    }

    fn progress(&mut self, rows: u64) {
        self.rows += rows;
        self.sink.progress(self.bytes.load(Ordering::Relaxed), self.total, self.rows);
    }
}

/// Reads an input once: for all its simple records, for the planned ones that read it later, to keep it, and to count
/// its rows.
fn read_once(
    inputs: &LayoutInputs,
    place: usize,
    jobs: Vec<&mut Job>,
    keep: Option<&Kept>,
    import_id: &str,
    output: &mut Output<'_>,
) -> Result<()> {
    let Some(files) = inputs.new.get(place) else { return Ok(()) };
    let feeds = files.feeds.all();
    let mut used: BTreeSet<usize> = jobs.iter().flat_map(|job| job.used()).collect();
    used.extend(feeds.iter().flat_map(|feed| feed.wanted()));
    let mappers = jobs.into_iter().filter_map(|job| match &mut job.work {
        Work::Simple { mapper, .. } => Some(mapper.as_mut()),
        _ => None,
    });
    let (mut keyed, alone): (Vec<&mut Mapper>, Vec<&mut Mapper>) = mappers.partition(|mapper| mapper.makes_keys());
    let pass = Pass {
        files,
        wanted: (0..files.width()).map(|column| keep.is_some() || used.contains(&column)).collect(),
        mappers: alone.into_iter().map(|mapper| &*mapper).collect(),
        feeds: &feeds,
        with_raw: keep.is_some() || !keyed.is_empty(),
        bytes: output.bytes.clone(),
    };
    let mut keeping = Keeping { inputs, place, keep, import_id, writer: None };
    pass.run(&mut |piece| take_piece(&pass, piece, &mut keyed, &mut keeping, output))?;
    feeds.iter().try_for_each(|feed| feed.complete())
}

fn take_piece(
    pass: &Pass<'_>,
    piece: Piece,
    keyed: &mut [&mut Mapper],
    keeping: &mut Keeping<'_>,
    output: &mut Output<'_>,
) -> Result<()> {
    for reject in piece.rejects {
        if let Item::Reject { file, line, column, reason } = reject {
            output.set_aside([Pending { file, line, table: None, column, reason }])?;
        }
    }
    for (mapper, mapped) in pass.mappers.iter().zip(piece.mapped) {
        output.take(&mapper.table().name, mapped)?;
    }
    if let Some(raw) = &piece.raw {
        keeping.write(raw)?;
        for mapper in keyed {
            let mapped = mapper.map(raw)?;
            output.take(&mapper.table().name, mapped)?;
        }
    }
    for (feed, rows) in pass.feeds.iter().zip(&piece.fed) {
        feed.add(rows)?;
    }
    output.progress(piece.rows);
    if let Some(rows) = piece.ended {
        keeping.finish()?;
        if let Some(counts) = usize::try_from(piece.file).ok().and_then(|file| output.counts.files.get_mut(file)) {
            counts.rows = rows;
        }
    }
    Ok(())
}

/// Keeps the raw rows of the file that is being read.
struct Keeping<'a> {
    inputs: &'a LayoutInputs,
    place: usize,
    keep: Option<&'a Kept>,
    import_id: &'a str,
    writer: Option<KeptWriter>,
}

impl Keeping<'_> {
    fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        let Some(kept) = self.keep else { return Ok(()) };
        if self.writer.is_none() {
            let layout = &self.inputs.layout;
            let name = layout.inputs.get(self.place).map(|input| input.name.as_str()).unwrap_or_default();
            let file = rows.column_by_name(FILE).and_then(|files| files.as_primitive_opt::<Int32Type>());
            let number = file.and_then(|files| files.values().first().copied()).unwrap_or_default();
            self.writer = Some(KeptWriter::new(kept, &layout.id, name, self.import_id, number)?);
        }
        self.writer.as_mut().map_or(Ok(()), |writer| writer.write(rows))
    }

    fn finish(&mut self) -> Result<()> {
        let known = self.inputs.kept.get(self.place).map(Vec::as_slice).unwrap_or_default();
        self.writer.take().map_or(Ok(()), |writer| writer.finish(known))
    }
}

/// Runs a record that joins, groups or queries; it reads its inputs for itself.
async fn run_planned(job: Job, session: &SessionContext, output: &mut Output<'_>) -> Result<()> {
    match job.work {
        Work::Simple { .. } => Ok(()),
        Work::Joined { plan, mut mapper } => {
            let mut rows = plan.run()?;
            while let Some(batch) = rows.next().await {
                let mapped = mapper.map(&batch?)?;
                output.take(&mapper.table().name, mapped)?;
            }
            Ok(())
        }
        Work::Grouped { plan, grouping, mapper } => run_grouped(plan, *grouping, *mapper, session, output).await,
    }
}

async fn run_grouped(
    plan: Planned,
    grouping: Grouping,
    mut mapper: Mapper,
    session: &SessionContext,
    output: &mut Output<'_>,
) -> Result<()> {
    let found = grouping.found();
    let lines = plan.run()?;
    let mut rows = Arc::new(grouping).run(session, lines).await?;
    while let Some(batch) = rows.next().await {
        let (good, bad) = split_bad(&batch?, &mapper.table().name)?;
        output.set_aside(bad)?;
        let mapped = mapper.map(&good)?;
        output.take(&mapper.table().name, mapped)?;
    }
    let found = found.lock().map(|mut found| std::mem::take(&mut *found)).unwrap_or_default();
    output.set_aside(found)
}

/// Whether some file of an input has the column at a place.
pub(crate) fn present(files: &InputFiles, place: usize) -> bool {
    files.schema.fields().get(place).is_none_or(|field| place >= files.width() || files.has(field.name()))
}
