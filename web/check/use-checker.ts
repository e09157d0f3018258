/** What the page knows of its check: nothing yet, how far it is, or what came of it. */

import { useCallback, useEffect, useRef, useState } from 'react';
import { type Line, openLine } from './line.ts';
import type { Outcome, Progress, Rows, Task } from './messages.ts';

export type CheckState =
  | { step: 'idle' }
  | { step: 'checking'; task: Task; progress: Progress }
  | { step: 'done'; task: Task; outcome: Outcome }
  | { step: 'failed'; task: Task; sentence: string };

export type Checker = {
  state: CheckState;
  check(task: Task): void;
  /** Stops the check, or forgets what came of it. */
  reset(): void;
  rowsOf(rule: string, page: number): Promise<Rows>;
};

export function useChecker(): Checker {
  const [state, setState] = useState<CheckState>({ step: 'idle' });
  const line = useRef<Line>(null);
  useEffect(() => {
    line.current = openLine();
    return () => line.current?.end();
  }, []);
  /** A line that was used is given up with all its memory; stopping is the same. */
  const renew = useCallback((): Line => {
    if (line.current && !line.current.isUsed()) return line.current;
    line.current?.end();
    line.current = openLine();
    return line.current;
  }, []);
  const check = useCallback(
    (task: Task) => {
      setState({ step: 'checking', task, progress: [] });
      renew().check(task, (said) => {
        if ('progress' in said) setState({ step: 'checking', task, progress: said.progress });
        else if ('done' in said) setState({ step: 'done', task, outcome: said.done });
        else if ('failed' in said) setState({ step: 'failed', task, sentence: said.failed });
      });
    },
    [renew],
  );
  const reset = useCallback(() => {
    renew();
    setState({ step: 'idle' });
  }, [renew]);
  const rowsOf = useCallback((rule: string, page: number) => (line.current as Line).rows(rule, page), []);
  return { state, check, reset, rowsOf };
}
