//! Moments straight from their definitions, one case at a time, without any thought of speed.

use std::collections::BTreeMap;

use throughline_journey::pains::Spec;

use super::world::*;

/// Where later purchases begin to count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum After {
    Row(usize),
    Instant(i64),
}

/// A moment: what, when, what is shown, what it is compared with, whether the obstacle was met.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub what: String,
    pub at: i64,
    pub after: After,
    pub row: usize,
    pub place: String,
    pub met: bool,
}

/// What the log as a whole says.
#[derive(Debug, Default)]
pub struct Usual {
    /// (step, by) with (cases, dropped) here and of the others.
    pub drop_offs: BTreeMap<(usize, String), [(u64, u64); 2]>,
    pub answer: Option<i64>,
    pub delivery: Option<i64>,
    /// First mean by kind, where it fell.
    pub falls: BTreeMap<u16, f64>,
}

fn asks(spec: &Spec, at: i64) -> bool {
    (spec.period.0..spec.period.1).contains(&at)
}

/// (step, last row, moved on at) of each step of the flow but the last.
pub fn visits(case: &[Touch]) -> Vec<(usize, usize, Option<i64>)> {
    let order = [SEARCH, CART, CHECKOUT, ORDER];
    let step = |touch: &Touch| order.iter().position(|kind| *kind == touch.kind);
    let visit = |own: usize| {
        let first = case.iter().position(|touch| step(touch) == Some(own))?;
        let later = |row: &usize| step(&case[*row]).is_some_and(|step| step > own);
        let moved = (first + 1..case.len()).find(later);
        let last = (first..moved.unwrap_or(case.len())).rev().find(|row| step(&case[*row]) == Some(own))?;
        Some((own, last, moved.map(|row| case[row].at)))
    };
    (0..3).filter_map(visit).collect()
}

pub fn bys(touch: &Touch) -> Vec<String> {
    let kind = format!("kind {}", NAMES[usize::from(touch.kind)]);
    let channel = (touch.channel > 0).then(|| format!("channel {}", CHANNELS[usize::from(touch.channel) - 1]));
    channel.into_iter().chain([kind]).collect()
}

fn drop_off(case: &[Touch], spec: &Spec, usual: &Usual, out: &mut Vec<Moment>) {
    for (step, last, _) in visits(case).into_iter().filter(|visit| asks(spec, case[visit.1].at)) {
        for (_, by) in usual.drop_offs.keys().filter(|(own, _)| *own == step) {
            out.push(Moment {
                what: format!("drop-off {step} {by}"),
                at: case[last].at,
                after: After::Row(last),
                row: last,
                place: String::new(),
                met: bys(&case[last]).contains(by),
            });
        }
    }
}

fn at_bound(case: &[Touch], what: &str, row: usize, bound: i64, again: Option<usize>) -> Moment {
    Moment {
        what: what.into(),
        at: bound,
        after: After::Instant(bound),
        row: again.unwrap_or(row),
        place: case[row].kind.to_string(),
        met: again.is_some(),
    }
}

fn repeated(case: &[Touch], spec: &Spec, out: &mut Vec<Moment>) {
    for (row, touch) in case.iter().enumerate().filter(|(_, touch)| asks(spec, touch.at)) {
        let about = |other: &Touch| other.kind == OPENED && other.order.is_some() && other.order == touch.order;
        if about(touch) && !case[..row].iter().any(about) {
            let until = touch.at + spec.limits.same_order_within;
            let again = (row + 1..case.len()).find(|other| {
                let other = &case[*other];
                about(other) && other.at <= until && (touch.ticket.is_none() || other.ticket != touch.ticket)
            });
            out.push(at_bound(case, "same order", row, until, again));
        }
        if touch.kind == SOLVED && touch.ticket.is_some() {
            let until = touch.at + spec.limits.after_solved_within;
            let again = (row + 1..case.len()).find(|other| {
                let other = &case[*other];
                let contact = other.kind == REOPENED || other.kind == OPENED && other.ticket != touch.ticket;
                contact && other.at <= until
            });
            out.push(at_bound(case, "after solved", row, until, again));
        }
    }
}

/// (row, end, answered) of each wait for an answer.
pub fn answers(case: &[Touch], spec: &Spec) -> Vec<(usize, Option<i64>, bool)> {
    let mut waits = Vec::new();
    for (row, touch) in case.iter().enumerate() {
        let same = |other: &Touch| other.ticket.is_some() && other.ticket == touch.ticket;
        let ends = |other: &Touch| same(other) && [ANSWER, SOLVED].contains(&other.kind);
        let begins = |other: &Touch| same(other) && [OPENED, MESSAGE].contains(&other.kind);
        // It begins a wait if nothing since the last end began one.
        let since = case[..row].iter().rposition(ends).map_or(0, |end| end + 1);
        if !begins(touch) || case[since..row].iter().any(begins) || !asks(spec, touch.at) {
            continue;
        }
        let end = case[row..].iter().find(|other| ends(other));
        waits.push((row, end.map(|end| end.at), end.is_some_and(|end| end.kind == ANSWER)));
    }
    waits
}

