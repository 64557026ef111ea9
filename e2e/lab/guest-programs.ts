import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { guestDir } from "./paths.js";

/** Writes the guest's TypeScript programs, which import nothing but Node's own modules, into `dir` as `.mjs` files. */
export function compileGuestPrograms(dir: string): void {
  for (const name of readdirSync(guestDir)) {
    if (!name.endsWith(".ts")) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(guestDir, name), "utf8"), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(join(dir, `${name.slice(0, -3)}.mjs`), outputText);
  }
}
