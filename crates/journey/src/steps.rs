//! Steps: what a question calls a touchpoint, and groups: what it calls a journey.

use crate::{Journey, Kinds, Periods, Stages};

/// Gives each touchpoint a step, or none. Steps are numbered from 0.
#[derive(Debug, Clone)]
pub struct Steps {
    /// Names of the steps.
    pub names: Vec<String>,
    by: By,
}

#[derive(Debug, Clone)]
enum By {
    /// Step by kind code; `NONE` where the kind is no step.
    Kind(Vec<u16>),
    /// Step by channel code.
    Channel(Vec<u16>),
    Stage(Box<Stages>),
}

/// No step.
pub(crate) const NONE: u16 = u16::MAX;

/// Steps by kind code with a place for every code there can be, so that looking one up needs no check.
pub(crate) fn table(by_kind: &[u16]) -> Option<Box<[u16; 1 << 16]>> {
    let mut all = by_kind.to_vec();
    all.resize(1 << 16, NONE);
    all.try_into().ok()
}

impl Steps {
    /// Every kind is a step of its own name, in ascending order of names; kinds of the same name are one step.
    pub fn kinds(kinds: &Kinds) -> Steps {
        let names: Vec<String> = kinds.names().into_iter().map(str::to_owned).collect();
        let place = |name: &String| names.binary_search(name).ok().and_then(|place| u16::try_from(place).ok());
        let table = kinds.kinds.iter().map(|kind| place(&kind.kind).unwrap_or(NONE)).collect();
        Steps { names, by: By::Kind(table) }
    }

    /// Named steps, each of some kind codes; a code in several belongs to the first.
    pub fn named(steps: Vec<(String, Vec<u16>)>, kinds: &Kinds) -> Steps {
        let mut table = vec![NONE; kinds.kinds.len()];
        for (step, (_, codes)) in steps.iter().enumerate() {
            for code in codes {
                if let Some(place) = table.get_mut(usize::from(*code)).filter(|place| **place == NONE) {
                    *place = u16::try_from(step).unwrap_or(NONE);
                }
            }
        }
        Steps { names: steps.into_iter().map(|(name, _)| name).collect(), by: By::Kind(table) }
    }

    /// The stages are the steps.
    pub fn stages(stages: Stages) -> Steps {
        Steps { names: stages.names().iter().map(|(id, _)| id.clone()).collect(), by: By::Stage(Box::new(stages)) }
    }

    /// The channels are the steps.
    pub fn channels(kinds: &Kinds) -> Steps {
        let codes =
            std::iter::once(NONE).chain((0..kinds.channels.len()).filter_map(|place| u16::try_from(place).ok()));
        Steps { names: kinds.channels.clone(), by: By::Channel(codes.collect()) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The step of a touchpoint.
    #[inline]
    pub fn of(&self, journey: &Journey<'_>, row: usize) -> Option<usize> {
        let (table, code) = match &self.by {
            By::Kind(table) => (table, journey.kinds.get(row)?),
            By::Channel(table) => (table, journey.channels.get(row)?),
            By::Stage(stages) => return stages.of(journey, row),
        };
        table.get(usize::from(*code)).copied().filter(|step| *step != NONE).map(usize::from)
    }

    /// Where steps depend on the kind alone: the step by kind code, `u16::MAX` for none.
    pub fn by_kind(&self) -> Option<&[u16]> {
        match &self.by {
            By::Kind(table) => Some(table),
            _ => None,
        }
    }
}

/// Puts each journey into one group, or none.
#[derive(Debug, Clone, Default)]
pub enum Grouping {
    /// All journeys are one group.
    #[default]
    All,
    /// By the channel of the very first touchpoint; group 0 where it has none, else the channel's code.
    FirstChannel,
    /// By the period of the first order; without one in no group.
    FirstOrder(Periods),
    /// By the period of the first touchpoint.
    FirstSeen(Periods),
    /// By block and place of the case in its block; `u16::MAX` for no group.
    ByCase(Vec<Vec<u16>>),
}

impl Grouping {
    /// The group of a journey.
    #[inline]
    pub fn of(&self, journey: &Journey<'_>) -> Option<usize> {
        match self {
            Grouping::All => Some(0),
            Grouping::FirstChannel => journey.channels.first().map(|code| usize::from(*code)),
            Grouping::FirstOrder(periods) => periods.index(journey.first_order()?),
            Grouping::FirstSeen(periods) => periods.index(*journey.at.first()?),
            Grouping::ByCase(groups) => {
                let group = *groups.get(journey.block())?.get(journey.case)?;
                (group != NONE).then_some(usize::from(group))
            }
        }
    }
}
