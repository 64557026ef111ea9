import type { Difference, Finding, Layout, NodeId } from "@bmr/core";
import { expect, test } from "vitest";
import { tellRemarks } from "../src/differences.js";
import type { Io } from "../src/io.js";

test("a value that is missing since a tool failed is explained", () => {
  const boot = "part:lun:3600a/1" as NodeId;
  const findings: Finding[] = [
    { code: "ext/probe-failed", severity: "loss", node: boot, message: "debugfs timed out after 60 s", remedy: "wait" },
    { code: "ext/probe-failed", severity: "loss", node: "lv:vg/other" as NodeId, message: "of something else" },
  ];
  const difference = { subject: boot, field: "detail.rootDirectory", title: "Owner", was: {}, is: null } as Difference;
  const said: string[] = [];
  const io = { say: (line: string) => void said.push(line) } as Io;
  tellRemarks(io, [difference], { findings } as unknown as Layout);
  expect(said).toEqual([`of ${boot} this scan says: debugfs timed out after 60 s; wait`]);
});
