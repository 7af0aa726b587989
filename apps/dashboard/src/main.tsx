import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { SettingsProvider } from './shell/settings.tsx';
import './shell/style.css';

// A request that fails is asked again by the pace of its view; a page on a wall is never in the foreground.
const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: false,
      refetchOnWindowFocus: false,
      refetchIntervalInBackground: true,
      networkMode: 'always',
      gcTime: 60_000,
    },
    mutations: { networkMode: 'always' },
  },
});

const root = document.getElementById('page');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <SettingsProvider>
          <App />
        </SettingsProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
