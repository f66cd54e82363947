// The types of answers, by name. Screens import from here only.
export { apiUrl, asFailure, Failure, forgetAnswers, get, peek, send, type FailureKind } from './client';
export { followJob } from './jobs';
export { resource, type Question, type Resource } from './resource.svelte';
export type * from './common';
export type * from './scorecard';
export type * from './measure';
export type * from './journey';
export type * from './customer';
export type * from './data';
export type * from './definitions';
export type * from './people';
