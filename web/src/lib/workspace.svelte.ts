// What the whole page knows about the workspace: asked once, again after something was written.
import { asFailure, get, type Failure } from '$api/client';
import type { Period, User, Workspace } from '$api/common';

let data = $state.raw<Workspace | null>(null);
let failure = $state.raw<Failure | null>(null);

const RANK = { viewer: 0, analyst: 1, editor: 2, admin: 3 };

export const workspace = {
  /** Null until the first answer. */
  get data() {
    return data;
  },
  get failure() {
    return failure;
  },
  get zone(): string {
    return data?.zone ?? 'UTC';
  },
  get currency(): string {
    return data?.currency ?? 'EUR';
  },
  /** Periods that can be chosen, newest first. */
  get periods(): Period[] {
    return data?.periods ?? [];
  },
  /** The period shown where none is chosen. */
  get latest(): string | null {
    return data?.latest_period ?? null;
  },
  /** Who is signed in; where no login is required everybody may do everything. */
  get user(): User | null {
    return data?.login.user ?? (data && !data.login.required ? { name: 'local', role: 'admin' } : null);
  },
  /** Whether the person may do what a role may do. */
  may(role: User['role']): boolean {
    const user = workspace.user;
    return user !== null && RANK[user.role] >= RANK[role];
  },
  perspective(id: string | null): string {
    return data?.perspectives.find((one) => one.id === id)?.name ?? id ?? 'none';
  },
  stage(id: string | null): string {
    return data?.stages.find((one) => one.id === id)?.name ?? id ?? 'none';
  },
};

export async function loadWorkspace(): Promise<void> {
  try {
    data = await get<Workspace>('/workspace');
    failure = null;
  } catch (error) {
    failure = asFailure(error);
  }
}
