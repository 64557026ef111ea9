import { defineConfig } from "vitest/config";
import { testPath } from "./scripts/test-tools.js";

export default defineConfig({
  ssr: { resolve: { conditions: ["@bmr/source", "node", "import", "module", "default"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    testTimeout: 60_000,
    env: { PATH: testPath },
    globalSetup: "scripts/test-tools.ts",
  },
});
