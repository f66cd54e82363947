// A question that follows what it depends on: asked again when its parameters change, given up when left.
import { globals, type Params } from '$lib/route.svelte';
import { untrack } from 'svelte';
import { asFailure, get, getSoon, peek, type Failure } from './client';

/** After this long without an answer a skeleton may be shown. */
const PATIENCE = 150;

export class Resource<T> {
  data = $state.raw<T | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** A request is on its way; `data` may still be the answer to the question before. */
  loading = $state(false);
  /** It takes long enough for a skeleton. */
  slow = $state(false);
  #again = $state(0);

  /** Asks once more. */
  reload = (): void => {
    this.#again += 1;
  };

  constructor(question: () => Question | null) {
    // As text, so that a change of the address that does not change the question asks nothing.
    const asked = $derived.by(() => {
      const { path, params, plain } = question() ?? {};
      return path ? JSON.stringify([path, { ...(plain ? {} : globals()), ...params }]) : null;
    });
    $effect(() => {
      void this.#again;
      if (!asked) return;
      const [path, params] = JSON.parse(asked) as [string, Params];
      return untrack(() => this.#ask(path, params));
    });
  }

  #ask(path: string, params: Params): () => void {
    const stop = new AbortController();
    const patience = setTimeout(() => (this.slow = true), PATIENCE);
    const known = peek<T>(path, params);
    if (known) this.data = known;
    this.loading = true;
    this.failure = null;
    getSoon<T>(path, params, stop.signal)
      .then(async ({ data, old }) => {
        this.data = data;
        if (old) this.data = await get<T>(path, params, stop.signal);
      })
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        this.failure = asFailure(error);
        this.data = null;
      })
      .finally(() => {
        clearTimeout(patience);
        if (!stop.signal.aborted) this.loading = this.slow = false;
      });
    return () => {
      clearTimeout(patience);
      stop.abort();
      this.slow = false;
    };
  }
}

export interface Question {
  path: string;
  params?: Params;
  /** Leave period, as-of and linking of the address out. */
  plain?: boolean;
}

/** A question for a component: `const answer = resource<Scorecard>(() => ({ path: '/scorecard' }))`.
 * Period, as-of and linking of the address are asked with it; return null while nothing is to be asked. */
export function resource<T>(question: () => Question | null): Resource<T> {
  return new Resource<T>(question);
}
