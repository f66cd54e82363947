import type { User } from '$api';

/** What each role may do; each may also do what those before it may. */
export const ROLES: { value: User['role']; label: string; about: string }[] = [
  { value: 'viewer', label: 'viewer', about: 'looks at numbers; names of customers are masked' },
  { value: 'analyst', label: 'analyst', about: 'sees customers and single records, asks in SQL, mends rows' },
  { value: 'editor', label: 'editor', about: 'imports, edits definitions, links names' },
  { value: 'admin', label: 'admin', about: 'manages people and tokens' },
];

export const SCOPES: { value: string; about: string }[] = [
  { value: 'read', about: 'ask for scorecard, measures, journeys' },
  { value: 'events', about: 'send touchpoints' },
  { value: 'write', about: 'change things (editor)' },
  { value: 'sql', about: 'ask in SQL (analyst)' },
];
