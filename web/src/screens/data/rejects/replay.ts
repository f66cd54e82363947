// Mended rows on their way back: as the server hands them out, one text for every source file, with only the rows
// that were changed.
import { followJob, get, send, type Job, type Reject, type RejectTexts, type ReplayReport } from '$api';

export interface Mended {
  file: string;
  /** Ids of all reasons for which the row was set aside. */
  ids: string[];
  text: string;
}

/** A row is one line of one file, however many things are wrong with it. */
export const rowOf = (one: Reject): string => `${one.file}\n${one.line}`;

function withId(head: string, ids: string, text: string): string {
  if (!head.startsWith('reject_id')) {
    const fields = JSON.parse(text) as Record<string, unknown>;
    return JSON.stringify({ reject_id: ids, ...fields });
  }
  const delimiter = head['reject_id'.length] ?? ',';
  return ids + delimiter + text;
}

async function fileOf(file: string, rows: Mended[]): Promise<RejectTexts['files'][number]> {
  const answer = await get<RejectTexts>('/rejects/export', { file });
  const held = answer.files[0];
  if (!held) throw new Error(`No row of ${file} is open any more. Somebody else may have mended it.`);
  const head = held.text.split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
  const lines = rows.map((row) => withId(head, row.ids.join('+'), row.text));
  const text = [...(head.startsWith('reject_id') ? [head] : []), ...lines].join('\n') + '\n';
  return { name: held.name, file: held.file, text };
}

/** Sends mended rows and waits for what became of them. */
export async function replay(rows: Mended[]): Promise<ReplayReport> {
  const files = new Map<string, Mended[]>();
  for (const row of rows) files.set(row.file, [...(files.get(row.file) ?? []), row]);
  const texts = await Promise.all([...files].map(([file, all]) => fileOf(file, all)));
  const started = await send<Job>('POST', '/rejects/replay', { files: texts });
  const job = await new Promise<Job>((resolve) => {
    followJob(started.id, (told) => {
      if (['done', 'failed', 'cancelled'].includes(told.state)) resolve(told);
    });
  });
  if (job.state !== 'done') throw new Error(job.problem?.detail ?? 'The rows were not brought in.');
  return job.result as ReplayReport;
}
