// What is being worked on: the files, the texts changed here and not saved yet, and what the server says of them.
import {
  asFailure,
  resource,
  send,
  type DefinitionFile,
  type DefinitionProblem,
  type Definitions,
  type Failure,
  type Revision,
  type SavedDefinition,
} from '$api';
import { toast } from '$lib/notices.svelte';
import { loadWorkspace, workspace } from '$lib/workspace.svelte';
import { carried } from './lines';

interface Draft {
  text: string;
  /** Names the text it was made from, so that nobody's change is lost. */
  etag: string | undefined;
}

export class Work {
  readonly answer = resource<Definitions>(() => ({ path: '/definitions', plain: true }));
  drafts = $state<Record<string, Draft>>({});
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);

  files = $derived(this.answer.data?.files ?? []);
  problems = $derived(this.answer.data?.problems ?? []);
  errors = $derived(this.problems.filter((one) => one.level === 'error').length);
  /** Paths of texts that are not saved yet. */
  changed = $derived(this.files.flatMap((file) => (this.dirty(file) ? [file.path] : [])));

  get readonly(): boolean {
    return !workspace.may('editor');
  }
  text = (file: DefinitionFile): string => this.drafts[file.path]?.text ?? file.text;
  dirty = (file: DefinitionFile): boolean => this.text(file) !== file.text;

  /** Problems of a file at the lines its text has now; those in lines that were changed since wait for the next save. */
  problemsOf = (file: DefinitionFile): DefinitionProblem[] =>
    carried(
      this.problems.filter((one) => one.file === file.path),
      file.text,
      this.text(file),
    );

  edit(file: DefinitionFile, text: string): void {
    this.drafts[file.path] = { text, etag: this.drafts[file.path]?.etag ?? file.etag };
  }

  discard(file: DefinitionFile): void {
    delete this.drafts[file.path];
    this.failure = null;
  }

  async save(file: DefinitionFile): Promise<void> {
    const draft = this.drafts[file.path];
    if (!draft || !this.dirty(file) || this.readonly) return;
    await this.#working(async () => {
      const match: Record<string, string> = draft.etag ? { 'If-Match': `"${draft.etag}"` } : {};
      const address = `/definitions/${encodeURIComponent(file.path)}`;
      const saved = await send<SavedDefinition>('PUT', address, { text: draft.text }, {}, match);
      this.#dropOnceBack(file.path, draft.text);
      this.answer.reload();
      const errors = saved.problems.filter((one) => one.level === 'error').length;
      if (errors > 0) toast(`${file.path} is saved, with something to mend before it can be applied.`);
      else toast(`${file.path} saved.`, { tone: 'good' });
    });
  }

  /** Puts the saved files in force; whether that was done. */
  async apply(why: string, from: string): Promise<boolean> {
    let done = false;
    await this.#working(async () => {
      const body = { why: why.trim(), ...(from ? { from } : {}) };
      const told = await send<{ changed: boolean; revision: Revision | null }>(
        'POST',
        '/definitions/apply',
        body,
      );
      done = true;
      const text = told.changed
        ? `In force as revision ${told.revision?.number ?? ''}.`
        : 'These definitions are in force already.';
      toast(text, { tone: 'good' });
      this.answer.reload();
      await loadWorkspace();
    });
    return done;
  }

  async #working(task: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.failure = null;
    try {
      await task();
    } catch (error) {
      this.failure = asFailure(error);
    } finally {
      this.busy = false;
    }
  }

  /** The draft stays until the saved text is back, so that nothing flickers. */
  #dropOnceBack(path: string, text: string): void {
    const stop = $effect.root(() => {
      $effect(() => {
        const back = this.answer.data?.files.find((one) => one.path === path)?.text === text;
        if (!back) return;
        // What was typed while it was saved is a draft of the new text.
        const etag = this.files.find((one) => one.path === path)?.etag;
        const draft = this.drafts[path];
        if (draft && draft.text !== text) draft.etag = etag;
        else delete this.drafts[path];
        stop();
      });
    });
  }
}
