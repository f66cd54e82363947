// Answers to questions about journeys.
import type { Grain } from './common';
import type { Schemas, Told } from './described';

/** What a question was asked of. */
export type JourneyAbout = Told<Schemas['JourneyAbout'], { case: 'customer' | 'ticket' }>;
type About = { about: JourneyAbout };

export type Share = Schemas['Share'];
export type Times = Schemas['Elapsed'];
export type Mood = Schemas['DeliveryEmotion'];

export type StageKind = Schemas['StageTouchpoint'];
export type StageOnward = Schemas['StageOnward'];
export type JourneyStage = Schemas['StageInMap'];
export type JourneyGroup = Schemas['StageMap'];
export type JourneyAnswer = Told<Schemas['JourneyOverview'], About>;

export type FunnelStep = Schemas['FunnelStep'];
export type FunnelGroup = Schemas['FunnelGroup'];
export type FunnelAnswer = Told<
  Schemas['Funnel'],
  About & { mode: 'ordered' | 'strict' | 'any_order'; repeat: 'best' | 'first' | 'every' }
>;

export type Transition = Schemas['Transition'];
export type TransitionsGroup = Schemas['TransitionsGroup'];
export type TransitionsAnswer = Told<Schemas['Transitions'], About>;

export type JourneyPath = Schemas['JourneyPath'];
export type Flow = Schemas['PathFlow'];
export type PathDifference = Schemas['PathDifference'];
export type PathsGroup = Schemas['PathsGroup'];
export type PathsAnswer = Told<Schemas['JourneyPaths'], About>;

export type Deviation = Told<Schemas['Deviation'], { kind: 'started' | 'skipped' | 'returned' }>;
export type ConformanceGroup = Told<Schemas['ConformanceGroup'], { deviations: Deviation[] }>;
export type ConformanceAnswer = Told<Schemas['Conformance'], About & { groups: ConformanceGroup[] }>;

export type RetentionCell = Schemas['RetentionCell'];
export type RetentionGroup = Schemas['RetentionGroup'];
export type RetentionAnswer = Told<
  Schemas['Retention'],
  About & { every: Grain; variant: 'in' | 'in_or_after' }
>;

export type LifecyclePeriod = Schemas['LifecyclePeriod'];
export type LifecycleAnswer = Told<Schemas['Lifecycle'], About & { every: Grain }>;

export type Shared = Schemas['AttributionCredit'];
export type Rule = 'first' | 'last' | 'linear' | 'position' | 'time_decay' | 'markov';
export type AttributedChannel = Schemas['AttributionChannel'];
export type AttributionGroup = Schemas['AttributionGroup'];
export type AttributionAnswer = Told<Schemas['Attribution'], About>;

export type DeliveryClass = Told<Schemas['DeliveryClass'], { promise: 'kept' | 'late' | 'overdue' }>;
export type DeliveryGroup = Told<Schemas['DeliveryGroup'], { classes: DeliveryClass[] }>;
export type DeliveryAnswer = Told<Schemas['Delivery'], About & { groups: DeliveryGroup[] }>;

export type PainEvidence = Schemas['PainEvidence'];
export type PainComparison = Schemas['PainComparison'];
export type Pain = Told<
  Schemas['Pain'],
  {
    sort: 'drop_off' | 'repeated_contact' | 'long_wait' | 'falling_score' | 'loop';
    finding: 'bought_less' | 'no_difference_shown' | 'bought_more' | 'too_little_data';
  }
>;
export type Story = Schemas['Story'];
export type PainsGroup = Told<Schemas['PainsGroup'], { pains: Pain[] }>;
export type PainsAnswer = Told<Schemas['Pains'], About & { groups: PainsGroup[] }>;
