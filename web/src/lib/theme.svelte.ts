// Light or dark, roomy or compact: the system's choice unless the person makes another.
export type Theme = 'system' | 'light' | 'dark';
export type Density = 'comfortable' | 'compact';

const system = matchMedia('(prefers-color-scheme: dark)');
let theme = $state<Theme>(stored('throughline.theme', ['light', 'dark'], 'system'));
let density = $state<Density>(stored('throughline.density', ['compact'], 'comfortable'));
let systemDark = $state(system.matches);
system.addEventListener('change', (event) => (systemDark = event.matches));

function stored<T extends string>(key: string, known: T[], otherwise: T): T {
  try {
    const value = localStorage.getItem(key) as T | null;
    return value && known.includes(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Without storage the choice holds for this visit.
  }
}

export const look = {
  get theme() {
    return theme;
  },
  set theme(value: Theme) {
    theme = value;
    store('throughline.theme', value === 'system' ? null : value);
    if (value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
  },
  get density() {
    return density;
  },
  set density(value: Density) {
    density = value;
    store('throughline.density', value === 'compact' ? value : null);
    if (value === 'compact') document.documentElement.dataset.density = value;
    else delete document.documentElement.dataset.density;
  },
  /** What is shown now. */
  get dark(): boolean {
    return theme === 'dark' || (theme === 'system' && systemDark);
  },
};
