import { defineConfig } from "vitest/config";
import { precompressed } from "./vite/precompressed.ts";

export default defineConfig({
  plugins: [precompressed()],
  build: {
    target: "es2022",
    // Nothing may be inlined: the page's policy is default-src 'self', so a data: worker or font would be refused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: "es" },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
