import { BmrError, type PlanWithFiles } from "@bmr/core";

/**
 * A recovery set lies on every medium that the server is backed up to, so no password may be in it. An adapter that has
 * put one of its options into its plan is refused: it has to name a file, or ask.
 *
 * @throws BmrError `adapter-invalid` that names the option, and not its value
 */
export function refuseSecrets(adapter: string, options: unknown, made: PlanWithFiles): void {
  const found = secretsOf(options, "");
  if (found.length === 0) return;
  const text = JSON.stringify([made.plan, made.files]);
  const leaked = found.filter(({ value }) => text.includes(JSON.stringify(value).slice(1, -1)));
  if (leaked.length === 0) return;
  const names = leaked.map(({ name }) => name).join(", ");
  throw new BmrError(
    "adapter-invalid",
    `the plan of the adapter ${adapter} holds what its option ${names} says, and a recovery set must not hold a secret. Nothing was written`,
    { details: { adapter, options: leaked.map(({ name }) => name) } },
  );
}

interface Secret {
  readonly name: string;
  readonly value: string;
}

/** Options that are called so. */
const SECRET = /pass(word|wd|phrase)?$|secret|token/i;
/** A path says where a secret lies; a plain word (`ask`, `stored`) says how it is got. */
const NO_SECRET = /^\/|^[a-z]{0,11}$/;

function secretsOf(options: unknown, at: string): Secret[] {
  if (typeof options !== "object" || options === null) return [];
  return Object.entries(options).flatMap(([key, value]): Secret[] => {
    const name = at === "" ? key : `${at}.${key}`;
    if (typeof value !== "string") return secretsOf(value, name);
    return SECRET.test(key) && !NO_SECRET.test(value) ? [{ name, value }] : [];
  });
}
