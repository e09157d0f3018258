/** Stands where a page broke: one sentence and a way on. */

import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { useRouteError } from 'react-router';
import css from './page.module.css';

export function PageFault() {
  const error = useRouteError();
  useEffect(() => console.error(error), [error]);
  return (
    <div className={css.fault} role="alert">
      <h1>This page could not be shown</h1>
      <p>The fault is ours. Nothing you entered elsewhere is lost; load the page again.</p>
      <Button onClick={() => location.reload()}>Load again</Button>
    </div>
  );
}
