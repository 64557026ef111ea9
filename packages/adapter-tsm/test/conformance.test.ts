import { adapterConformance } from "@bmr/core/testkit";
import { describe, it } from "vitest";
import { tsmAdapter } from "../src/index.js";

describe("the TSM adapter keeps the contract", () => {
  const options = [
    {},
    {
      serverName: "TSM1",
      optionsFile: "/opt/tsm/dsm.opt",
      clientDirectory: "/opt/tsm",
      logDirectory: "/tmp",
      asNode: "WEB1",
    },
    { password: "ask", locale: "C.UTF-8", virtualMountPoints: ["/srv/data"] },
  ];
  for (const check of adapterConformance({ adapter: tsmAdapter, options })) it(check.name, () => check.run());
});
