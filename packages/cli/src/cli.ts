#!/usr/bin/env node
import { runProgram } from "./program.js";

// no top-level await: the single file is CommonJS
runProgram(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
