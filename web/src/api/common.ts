// Types that several answers share.
import type { Schemas, Told } from './described';

export type Status = 'on_target' | 'close' | 'off_target' | 'too_little_data' | 'no_data';
export type Unit = 'percent' | 'money' | 'duration' | 'score' | 'number';
export type Direction = 'higher' | 'lower' | 'band';
export type Grain = 'day' | 'week' | 'month' | 'quarter' | 'year';
export type Role = 'viewer' | 'analyst' | 'editor' | 'admin';

export type Interval = Schemas['Interval'];
export type Period = Told<Schemas['Period'], { grain: Grain }>;
export type Named = Schemas['Named'];
export type FailedCheck = Schemas['FailedCheck'];
export type Trust = Schemas['Trust'];
export type User = Told<Schemas['User'], { role: Role }>;

type Login = Told<Schemas['Login'], { user: User | null }>;

export type Workspace = Told<Schemas['Workspace'], { every: Grain; periods: Period[]; login: Login }>;

/** What a job results in differs by kind. */
export type Job = Omit<Schemas['Job'], 'result'> & { result: unknown };
