import type { AdapterContext, DraftStep, ParamSpec, PlannedCommand, PlanPart, Preflight, Token } from "@bmr/core";
import { stepId } from "@bmr/core";
import { attributeOptions, RECORD_BLOCKS, TELL_PROGRESS, usesSelinux } from "./create.js";
import { INDEX, markOf, OWN, README } from "./names.js";
import { type Place, placeOf, REMOTE_PATH, type TarOptions } from "./options.js";
import { incompleteOutcome, restoreOutcome } from "./outcome.js";
import { BACKUP_PARAM, pipe, source, tail } from "./place.js";
import { restoreTools } from "./tools.js";

/** The parameter by which an operator accepts a backup without its completion mark. */
export const ACCEPT_PARAM = "accept-incomplete";

const STRICT = { param: ACCEPT_PARAM, equals: "no" } as const;
const LENIENT = { param: ACCEPT_PARAM, equals: "yes" } as const;

/**
 * The restore of all filesystems from one stream: the mark at its end is looked at first where it can be (a file, here
 * or on another host), the files are extracted, and then the mark that came through the stream itself must be there.
 */
export function planRestore(context: AdapterContext<TarOptions>): PlanPart {
  const place = placeOf(context.options.to) as Place;
  const look = place.is === "stream" ? [] : [lookStep(context, place)];
  return {
    steps: [...look, filesStep(context, place), completeStep(context), incompleteStep(context, place)],
    params: [...backupParam(place), ACCEPT],
    tools: restoreTools(context.options),
  };
}

/** Whether the backup is there and complete, by its last bytes; nothing for a stream, which has only one pass. */
export function preflight(context: AdapterContext<TarOptions>): readonly Preflight[] {
  const place = placeOf(context.options.to) as Place;
  if (place.is === "stream") return [];
  const { id, title, why, run } = lookStep(context, place);
  return [{ id, title, why, run, remedy: MARK_MISSING }];
}

const MARK_MISSING =
  "take another backup: this one is cut off, of another host, or no backup at all. If there is no other: --accept-incomplete";

function lookStep(context: AdapterContext<TarOptions>, place: Exclude<Place, { is: "stream" }>): DraftStep {
  const mark = markOf(context.layout.machine.hostname);
  const list = ["tar", "-t", "-f", "-", "-b", "20", "--no-unquote", "--", mark] as const;
  return {
    id: stepId("restore", "tar-look"),
    title: "Look for the backup's completion mark",
    why: `the backup of ${context.layout.machine.hostname} ends with it; without it the backup is cut off or of another host`,
    phase: "restore",
    when: STRICT,
    run: [pipe([tail(place), { argv: list }])],
    destroys: [],
    before: [],
    done: [],
    outcome: {
      exits: { "0": "ok" },
      messages: [
        { pattern: "^(tail: |tar: |cat: )", means: "failed", remedy: MARK_MISSING },
        ...restoreOutcome().messages,
      ],
    },
    needs: ["phase:mount"],
    provides: ["done:tar-look"],
  };
}

function filesStep(context: AdapterContext<TarOptions>, place: Place): DraftStep {
  const needs: Token[] = place.is === "stream" ? ["phase:mount"] : ["phase:mount", "done:tar-look"];
  const { stages, stdin } = source(context.options, place, "without-mark");
  return {
    id: stepId("restore", "tar-files"),
    title: "Restore the files of all filesystems",
    why: "all of them are mounted below the target by now, and come back in one pass",
    phase: "restore",
    when: STRICT,
    run: [pipe([...stages, extract(context, stdin)])],
    destroys: [],
    before: [{ is: "mounted", at: { target: "/" }, device: null }],
    done: [{ is: "file", path: { target: `${context.setDirectory}/manifest.json` } }],
    outcome: restoreOutcome(),
    needs,
    provides: ["done:tar-files"],
  };
}

function completeStep(context: AdapterContext<TarOptions>): DraftStep {
  const mark = { target: markOf(context.layout.machine.hostname).slice(1) };
  return {
    id: stepId("restore", "tar-complete"),
    title: "See that the backup was read to its completion mark",
    why: "the mark comes after all files, so nothing is missing before it",
    phase: "restore",
    when: STRICT,
    run: [removeOwn()],
    destroys: [],
    before: [{ is: "file", path: mark }],
    done: [{ is: "absent", path: mark }],
    needs: ["done:tar-files"],
    provides: [],
  };
}

function incompleteStep(context: AdapterContext<TarOptions>, place: Place): DraftStep {
  const { stages, stdin } = source(context.options, place, "with-mark");
  const judgedByTar = (stage: PlannedCommand) => ({ ...stage, okExits: [0, 1, 2] });
  return {
    id: stepId("restore", "tar-incomplete"),
    title: "Restore what an incomplete backup holds",
    why: "there is no complete one, and this was accepted",
    phase: "restore",
    when: LENIENT,
    run: [pipe([...stages.map(judgedByTar), extract(context, stdin)]), removeOwn()],
    destroys: [],
    before: [{ is: "mounted", at: { target: "/" }, device: null }],
    done: [{ is: "file", path: { target: `${context.setDirectory}/manifest.json` } }],
    outcome: incompleteOutcome(),
    needs: ["phase:mount"],
    provides: [],
  };
}

function extract(context: AdapterContext<TarOptions>, stdin: PlannedCommand["stdin"]): PlannedCommand {
  return {
    argv: [
      "tar",
      ...["-x", "-f", "-", "-b", String(RECORD_BLOCKS), "--read-full-records", "--ignore-zeros"],
      ...["--preserve-permissions", "--same-owner", ...attributeOptions(usesSelinux(context))],
      // a merged /lib -> usr/lib stays a link; attributes of directories come last, when their files are there
      ...["--keep-directory-symlink", "--delay-directory-restore", ...TELL_PROGRESS],
      // a rescue system's clock may be years behind: a line for each file would fill its memory
      "--warning=no-timestamp",
      ...["--anchored", `--exclude=${INDEX}`, `--exclude=${README}`, "-C"],
      { target: "/" },
    ],
    ...(stdin === undefined ? {} : { stdin }),
  };
}

/** What the stream says of itself isn't part of the server. */
function removeOwn() {
  return { do: "exec", argv: ["rm", "-r", "-f", "--", { target: OWN.slice(1) }], okExits: [0] } as const;
}

function backupParam(place: Place): ParamSpec[] {
  if (place.is === "stream") return [];
  const where =
    place.is === "ssh" ? `The backup's path on ${place.destination}` : "The backup's path in the rescue system";
  const pattern = place.is === "ssh" ? REMOTE_PATH : "/.+";
  return [{ name: BACKUP_PARAM, title: where, pattern, default: place.path }];
}

const ACCEPT: ParamSpec = {
  name: ACCEPT_PARAM,
  title: "Restore a backup without its completion mark (--accept-incomplete)",
  pattern: "yes|no",
  default: "no",
};
