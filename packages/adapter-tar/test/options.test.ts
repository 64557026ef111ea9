import { describe, expect, it } from "vitest";
import { tarAdapter } from "../src/index.js";
import { placeOf } from "../src/options.js";

describe("the option `to`", () => {
  it("names a file, a file on another host, or standard output", () => {
    expect(placeOf("-")).toEqual({ is: "stream" });
    expect(placeOf("/backup/with blank: and ü.tar")).toEqual({ is: "file", path: "/backup/with blank: and ü.tar" });
    expect(placeOf("ssh://vault/b/web1.tar")).toEqual({
      is: "ssh",
      destination: "vault",
      port: null,
      path: "/b/web1.tar",
    });
    expect(placeOf("ssh://bmr@vault.example.org:2222/b/web1.tar.zst")).toEqual({
      is: "ssh",
      destination: "bmr@vault.example.org",
      port: 2222,
      path: "/b/web1.tar.zst",
    });
  });

  it.each([
    "",
    "relative.tar",
    "/directory/",
    "/b/../etc/shadow",
    "ssh://vault",
    "ssh://vault/",
    "ssh://-oProxyCommand=reboot/x",
    "ssh://a@-oProxyCommand=reboot/x",
    "ssh://vault:0/x",
    "ssh://vault:99999/x",
    "ssh://vault/with blank",
    "ssh://vault/$(reboot)",
    "ssh://vault/a;b",
    "ssh://vault/~/x",
    "ssh://vault/a/../b",
    "ssh://vault/a\nb",
    "http://vault/x",
  ])("refuses %j", (to) => {
    expect(placeOf(to)).toBeUndefined();
    expect(tarAdapter.optionsSchema.safeParse({ to }).success).toBe(false);
  });
});

describe("the other options", () => {
  const parse = (more: object) => tarAdapter.optionsSchema.safeParse({ to: "-", ...more }).success;

  it("take a known compressor with options", () => {
    expect(parse({ compress: ["zstd", "-T0", "-19"] })).toBe(true);
    expect(parse({ compress: ["rm", "-rf"] })).toBe(false);
    expect(parse({ compress: ["gzip", "/etc/shadow"] })).toBe(false);
    expect(parse({ compress: [] })).toBe(false);
  });

  it("refuse what they don't know", () => {
    expect(parse({ unreadable: "ignore" })).toBe(false);
    expect(parse({ password: "x" })).toBe(false);
  });
});
