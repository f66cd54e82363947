// Plain explanations of every term, in one place. <Term word="coverage" /> shows them.
export const WORDS = {
  n: ['n', 'How many cases the number rests on. The fewer, the less sure it is.'],
  interval: [
    '95 % interval',
    'If we could ask again and again, the true value would lie within such a range 95 times of 100. A narrow range is a sure number. Where a check of its records failed, it may be wider: it then holds whatever they could make true.',
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
  mix_and_rate: [
    'Mix and what happens within',
    'A share or a mean moves because some groups weigh more than before (mix), or because something changed within groups. Both together are the change, exactly.',
  ],
  replacement: [
    'Replaced one after the other',
    'A quantile has no shares of its own. The values of each group were replaced by the new ones, one group after the other, there and back; each is shown by what that moved on average.',
  ],
  shapley: [
    'What each input did',
    'Inputs of the formula were replaced by their new values in every order; each is shown by what that moved on average (Shapley value). Together they are the change.',
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
  failed_check: [
    'Failed check',
    'Rows of some days are far fewer or more than usual, lack values they usually have, or have others.',
  ],
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
  reach: ['Reach', 'How many of all people asked about touched this at least once.'],
  conversion: [
    'Went on',
    'Of the people who touched this stage, those who touched any later stage after it, and after how long (median).',
  ],
  drop_off: [
    'Dropped off',
    'People whose last touchpoint is in this stage and who never touched a later one. They may still come back.',
  ],
  came_back: ['Came back', 'Touched this stage, then a later one, then this one again.'],
  passed_over: ['Passed over', 'Touched a later stage and never this one.'],
  mood: [
    'Mood',
    'How people feel, computed from their own answers (satisfaction, recommendation, effort, reviews), brought to a scale from −2 to +2. Empty under 5 answers.',
  ],
  median: ['Median', 'Half of all cases took less, half took more.'],
  obstacle: [
    'Pain',
    'Something in the way that customers met: a long wait, contact again, a falling score, going in circles.',
  ],
  opportunity: [
    'Opportunity',
    'A place where more people leave than at comparable places: so many more would go on if it were like the others. Or a touchpoint that people clearly like.',
  ],
  at_stake: [
    'Money at stake',
    'Customers who met it × how much less often they bought again than comparable ones × what the next order is worth. A description, no proof of a cause, and it does not add up over obstacles.',
  ],
  comparable: [
    'Comparable customers',
    'Stood at the same place without the obstacle, after as many orders, came first over the same channel, in the same quarter.',
  ],
  conformance: [
    'Follows the map',
    'A journey that begins at the first stage, passes over none and never goes back, except where that is allowed.',
  ],
  funnel: [
    'Funnel',
    'How many of those who entered at the first step came to each further step, in this order and within the window.',
  ],
  open_window: [
    'Still open',
    'Entries whose window ends after the data do. They are counted apart: they may still go on.',
  ],
  cohort: ['Cohort', 'Customers by the period of their first order.'],
  retention: ['Retention', 'The share of a cohort that ordered (again) in a later period.'],
  lifecycle: [
    'Life cycle',
    'New: first order. Returning: also ordered in the window before. Back: ordered before, but not in the window. Paused: last ordered in the window. Dormant: last ordered before it.',
  ],
  removal_effect: [
    'Removal effect',
    'The share of orders that would be lost in the model if every visit over this channel ended without one.',
  ],
  ways_on: ['Ways on', 'Touchpoints of this step that another step follows.'],
  numerator: ['Counts', 'In the numerator: the records that are what the measure asks for.'],
  denominator: ['Base', 'In the denominator: all records that could have been.'],
  rhythm: ['Rhythm', 'How often this source usually brings something new.'],
  lateness: ['Lateness', 'How long after it happened a record usually becomes known here.'],
  reject: [
    'Set aside',
    'A row that could not be read or is impossible. It is kept with its reason until somebody mends it.',
  ],
  confidence: [
    'Confidence',
    'How sure a link between two names is: 1 is certain. Strict linking counts sure ones only.',
  ],
  alias: ['Name', 'A cookie, an account, an address: under this name a source knows somebody.'],
  revision: [
    'Revision',
    'Definitions that were put in force together, with the reason and since when they hold.',
  ],
  dry_run: ['Trial run', 'Reads everything and says what would happen, and keeps nothing.'],
  layout: ['Layout', 'Says how the columns of a file become columns of the standard tables.'],
  natural_mean: ['Mean', 'The middle of the values that the natural limits are drawn around.'],
  note: ['Note', 'What people know about a day: a campaign, an outage, a price change.'],
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
  jumped: 'a change from the period before beyond the usual ups and downs',
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
