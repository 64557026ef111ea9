import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { sideBySide } from "../../src/host/side-by-side.js";

describe("sideBySide", () => {
  it("keeps the order and asks 64 at most at once", async () => {
    let now = 0;
    let most = 0;
    const items = Array.from({ length: 300 }, (_, index) => index);
    const answers = await sideBySide(items, async (item, index) => {
      expect(index).toBe(item);
      most = Math.max(most, ++now);
      await sleep(item % 3);
      now -= 1;
      return item * 2;
    });
    expect(answers).toEqual(items.map((item) => item * 2));
    expect(most).toBe(64);
  });

  it("fails as soon as one fails, and is done with nothing to ask", async () => {
    await expect(
      sideBySide([1, 2, 3], async (item) => (item === 2 ? Promise.reject(new Error("2")) : item)),
    ).rejects.toThrow("2");
    expect(await sideBySide([], async () => 1)).toEqual([]);
  });
});
