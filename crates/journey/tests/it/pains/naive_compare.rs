//! The comparison straight from its formula, and drop-offs straight from theirs.

use std::collections::{BTreeMap, BTreeSet};

use throughline_journey::pains::Spec;
use throughline_stats::{newcombe, student_t, two_proportions};

use super::naive::{After, Moment, Usual, bys, moments, visits};
use super::world::*;

/// What is known of one obstacle.
#[derive(Debug, Default)]
pub struct Naive {
    /// Row of the first time, by case.
    pub affected: BTreeMap<String, usize>,
    pub moments: u64,
    pub open: u64,
    pub compared: Option<Compared>,
}

#[derive(Debug)]
pub struct Compared {
    pub affected: (u64, u64),
    /// Cases, moments, buyers.
    pub comparable: (u64, u64, u64),
    pub strata: (u64, u64),
    pub dropped: u64,
    pub difference: f64,
    pub half: f64,
    pub value: Option<(f64, u64)>,
}

type Stratum = (usize, u16, Option<usize>, String);

/// (case, stratum, met, next order) of one trial.
type Trial = (String, Stratum, bool, Option<Touch>);

fn trial(id: &str, case: &[Touch], moment: &Moment, spec: &Spec) -> Trial {
    let is_after = |row: usize| match moment.after {
        After::Row(own) => row > own,
        After::Instant(at) => case[row].at > at,
    };
    let orders: Vec<usize> = (0..case.len()).filter(|row| case[*row].kind == ORDER && case[*row].counts).collect();
    let before = orders.iter().filter(|row| !is_after(**row)).count().min(2);
    let next = orders.iter().find(|row| is_after(**row) && case[**row].at <= moment.at + spec.horizon);
    let stratum = (before, case[0].channel, spec.quarters.index(moment.at), moment.place.clone());
    (id.to_owned(), stratum, moment.met, next.map(|row| case[*row]))
}

fn compare(trials: &[Trial]) -> Option<Compared> {
    let in_stratum = |stratum: &Stratum, met: bool| -> Vec<&Trial> {
        trials.iter().filter(|trial| trial.1 == *stratum && trial.2 == met).collect()
    };
    let cases = |trials: &[&Trial]| trials.iter().map(|trial| trial.0.clone()).collect::<BTreeSet<_>>();
    let share =
        |trials: &[&Trial]| trials.iter().filter(|trial| trial.3.is_some()).count() as f64 / trials.len() as f64;
    let strata: BTreeSet<Stratum> = trials.iter().filter(|trial| trial.2).map(|trial| trial.1.clone()).collect();
    let (kept, lost): (Vec<_>, Vec<_>) =
        strata.into_iter().partition(|stratum| cases(&in_stratum(stratum, false)).len() >= 2);
    let pooled = |met: bool| kept.iter().flat_map(|stratum| in_stratum(stratum, met)).collect::<Vec<_>>();
    let (affected, comparable) = (pooled(true), pooled(false));
    let a = affected.len() as f64;
    let (mut standard, mut spread) = (0.0, 0.0);
    for stratum in &kept {
        let (met, not) = (in_stratum(stratum, true), in_stratum(stratum, false));
        standard += met.len() as f64 / a * share(&not);
        spread += (met.len() as f64 / a).powi(2) / not.len() as f64;
    }
    let difference = share(&affected) - standard;
    let mut variance = 0.0;
    for case in cases(&trials.iter().collect::<Vec<_>>()) {
        let mut influence = 0.0;
        for (_, stratum, met, next) in trials.iter().filter(|trial| trial.0 == case && kept.contains(&trial.1)) {
            let not = in_stratum(stratum, false);
            let (n, groups) = (not.len() as f64, cases(&not).len() as f64);
            let rest = f64::from(u8::from(next.is_some())) - share(&not);
            influence += match met {
                true => (rest - difference) / a * (a / (a - 1.0)).sqrt(),
                false => {
                    let weight = in_stratum(stratum, true).len() as f64 / a / n;
                    -rest * weight * (groups / (groups - 1.0)).sqrt()
                }
            };
        }
        variance += influence * influence;
    }
    let four = |share: f64, n: f64| (2.0 * share.powi(2) + 2.0 * (1.0 - share).powi(2)) / (n * n);
    variance += four(share(&affected), a) + four(standard, 1.0 / spread);
    let least = affected.len().min(cases(&comparable).len());
    let buyers = |trials: &[&Trial]| trials.iter().filter(|trial| trial.3.is_some()).count() as u64;
    let amounts: Vec<i64> = comparable.iter().filter_map(|trial| trial.3?.amount).collect();
    Some(Compared {
        affected: (affected.len() as u64, buyers(&affected)),
        comparable: (cases(&comparable).len() as u64, comparable.len() as u64, buyers(&comparable)),
        strata: (kept.len() as u64, lost.len() as u64),
        dropped: lost.iter().map(|stratum| in_stratum(stratum, true).len() as u64).sum(),
        difference,
        half: student_t(least.checked_sub(1)? as f64)? * variance.sqrt(),
        value: (!amounts.is_empty())
            .then(|| (amounts.iter().sum::<i64>() as f64 / amounts.len() as f64, amounts.len() as u64)),
    })
}

