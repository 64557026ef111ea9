#!/usr/bin/env node
import { openTerminal } from "./io.js";
import { runProgram } from "./program.js";

/** How long the end of a run waits for a console that isn't read, in ms. */
const LAST_WORDS = 5000;

// no top-level await: the single file is CommonJS
const terminal = openTerminal();
runProgram(process.argv.slice(2), terminal.open).then(async (code) => {
  process.exitCode = code;
  await terminal.flush(LAST_WORDS);
});
