/** Why two names are one customer. */
export const REASONS: Record<string, string> = {
  purchase: 'ordered in a session of the customer',
  login: 'logged in in a session of the customer',
  email: 'has the same e-mail address',
  manual: 'was linked by hand',
  person: 'was linked by a person',
};
