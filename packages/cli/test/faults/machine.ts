import { readFileSync } from "node:fs";
import {
  type ActionHost,
  type CommandResult,
  type Evidence,
  type ProbeHost,
  readEvidence,
  replayHost,
} from "@bmr/core";

/** The healthy server of the VM lab, recorded by `bmr scan --record`. */
export const server: Evidence = readEvidence(
  readFileSync(new URL("../../../core/test/fixtures/drift/server.json", import.meta.url), "utf8"),
);

/** What a machine says of its files. */
export type FileAnswer = Awaited<ReturnType<ProbeHost["read"] | ProbeHost["list"] | ProbeHost["readlink"]>>;

/** What is wrong with a machine. */
export interface Trouble {
  readonly command?: (truth: CommandResult) => CommandResult;
  readonly file?: (path: string, truth: FileAnswer) => FileAnswer;
}

/**
 * The recorded server with something wrong with it. What wasn't asked of the healthy one is asked of a device that ends
 * where its recording does; any other question stays open.
 */
export function ailing({ command, file }: Trouble): ProbeHost {
  const replay = replayHost(server);
  const spoilt =
    <A extends FileAnswer, R extends unknown[]>(ask: (path: string, ...rest: R) => Promise<A>) =>
    async (path: string, ...rest: R): Promise<A> => {
      const truth = await ask(path, ...rest);
      return file === undefined || truth.is === "not-recorded" ? truth : (file(path, truth) as A);
    };
  return {
    ...replay,
    run: async (argv) => {
      const truth = await replay.run(argv);
      return command === undefined ? truth : command(truth);
    },
    read: spoilt(async (path, options) => {
      const answer = await replay.read(path, options);
      return answer.is === "not-recorded" && file !== undefined ? (longestHead(path) ?? answer) : answer;
    }),
    list: spoilt(replay.list),
    readlink: spoilt(replay.readlink),
  };
}

function longestHead(path: string): { readonly is: "file"; readonly content: string } | undefined {
  const heads = server.files.flatMap((record) =>
    record.path === path && "content" in record && record.bytes !== undefined ? [record.content] : [],
  );
  const content = heads.sort((a, b) => a.length - b.length).at(-1);
  return content === undefined ? undefined : { is: "file", content };
}

/** A host for the program: it can be asked, and nothing may be changed on it. */
export function onlyAsked(host: ProbeHost): ActionHost {
  const refuse = async (): Promise<never> => {
    throw new Error("a scan changes nothing");
  };
  return { ...host, exec: refuse, pipe: refuse, write: refuse };
}