/// (row of the order, row of the delivery) of each counting order.
pub fn deliveries(case: &[Touch], spec: &Spec) -> Vec<(usize, Option<usize>)> {
    let counting = |touch: &Touch| touch.kind == ORDER && touch.counts && touch.order.is_some() && asks(spec, touch.at);
    let rows = case.iter().enumerate().filter(|(_, touch)| counting(touch));
    let of = |order: &Touch| {
        let is = |touch: &Touch| touch.kind == DELIVERY && touch.order == order.order && touch.at >= order.at;
        case.iter().position(is)
    };
    rows.map(|(row, order)| (row, of(order))).collect()
}

fn waits(case: &[Touch], spec: &Spec, usual: &Usual, out: &mut Vec<Moment>) {
    let mut add = |what: &str, row: usize, end: Option<i64>, bound: i64, shown: usize| {
        if end.is_some() || bound <= spec.known_until {
            let met = end.is_none_or(|end| end > bound);
            out.push(at_bound(case, what, row, bound, met.then_some(shown)));
        }
    };
    for (row, end, _) in answers(case, spec) {
        if let Some(bound) = usual.answer {
            add("slow answer", row, end, case[row].at + bound, row);
        }
    }
    for (row, delivered) in deliveries(case, spec) {
        let end = delivered.map(|row| case[row].at);
        let promise = case[row].promised.or(delivered.and_then(|row| case[row].promised));
        if let Some(promise) = promise.filter(|promise| *promise >= case[row].at) {
            add("late delivery", row, end, promise, delivered.unwrap_or(row));
        }
        if let Some(bound) = usual.delivery {
            add("slow delivery", row, end, case[row].at + bound, delivered.unwrap_or(row));
        }
    }
}

fn scores(case: &[Touch], spec: &Spec, usual: &Usual, out: &mut Vec<Moment>) {
    let instrument = |touch: &Touch| if touch.kind == CSAT_AGAIN { CSAT } else { touch.kind };
    for (row, touch) in case.iter().enumerate().filter(|(_, touch)| asks(spec, touch.at)) {
        let Some(share) = touch.share else { continue };
        let before = case[..row].iter().rfind(|other| other.share.is_some() && instrument(other) == instrument(touch));
        let mut add = |what: String, place: String, met: bool| {
            out.push(Moment { what, at: touch.at, after: After::Row(row), row, place, met });
        };
        if let Some(before) = before.and_then(|before| before.share) {
            let place = format!("{} {}", touch.kind, (before * 4.0).floor());
            add(format!("score {}", instrument(touch)), place, before - share >= 0.25);
        }
        let second = touch.at >= (spec.period.0 + spec.period.1) / 2;
        if let Some(mean) = usual.falls.get(&touch.kind).filter(|_| second) {
            add(format!("touchpoint {}", touch.kind), String::new(), share < mean - 1e-9);
        }
    }
}

fn rank(touch: &Touch) -> u8 {
    match touch.kind {
        ORDER => 4,
        CHECKOUT => 3,
        CART => 2,
        SEARCH => 1,
        _ => 0,
    }
}

/// Rows of each session, by label.
pub fn sessions(case: &[Touch], gap: i64) -> Vec<Vec<usize>> {
    let in_visits = |touch: &Touch| [SEARCH, VIEW, CART, CHECKOUT, ORDER].contains(&touch.kind);
    let mut labels: Vec<(usize, String)> = Vec::new();
    for (row, touch) in case.iter().enumerate().filter(|(_, touch)| in_visits(touch)) {
        let is_apart = |other: &Touch| other.session == 0 && other.kind != ORDER;
        let before = match touch {
            touch if touch.session > 0 => None,
            touch if touch.kind == ORDER => labels.last(),
            _ => labels.iter().rfind(|(other, _)| is_apart(&case[*other])),
        };
        let before = before.filter(|(other, _)| touch.at < case[*other].at + gap).map(|(_, label)| label.clone());
        let own = if touch.session > 0 { format!("id {}", touch.session) } else { format!("from {row}") };
        labels.push((row, before.unwrap_or(own)));
    }
    let mut sessions: Vec<(String, Vec<usize>)> = Vec::new();
    for (row, label) in labels {
        match sessions.iter_mut().find(|(other, _)| *other == label) {
            Some((_, rows)) => rows.push(row),
            None => sessions.push((label, vec![row])),
        }
    }
    sessions.into_iter().map(|(_, rows)| rows).collect()
}

