/** The real LVM, asked which of several devices with names that hurt it would look at. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { lacks } from "../../../../scripts/test-tools.js";
import { onlyThese } from "../../src/kinds/lvm/commands.js";
import type { NodeId } from "../../src/layout/ids.js";
import { bindArg } from "../../src/rescue/bind-args.js";
import type { Locator } from "../../src/rescue/locators.js";

const NAMES = ["mp+a.1", "mpppa.1", "mp+ax1", "plain", "a\\x20b", "x^y", "a#b:c=d@e", "vg-l--v", "(a|b)", "[a]$"];

const directory = mkdtempSync(join(tmpdir(), "bmr-filter-"));
afterAll(() => rmSync(directory, { recursive: true }));
const made = NAMES.every(
  (name, at) => spawnSync("mknod", [join(directory, name), "b", "7", String(at + 100)]).status === 0,
);

/** The devices that LVM doesn't skip. They can't be opened: its filter comes first. */
function lookedAt(config: string): string[] {
  const here = `devices { dir="${directory}" scan=["${directory}"] obtain_device_list_from_udev=0 types=["loop",16] ${config.slice("devices { ".length)}`;
  const { stderr } = spawnSync("pvs", ["-vvvv", "--config", here], {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/sbin:/usr/bin:/bin", LC_ALL: "C" },
  });
  const skipped = [...stderr.matchAll(/(\/\S+): Skipping \(regex\)/g)].map(([, path]) => path);
  return NAMES.filter((name) => !skipped.includes(join(directory, name)));
}

describe.skipIf(!made || lacks("lvm"))("the filter that an LVM command is given", () => {
  test.each(NAMES)("lets it see %s and nothing else", (name) => {
    const id = `pv:${name}` as NodeId;
    const locator: Locator = { is: "dm", path: join(directory, name), dmUuid: "", of: null };
    const config = bindArg(onlyThese([id], null), {
      devices: new Map([[id, locator]]),
      target: "/mnt/a",
      setDirectory: "/etc/BMR",
      params: {},
    });
    expect(lookedAt(config)).toEqual([name]);
  });

  test("without one, all of them would be seen", () => {
    expect(lookedAt('devices { filter=["a|.*|"] use_devicesfile=0 hints="none" }')).toEqual(NAMES);
  });
});
