//! The change of a quantile, split by the values of a dimension.

use std::collections::BTreeMap;

use throughline_model::Measure;
use throughline_model::period::Period;
use throughline_stats::{Replaced, quantile_by_replacement};

use super::split::{MOST, Rest, Split, SplitPart, Way};
use crate::Result;
use crate::measures::{NO_SEGMENT, values};
use crate::reader::Reader;

/// Replaces the rows of one value of a dimension after the other.
///
/// # Errors
/// Input: the measure cannot be broken down by it.
pub(super) async fn quantile(
    reader: &Reader,
    measure: &Measure,
    p: f64,
    by: &str,
    (before, now): (&Period, &Period),
) -> Result<Split> {
    let dimension = Some(by.to_owned());
    let found = values(reader.session(), measure, by, (before, now)).await?;
    let mut all: BTreeMap<String, Replaced> = BTreeMap::new();
    for ((period, segment), values) in found {
        let part = all.entry(segment.unwrap_or_else(|| NO_SEGMENT.to_owned())).or_default();
        match period {
            period if period == before.index => part.before = values,
            period if period == now.index => part.now = values,
            _ => {}
        }
    }
    let (names, parts, together) = in_order(all);
    let Some(moved) = quantile_by_replacement(&parts, p) else {
        return Ok(Split::none(dimension, Way::Replacement, "There are no values in one of the periods."));
    };
    let total = |of: fn(&Replaced) -> usize| parts.iter().map(of).sum::<usize>().max(1) as f64;
    let (all_before, all_now) = (total(|part| part.before.len()), total(|part| part.now.len()));
    let told = names.into_iter().zip(&parts).zip(&moved).map(|((name, part), contribution)| SplitPart {
        name,
        shift: None,
        share_before: Some(part.before.len() as f64 / all_before),
        share_now: Some(part.now.len() as f64 / all_now),
        value_before: of(&part.before, p),
        value_now: of(&part.now, p),
        mix: None,
        rate: None,
        contribution: *contribution,
    });
    let split = Split::of(dimension, Way::Replacement, told.collect(), None);
    let contribution = moved.last().copied().unwrap_or(0.0);
    let rest = (together > 0).then_some(Rest { values: together, mix: None, rate: None, contribution });
    Ok(Split { rest, ..split })
}

/// Names and values, the largest first; those beyond the most stand last, together and without a name, with how many they are.
fn in_order(all: BTreeMap<String, Replaced>) -> (Vec<String>, Vec<Replaced>, usize) {
    let mut all: Vec<(String, Replaced)> = all.into_iter().collect();
    all.retain(|(_, part)| !part.before.is_empty() || !part.now.is_empty());
    // Values that are there now come first, so that the way there does not begin by emptying everything.
    let size = |part: &Replaced| (!part.now.is_empty(), part.before.len() + part.now.len());
    all.sort_by(|a, b| size(&b.1).cmp(&size(&a.1)).then_with(|| a.0.cmp(&b.0)));
    let others = all.split_off(all.len().min(MOST));
    let together = others.len();
    let (names, mut parts): (Vec<String>, Vec<Replaced>) = all.into_iter().unzip();
    if together > 0 {
        let mut rest = Replaced::default();
        for (_, part) in others {
            rest.before.extend(part.before);
            rest.now.extend(part.now);
        }
        parts.push(rest);
    }
    (names, parts, together)
}

fn of(values: &[f64], p: f64) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    throughline_stats::quantile(&values, p)
}
