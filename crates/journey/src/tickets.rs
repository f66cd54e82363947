//! Tickets: how soon they are answered and solved, how many are reopened, how content the customers are.

use crate::{Block, Elapsed, Fold, Journey, Periods, Share, walk};

/// What is asked. Roles are codes of kinds; a ticket is all touchpoints of one case with the same ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketsSpec {
    /// Periods of the opening; a ticket is opened at its first touchpoint of the role `opened`.
    pub periods: Periods,
    /// A ticket is opened. Where a source tells reopening by opening again, that too.
    pub opened: Vec<u16>,
    /// The company answers in public.
    pub answered: Vec<u16>,
    /// The ticket is solved.
    pub solved: Vec<u16>,
    /// The ticket is reopened.
    pub reopened: Vec<u16>,
    /// The customer scores the ticket.
    pub scored: Vec<u16>,
    /// Answers this soon after the opening are in time, microseconds, the bound included.
    pub answer_within: i64,
    /// Scores at or above this share of their scale are good: 0.75 is 4 of 1 to 5.
    pub good: f64,
}

/// Tickets by the period of their opening.
#[derive(Debug, Clone, PartialEq)]
pub struct Tickets {
    /// One entry per period.
    pub periods: Vec<TicketPeriod>,
    /// Tickets opened outside all periods.
    pub outside: u64,
    /// Tickets whose opening nobody saw.
    pub unopened: u64,
}

/// The tickets opened in one period. What happened to a ticket before its opening is not looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketPeriod {
    /// Place of the period.
    pub period: usize,
    /// How many.
    pub tickets: u64,
    /// From the opening to the first answer.
    pub first_answer: Elapsed,
    /// From the opening to the first time solved.
    pub first_solved: Elapsed,
    /// From the opening to the last time solved.
    pub last_solved: Elapsed,
    /// Answered in time, of all tickets.
    pub answered_in_time: Share,
    /// Opened or reopened later than first solved, of those ever solved.
    pub reopened: Share,
    /// Good scores, of all scores.
    pub good_scores: Share,
}

/// What is known of the tickets of one period.
#[derive(Debug, Default)]
struct Opened {
    tickets: u64,
    in_time: u64,
    reopened: u64,
    scores: u64,
    good: u64,
    first_answer: Vec<i64>,
    first_solved: Vec<i64>,
    last_solved: Vec<i64>,
}

/// The tickets seen.
#[derive(Debug, Default)]
pub struct TicketsState {
    periods: Vec<Opened>,
    outside: u64,
    unopened: u64,
    /// Touchpoints of the case at hand.
    touches: Vec<Touch>,
}

/// A touchpoint of a ticket.
#[derive(Debug, Clone, Copy)]
struct Touch {
    ticket: u64,
    at: i64,
    roles: u8,
    /// Whether it carries a score, and a good one.
    score: Option<bool>,
}

const OPENED: u8 = 1;
const ANSWERED: u8 = 2;
const SOLVED: u8 = 4;
const REOPENED: u8 = 8;
const SCORED: u8 = 16;
/// Scores are compared with this tolerance, so that 4 of 5 is 0.75.
const TOLERANCE: f64 = 1e-9;

/// The question as a fold.
#[derive(Debug, Clone)]
pub struct TicketsFold<'a> {
    spec: &'a TicketsSpec,
    /// Roles by kind code.
    roles: Vec<u8>,
}

