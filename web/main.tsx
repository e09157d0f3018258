/** Starts the console in the browser. */

import './mantine.ts';
import './base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { queries } from './api.ts';
import { router } from './routes.tsx';
import { theme } from './theme.ts';

/** The page's policy lets style elements in only with this; libraries below Mantine look for it under the global name. */
const nonce = document.querySelector('meta[name="nonce"]')?.getAttribute('content') ?? '';
Object.assign(globalThis, { __webpack_nonce__: nonce });

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
