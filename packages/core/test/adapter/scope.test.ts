import { describe, expect, it } from "vitest";
import { backupScope, type LeftOut } from "../../src/adapter/scope.js";
import type { NodeId } from "../../src/layout/ids.js";
import type { Layout, Mount } from "../../src/layout/layout.js";
import { sampleLayout } from "../../src/testkit/adapter-sample.js";

const [template] = sampleLayout().nodes;

/** A layout with these filesystems, by name, and these mounts. */
function layout(filesystems: readonly string[], mounts: readonly Partial<Mount>[]): Layout {
  const nodes = filesystems.map((name) => ({
    ...(template as NonNullable<typeof template>),
    id: `lv:${name}` as NodeId,
  }));
  const all = mounts.map(
    (mount): Mount => ({
      id: `mount:${mount.at}` as NodeId,
      at: "/",
      source: { is: "pseudo" },
      type: "ext4",
      options: [],
      active: true,
      fstab: null,
      readOnly: false,
      directory: null,
      ...mount,
    }),
  );
  return { ...sampleLayout(), nodes, mounts: all };
}

const of = (name: string) => ({ is: "node", node: `lv:${name}` as NodeId }) as const;
const scopeOf = (filesystems: readonly string[], mounts: readonly Partial<Mount>[], more: readonly LeftOut[] = []) => {
  const { filesystems: saved, leftOut, findings } = backupScope(layout(filesystems, mounts), more);
  return {
    saved: saved.map(({ at }) => at),
    leftOut: leftOut.map(({ path, contentsOnly }) => (contentsOnly ? `${path}/*` : path)).slice(4),
    findings: findings.map(({ severity, node, message }) => `${severity} ${node}: ${message}`),
  };
};

describe("backupScope", () => {
  it("takes every mounted filesystem, and of other mounts the directory alone", () => {
    const scope = scopeOf(
      ["root", "srv"],
      [
        { at: "/", source: of("root") },
        { at: "/mnt/b", source: { is: "bind", path: "/srv" } },
        { at: "/net", source: { is: "remote", spec: "x:/y" } },
        { at: "/proc" },
        { at: "/srv", source: of("srv"), readOnly: true },
        { at: "/what", source: { is: "unresolved", spec: "/dev/x" } },
      ],
    );
    expect(scope).toEqual({
      saved: ["/", "/srv"],
      leftOut: ["/mnt/b/*", "/net/*", "/proc/*", "/what/*"],
      findings: [],
    });
  });

  it("leaves out what lies in temporary directories, also a filesystem, and says so", () => {
    const { filesystems, leftOut, findings } = backupScope(
      layout(
        ["root", "tmp", "usb"],
        [
          { at: "/", source: of("root") },
          { at: "/run/media/usb", source: of("usb") },
          { at: "/tmp", source: of("tmp") },
        ],
      ),
    );
    expect(leftOut.map(({ path, contentsOnly }) => [path, contentsOnly])).toEqual([
      ["/tmp", true],
      ["/var/tmp", true],
      ["/run", true],
      ["/var/run", true],
    ]);
    expect(filesystems.map(({ at }) => at)).toEqual(["/", "/tmp"]);
    expect(findings).toEqual([expect.objectContaining({ code: "backup/not-saved", severity: "loss", node: "lv:usb" })]);
  });

  it("saves a filesystem that is mounted twice once", () => {
    const scope = scopeOf(
      ["root", "srv"],
      [
        { at: "/", source: of("root") },
        { at: "/a", source: of("srv") },
        { at: "/b", source: of("srv") },
      ],
    );
    expect(scope).toEqual({ saved: ["/", "/a"], leftOut: ["/b/*"], findings: [] });
  });

  it("finds a filesystem that isn't mounted, or is hidden by another mount", () => {
    const scope = scopeOf(
      ["root", "spare", "hidden"],
      [
        { at: "/", source: of("root") },
        { at: "/spare", source: of("spare"), active: false },
        { at: "/a", source: of("hidden") },
        { at: "/a", source: { is: "remote", spec: "x:/y" } },
      ],
    );
    expect(scope.saved).toEqual(["/"]);
    expect(scope.findings).toEqual([
      "loss lv:spare: the files of lv:spare aren't in the backup: it isn't mounted",
      "loss lv:hidden: the files of lv:hidden aren't in the backup: it isn't mounted",
    ]);
  });

  it("takes the site's excludes, and finds a filesystem inside one", () => {
    const exclude = { path: "/srv/cache", contentsOnly: false, why: "excluded by the site" };
    const scope = scopeOf(
      ["root", "deep"],
      [
        { at: "/", source: of("root") },
        { at: "/srv/cache/deep", source: of("deep") },
      ],
      [exclude],
    );
    expect(scope.leftOut).toEqual(["/srv/cache"]);
    expect(scope.findings).toEqual([
      "warning lv:deep: the files of lv:deep aren't in the backup: it is mounted at /srv/cache/deep, inside /srv/cache: excluded by the site",
    ]);
    const itself = scopeOf(
      ["root", "cache"],
      [
        { at: "/", source: of("root") },
        { at: "/srv/cache", source: of("cache") },
      ],
      [exclude],
    );
    expect(itself.saved).toEqual(["/"]);
    const emptied = scopeOf(
      ["root", "cache"],
      [
        { at: "/", source: of("root") },
        { at: "/srv/cache", source: of("cache") },
      ],
      [{ ...exclude, contentsOnly: true }],
    );
    expect(emptied.saved).toEqual(["/", "/srv/cache"]);
  });

  it("finds a mount point that no command can be told", () => {
    const scope = scopeOf(
      ["root", "odd"],
      [{ at: "/", source: of("root") }, { at: "/odd-\udcff", source: of("odd") }, { at: "/proc-\udcff" }],
    );
    expect(scope.saved).toEqual(["/"]);
    expect(scope.findings[0]).toContain("its mount point's name is no UTF-8");
    expect(scope.leftOut).toEqual([]);
  });

  it("finds a root that is no filesystem of the layout", () => {
    const scope = scopeOf([], [{ at: "/", source: { is: "unresolved", spec: "overlay" } }]);
    expect(scope).toMatchObject({ saved: [], leftOut: [] });
    expect(scope.findings).toEqual([
      "loss undefined: the files of / aren't in the backup: the root filesystem is mounted from a device that the layout doesn't have",
    ]);
  });
});
