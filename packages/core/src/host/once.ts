import type { ProbeHost, ReadOptions } from "./host.js";

/**
 * The same host, where each question is asked once: the same argv runs once, the same path is read once, and whoever
 * asks again gets the first answer. For one scan; a host that is changed meanwhile must not be wrapped.
 */
export function askOnce(host: ProbeHost): ProbeHost {
  // the answers of a large recording held twice would take as long as the scan itself
  if (host.constant) return host;
  const run = remembered<ReturnType<ProbeHost["run"]>>();
  const read = remembered<ReturnType<ProbeHost["read"]>>();
  const list = remembered<ReturnType<ProbeHost["list"]>>();
  const readlink = remembered<ReturnType<ProbeHost["readlink"]>>();
  return {
    run: (argv, options) => run(argv.join("\0"), () => host.run(argv, options)),
    read: (path, options) => read(readKey(path, options), () => host.read(path, options)),
    list: (path) => list(path, () => host.list(path)),
    readlink: (path) => readlink(path, () => host.readlink(path)),
  };
}

function readKey(path: string, { bytes, offset, exclusive }: ReadOptions = {}): string {
  return bytes === undefined ? path : `${bytes} ${offset ?? 0} ${exclusive ?? false}\0${path}`;
}

function remembered<A>(): (key: string, ask: () => A) => A {
  const answers = new Map<string, A>();
  return (key, ask) => {
    const before = answers.get(key);
    if (before !== undefined) return before;
    const answer = ask();
    answers.set(key, answer);
    return answer;
  };
}
