import { drSite } from "./dr-site.js";
import { drift } from "./drift.js";
import { jobsSideBySide } from "./jobs.js";
import { killed } from "./killed.js";
import { main } from "./main.js";
import { mapped } from "./mapped.js";
import { otherRescue } from "./other-rescue.js";
import { overOld } from "./over-old.js";
import { resume } from "./resume.js";
import { scanScale } from "./scan-scale.js";
import type { Scenario } from "./scenario.js";
import { selfCheck } from "./self-check.js";
import { storage } from "./storage.js";
import { tricks } from "./tricks.js";

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  selfCheck,
  main,
  killed,
  resume,
  jobsSideBySide,
  scanScale,
  storage,
  drift,
  mapped,
  drSite,
  overOld,
  tricks,
  otherRescue,
];
