/** Who is signed in, and what happens when they no longer are. */

import { useQuery } from '@tanstack/react-query';
import { ApiTrouble, api, type Person, queries } from './api.ts';

const key = ['person'];

/** Undefined while it is not known yet, null when nobody is signed in. */
export function usePerson(): {
  person: Person | null | undefined;
  /** The session of this person has ended; the page stays until they have signed in again, or gone. */
  isOver: boolean;
  /** The vendor's own way of signing in; null without one. */
  provider: { name: string } | null;
  error: Error | null;
  retry: () => void;
} {
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: api.person,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const isOver = (data as { isOver?: boolean } | undefined)?.isOver ?? false;
  return { person: data?.person, isOver, provider: data?.provider ?? null, error, retry: () => void refetch() };
}

/** Takes note of who signed in or out; what the former person saw is forgotten. */
export function setPerson(person: Person | null): void {
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== key[0] });
  queries.setQueryData(key, (known: object | undefined) => ({ ...known, person, isOver: false }));
}

/** The same person has signed in again: what is on the page stays, and is loaded anew. */
export function goOnAs(person: Person): Promise<void> {
  queries.setQueryData(key, (known: object | undefined) => ({ ...known, person, isOver: false }));
  return queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== key[0] });
}

/** Whether nobody is signed in any more, as when the session has just ended. */
export const isSignedOut = (): boolean => queries.getQueryData<{ person: Person | null }>(key)?.person === null;

/** The session ended on the server: the shell asks to sign in again, before the page as it stands. */
function noteSignedOut(error: Error): void {
  if (error instanceof ApiTrouble && error.code === 'signed-out')
    queries.setQueryData(key, (known: { person?: Person | null } | undefined) =>
      known?.person ? { ...known, isOver: true } : { ...known, person: null },
    );
}
queries.getQueryCache().config.onError = noteSignedOut;
queries.getMutationCache().config.onError = noteSignedOut;
