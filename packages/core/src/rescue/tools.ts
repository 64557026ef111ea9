import type { ProbeHost } from "../host/host.js";
import type { ToolOption, ToolRequirement } from "../plan/part.js";

/** A tool that isn't there, or that is too old for what the plan asks of it. */
export interface MissingTool {
  readonly tool: string;
  /** The option that it doesn't know; null where the tool itself is missing. */
  readonly option: string | null;
  /** Debian's package that has it. */
  readonly package: string;
}

/** Where programs lie; the same directories that commands are looked for in. */
const DIRECTORIES = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"] as const;

/**
 * The tools of the rescue system that the plan needs and that aren't there, or don't know an option: all of them, and
 * before anything is written. Tools of the restored system come with the restore.
 */
export async function missingTools(
  host: ProbeHost,
  requirements: readonly ToolRequirement[],
): Promise<readonly MissingTool[]> {
  const here = requirements.filter((requirement) => requirement.where === "rescue");
  return (await Promise.all(here.map((requirement) => lacking(host, requirement)))).flat();
}

async function lacking(host: ProbeHost, requirement: ToolRequirement): Promise<MissingTool[]> {
  const { tool } = requirement;
  if (!(await isInstalled(host, tool))) return [{ tool, option: null, package: requirement.package }];
  const options = await Promise.all(
    (requirement.options ?? []).map(async (option) => ((await knows(host, option)) ? [] : [option.option])),
  );
  return options.flat().map((option) => ({ tool, option, package: requirement.package }));
}

async function isInstalled(host: ProbeHost, tool: string): Promise<boolean> {
  const paths = tool.startsWith("/") ? [tool] : DIRECTORIES.map((directory) => `${directory}/${tool}`);
  const found = await Promise.all(paths.map((path) => host.read(path, { bytes: 1 })));
  return found.some((file) => file.is === "file" || file.is === "denied");
}

/** A tool's help may come with any exit code, on either stream. */
async function knows(host: ProbeHost, { option, help, says }: ToolOption): Promise<boolean> {
  const { stdout, stderr } = await host.run(help);
  return `${stdout}\n${stderr}`.includes(says ?? option);
}
