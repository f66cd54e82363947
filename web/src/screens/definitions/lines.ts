// Where lines of one text stand in a later one.
import type { DefinitionProblem } from '$api';

/** Problems of a text at their lines in a later text. Those between the first and the last line that differ are left
 * out: what they speak of has been edited. */
export function carried(problems: DefinitionProblem[], before: string, after: string): DefinitionProblem[] {
  if (before === after || problems.length === 0) return problems;
  const [old, now] = [before.split('\n'), after.split('\n')];
  const short = Math.min(old.length, now.length);
  let head = 0;
  while (head < short && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < short - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return problems.flatMap((one) => {
    if (one.line <= head) return [one];
    if (one.line > old.length - tail) return [{ ...one, line: one.line + now.length - old.length }];
    return [];
  });
}
