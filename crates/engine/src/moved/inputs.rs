//! The change of a formula, split by its inputs.

use throughline_model::formula::Formula;
use throughline_model::period::Period;
use throughline_stats::shapley;

use super::measure::one;
use super::split::{Split, SplitPart, Way};
use crate::Result;
use crate::measures::shifted;
use crate::reader::Reader;

/// What each input of a formula contributed: Shapley values, which add up to the change for any formula.
pub(super) async fn inputs(reader: &Reader, formula: &Formula, before: &Period, now: &Period) -> Result<Split> {
    let inputs = formula.inputs();
    let (mut was, mut is) = (Vec::new(), Vec::new());
    for (id, shift) in &inputs {
        was.push(one(reader, id, &shifted(reader.calendar(), before, *shift)).await?.value);
        is.push(one(reader, id, &shifted(reader.calendar(), now, *shift)).await?.value);
    }
    let result = |new: u32| {
        formula.evaluate(&mut |id, shift| {
            let place = inputs.iter().position(|input| *input == (id, shift))?;
            let values = if new >> place & 1 == 1 { &is } else { &was };
            values.get(place).copied().flatten()
        })
    };
    let Some(moved) = shapley(inputs.len(), result) else {
        let reason = "The formula has no value where some inputs are new and others old, or has too many inputs.";
        return Ok(Split::none(None, Way::Inputs, reason));
    };
    let parts = inputs.iter().zip(was.iter().zip(&is)).zip(moved);
    let parts = parts.map(|(((id, shift), (value_before, value_now)), contribution)| SplitPart {
        name: (*id).to_owned(),
        shift: Some(*shift),
        share_before: None,
        share_now: None,
        value_before: *value_before,
        value_now: *value_now,
        mix: None,
        rate: None,
        contribution,
    });
    Ok(Split::of(None, Way::Inputs, parts.collect(), None))
}
