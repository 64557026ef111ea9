import { open } from "node:fs/promises";
import { expect } from "vitest";
import type { ProbeHost } from "../../src/host/host.js";
import { extKind } from "../../src/kinds/ext/index.js";
import { type BlockNode, isBlockNode, type Layout } from "../../src/layout/layout.js";
import {
  applyStep,
  failedSignatures,
  IMAGE,
  type Images,
  imageInventory,
  must,
  scanImages,
  scriptedHost,
} from "./ext-images.js";

export const MIB: number = 1024 * 1024;

/** An image made by mke2fs, scanned. */
export async function scanned(
  images: Images,
  options: readonly string[],
  debugfs = "",
  mebibytes = 64,
): Promise<{ path: string; layout: Layout }> {
  const path = await images.create(`image-${images.next()}`, mebibytes * MIB);
  await must(["mke2fs", "-q", "-F", ...options, path], { env: { MKE2FS_CONFIG: "/nonexistent" } });
  if (debugfs !== "") await must(["debugfs", "-w", path], { stdin: debugfs });
  return { path, layout: await scanImages(await imageInventory(path, mebibytes * MIB), extKind) };
}

/** The findings of a layout, in short. */
export const codes = (layout: Layout): string[] => layout.findings.map(({ code, severity }) => `${code} ${severity}`);

/** What is on the one device of a layout. */
export function contentOf(layout: Layout): BlockNode["content"] {
  const [node] = layout.nodes.filter(isBlockNode);
  if (node === undefined) throw new Error("there is no node");
  return node.content;
}

/** Writes over a few bytes of an image. */
export async function writeAt(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "r+");
  await file.write(bytes, 0, bytes.length, at);
  await file.close();
}

/** Makes the one filesystem of a layout again on a blank image. */
export async function apply(images: Images, layout: Layout, mebibytes: number): Promise<string> {
  const step = extKind.steps?.(layout).steps?.[0];
  if (step === undefined) throw new Error("there is no step");
  const path = await images.create(`rebuilt-${images.next()}`, mebibytes * MIB);
  const paths = new Map([[IMAGE, path]]);
  await applyStep(step, paths, {});
  expect(await failedSignatures(step.done, paths)).toEqual([]);
  return path;
}

/** A recording in which dumpe2fs and debugfs were never asked. */
export const silentHost: ProbeHost = {
  ...scriptedHost({}),
  run: async (argv) => ({ argv, outcome: { is: "not-recorded" }, stdout: "", stderr: "" }),
};
