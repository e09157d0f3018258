/** A value once it rests: so that a search does not ask the server at every letter. */

import { useEffect, useState } from 'react';

export const restMs = 150;

export function useRest<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
