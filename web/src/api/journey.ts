// Answers to questions about journeys, as docs/commands.md describes them.
import type { Grain, Interval } from './common';

/** What a question was asked of. */
export interface JourneyAbout {
  case: 'customer' | 'ticket';
  by: string | null;
  known: boolean | null;
  from: string | null;
  to: string | null;
  as_of: string;
  known_until: string | null;
  touchpoints: number;
}

export interface Share {
  count: number;
  n: number;
  share: number | null;
  interval: Interval | null;
}

export interface Times {
  n: number;
  median_seconds: number | null;
  p90_seconds: number | null;
}

export interface Mood {
  n: number;
  mean: number | null;
  interval: Interval | null;
  reason?: string | null;
}

interface Answer<Group> {
  about: JourneyAbout;
  groups: (Group & { group: string; reason?: string | null })[];
}

export interface StageKind {
  kind: string;
  touchpoints: number;
  reach: Share;
  next: { kind: string; share: Share }[];
  ends: Share;
  emotion: Mood;
}

export interface StageOnward {
  moved_on: Share;
  reached_next: Share;
  dropped_off: Share;
  time: Times;
}

export interface JourneyStage {
  stage: string;
  name: string;
  cases: Share;
  touchpoints: number;
  ended_here: Share;
  onward: StageOnward | null;
  skipped: number;
  returned: Share;
  emotion: Mood;
  kinds: StageKind[];
}

export interface JourneyGroup {
  cases: number;
  stages: JourneyStage[];
  without_stage: { kind: string; touchpoints: number; cases: number }[];
}

export type JourneyAnswer = Answer<JourneyGroup>;

export interface FunnelStep {
  step: string;
  of_entered: Share;
  of_step_before: Share;
  time: Times | null;
}

export interface FunnelGroup {
  cases: number;
  entered: number;
  open: number;
  steps: FunnelStep[];
}

export interface FunnelAnswer extends Answer<FunnelGroup> {
  steps: string[];
  mode: 'ordered' | 'strict' | 'any_order';
  window_seconds: number | null;
  repeat: 'best' | 'first' | 'every';
}

export interface Transition {
  from: string;
  to: string;
  of_exits: Share;
  cases: number;
  median_seconds: number | null;
  p90_seconds: number | null;
}

export interface TransitionsGroup {
  transitions: Transition[];
  steps: { step: string; exits: number; ends: Share }[];
}

export interface TransitionsAnswer extends Answer<TransitionsGroup> {
  steps: string;
  cut_seconds: number | null;
}

export interface JourneyPath {
  steps: string[];
  cut: boolean;
  of_paths: Share;
  median_seconds: number | null;
}

export interface Flow {
  position: number;
  from: string;
  to: string | null;
  cases: number;
}

export interface PathDifference {
  steps: string[];
  cut: boolean;
  first: Share;
  second: Share;
  difference: number | null;
  interval: Interval | null;
}

export interface PathsGroup {
  cases: number;
  with_path: number;
  distinct: number;
  paths: JourneyPath[];
  flow: Flow[];
  differences: PathDifference[];
}

export interface PathsAnswer extends Answer<PathsGroup> {
  steps: string;
  collapse: boolean;
  longest: number;
  compared: unknown;
}

export interface Deviation {
  kind: 'started' | 'skipped' | 'returned';
  from: string | null;
  to: string;
  skipped: string | null;
  share: Share;
}

export interface ConformanceAnswer extends Answer<{
  follow: Share;
  without_stage: number;
  deviations: Deviation[];
}> {
  map: { stage: string; name: string }[];
  may_skip: string[];
  may_return: string[];
  loop_after: string | null;
}

export interface RetentionCell {
  offset: number;
  kept: Share;
  complete: boolean;
}

export interface RetentionGroup {
  customers: number;
  outside: number;
  cohorts: { cohort: string; customers: number; cells: RetentionCell[] }[];
  all: { offset: number; kept: Share }[];
}

export interface RetentionAnswer extends Answer<RetentionGroup> {
  every: Grain;
  variant: 'in' | 'in_or_after';
}

export interface LifecyclePeriod {
  period: string;
  active: number;
  new: number;
  returning: number;
  resurrected: number;
  paused: number;
  dormant: number;
  complete: boolean;
}

export interface LifecycleAnswer extends Answer<{ periods: LifecyclePeriod[] }> {
  every: Grain;
  window_seconds: number;
  window_periods: number;
  activity: string | null;
}

export interface Shared {
  conversions: number;
  value: number | null;
}

export type Rule = 'first' | 'last' | 'linear' | 'position' | 'time_decay' | 'markov';

export type AttributedChannel = { channel: string; removal_effect: number | null } & Record<
  Rule,
  Shared | null
>;

export interface AttributionGroup {
  conversions: number;
  value: number | null;
  without_value: number;
  without_path: number;
  ended: number;
  conversion_probability: number | null;
  channels: AttributedChannel[];
}

export interface AttributionAnswer extends Answer<AttributionGroup> {
  currency: string;
  window_seconds: number;
  half_life_seconds: number;
}

export interface DeliveryClass {
  name: string;
  promise: 'kept' | 'late' | 'overdue';
  orders: number;
  ticket: Share | null;
  scored: Share;
  score: Mood;
  ordered_again: Share;
}

export interface DeliveryGroup {
  orders: number;
  without_promise: number;
  kept: Share;
  open: number;
  overdue: number;
  lateness: Times;
  late_by: Times;
  overdue_by: Times;
  classes: DeliveryClass[];
}

export interface DeliveryAnswer extends Answer<DeliveryGroup> {
  horizon_seconds: number;
  again_seconds: number;
  minimum_scores: number;
}

export interface PainEvidence {
  step: string | null;
  next: string | null;
  channel: string | null;
  kind: string | null;
  here: { count: number; n: number } | null;
  others: { count: number; n: number } | null;
  longer_than_seconds: number | null;
  waits: number | null;
  within_seconds: number | null;
  instrument: string | null;
  fall: number | null;
  excess: number | null;
  difference: number | null;
  interval: Interval | null;
  times: number | null;
}

export interface PainComparison {
  affected: number;
  affected_buyers: number;
  affected_share: number | null;
  comparable: number;
  comparable_buyers: number;
  comparable_share: number | null;
  difference: number | null;
  interval: Interval | null;
  dropped: number;
  order_value: { mean: number | null; n: number } | null;
}

export interface Pain {
  rank: number;
  sort: 'drop_off' | 'repeated_contact' | 'long_wait' | 'falling_score' | 'loop';
  obstacle: string;
  evidence: PainEvidence;
  customers: number;
  moments: number;
  open: number;
  finding: 'bought_less' | 'no_difference_shown' | 'bought_more' | 'too_little_data';
  words: string;
  comparison: PainComparison | null;
  at_stake: { value: number; interval: Interval } | null;
  examples: { customer_id: string; touchpoint: number; at: string }[];
}

export interface Story {
  customer_id: string;
  earlier: number;
  later: number;
  touchpoints: {
    at: string;
    stage: string | null;
    kind: string;
    channel: string | null;
    amount: number | null;
    score_share?: number | null;
    moment: boolean;
  }[];
}

export interface PainsGroup {
  too_few: number;
  pains: Pain[];
  stories: Story[];
}

export interface PainsAnswer extends Answer<PainsGroup> {
  currency: string;
  horizon_seconds: number;
  minimum_n: number;
}
