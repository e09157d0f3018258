/** The console's look for Mantine: one deep teal accent, cool greys, three sizes of type. */

import { createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  colors: {
    teal: [
      '#e8f5f4',
      '#d2eae8',
      '#a5d5d1',
      '#76beb8',
      '#48a59e',
      '#218c85',
      '#157a74',
      '#0f6661',
      '#0b534f',
      '#073f3c',
    ],
    gray: [
      '#f7f9f9',
      '#eef1f2',
      '#e1e6e8',
      '#cfd6d9',
      '#aab4b9',
      '#7f8c92',
      '#5c686e',
      '#455056',
      '#2c353a',
      '#1a2124',
    ],
    dark: [
      '#d5dcdf',
      '#a9b4b9',
      '#8b979d',
      '#5d696f',
      '#3b464b',
      '#2b3439',
      '#20282c',
      '#171d20',
      '#11161a',
      '#0c1013',
    ],
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.875rem', lg: '0.875rem', xl: '1.375rem' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { centered: true, radius: 'md' } },
  },
});
