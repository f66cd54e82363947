// The title of the document and what is announced when a screen opens.
import { announce } from './notices.svelte';
import { workspace } from './workspace.svelte';

let title = $state('');

/** Call in a screen: `screenTitle(() => 'Measures')`. */
export function screenTitle(text: () => string): void {
  $effect(() => {
    title = text();
    const company = workspace.data?.name;
    document.title = [title, company, 'Throughline'].filter(Boolean).join(' · ');
  });
}

/** Moves the focus to the heading of a new screen, so that keyboards and readers start there. */
export function enterScreen(tries = 60): void {
  const heading = document.querySelector<HTMLElement>('main h1');
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    announce(heading.textContent?.trim() ?? '');
  } else if (tries > 0) setTimeout(() => enterScreen(tries - 1), 50);
}
