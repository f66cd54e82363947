//! The second and third pass: who met which obstacle, how that compares, and how sure the comparison is.

use std::collections::BTreeSet;

use super::case::{Case, Moment, Obstacle, Parts};
use super::compare::{self, AllSquares, Cells, Standards};
use super::hash::CodeMap;
use super::result::Example;
use super::spec::Spec;
use super::survey::Survey;
use super::trial::{self, Trial, is_mature};
use super::{drop_off, loops, repeated, score, wait};
use crate::{Fold, Journey};

/// What both passes need to find the moments of a case.
pub(super) struct Finder<'s> {
    pub spec: &'s Spec,
    pub roles: &'s [u16],
    pub survey: &'s Survey,
    /// For every kind the first of the same instrument.
    pub instruments: Vec<u16>,
}

/// What is kept between cases only to spare allocations.
#[derive(Default)]
pub(super) struct Scratch {
    parts: Parts,
    loops: loops::Buffers,
    moments: Vec<Moment>,
    trials: Vec<Trial>,
}

impl Finder<'_> {
    /// The moments of a case in order, and its trials.
    fn find<'t>(&self, journey: &Journey<'_>, scratch: &'t mut Scratch) -> (&'t [Moment], &'t mut [Trial]) {
        let Scratch { parts, loops, moments, trials } = scratch;
        moments.clear();
        let case = Case::new(journey, self.roles, parts);
        drop_off::moments(&case, self.spec, &self.survey.drop_offs, moments);
        repeated::moments(&case, self.spec, moments);
        wait::moments(&case, self.spec, &self.survey.bounds, moments);
        score::moments(&case, self.spec, &self.instruments, &self.survey.falls, moments);
        loops::moments(&case, self.spec, self.roles, loops, moments);
        trial::sort(moments);
        trial::trials(&case, moments, self.spec, trials);
        (moments, trials)
    }
}

/// Who met an obstacle.
#[derive(Debug, Default)]
pub(super) struct Met {
    pub cases: u64,
    pub moments: u64,
    pub open: u64,
    /// Cases with the smallest hashes of their ids: hash, id, row, when.
    smallest: BTreeSet<(u64, String, usize, i64)>,
}

impl Met {
    /// The example customers.
    pub fn examples(self) -> Vec<Example> {
        self.smallest.into_iter().map(|(_, case, row, at)| Example { case, row, at }).collect()
    }

    fn keep(&mut self, example: (u64, String, usize, i64), most: usize) {
        self.smallest.insert(example);
        if self.smallest.len() > most {
            self.smallest.pop_last();
        }
    }

    /// Whether a case of this hash may be among the examples.
    fn wants(&self, hash: u64, most: usize) -> bool {
        self.smallest.len() < most || self.smallest.last().is_some_and(|last| hash <= last.0)
    }
}

/// Counts who met what, and trials by stratum.
pub(super) struct CountFold<'s>(pub &'s Finder<'s>);

/// What the second pass counts.
#[derive(Default)]
pub(super) struct Counted {
    scratch: Scratch,
    pub met: CodeMap<Obstacle, Met>,
    pub cells: Cells,
}

impl Fold for CountFold<'_> {
    type State = Counted;

    fn start(&self) -> Counted {
        Counted::default()
    }

    fn case(&self, journey: &Journey<'_>, state: &mut Counted) {
        let Counted { scratch, met, cells } = state;
        let (moments, trials) = self.0.find(journey, scratch);
        let spec = self.0.spec;
        for own in moments.chunk_by(|one, other| one.obstacle == other.obstacle) {
            let Some(first) = own.iter().find(|moment| moment.met) else { continue };
            let met = met.entry(first.obstacle).or_default();
            met.cases += 1;
            met.moments += own.iter().filter(|moment| moment.met).count() as u64;
            met.open += u64::from(!is_mature(first, spec));
            let hash = hash(journey.id());
            if met.wants(hash, spec.limits.examples) {
                let at = journey.at.get(first.row).copied().unwrap_or(first.at);
                met.keep((hash, journey.id().to_owned(), first.row, at), spec.limits.examples);
            }
        }
        compare::count(trials, cells);
    }

    fn merge(&self, into: &mut Counted, from: Counted) {
        for (obstacle, theirs) in from.met {
            let own = into.met.entry(obstacle).or_default();
            own.cases += theirs.cases;
            own.moments += theirs.moments;
            own.open += theirs.open;
            for example in theirs.smallest {
                own.keep(example, self.0.spec.limits.examples);
            }
        }
        compare::merge(&mut into.cells, from.cells);
    }
}

/// Adds up how far the comparisons vary from case to case.
pub(super) struct SquareFold<'s> {
    pub finder: &'s Finder<'s>,
    pub standards: &'s Standards,
}

impl Fold for SquareFold<'_> {
    type State = (Scratch, AllSquares);

    fn start(&self) -> Self::State {
        Default::default()
    }

    fn case(&self, journey: &Journey<'_>, (scratch, squares): &mut Self::State) {
        let (_, trials) = self.finder.find(journey, scratch);
        compare::square(trials, self.standards, squares);
    }

    fn merge(&self, into: &mut Self::State, from: Self::State) {
        compare::merge_squares(&mut into.1, from.1);
    }
}

/// FNV-1a, its bits mixed by the finaliser of MurmurHash3: which customers are named must not change from run to run.
fn hash(id: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = id.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
        hash = (hash ^ hash >> 33).wrapping_mul(factor);
    }
    hash ^ hash >> 33
}
