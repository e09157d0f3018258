/** A time as its age, with the moment and zone on hover and for screen readers. */

import { useEffect, useState } from 'react';
import { age, moment, zone } from '../words.ts';

const tickMs = 20_000;

export function When({ at }: { at: string }) {
  const now = useNow();
  const ago = age(at, now);
  return (
    <time dateTime={at} title={`${moment(at)}, ${zone}`}>
      {ago}
      {ago !== 'now' && <span className="unseen"> ago</span>}
    </time>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return now;
}
