import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';

import { ExecutionsPage } from './pages/executions-page';
import { DeadLettersPage } from './pages/dead-letters-page';
import { NotFoundPage } from './pages/not-found-page';
import { Shell } from './shell';

const DefinitionsPage = lazy(() => import('./definitions/definitions-page'));
const DefinitionPage = lazy(() => import('./definitions/definition-page'));
const EditorPage = lazy(() => import('./definitions/editor-page'));
const ExecutionPage = lazy(() => import('./execution/execution-page'));
const HomePage = lazy(() => import('./monitoring/home-page'));
const QueuesPage = lazy(() => import('./monitoring/queues-page'));

export function App() {
  return (
    <Shell>
      <Suspense fallback={null}>
        <Routes>
          <Route index element={<HomePage />} />
          <Route path="executions" element={<ExecutionsPage />} />
          <Route path="executions/:id" element={<ExecutionPage />} />
          <Route path="definitions" element={<DefinitionsPage />} />
          <Route path="definitions/new" element={<EditorPage />} />
          <Route path="definitions/:name" element={<DefinitionPage />} />
          <Route path="dead-letters" element={<DeadLettersPage />} />
          <Route path="queues" element={<QueuesPage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}
