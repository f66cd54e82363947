//! Repeated contact: several tickets about one order, or a contact soon after a ticket was solved.

use super::case::{Case, Moment, Obstacle};
use super::hash::CodeMap;
use super::spec::{Spec, role};

/// Moments: `same_order_within` after the first ticket about an order (met where another was opened until then), and
/// `after_solved_within` after each solved ticket (met where another was opened or one reopened until then).
pub(super) fn moments(case: &Case<'_>, spec: &Spec, out: &mut Vec<Moment>) {
    if case.marked.iter().all(|(_, bits)| bits & (role::OPENED | role::SOLVED) == 0) {
        return;
    }
    same_order(case, spec, out);
    if !(spec.roles.ticket_opened.is_empty() && spec.roles.reopened.is_empty()) {
        after_solved(case, spec, out);
    }
}

/// The first ticket about an order: row, ticket, until when another is a repeated contact, and the row of that one.
struct First {
    row: usize,
    ticket: Option<u64>,
    until: i64,
    again: Option<usize>,
}

fn same_order(case: &Case<'_>, spec: &Spec, out: &mut Vec<Moment>) {
    let mut place: CodeMap<u64, usize> = CodeMap::default();
    let mut firsts: Vec<First> = Vec::new();
    for (row, at, fact) in case.facts(role::OPENED) {
        let Some(order) = fact.order else { continue };
        let place = *place.entry(order).or_insert(firsts.len());
        match firsts.get_mut(place) {
            Some(first) if first.again.is_none() && at <= first.until => {
                let other = first.ticket.is_none() || first.ticket != fact.ticket;
                first.again = other.then_some(row);
            }
            Some(_) => {}
            None => {
                let until = at.saturating_add(spec.limits.same_order_within);
                firsts.push(First { row, ticket: fact.ticket, until, again: None });
            }
        }
    }
    for First { row, until, again, .. } in firsts {
        if case.journey.at.get(row).is_some_and(|at| spec.asks(*at)) {
            out.push(at_bound(case, Obstacle::SameOrder, row, until, again));
        }
    }
}

fn after_solved(case: &Case<'_>, spec: &Spec, out: &mut Vec<Moment>) {
    for (row, begun, fact) in case.facts(role::SOLVED).filter(|(_, at, _)| spec.asks(*at)) {
        let Some(ticket) = fact.ticket else { continue };
        let until = begun.saturating_add(spec.limits.after_solved_within);
        let contact = |bits: u16, other: Option<u64>| {
            bits & role::REOPENED != 0 || bits & role::OPENED != 0 && other != Some(ticket)
        };
        let later = case.marked.iter().skip(case.marked.partition_point(|(other, _)| *other <= row));
        let mut later = later.take_while(|(other, _)| case.journey.at.get(*other).is_some_and(|at| *at <= until));
        let again = later.find(|(other, bits)| contact(*bits, case.journey.fact(*other).and_then(|fact| fact.ticket)));
        out.push(at_bound(case, Obstacle::AfterSolved, row, until, again.map(|(other, _)| *other)));
    }
}

/// The moment at which a bound passes, by when the obstacle was met at a row or not at all.
pub(super) fn at_bound(case: &Case<'_>, obstacle: Obstacle, row: usize, bound: i64, met: Option<usize>) -> Moment {
    Moment {
        obstacle,
        at: bound,
        after: case.first_after(bound),
        row: met.unwrap_or(row),
        place: u32::from(case.kind(row)),
        met: met.is_some(),
    }
}
