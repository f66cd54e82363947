// Users, tokens and the audit trail.
import type { Role, User } from './common';

export interface Account extends User {
  disabled: boolean;
  created_at: string;
  last_login_at: string | null;
}

export interface Token {
  name: string;
  scopes: string[];
  role: Role;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  /** Whether it opens anything now. */
  in_force?: boolean;
}

/** A token that was just made; its secret is never told again. */
export interface NewToken {
  secret: string;
  token: Token;
}

export interface AuditEntry {
  number: number;
  at: string;
  who: string;
  role: Role | null;
  action: string;
  target: string;
  detail: string;
  outcome: string;
}

export interface Audit {
  entries: AuditEntry[];
  next: number | null;
}
