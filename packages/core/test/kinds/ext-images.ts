import { execFile } from "node:child_process";
import { mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textOf } from "../../src/host/bytes.js";
import type { ProbeHost } from "../../src/host/host.js";
import { localHost } from "../../src/host/local.js";
import type { CommandResult } from "../../src/host/outcome.js";
import { known } from "../../src/host/probed.js";
import { defineKind, type Kind } from "../../src/kinds/kind.js";
import { assemble } from "../../src/layout/assemble.js";
import { type NodeId, nodeId } from "../../src/layout/ids.js";
import { type BlockDevice, type Inventory, inventoryOf } from "../../src/layout/inventory.js";
import type { Layout } from "../../src/layout/layout.js";
import type { NodeSource } from "../../src/layout/node-source.js";
import type { Arg } from "../../src/plan/arg.js";
import type { DraftStep } from "../../src/plan/part.js";
import type { Check, PlannedCommand } from "../../src/plan/step.js";

/** Plain files that stand for disks: real tools make and read filesystems and swap areas in them, without root. */
export interface Images {
  readonly directory: string;
  /** A new sparse file of this size. */
  create(name: string, bytes: number): Promise<string>;
  /** Fills the beginning of an image with what is no filesystem, as a disk that was in use may. */
  soil(path: string): Promise<void>;
  /** A number that no other image of these has. */
  next(): number;
  /** Removes images that aren't needed any more. */
  drop(...paths: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

export async function newImages(): Promise<Images> {
  const directory = await mkdtemp(join(tmpdir(), "bmr-images-"));
  let count = 0;
  return {
    directory,
    soil: async (path) => {
      const file = await open(path, "r+");
      await file.write(Buffer.alloc(6 * 1024 * 1024, 0xa5).subarray(0, (await file.stat()).size));
      await file.close();
    },
    next: () => ++count,
    drop: async (...paths) => {
      await Promise.all(paths.map((path) => rm(path)));
    },
    create: async (name, bytes) => {
      const path = join(directory, name);
      await writeFile(path, "");
      await truncate(path, bytes);
      return path;
    },
    remove: () => rm(directory, { recursive: true }),
  };
}

/** Runs a tool as a test's own means, apart from the code under test. */
export function run(
  argv: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [program, ...rest] = argv as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", ...options.env };
    const child = execFile(program, rest, { env, encoding: "buffer" }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== "number") reject(error);
      else resolve({ code, stdout: textOf(stdout), stderr: textOf(stderr) });
    });
    // a tool that reads nothing may be gone before the write
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.stdin ?? "");
  });
}

/** Runs a tool that has to succeed, and gives its standard output. */
export async function must(
  argv: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) throw new Error(`${argv.join(" ")} exited with ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** The node that stands for an image in these tests. */
export const IMAGE: NodeId = nodeId("lun", "image");

/** An image as a disk of an inventory, with the signature that the real blkid finds. */
export async function imageInventory(path: string, bytes: number): Promise<Inventory> {
  return inventoryOf([await imageDevice("image", path, bytes)]);
}

export async function imageDevice(name: string, path: string, bytes: number): Promise<BlockDevice> {
  const tag = async (name: string) => {
    const { stdout } = await run(["blkid", "-p", "-s", name, "-o", "value", path]);
    return stdout === "" ? null : stdout.replace(/\n$/, "");
  };
  return {
    name,
    path,
    type: "disk",
    major: 8,
    minor: 0,
    properties: {},
    links: [],
    bytes,
    readOnly: false,
    removable: false,
    sectorBytes: 512,
    physicalSectorBytes: 512,
    slaves: [],
    partition: null,
    dm: null,
    signature: {
      type: await tag("TYPE"),
      uuid: await tag("UUID"),
      label: await tag("LABEL"),
      usage: await tag("USAGE"),
      tableType: null,
      tableUuid: null,
    },
    signatureKnown: true,
  };
}

/** A disk kind for images: each device of the inventory is a disk of its own. */
const imageDisks: NodeSource = defineKind<null>({
  kind: "image",
  probe: async () => known(null),
  nodes: (_facts, draft) => {
    for (const device of draft.inventory.devices) {
      draft.addBlock(
        {
          id: nodeId("lun", device.name),
          kind: "image",
          name: device.name,
          role: "disk",
          bytes: device.bytes,
          readOnly: device.readOnly ?? false,
          sectorBytes: device.sectorBytes,
          physicalSectorBytes: device.physicalSectorBytes,
          identities: [],
          detail: {},
        },
        device.name,
      );
    }
  },
  fields: [],
});

/** Scans an inventory of images with one kind: probe and assembly are the real ones. */
export async function scanImages(inventory: Inventory, kind: Kind, host: ProbeHost = localHost()): Promise<Layout> {
  const probed = await kind.probe(host, inventory);
  return assemble(
    {
      machine: { hostname: "image", architecture: null, system: null, places: [] },
      inventory,
      byKind: new Map([
        ["image", known(null)],
        [kind.kind, probed],
      ]),
      findings: [],
    },
    [imageDisks, kind],
  );
}

/**
 * Runs a step for real, with the image in the place of its device.
 *
 * @param environment the rescue system's, below what the step itself says
 * @param forced over what the step says, as when a person types the commands and leaves the environment out
 */
export async function applyStep(
  step: DraftStep,
  paths: ReadonlyMap<NodeId, string>,
  environment: Readonly<Record<string, string>>,
  forced: Readonly<Record<string, string>> = {},
): Promise<void> {
  const argOf = (arg: Arg): string => {
    if (typeof arg === "string") return arg;
    if ("device" in arg) return paths.get(arg.device) as string;
    if ("concat" in arg) return arg.concat.map(argOf).join("");
    throw new Error(`no such argument here: ${JSON.stringify(arg)}`);
  };
  const execute = (command: PlannedCommand, stdin?: string) => {
    const text = command.stdin !== undefined && "text" in command.stdin ? command.stdin.text : stdin;
    return must(command.argv.map(argOf), {
      env: { ...environment, ...command.env, ...forced },
      ...(text === undefined ? {} : { stdin: text }),
    });
  };
  for (const action of step.run) {
    if (action.do === "exec") await execute(action);
    if (action.do === "pipe") {
      let text: string | undefined;
      for (const stage of action.stages) text = await execute(stage, text);
    }
  }
}

/** The step's `signature` checks that don't hold. */
export async function failedSignatures(
  checks: readonly Check[],
  paths: ReadonlyMap<NodeId, string>,
): Promise<readonly Check[]> {
  const results = await Promise.all(
    checks.map(async (check) => {
      if (check.is !== "signature") return true;
      const path = paths.get(check.device) as string;
      const { stdout } = await run(["blkid", "-p", "-s", check.tag, "-o", "value", path]);
      return (stdout === "" ? null : stdout.replace(/\n$/, "")) === check.equals;
    }),
  );
  return checks.filter((_, index) => !results[index]);
}

/** A host on which commands give what is set here, and everything else is missing. For outputs only: real tools run on images. */
export function scriptedHost(answers: Readonly<Record<string, Partial<CommandResult>>>): ProbeHost {
  return {
    run: async (argv) => ({
      argv,
      outcome: { is: "exited", code: 0 },
      stdout: "",
      stderr: "",
      ...(answers[argv.join(" ")] ?? { outcome: { is: "missing" } }),
    }),
    read: async () => ({ is: "absent" }),
    list: async () => ({ is: "absent" }),
    readlink: async () => ({ is: "absent" }),
  };
}