/// The tickets of all journeys.
pub fn tickets(blocks: &[Block<'_>], spec: &TicketsSpec, threads: usize) -> Tickets {
    let fold = TicketsFold::new(spec);
    fold.finish(walk(blocks, &fold, threads))
}

impl Fold for TicketsFold<'_> {
    type State = TicketsState;

    fn start(&self) -> TicketsState {
        let periods = (0..self.spec.periods.len()).map(|_| Opened::default()).collect();
        TicketsState { periods, ..TicketsState::default() }
    }

    #[inline]
    fn case(&self, journey: &Journey<'_>, state: &mut TicketsState) {
        state.touches.clear();
        let facts = journey.facts();
        for (row, place) in journey.carried() {
            let ticket = facts.ticket.get(place).copied().unwrap_or(0);
            if ticket == 0 {
                continue;
            }
            let kind = journey.kinds.get(row).copied().unwrap_or(u16::MAX);
            let roles = self.roles.get(usize::from(kind)).copied().unwrap_or(0);
            if let (Some(at), true) = (journey.at.get(row), roles != 0) {
                let share = facts.share.get(place).copied().filter(|share| *share >= 0.0);
                let score = share.map(|share| share >= self.spec.good - TOLERANCE);
                state.touches.push(Touch { ticket, at: *at, roles, score });
            }
        }
        if !state.touches.is_empty() {
            self.tickets_of_case(state);
        }
    }

    fn merge(&self, into: &mut TicketsState, from: TicketsState) {
        into.outside += from.outside;
        into.unopened += from.unopened;
        for (into, mut from) in into.periods.iter_mut().zip(from.periods) {
            into.tickets += from.tickets;
            into.in_time += from.in_time;
            into.reopened += from.reopened;
            into.scores += from.scores;
            into.good += from.good;
            into.first_answer.append(&mut from.first_answer);
            into.first_solved.append(&mut from.first_solved);
            into.last_solved.append(&mut from.last_solved);
        }
    }
}

impl<'a> TicketsFold<'a> {
    /// The fold of a question.
    pub fn new(spec: &'a TicketsSpec) -> Self {
        let named = [
            (OPENED, &spec.opened),
            (ANSWERED, &spec.answered),
            (SOLVED, &spec.solved),
            (REOPENED, &spec.reopened),
            (SCORED, &spec.scored),
        ];
        let mut roles = Vec::new();
        for (role, code) in named.into_iter().flat_map(|(role, codes)| codes.iter().map(move |code| (role, *code))) {
            if roles.len() <= usize::from(code) {
                roles.resize(usize::from(code) + 1, 0);
            }
            roles.get_mut(usize::from(code)).into_iter().for_each(|roles| *roles |= role);
        }
        TicketsFold { spec, roles }
    }

    fn tickets_of_case(&self, state: &mut TicketsState) {
        // Stable: the touchpoints of a ticket stay in their order.
        state.touches.sort_by_key(|touch| touch.ticket);
        for touches in state.touches.chunk_by(|a, b| a.ticket == b.ticket) {
            let with = |role: u8| touches.iter().filter(move |touch| touch.roles & role != 0);
            let Some(opened) = with(OPENED).next().map(|touch| touch.at) else {
                state.unopened += 1;
                continue;
            };
            let Some(found) = self.spec.periods.index(opened).and_then(|period| state.periods.get_mut(period)) else {
                state.outside += 1;
                continue;
            };
            found.tickets += 1;
            if let Some(answer) = with(ANSWERED).map(|touch| touch.at).find(|at| *at >= opened) {
                found.first_answer.push(answer - opened);
                found.in_time += u64::from(answer - opened <= self.spec.answer_within);
            }
            let mut solved = with(SOLVED).map(|touch| touch.at).filter(|at| *at >= opened);
            if let Some(first) = solved.next() {
                found.first_solved.push(first - opened);
                found.last_solved.push(solved.next_back().unwrap_or(first) - opened);
                let again = with(OPENED | REOPENED).next_back().is_some_and(|touch| touch.at > first);
                found.reopened += u64::from(again);
            }
            let scores = with(SCORED).filter_map(|touch| touch.score);
            scores.for_each(|good| {
                found.scores += 1;
                found.good += u64::from(good);
            });
        }
    }

    /// What the walk found.
    pub fn finish(&self, state: TicketsState) -> Tickets {
        let period = |(period, mut found): (usize, Opened)| {
            let solved = found.first_solved.len() as u64;
            TicketPeriod {
                period,
                tickets: found.tickets,
                first_answer: Elapsed::of(&mut found.first_answer),
                first_solved: Elapsed::of(&mut found.first_solved),
                last_solved: Elapsed::of(&mut found.last_solved),
                answered_in_time: Share::of(found.in_time, found.tickets),
                reopened: Share::of(found.reopened, solved),
                good_scores: Share::of(found.good, found.scores),
            }
        };
        let periods = state.periods.into_iter().enumerate().map(period).collect();
        Tickets { periods, outside: state.outside, unopened: state.unopened }
    }
}