fn loops(case: &[Touch], spec: &Spec, out: &mut Vec<Moment>) {
    let watched = |touch: &Touch| (1..4).contains(&rank(touch));
    let mut add = |what: String, first: usize, looped: Option<usize>| {
        if asks(spec, case[first].at) {
            let (row, met) = (looped.unwrap_or(first), looped.is_some());
            out.push(Moment { what, at: case[first].at, after: After::Row(first), row, place: String::new(), met });
        }
    };
    for session in sessions(case, spec.limits.session_gap) {
        for kind in [SEARCH, CART, CHECKOUT] {
            let own: Vec<usize> = session.iter().copied().filter(|row| case[*row].kind == kind).collect();
            let stuck = |window: &&[usize]| {
                let (from, to) = (window[0], window[window.len() - 1]);
                let between = session.iter().filter(|row| (from..=to).contains(*row));
                between.into_iter().all(|row| rank(&case[*row]) <= rank(&case[from]))
            };
            let looped = own.windows(spec.limits.repeats as usize).find(stuck).map(|window| window[window.len() - 1]);
            if let Some(first) = own.first() {
                add(format!("repeat {kind}"), *first, looped);
            }
        }
        let walk: Vec<usize> = session.iter().copied().filter(|row| case[*row].kind != ORDER).collect();
        let two = |place: usize| (case[walk[place]].kind, case[walk[place + 1]].kind);
        let places = || 0..walk.len().saturating_sub(1);
        let is_pair = |place: &usize| {
            two(*place).0 != two(*place).1 && (watched(&case[walk[*place]]) || watched(&case[walk[*place + 1]]))
        };
        for place in places().filter(is_pair).filter(|place| !(0..*place).any(|other| two(other) == two(*place))) {
            let looped =
                places().find(|other| *other >= 2 && two(*other) == two(place) && two(*other - 2) == two(place));
            let (a, b) = two(place);
            add(format!("between {a} {b}"), walk[place + 1], looped.map(|other| walk[other + 1]));
        }
    }
}

/// All moments of a case.
pub fn moments(case: &[Touch], spec: &Spec, usual: &Usual) -> Vec<Moment> {
    let mut out = Vec::new();
    drop_off(case, spec, usual, &mut out);
    repeated(case, spec, &mut out);
    waits(case, spec, usual, &mut out);
    scores(case, spec, usual, &mut out);
    loops(case, spec, &mut out);
    out
}

/// What is usual in a log.
pub fn usual(journeys: &[(String, Vec<Touch>)], spec: &Spec) -> Usual {
    let all = |of: &dyn Fn(&[Touch]) -> Vec<f64>| {
        let mut values: Vec<f64> = journeys.iter().flat_map(|(_, case)| of(case)).collect();
        values.sort_by(f64::total_cmp);
        throughline_stats::quantile(&values, spec.limits.wait_quantile).map(|bound| bound.floor() as i64)
    };
    let answered = |case: &[Touch]| {
        let waits = answers(case, spec).into_iter().filter(|wait| wait.2);
        waits.map(|(row, end, _)| (end.unwrap() - case[row].at) as f64).collect()
    };
    let delivered = |case: &[Touch]| {
        let waits = deliveries(case, spec).into_iter().filter_map(|(row, end)| Some((row, end?)));
        waits.map(|(row, end)| (case[end].at - case[row].at) as f64).collect()
    };
    Usual {
        drop_offs: super::naive_compare::drop_offs(journeys, spec),
        answer: all(&answered),
        delivery: all(&delivered),
        falls: [CSAT, CSAT_AGAIN, NPS].iter().filter_map(|kind| Some((*kind, fall(journeys, spec, *kind)?))).collect(),
    }
}

fn fall(journeys: &[(String, Vec<Touch>)], spec: &Spec, kind: u16) -> Option<f64> {
    let touches = journeys.iter().flat_map(|(_, case)| case).filter(|touch| touch.kind == kind && asks(spec, touch.at));
    let scored: Vec<(i64, f64)> = touches.filter_map(|touch| Some((touch.at, touch.share?))).collect();
    let (first, second): (Vec<_>, Vec<_>) =
        scored.into_iter().partition(|(at, _)| *at < (spec.period.0 + spec.period.1) / 2);
    let of = |half: Vec<(i64, f64)>| {
        throughline_stats::Moments::of(&half.into_iter().map(|(_, share)| share).collect::<Vec<_>>())
    };
    let (first, second) = (of(first)?, of(second)?);
    let fell = throughline_stats::welch(&second, &first)?.interval.high < 0.0;
    fell.then_some(first.mean)
}
