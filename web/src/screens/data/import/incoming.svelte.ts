// Files on their way in: sent, looked at, tried, imported.
import { asFailure, followJob, get, send, type Failure, type Job, type Preview } from '$api';
import { upload, type Sending } from '$lib/upload';

const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB'];

export function bytes(size: number): string {
  const step = Math.min(SIZES.length - 1, size < 1000 ? 0 : Math.floor(Math.log10(size) / 3));
  const amount = size / 1000 ** step;
  return `${step === 0 ? amount : amount.toPrecision(3)}\u00a0${SIZES[step]}`;
}

let counted = 0;

export class Incoming {
  readonly id = (counted += 1);
  readonly name: string;
  readonly bytes: number;
  sent = $state(0);
  upload = $state<string | null>(null);
  preview = $state.raw<Preview | null>(null);
  /** The layout that is being edited, where none is known. */
  text = $state<string | null>(null);
  failure = $state.raw<Failure | null>(null);
  trial = $state.raw<Job | null>(null);
  trialFailure = $state.raw<Failure | null>(null);
  trying = $state(false);
  #sending: Sending;
  #stop: (() => void) | null = null;

  constructor(file: File) {
    this.name = file.name;
    this.bytes = file.size;
    this.#sending = upload(file, (share) => (this.sent = share));
    void this.#look();
  }

  async #look(): Promise<void> {
    try {
      const { upload } = await this.#sending.done;
      this.sent = 1;
      this.preview = await get<Preview>(`/uploads/${encodeURIComponent(upload)}/preview`);
      this.text = this.preview.layout ? null : this.preview.suggestion;
      this.upload = upload;
    } catch (error) {
      this.failure = asFailure(error);
    }
  }

  /** Whether it can be imported. */
  get ready(): boolean {
    return this.upload !== null && (this.preview?.layout !== null || this.text !== null);
  }

  edit(text: string): void {
    this.text = text;
    this.trial = null;
    this.trialFailure = null;
  }

  /** A trial run: says what an import would do. */
  async tryOut(): Promise<void> {
    this.trying = true;
    this.trial = null;
    this.trialFailure = null;
    try {
      const body = {
        uploads: [this.upload],
        dry_run: true,
        ...(this.text === null ? {} : { layout: this.text }),
      };
      this.trial = await send<Job>('POST', '/imports', body);
      this.#stop = followJob(this.trial.id, (job) => {
        this.trial = job;
        this.trying = job.state === 'waiting' || job.state === 'running';
      });
    } catch (error) {
      this.trialFailure = asFailure(error);
      this.trying = false;
    }
  }

  /** Stops sending, or takes away what has arrived. */
  drop(): void {
    this.#stop?.();
    if (this.upload)
      void send('DELETE', `/uploads/${encodeURIComponent(this.upload)}`).catch(() => undefined);
    else this.#sending.stop();
  }

  /** Stops hearing of it; what has arrived stays on the server. */
  leave(): void {
    this.#stop?.();
  }
}

/** Files with one layout are imported together: recognised ones in one job, each guessed one by itself. */
export function batches(files: Incoming[]): { uploads: string[]; layout?: string }[] {
  const known = files.filter((file) => file.text === null).map((file) => file.upload as string);
  const guessed = files
    .filter((file) => file.text !== null)
    .map((file) => ({ uploads: [file.upload as string], layout: file.text as string }));
  return [...(known.length > 0 ? [{ uploads: known }] : []), ...guessed];
}
