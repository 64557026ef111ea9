import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@bmr/source", "node", "import", "module", "default"] } },
  test: { include: ["packages/*/test/**/*.test.ts"], testTimeout: 60_000 },
});
