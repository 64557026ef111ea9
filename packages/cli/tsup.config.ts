import { defineConfig } from "tsup";

export default defineConfig([
  { entry: ["src/cli.ts"], format: ["esm"], target: "node20", platform: "node", clean: true, sourcemap: true },
  {
    // The single file for rescue systems: every dependency inside, CommonJS so that it needs no package.json beside it.
    entry: { bmr: "src/cli.ts" },
    format: ["cjs"],
    target: "node18",
    platform: "node",
    noExternal: [/.*/],
    minify: true,
    splitting: false,
    outExtension: () => ({ js: ".cjs" }),
    esbuildOptions: (options) => {
      // bundle from source: the single file needs no build of the other packages first
      options.conditions = ["@bmr/source", "import", "module", "default"];
    },
  },
]);
