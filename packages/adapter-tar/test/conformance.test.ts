import { adapterConformance } from "@bmr/core/testkit";
import { describe, it } from "vitest";
import { tarAdapter } from "../src/index.js";

describe("the tar adapter keeps the contract", () => {
  const options = [
    { to: "/backup/web1.tar" },
    { to: "/backup/web1.tar.zst", compress: ["zstd", "-T0"] },
    { to: "ssh://bmr@vault:2222/backup/web1.tar.gz", compress: ["gzip"], unreadable: "warn" },
    { to: "-" },
  ];
  for (const check of adapterConformance({ adapter: tarAdapter, options })) it(check.name, () => check.run());
});
