// Plain explanations of every term, in one place. <Term word="coverage" /> shows them.
export const WORDS = {
  n: ['n', 'How many cases the number rests on. The fewer, the less sure it is.'],
  interval: [
    '95 % interval',
    'If we could ask again and again, the true value would lie within such a range 95 times of 100. A narrow range is a sure number.',
  ],
  score: [
    'Score',
    'How far a value has come from its floor (0) to its target (100). More than the target counts up to 120.',
  ],
  status: [
    'Status',
    '▲ on target: score 100 or more. ● close: 70 or more. ▼ off target: less. ? too little data to judge. – no data.',
  ],
  target: ['Target', 'The value the company wants to reach. It scores 100.'],
  floor: ['Floor', 'The value that is no longer acceptable. It scores 0.'],
  coverage: [
    'Coverage',
    'The share of the weight that has a score. Measures without enough data are missing weight; under one half there is no score.',
  ],
  natural_limits: [
    'Natural limits',
    'The range a measure moves in by itself when nothing has changed. Inside it, ups and downs are noise.',
  ],
  signal: [
    'Signal or noise',
    'A signal is a change larger than the usual ups and downs, so something has changed. Noise needs no explanation.',
  ],
  mature: [
    'Too early',
    'Outcomes that are still to come can change this period, so it is shown and not scored yet.',
  ],
  contribution: [
    'Contribution',
    'How many points of the change of the whole score come from this measure. All of them add up to the change.',
  ],
  weight: ['Weight', 'How much this counts beside its neighbours when scores are added up.'],
  objective: ['Objective', 'Something the company wants to achieve, told by one or more measures.'],
  perspective: ['Perspective', 'One of the four sides a balanced scorecard looks from.'],
  stage: ['Stage', 'Where a customer is on the way: from awareness to advocacy.'],
  leading: ['Leading', 'Moves first, and hints at what is to come.'],
  lagging: ['Lagging', 'Tells afterwards what has been achieved.'],
  benchmark: ['Benchmark', 'What others reach, with its source.'],
  baseline: ['Baseline', 'Where the company stood when the target was set; progress is counted from there.'],
  progress: ['Progress', 'How much of the way from the baseline to the target is done.'],
  as_of: [
    'As known on',
    'Answers by what had been recorded until then: later corrections and late records are left out, so that an earlier report can be repeated.',
  ],
  period: ['Period', 'The month, quarter or other stretch of time that is judged.'],
  linking: [
    'Linking of names',
    'Which links between names of one customer count: only sure ones (strict) or all (loose).',
  ],
  completeness: ['Completeness', 'The share of required fields that are filled.'],
  validity: ['Validity', 'The share of rows whose values are possible at all.'],
  uniqueness: ['Uniqueness', 'The share of rows whose key came once in what was delivered.'],
  stale: ['Stale', 'A source that is silent for much longer than its usual rhythm.'],
  trust: [
    'Trust',
    'How complete, valid and unique the records behind a number are, and whether they are up to date.',
  ],
  left_out: ['Left out', 'Records that belong here but could not be counted, each with its reason.'],
  link: [
    'Link',
    'A belief that one objective leads to another, after some time. Each arrow is a hypothesis to be tested.',
  ],
  lag: ['Lag', 'How long it takes until the effect should show.'],
  confounders: [
    'Held equal',
    'What could move both ends of a link; a fair test compares only cases that are alike in it.',
  ],
  initiative: ['Initiative', 'Something the company does to reach an objective.'],
  year_before: ['Year before', 'The same period a year earlier.'],
  direction: ['Better', 'Whether a higher or a lower value is the better one, or one within a band.'],
  minimum_n: [
    'Minimum n',
    'With fewer cases than this the measure is not judged unless the picture is clear.',
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof WORDS;

/** Signs and words of a status. Never colour alone. */
export const STATUS = {
  on_target: ['▲', 'on target'],
  close: ['●', 'close'],
  off_target: ['▼', 'off target'],
  too_little_data: ['?', 'too little data'],
  no_data: ['–', 'no data'],
  too_early: ['…', 'too early'],
  no_target: ['○', 'no target'],
} as const;

export type Shown = keyof typeof STATUS;

export const RULES = {
  outside_limits: 'a value outside the natural limits',
  eight_in_a_row: 'eight or more in a row on one side of the mean',
  three_of_four_near_limit: 'three of four nearer to a limit than to the middle',
} as const;

export const UNITS: Record<string, string> = {
  percent: 'share',
  money: 'money',
  duration: 'time',
  score: 'score',
  number: 'number',
};

export const DIRECTIONS: Record<string, string> = {
  higher: 'higher is better',
  lower: 'lower is better',
  band: 'best within a band',
};
