/** Writes docs/what-is-kept.md from the tables of fields: `node --conditions=@bmr/source --import tsx scripts/what-is-kept.ts`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kinds, renderFieldTables } from "@bmr/core";

const page = join(import.meta.dirname, "../docs/what-is-kept.md");

const HEAD = `# What is kept

Each storage kind has one table of what it records. These are those tables: \`bmr verify\` and \`bmr check\` compare by the same rows.

- *Once the disks are rebuilt*: after \`bmr diskinit\` the rebuilt storage is probed again and has the recorded value.
- *Once the files are back*: the restored system shows it, since it comes with the files or from them.
- *Not promised*: recorded for people, or for a step of the plan; the note says why.
- *Drift*: \`bmr check\` tells where the healthy server has another value than its recovery set.

What can't be kept on a given server is said by \`bmr scan\` as a finding. Everything that no kind here knows is one too.

This page is made by \`scripts/what-is-kept.ts\`.

`;

await writeFile(page, HEAD + renderFieldTables(kinds));
