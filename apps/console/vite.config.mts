import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** The API that the development server shows: `npm start` beside it. */
const engine = process.env.ENGINE_URL ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['@workflow-engine/source', ...defaultClientConditions] },
  // Inlined files would be `data:` scripts and workers, which the Content-Security-Policy refuses.
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 700, modulePreload: { polyfill: false } },
  worker: { format: 'es' },
  server: { proxy: { '/api': engine, '/schemas': engine } },
});
