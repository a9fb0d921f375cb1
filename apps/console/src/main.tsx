import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/pages.css';

import { ProblemError } from '@workflow-engine/client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';

import { App } from './app';
import { Toasts } from './ui/toasts';

/** A refusal that will not pass is shown at once; the client has tried again what may. */
function asksAgain(failures: number, error: Error): boolean {
  return failures < 1 && !(error instanceof ProblemError && !error.retryable);
}

const queries = new QueryClient({
  defaultOptions: { queries: { retry: asksAgain, staleTime: 1_000, refetchOnWindowFocus: true } },
});

// A data router, because only that lets a page ask before it is left.
const router = createBrowserRouter([{ path: '*', element: <App /> }]);

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      {/* Fields show what the address holds: with a change that may wait, they would jump back meanwhile. */}
      <Toasts>
        <RouterProvider router={router} useTransitions={false} />
      </Toasts>
    </QueryClientProvider>
  </StrictMode>,
);
