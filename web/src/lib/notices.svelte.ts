// Short messages: toasts that are seen, and announcements that are heard only.
export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'good' | 'bad';
  action: { label: string; run: () => void } | null;
}

let next = 0;
let list = $state.raw<Toast[]>([]);
let heard = $state('');

export const notices = {
  get toasts() {
    return list;
  },
  get heard() {
    return heard;
  },
};

/** Shows a short message; it leaves by itself unless it offers something to do or tells of a failure. */
export function toast(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
  const id = (next += 1);
  list = [...list, { id, text, tone: options.tone ?? 'plain', action: options.action ?? null }];
  if (!options.action && options.tone !== 'bad') setTimeout(() => dismiss(id), 6000);
}

export function dismiss(id: number): void {
  list = list.filter((one) => one.id !== id);
}

/** Says something to people who listen to the page. */
export function announce(text: string): void {
  heard = '';
  setTimeout(() => (heard = text), 30);
}
