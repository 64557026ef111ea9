import { isCleanText } from "../../host/bytes.js";
import { readDetail } from "../../layout/detail.js";
import type { Finding } from "../../layout/finding.js";
import type { Layout } from "../../layout/layout.js";
import { rebuiltNodes } from "../../layout/rebuilt.js";
import type { DraftStep, PlanPart, SetFile } from "../../plan/part.js";
import { type Action, type NamedIn, stepId } from "../../plan/step.js";
import { syntaxName } from "../../references/reference-source.js";
import { type ConfigurationFile, type MultipathConfig, MultipathConfigSchema } from "./detail.js";
import { isBindings } from "./references.js";

/** Assembles the multipath maps in the rescue system, with the recorded configuration. */
export function planMultipath(layout: Layout): PlanPart {
  const rebuilt = rebuiltNodes(layout);
  if (!layout.nodes.some((node) => node.role === "map" && rebuilt.has(node.id))) return {};
  const { files, findings } = placeable(configOf(layout));
  return {
    steps: [assemble(files)],
    files: files.map(({ path, content }): SetFile => ({ name: setName(path), content })),
    tools: [
      { tool: "multipathd", where: "rescue", package: "multipath-tools" },
      { tool: "multipath", where: "rescue", package: "multipath-tools" },
      { tool: "modprobe", where: "rescue", package: "kmod" },
      { tool: "udevadm", where: "rescue", package: "udev" },
      { tool: "install", where: "rescue", package: "coreutils" },
    ],
    findings,
  };
}

function configOf(layout: Layout): MultipathConfig {
  const config = layout.config.multipath;
  return config === undefined ? { files: [] } : readDetail(MultipathConfigSchema, config);
}

/** Files whose path can be an argument. */
function placeable({ files }: MultipathConfig): { files: ConfigurationFile[]; findings: Finding[] } {
  const good = files.filter(({ path }) => path.startsWith("/") && isCleanText(path) && !path.includes("\0"));
  const findings = files
    .filter((file) => !good.includes(file))
    .map(
      ({ path }): Finding => ({
        code: "multipath/odd-path",
        severity: "loss",
        message: `the configuration file ${JSON.stringify(path)} has a name that can't be given to a command`,
        remedy: "rename it and scan again",
      }),
    );
  return { files: good, findings };
}

/** `/etc/multipath.conf` → `multipath.conf`, `/etc/multipath/bindings` → `multipath-bindings`. */
function setName(path: string): string {
  const name = path.replace(/^\/(?:etc|var\/lib)\//, "").replaceAll("/", "-");
  return name.startsWith("multipath") ? name : `multipath-${name.replace(/^-/, "")}`;
}

/** The recorded files, in the rescue system now, with how LUNs are named in them. */
function namedIn(files: readonly ConfigurationFile[]): readonly NamedIn[] {
  const [bindings, others] = [
    files.filter(({ path }) => isBindings(path)),
    files.filter(({ path }) => !isBindings(path)),
  ];
  return [
    { files: others.map(({ path }) => path) },
    { files: bindings.map(({ path }) => path), syntax: syntaxName("multipath", "bindings") },
  ].filter((named) => named.files.length > 0);
}

/**
 * A rescue system often black-lists everything, or multipaths only WWIDs that it knows; so the recorded configuration
 * goes in place first, and a daemon that runs already is told. Nothing on a disk is changed.
 */
function assemble(files: readonly ConfigurationFile[]): DraftStep {
  return {
    id: stepId("assemble", "multipath"),
    title: "Assemble the multipath maps",
    why: "each LUN is to be used once, over all of its paths, by the names that it had",
    phase: "activate",
    run: [
      ...files.map(
        ({ path }): Action => ({
          do: "exec",
          argv: ["install", "-D", "-m", "0644", { setFile: setName(path) }, path],
        }),
      ),
      // LUNs that take the place of others are multipathed only where the configuration admits them (find_multipaths)
      ...namedIn(files).map((named): Action => ({ do: "rename", ...named })),
      { do: "exec", argv: ["modprobe", "dm_multipath"] },
      // 1: one runs already, started by systemd or by hand
      { do: "exec", argv: ["multipathd"], okExits: [0, 1] },
      {
        do: "exec",
        argv: ["multipathd", "reconfigure"],
        attempts: { times: 30, why: "a daemon that was just started takes a while to listen" },
      },
      // newer daemons answer before they have reconfigured; this one waits until the maps are made
      { do: "exec", argv: ["multipath", "-v2"] },
      { do: "exec", argv: ["udevadm", "settle", "--timeout=60"] },
    ],
    destroys: [],
    before: [],
    done: [],
    needs: [],
    provides: ["done:multipath"],
  };
}
