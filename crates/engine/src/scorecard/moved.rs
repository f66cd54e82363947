//! What moved since the previous period, and which measures moved it.

use std::collections::BTreeSet;

use throughline_model::measure::Measure;
use throughline_model::reading::Interval;
use throughline_stats::difference;

use super::compute::Side;
use super::history::LEAN_ON;
use super::rollup::{Assessments, Tree};
use super::view::{Assessment, Move, MoveKind, Trend};

/// Changes of the whole smaller than this, in points, are rounding.
const ROUNDING: f64 = 1e-9;

/// One measure in two periods.
pub(super) struct Pair<'a> {
    pub(super) measure: &'a Measure,
    pub(super) now: Option<&'a Assessment>,
    pub(super) before: Option<&'a Assessment>,
    /// The chart of the period that is shown, if that is the latest period in it.
    pub(super) chart: Option<&'a Trend>,
}

/// Every measure whose score came, went or changed, the largest contribution first.
pub(super) fn moves<'a>(
    now: (&Tree, &Assessments),
    before: (&Tree, &Assessments),
    pair: impl Fn(&str) -> Option<Pair<'a>>,
) -> Vec<Move> {
    let ids: BTreeSet<&str> = now.0.uses.iter().chain(&before.0.uses).map(|used| used.measure.as_str()).collect();
    let mut moves: Vec<Move> = ids.into_iter().filter_map(|id| one(now.0, before.0, &pair(id)?)).collect();
    let size = |found: &Move| {
        let change = found.score_now.unwrap_or(0.0) - found.score_before.unwrap_or(0.0);
        (found.contribution.unwrap_or(0.0).abs(), change.abs())
    };
    moves.sort_by(|a, b| {
        let ((a1, a2), (b1, b2)) = (size(a), size(b));
        b1.total_cmp(&a1).then(b2.total_cmp(&a2)).then_with(|| a.measure.cmp(&b.measure))
    });
    moves
}

fn one(now: &Tree, before: &Tree, pair: &Pair<'_>) -> Option<Move> {
    let score_now = pair.now.and_then(Assessment::counted_score);
    let score_before = pair.before.and_then(Assessment::counted_score);
    let id = &pair.measure.id;
    let contribution =
        points((now.share(id), score_now, now.whole.score()), (before.share(id), score_before, before.whole.score()));
    let kind = match (score_before, score_now) {
        (None, None) => return None,
        (None, Some(_)) => MoveKind::Appeared,
        (Some(_), None) => MoveKind::Disappeared,
        (Some(_), Some(_)) => MoveKind::Changed,
    };
    let value_now = pair.now.and_then(|a| a.value);
    let value_before = pair.before.and_then(|a| a.value);
    let still = kind == MoveKind::Changed && value_now == value_before && score_now == score_before;
    if still && contribution.is_none_or(|points| points.abs() < ROUNDING) {
        return None;
    }
    let both = kind == MoveKind::Changed;
    let by_chart = pair.chart.filter(|_| both).and_then(by_chart);
    let by_interval = both.then(|| by_interval(pair)).flatten();
    Some(Move {
        measure: id.clone(),
        name: pair.measure.name.clone(),
        kind,
        value_before,
        value_now,
        score_before,
        score_now,
        share_before: before.share(id),
        share_now: now.share(id),
        contribution,
        by_chart,
        by_interval,
        more_than_noise: by_chart.or(by_interval),
        sentence: String::new(),
    })
}

/// The points of the change from one side to another that are due to one measure; `None` where either whole has no score.
pub(crate) fn contribution(before: &Side, now: &Side, id: &str) -> Option<f64> {
    let of = |side: &Side| (side.tree.share(id), side.score_of(id), side.score());
    points(of(now), of(before))
}

/// The points of the change of the whole that are due to one measure; each side is (share of the
/// whole, score of the measure, score of the whole).
///
/// With shares e and scores s the whole is Σ e·s. Its change splits into
/// `(e + e′)/2 · (s′ − s)` for the score and `(e′ − e) · ((s + s′)/2 − c)` for the share, which grows
/// where others lose theirs; what came or went has only one score: `e′ · (s′ − c)` or `−e · (s − c)`.
/// As the shares add up to 1 in both periods, the parts add up to the change whatever c is; c is the
/// mean of both wholes, so that an average measure that comes or goes counts for nothing.
fn points(now: (f64, Option<f64>, Option<f64>), before: (f64, Option<f64>, Option<f64>)) -> Option<f64> {
    let (share_now, score_now, whole_now) = now;
    let (share_before, score_before, whole_before) = before;
    let center = (whole_now? + whole_before?) / 2.0;
    Some(match (score_before, score_now) {
        (Some(s), Some(t)) => {
            (share_before + share_now) / 2.0 * (t - s) + (share_now - share_before) * ((s + t) / 2.0 - center)
        }
        (None, Some(t)) => share_now * (t - center),
        (Some(s), None) => -share_before * (s - center),
        (None, None) => 0.0,
    })
}

/// What the chart says; nothing with fewer than eight periods.
fn by_chart(trend: &Trend) -> Option<bool> {
    (trend.periods >= LEAN_ON).then_some(trend.jumped || trend.crossed)
}

fn by_interval(pair: &Pair<'_>) -> Option<bool> {
    let side = |found: Option<&Assessment>| {
        let found = found?;
        let Interval { low, high } = found.interval?;
        Some((found.value?, throughline_stats::Interval::new(low, high)?))
    };
    Some(difference(side(pair.now)?, side(pair.before)?)?.is_signal())
}
