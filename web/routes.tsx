/** Which page stands at which address; each page is loaded when it is first visited. */

import { createBrowserRouter } from 'react-router';
import { NotFound } from './pages/not-found.tsx';
import { PageFault } from './parts/page-fault.tsx';
import { Shell } from './parts/shell.tsx';

const nothing = () => null;

export const router = createBrowserRouter([
  {
    path: '/sign-in',
    lazy: async () => ({ Component: (await import('./pages/sign-in.tsx')).SignIn }),
    HydrateFallback: nothing,
    ErrorBoundary: PageFault,
  },
  {
    path: '/set-password',
    lazy: async () => ({ Component: (await import('./pages/set-password.tsx')).SetPassword }),
    HydrateFallback: nothing,
    ErrorBoundary: PageFault,
  },
  {
    path: '/forgot-password',
    lazy: async () => ({ Component: (await import('./pages/forgot-password.tsx')).ForgotPassword }),
    HydrateFallback: nothing,
    ErrorBoundary: PageFault,
  },
  {
    path: '/',
    Component: Shell,
    HydrateFallback: nothing,
    ErrorBoundary: PageFault,
    children: [
      {
        ErrorBoundary: PageFault,
        children: [
          { index: true, lazy: async () => ({ Component: (await import('./pages/overview.tsx')).Overview }) },
          { path: 'districts', lazy: async () => ({ Component: (await import('./pages/districts.tsx')).Districts }) },
          {
            path: 'districts/:id',
            lazy: async () => ({ Component: (await import('./parts/district-frame.tsx')).DistrictFrame }),
            children: [
              { index: true, lazy: async () => ({ Component: (await import('./pages/district.tsx')).District }) },
              {
                path: 'connection',
                lazy: async () => ({ Component: (await import('./pages/connection.tsx')).Connection }),
              },
              { path: 'calendar', lazy: async () => ({ Component: (await import('./pages/calendar.tsx')).Calendar }) },
              {
                path: 'log',
                lazy: async () => ({ Component: (await import('./pages/district-log.tsx')).DistrictLog }),
              },
            ],
          },
          {
            path: 'sources/:id/upload',
            lazy: async () => ({ Component: (await import('./pages/upload.tsx')).Upload }),
          },
          {
            path: 'sources/:id/trends',
            lazy: async () => ({ Component: (await import('./pages/trends.tsx')).TrendsPage }),
          },
          {
            path: 'sources/:id/history',
            lazy: async () => ({ Component: (await import('./pages/source-history.tsx')).SourceHistory }),
          },
          {
            path: 'sources/:id/new-year',
            lazy: async () => ({ Component: (await import('./pages/year-reset.tsx')).YearReset }),
          },
          { path: 'sources/:id', lazy: async () => ({ Component: (await import('./pages/source.tsx')).Source }) },
          {
            path: 'districts/:id/set-up',
            lazy: async () => ({ Component: (await import('./pages/set-up-source.tsx')).SetUpSource }),
          },
          { path: 'products', lazy: async () => ({ Component: (await import('./pages/products.tsx')).Products }) },
          {
            path: 'settings',
            lazy: async () => ({ Component: (await import('./pages/settings.tsx')).Settings }),
            children: [
              { index: true, lazy: async () => ({ Component: (await import('./pages/house.tsx')).House }) },
              { path: 'alerts', lazy: async () => ({ Component: (await import('./pages/alerts.tsx')).Alerts }) },
              { path: 'webhooks', lazy: async () => ({ Component: (await import('./pages/webhooks.tsx')).Webhooks }) },
              {
                path: 'webhooks/:id',
                lazy: async () => ({ Component: (await import('./pages/webhook.tsx')).Webhook }),
              },
              { path: 'mails', lazy: async () => ({ Component: (await import('./pages/mails.tsx')).Mails }) },
              { path: 'log', lazy: async () => ({ Component: (await import('./pages/house-log.tsx')).HouseLog }) },
            ],
          },
          { path: 'rules', lazy: async () => ({ Component: (await import('./pages/rules.tsx')).Rules }) },
          { path: 'rules/:id', lazy: async () => ({ Component: (await import('./pages/rules.tsx')).RulePage }) },
          { path: 'formats', lazy: async () => ({ Component: (await import('./pages/formats.tsx')).Formats }) },
          { path: 'formats/:id', lazy: async () => ({ Component: (await import('./pages/formats.tsx')).Format }) },
          { path: 'mappings', lazy: async () => ({ Component: (await import('./pages/mapping.tsx')).NewMapping }) },
          { path: 'mappings/:name', lazy: async () => ({ Component: (await import('./pages/mapping.tsx')).Mapping }) },
          {
            path: 'format-changes/product-rules',
            lazy: async () => ({ Component: (await import('./pages/product-rules.tsx')).ProductRulesPage }),
          },
          {
            path: 'format-changes/:id',
            lazy: async () => ({ Component: (await import('./pages/format-changes.tsx')).FormatChangesPage }),
          },
          {
            path: 'districts/:id/simplified',
            lazy: async () => ({ Component: (await import('./pages/simplified.tsx')).Simplified }),
          },
          { path: 'people', lazy: async () => ({ Component: (await import('./pages/people.tsx')).People }) },
          { path: 'people/:id', lazy: async () => ({ Component: (await import('./pages/person.tsx')).Person }) },
          { path: 'syncs/:id', lazy: async () => ({ Component: (await import('./pages/sync.tsx')).Sync }) },
          {
            path: 'rosters/:roster',
            lazy: async () => ({ Component: (await import('./pages/roster.tsx')).RosterPage }),
          },
          {
            path: 'rosters/:roster/add/:kind',
            lazy: async () => ({ Component: (await import('./pages/record-form.tsx')).AddRecord }),
          },
          {
            path: 'rosters/:roster/:kind/:id',
            lazy: async () => ({ Component: (await import('./pages/record.tsx')).RecordPage }),
          },
          {
            path: 'rosters/:roster/:kind/:id/edit',
            lazy: async () => ({ Component: (await import('./pages/record-form.tsx')).EditRecord }),
          },
          { path: 'try', lazy: async () => ({ Component: (await import('./pages/try-file.tsx')).TryFile }) },
          { path: 'account', lazy: async () => ({ Component: (await import('./pages/account.tsx')).Account }) },
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
]);