/// Every obstacle met by someone.
pub fn pains(journeys: &[(String, Vec<Touch>)], spec: &Spec, usual: &Usual) -> BTreeMap<String, Naive> {
    let mut found: BTreeMap<String, Naive> = BTreeMap::new();
    let mut trials: BTreeMap<String, Vec<Trial>> = BTreeMap::new();
    let mature = |moment: &Moment| moment.at + spec.horizon <= spec.known_until;
    for (id, case) in journeys {
        let mut own: BTreeMap<String, Vec<Moment>> = BTreeMap::new();
        for moment in moments(case, spec, usual) {
            own.entry(moment.what.clone()).or_default().push(moment);
        }
        for (what, mut own) in own {
            // By time; of several at one instant, those whose purchases count from an earlier row come first.
            let place = |moment: &Moment| match moment.after {
                After::Row(row) => row,
                After::Instant(at) => case.iter().filter(|touch| touch.at <= at).count(),
            };
            own.sort_by_key(|moment| (moment.at, place(moment), moment.row, moment.met));
            let first = own.iter().position(|moment| moment.met);
            let until = first.map_or(own.len(), |first| first + 1);
            let compared = own[..until].iter().filter(|moment| mature(moment));
            trials.entry(what.clone()).or_default().extend(compared.map(|moment| trial(id, case, moment, spec)));
            if let Some(first) = first {
                let naive = found.entry(what).or_default();
                naive.affected.insert(id.clone(), own[first].row);
                naive.moments += own.iter().filter(|moment| moment.met).count() as u64;
                naive.open += u64::from(!mature(&own[first]));
            }
        }
    }
    for (what, naive) in &mut found {
        naive.compared = compare(&trials[what]);
    }
    found
}

/// Drop-offs above all others at the step that stand after Benjamini and Hochberg.
pub fn drop_offs(journeys: &[(String, Vec<Touch>)], spec: &Spec) -> BTreeMap<(usize, String), [(u64, u64); 2]> {
    let mut rows: Vec<(usize, Vec<String>, bool)> = Vec::new();
    for (_, case) in journeys {
        for (step, last, moved) in visits(case) {
            let at = case[last].at;
            if (spec.period.0..spec.period.1).contains(&at) && at + spec.limits.drop_after <= spec.known_until {
                rows.push((step, bys(&case[last]), moved.is_none_or(|moved| moved - at > spec.limits.drop_after)));
            }
        }
    }
    let names: BTreeSet<(usize, String)> =
        rows.iter().flat_map(|(step, bys, _)| bys.iter().map(|by| (*step, by.clone()))).collect();
    let count = |step: usize, by: &String, here: bool| {
        let rows = rows.iter().filter(|row| row.0 == step && row.1.contains(by) == here);
        rows.fold((0, 0), |(dropped, n), row| (dropped + u64::from(row.2), n + 1))
    };
    let mut asked: Vec<_> = names
        .into_iter()
        .map(|(step, by)| {
            let (here, others) = (count(step, &by, true), count(step, &by, false));
            (step, by, here, others)
        })
        .filter(|(_, _, here, others)| here.1.min(others.1) >= spec.limits.minimum_n)
        .map(|(step, by, here, others)| (two_proportions(here, others).unwrap(), step, by, here, others))
        .collect();
    asked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let m = asked.len() as f64;
    let stand = (1..=asked.len()).rev().find(|i| asked[i - 1].0 <= *i as f64 / m * spec.limits.false_discovery);
    // Equal p-values stand or fall together.
    let bound = stand.map_or(-1.0, |i| asked[i - 1].0);
    asked
        .into_iter()
        .filter(|(p, _, _, here, others)| *p <= bound && newcombe(*here, *others).unwrap().interval.low > 0.0)
        .map(|(_, step, by, here, others)| ((step, by), [(here.1, here.0), (others.1, others.0)]))
        .collect()
}
