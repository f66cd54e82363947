// Types that several answers share, as docs/commands.md describes them.

export type Status = 'on_target' | 'close' | 'off_target' | 'too_little_data' | 'no_data';
export type Unit = 'percent' | 'money' | 'duration' | 'score' | 'number';
export type Direction = 'higher' | 'lower' | 'band';
export type Grain = 'day' | 'week' | 'month' | 'quarter' | 'year';

export interface Interval {
  low: number;
  high: number;
}

export interface Period {
  label: string;
  grain: Grain;
  start: string;
  end: string;
}

export interface Named {
  id: string;
  name: string;
}

export interface User {
  name: string;
  role: 'viewer' | 'analyst' | 'editor' | 'admin';
}

export interface Workspace {
  name: string;
  zone: string;
  currency: string;
  version: string;
  data_version: string | number | null;
  known_until: string | null;
  imported_at: string | null;
  has_data: boolean;
  every: Grain;
  latest_period: string | Period | null;
  periods: Period[];
  perspectives: Named[];
  stages: Named[];
  login: { required: boolean; user: User | null };
}

export interface Trust {
  tables: string[];
  completeness: number | null;
  validity: number | null;
  uniqueness: number | null;
  stale: string[];
}

export interface Job {
  id: number | string;
  kind: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  progress: { text: string; done: number | null; of: number | null } | null;
  result: unknown;
  problem: { detail?: string; title?: string; hint?: string | null } | null;
  who: string | null;
  started_at: string | null;
  ended_at: string | null;
}
