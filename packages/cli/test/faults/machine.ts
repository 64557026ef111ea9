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

/** The recorded server with something wrong with it. A recording that lacks an answer lacks it all the same. */
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
    read: spoilt(replay.read),
    list: spoilt(replay.list),
    readlink: spoilt(replay.readlink),
  };
}

/** A host for the program: it can be asked, and nothing may be changed on it. */
export function onlyAsked(host: ProbeHost): ActionHost {
  const refuse = async (): Promise<never> => {
    throw new Error("a scan changes nothing");
  };
  return { ...host, exec: refuse, pipe: refuse, write: refuse };
}
