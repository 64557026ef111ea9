import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  target: "node20",
  platform: "node",
  clean: true,
  sourcemap: true,
  // tsup 8.5.1 injects baseUrl, an error under TypeScript 6 (egoist/tsup#1388)
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});
