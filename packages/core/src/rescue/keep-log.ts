import { BmrError } from "../error.js";
import type { ActionHost } from "../host/host.js";
import { describeOutcome, succeeded } from "../host/outcome.js";

/** Where a restored system keeps how it was restored. */
const KEPT_IN: readonly string[] = ["/var", "/var/log", "/var/log/bmr"];

/**
 * Copies a run's log into the restored system below the target, readable by root alone, and gives its path there.
 *
 * @throws BmrError `step-failed` where it can't be copied; `guard-refused` where a link would lead out of the target
 */
export async function keepLog(host: ActionHost, log: string, target: string, name: string): Promise<string> {
  const root = target.replace(/\/+$/, "");
  const kept = `${KEPT_IN.at(-1)}/${name}`;
  for (const path of [...KEPT_IN, kept]) {
    // a link in there is meant for the restored system: from here it may lead into the rescue system
    if ((await host.readlink(`${root}${path}`)).is !== "link") continue;
    throw new BmrError("guard-refused", `${root}${path} is a link, so the log isn't copied there`, {
      details: { path: `${root}${path}` },
    });
  }
  const argv = ["install", "-D", "-m", "0600", "--", log, `${root}${kept}`] as const;
  const result = await host.exec({ argv, timeLimitSeconds: 60 });
  if (succeeded(result)) return kept;
  throw new BmrError("step-failed", `the log isn't copied to ${root}${kept}: install ${describeOutcome(result)}`, {
    details: { argv },
  });
}
