import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// The page is served under a strict policy (default-src 'self'): nothing is inlined into HTML or into data addresses.
export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: '../src/matpho/web/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8480', ws: true } } },
});
