import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const TAB_TITLE = 'title: newTab.operationName ||';

/** GraphiQL names a tab after its operation, which cannot be Chinese; a tab with a title keeps it. */
function keepTitles() {
  return {
    name: 'keep-titles',
    transform(code, id) {
      if (!id.endsWith('@graphiql/react/dist/utility/tabs.js')) return null;
      if (!code.includes(TAB_TITLE)) throw new Error('GraphiQL names its tabs in another way now');
      return { code: code.replace(TAB_TITLE, 'title: newTab.label || newTab.operationName ||'), map: null };
    },
  };
}

export default defineConfig({
  base: '/graphiql/',
  plugins: [keepTitles(), react()],
  html: { cspNonce: '__NONCE__' },
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 5000, assetsInlineLimit: 0, license: false },
});
