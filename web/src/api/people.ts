// Users, tokens and the audit trail.
import type { Role } from './common';
import type { Schemas, Told } from './described';

export type Account = Told<Schemas['UserAccount'], { role: Role }>;
export type Accounts = Told<Schemas['UserAccounts'], { users: Account[] }>;

export type Token = Told<Schemas['Token'], { role: Role }>;
export type Tokens = Told<Schemas['Tokens'], { tokens: Token[] }>;
/** A token that was just made; its secret is never told again. */
export type NewToken = Told<Schemas['NewToken'], { token: Token }>;

export type AuditEntry = Told<Schemas['AuditEntry'], { role: Role | null }>;
export type Audit = Told<Schemas['AuditPage'], { entries: AuditEntry[] }>;
