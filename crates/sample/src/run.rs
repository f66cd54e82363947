//! The run: customers slot by slot in the order in which they become known, block by block into the files.

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};

use crate::customer::{Customer, known_at};
use crate::customer_life::{Pending, live};
use crate::error::Error;
use crate::files::Files;
use crate::options::Options;
use crate::progress::{Progress, Summary, TableSummary};
use crate::truth::{self, Broken, Realised};
use crate::world::World;
use crate::{brand, browsing, company};

/// Customers per block: what is held in memory, and sorted by recording time, before it is written.
const BLOCK: u32 = 2_000;
/// Tables whose keys are dated contacts.
const TOUCHPOINTS: [&str; 7] =
    ["interactions", "orders", "payments", "tickets", "ticket_events", "feedback", "loyalty_events"];

/// What is at hand while a customer lives.
pub(crate) struct Scene<'a> {
    pub(crate) world: &'a World,
    pub(crate) files: &'a mut Files,
    pub(crate) seen: &'a mut Realised,
}

/// Writes a sample company into `folder`: `sources/<table>.csv` for every standard table, and `truth.json`.
///
/// The folder is created; it must be empty or hold an earlier sample company, which is replaced. Memory
/// stays bounded by a block of 2 000 customers, however many are asked for. `progress` is called after
/// each block.
///
/// # Errors
/// Impossible options (all problems at once), a folder with something else in it, or a file that cannot
/// be written.
pub fn generate(options: &Options, folder: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Summary, Error> {
    let zone = options.check().map_err(Error::Options)?;
    let world =
        World::new(options, zone).ok_or_else(|| Error::Options(vec!["the dates leave the calendar".to_string()]))?;
    let (sources, truth_file) = (folder.join("sources"), folder.join("truth.json"));
    prepare(folder, &sources, &truth_file)?;
    let mut files = Files::create(&sources, options.seed, options.dirty, options.compress, world.clock.end())?;
    let mut seen = Realised::default();
    company::write(&world, &mut files);
    brand::write(&world, &mut files);
    customers(&world, &mut files, &mut seen, progress)?;
    let (tables, broken) = close(files)?;
    let document = truth::document(&world, &seen, &tables, &broken);
    fs::write(&truth_file, format!("{document:#}\n")).map_err(|e| Error::io(&truth_file, e))?;
    let touchpoints = tables.iter().filter(|t| TOUCHPOINTS.contains(&t.table)).map(|t| t.keys).sum::<u64>();
    Ok(Summary { sources, truth: truth_file, tables, touchpoints })
}

/// An earlier sample company is taken away first, so that no file of it stays behind.
fn prepare(folder: &Path, sources: &Path, truth: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|e| Error::io(folder, e))?;
    if truth.is_file() {
        fs::remove_file(truth).map_err(|e| Error::io(truth, e))?;
        if sources.is_dir() {
            fs::remove_dir_all(sources).map_err(|e| Error::io(sources, e))?;
        }
    }
    let mut entries = fs::read_dir(folder).map_err(|e| Error::io(folder, e))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Error::NotEmpty(PathBuf::from(folder))),
    }
}

fn customers(
    world: &World,
    files: &mut Files,
    seen: &mut Realised,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Error> {
    let customers = world.options.customers;
    let mut pending = Pending::new();
    for slot in 0..customers {
        let at = known_at(world, slot);
        // A friend who was told in time takes the next place; each referral brings one customer at most.
        let told = pending.peek().is_some_and(|Reverse(referral)| referral.at < at - 600);
        let referral = if told { pending.pop().map(|Reverse(referral)| referral) } else { None };
        let mut scene = Scene { world, files, seen };
        browsing::anonymous(&mut scene, slot, at);
        let mut customer = Customer::new(world, slot, referral);
        live(&mut scene, &mut customer, &mut pending);
        if (slot + 1) % BLOCK == 0 || slot + 1 == customers {
            let rows = files.flush()?;
            progress(Progress { customers_done: slot + 1, customers, rows });
        }
    }
    Ok(())
}

fn close(files: Files) -> Result<(Vec<TableSummary>, Vec<Broken>), Error> {
    let mut summaries = Vec::new();
    let mut broken = Vec::new();
    for table in files.into_tables() {
        let (name, path) = (table.schema.table, table.path.clone());
        let (counts, dirt, path) = table.close().map_err(|e| Error::io(&path, e))?;
        broken.push(dirt.map(|dirt| dirt.broken).unwrap_or_default());
        summaries.push(TableSummary {
            table: name,
            path,
            rows: counts.rows,
            keys: counts.keys,
            duplicates: counts.duplicates,
            dirty: counts.dirty,
            late: counts.late,
            bytes: counts.bytes,
        });
    }
    Ok((summaries, broken))
}
