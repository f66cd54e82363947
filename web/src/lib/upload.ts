// Sending a file to the server, telling how far it is. `fetch` cannot tell, so this is an XMLHttpRequest.
import { apiUrl, Failure, type Upload } from '$api';

export interface Sending {
  done: Promise<Upload>;
  stop: () => void;
}

interface Problem {
  detail?: string;
  title?: string;
  hint?: string | null;
}

function failure(request: XMLHttpRequest): Failure {
  try {
    const problem = JSON.parse(request.responseText) as Problem;
    const text = problem.detail ?? problem.title ?? 'The file could not be sent.';
    return new Failure('input', request.status, text, problem.hint ?? null);
  } catch {
    return new Failure(
      'internal',
      request.status,
      'The file could not be sent.',
      `HTTP status ${request.status}.`,
    );
  }
}

/** Sends a file; `progress` hears shares from 0 to 1. */
export function upload(file: File, progress: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<Upload>((resolve, reject) => {
    request.open('POST', apiUrl('/uploads', { name: file.name }));
    request.setRequestHeader('X-Throughline', '1');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as Upload);
      else reject(failure(request));
    };
    request.onerror = () =>
      reject(
        new Failure(
          'offline',
          0,
          'The server does not answer.',
          'Look whether it is running, then drop the file again.',
        ),
      );
    request.onabort = () => reject(new Failure('input', 0, 'Sending was stopped.'));
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}
