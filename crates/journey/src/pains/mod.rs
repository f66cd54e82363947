//! Pains: obstacles found in the journeys, whom they met, and whether those bought less often afterwards.
//!
//! Three passes. The first finds what is usual: drop-off by step, quantiles of waits, mean scores. The second finds the
//! moments at which a customer met an obstacle, and the like moments at which one did not, and counts who bought within
//! the horizon after them. The third adds up how far the comparison varies from customer to customer. The passes build
//! on each other, so this question cannot share another's pass.
//!
//! A moment is compared with moments at the same place (the same step, or kind of touchpoint), after as many orders (0,
//! 1, 2 and more), of customers whose first touchpoint came over the same channel, in the same calendar quarter. Whether
//! an obstacle was met is known at its moment: of a wait it is the instant at which the bound passes, not the one at
//! which it ends. The comparison describes; what made customers meet the obstacle may also make them leave.
//!
//! Memory: one number per wait where a quantile is asked for, and one counter per obstacle and stratum.

mod case;
mod compare;
mod drop_off;
mod hash;
mod loops;
mod names;
mod repeated;
mod result;
mod score;
mod spec;
mod survey;
mod trial;
mod visit;
mod wait;
mod walks;
mod words;

use std::collections::BTreeMap;

use throughline_stats::Interval;

use crate::{Block, walk};
use compare::{Squares, Standard, Standards};
pub use result::{Comparison, Example, Finding, LastTouch, Money, Obstacle, Pain, Pains, Sort};
pub use spec::{Limits, Roles, Spec};
use walks::{CountFold, Finder, Met, SquareFold};

/// The obstacles in the journeys of all blocks, ranked. The result does not depend on the number of threads or on which
/// block a case lies in.
pub fn pains(blocks: &[Block<'_>], spec: &Spec, threads: usize) -> Pains {
    let roles = spec.roles.table(spec.kinds.kinds.len());
    let survey = survey::survey(blocks, spec, &roles, threads);
    let finder = Finder { spec, roles: &roles, survey: &survey, instruments: score::instruments(spec) };
    let counted = walk(blocks, &CountFold(&finder), threads);
    let mut standards = compare::standardise(&counted.cells);
    let enough = |n: u64| n >= spec.limits.minimum_n;
    let comparable = |standard: &Standard| !spec.roles.order.is_empty() && enough(standard.affected);
    standards.by_obstacle.retain(|_, standard| comparable(standard));
    let (_, squares) = match standards.by_obstacle.is_empty() {
        true => Default::default(),
        false => walk(blocks, &SquareFold { finder: &finder, standards: &standards }, threads),
    };

    let mut result = Pains { horizon: spec.horizon, ..Pains::default() };
    let met: BTreeMap<case::Obstacle, Met> = counted.met.into_iter().collect();
    for (key, met) in met {
        if !enough(met.cases) {
            result.too_few += 1;
            continue;
        }
        let Some(obstacle) = names::describe(&key, spec, &survey) else { continue };
        let squares = squares.get(&key).filter(|squares| enough(squares.comparable_cases));
        result.pains.push(pain(obstacle, met, comparison(&key, &standards, squares)));
    }
    let rank = |pain: &Pain| std::cmp::Reverse((pain.money.map(|money| money.value), pain.cases));
    result.pains.sort_by_cached_key(|pain| (rank(pain), pain.obstacle.to_string()));
    result
}

fn comparison(key: &case::Obstacle, standards: &Standards, squares: Option<&Squares>) -> Option<Comparison> {
    let (standard, squares) = (standards.by_obstacle.get(key)?, squares?);
    Some(Comparison {
        affected: standard.affected,
        affected_buyers: standard.affected_buyers,
        affected_share: standard.affected_share(),
        comparable: squares.comparable_cases,
        comparable_moments: standard.comparable,
        comparable_buyers: standard.comparable_buyers,
        comparable_share: standard.comparable_share,
        difference: standard.difference(),
        interval: compare::interval(standard, squares)?,
        strata: standard.strata,
        dropped_strata: standard.dropped_strata,
        dropped: standard.dropped,
        order_value: (standard.valued > 0).then(|| (standard.value as f64 / standard.valued as f64, standard.valued)),
    })
}

fn pain(obstacle: Obstacle, met: Met, comparison: Option<Comparison>) -> Pain {
    let finding = match comparison.as_ref().map(|comparison| comparison.interval) {
        None => Finding::TooLittleData,
        Some(Interval { high, .. }) if high < 0.0 => Finding::BoughtLess,
        Some(Interval { low, .. }) if low > 0.0 => Finding::BoughtMore,
        Some(_) => Finding::NoDifferenceShown,
    };
    let money = comparison.as_ref().filter(|_| finding == Finding::BoughtLess).and_then(at_stake);
    let (cases, moments, open) = (met.cases, met.moments, met.open);
    Pain { obstacle, cases, moments, open, finding, comparison, money, examples: met.examples() }
}

fn at_stake(comparison: &Comparison) -> Option<Money> {
    let (value, _) = comparison.order_value?;
    // A cast of a float to an integer stops at the ends of its range.
    let of = |difference: f64| (comparison.affected as f64 * -difference * value).round() as i64;
    let Interval { low, high } = comparison.interval;
    Some(Money { value: of(comparison.difference), low: of(high), high: of(low) })
}
