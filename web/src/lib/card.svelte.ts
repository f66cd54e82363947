// The scorecard of what the address asks for, and which period it takes where the address names none.
import { resource, type Resource } from '$api/resource.svelte';
import type { Scorecard } from '$api/scorecard';
import { route } from './route.svelte';

let usual = $state<string | null>(null);

export const card = {
  /** The period that is shown where none is asked for: the newest that most measures can be judged in. */
  get usual(): string | null {
    return usual;
  },
};

/** The scorecard, for a component. */
export function scorecard(): Resource<Scorecard> {
  const answer = resource<Scorecard>(() => ({ path: '/scorecard' }));
  $effect(() => {
    const label = answer.data?.period.label;
    if (label && !answer.loading && !route.param('period')) usual = label;
  });
  return answer;
}
