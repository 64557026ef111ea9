/** How many objects are asked about at once: enough to keep a host's commands busy. */
const WIDTH = 64;

/**
 * `Promise.all(items.map(ask))` for tens of thousands of items: at most 64 are under way at once. All at once would
 * hold every intermediate promise until the end, and the collector copies them over and over.
 *
 * @returns the answers in the order of the items
 */
export async function sideBySide<I, A>(items: readonly I[], ask: (item: I, index: number) => Promise<A>): Promise<A[]> {
  const answers: A[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      answers[index] = await ask(items[index] as I, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
  return answers;
}
