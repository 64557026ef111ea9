import type { Arg } from "../../plan/arg.js";
import type { DraftStep, Token } from "../../plan/part.js";
import { type Action, stepId } from "../../plan/step.js";

/** What the restored system's own tools need to see of the running kernel: devices, their udev database in /run, sysfs, processes. */
const SHOWN = ["/dev", "/dev/pts", "/proc", "/sys", "/run"] as const;

/** What a step needs that runs a command inside the restored system. */
export const CHROOT_TOKENS: readonly Token[] = SHOWN.map((path) => `done:chroot:${path}` as const);

/**
 * Shows the rescue system's kernel filesystems inside the target, each as one private bind mount: with a recursive or a
 * shared one, what is mounted below in either place would appear in the other, and couldn't be let go
 * (mount_namespaces(7), "Shared subtrees").
 */
export function chrootSteps(): readonly DraftStep[] {
  return SHOWN.map((path) => {
    const at: Arg = { target: path };
    const above = SHOWN.find((other) => path.startsWith(`${other}/`));
    return {
      id: stepId("show", path.slice(1)),
      title: `Show ${path} inside the restored system`,
      why: "its own tools make its initramfs and its boot loader",
      phase: "boot",
      needs: ["phase:restore", "phase:mount", ...(above === undefined ? [] : ([`done:chroot:${above}`] as const))],
      provides: [`done:chroot:${path}`],
      destroys: [],
      before: [
        { is: "directory", path: at },
        { is: "not-mounted", at },
      ],
      run: [exec("mount", "--bind", path, at), exec("mount", "--make-private", at)],
      done: [{ is: "mounted", at, device: null }],
      release: [
        {
          do: "exec",
          argv: ["umount", at],
          attempts: { times: 10, why: "udev may still have a device open that the boot loader's tools touched" },
        },
      ],
    };
  });
}

/** A command inside the restored system, with a PATH of its own: the rescue system's may lack /usr/sbin. */
export function inChroot(...argv: readonly Arg[]): Extract<Action, { do: "exec" }> {
  return {
    do: "exec",
    argv: ["chroot", { target: "/" }, ...argv],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C" },
    timeLimitSeconds: 3600,
  };
}

function exec(...argv: readonly [Arg, ...Arg[]]): Action {
  return { do: "exec", argv };
}
