import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { SettingsSchema } from "../src/settings.js";

test("the published JSON schema of /etc/bmr.json is the one that settings are checked by", () => {
  const path = new URL("../bmr.schema.json", import.meta.url);
  const made = `${JSON.stringify(z.toJSONSchema(SettingsSchema), null, 2)}\n`;
  expect(readFileSync(path, "utf8")).toBe(made);
});
