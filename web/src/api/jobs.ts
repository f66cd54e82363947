// Following long work on the server: its progress arrives as server-sent events.
import { apiUrl, get } from './client';
import type { Job } from './index';

const OVER = ['done', 'failed', 'cancelled'];

/** Follows a job until it is over. Returns what stops following; the job itself goes on. */
export function followJob(id: number | string, onchange: (job: Job) => void): () => void {
  const events = new EventSource(apiUrl(`/jobs/${encodeURIComponent(String(id))}/events`));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const take = (job: Job) => {
    onchange(job);
    if (OVER.includes(job.state)) stop();
  };
  const read = (event: MessageEvent<string>) => take(JSON.parse(event.data) as Job);
  // Where events do not come through (a proxy, say), the job is asked for instead.
  const poll = async () => {
    try {
      const job = await get<Job>(`/jobs/${encodeURIComponent(String(id))}`);
      take(job);
      if (OVER.includes(job.state)) return;
    } catch {
      // The next question tries again.
    }
    timer = setTimeout(() => void poll(), 1000);
  };
  let polling = false;
  const stop = () => {
    events.close();
    clearTimeout(timer);
  };
  events.addEventListener('progress', read);
  events.addEventListener('done', read);
  events.addEventListener('error', () => {
    if (polling || events.readyState !== EventSource.CLOSED) return;
    polling = true;
    void poll();
  });
  return stop;
}
