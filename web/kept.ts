/** Keeps what a person has entered when their session ends under their hands: after signing in again it stands there as before. */

import { useEffect, useRef, useState } from 'react';
import { isSignedOut, usePerson } from './person.ts';

/** In memory alone, until the same person is back; nothing of it is written down. */
const kept = new Map<string, { email: string; value: unknown }>();

/**
 * State like `useState`, which outlives the way over the sign-in page and nothing else.
 * @param name tells this from everything else that is entered anywhere.
 */
export function useKept<T>(name: string, initial: T): [T, (value: T) => void] {
  const email = usePerson().person?.email ?? '';
  const [value, setValue] = useState<T>(() => {
    const found = kept.get(name);
    return found && found.email === email ? (found.value as T) : initial;
  });
  const latest = useRef({ email, value });
  useEffect(() => {
    if (email) latest.current = { email, value };
  }, [email, value]);
  useEffect(() => {
    kept.delete(name);
    return () => {
      if (isSignedOut()) kept.set(name, latest.current);
    };
  }, [name]);
  return [value, setValue];
}
