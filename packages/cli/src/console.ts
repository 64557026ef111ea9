import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Lines for people, on a stream that may stop being read: a stopped terminal, a pipe to a program that hangs. */
export interface Console {
  /** One line, without its end. Returns at once, whatever becomes of it. */
  line(text: string): void;
  /** Waits until all is written, at most so long (ms; `Infinity` waits on); false where something is left. */
  flush(milliseconds: number): Promise<boolean>;
}

/** What is kept for a console that isn't read: the newest lines; the ones before them are counted. */
const MOST_PENDING = 256 * 1024;
/** How often a blocked console is tried again, in ms. */
const TRY_EVERY = 100;

/** Writes as much as can be written without waiting; throws `EAGAIN` where that is nothing. */
type Write = (bytes: Uint8Array) => number;

/**
 * A console over a file descriptor of this process. Node writes to terminals and pipes as if they never blocked, and
 * stands still with all its commands when they do (a terminal stopped by Ctrl-S); so they are opened anew, without
 * blocking, which leaves the descriptor that is shared with others as it is.
 */
export function openConsole(descriptor: number): Console {
  return consoleOver(writerFor(descriptor));
}

function writerFor(descriptor: number): Write {
  const kind = fstatSync(descriptor);
  if (kind.isFIFO() || kind.isCharacterDevice()) {
    const own = openedAnew(descriptor);
    return (bytes) => writeSync(own, bytes);
  }
  // a socket can't be opened anew; this keeps what isn't taken at once in memory
  if (kind.isSocket()) return overSocket(new Socket({ fd: descriptor, readable: false, writable: true }));
  return (bytes) => writeSync(descriptor, bytes);
}

/** The descriptor itself where it can't be opened anew: no /proc, or a terminal that belongs to another user. */
function openedAnew(descriptor: number): number {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    const own = openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    process.once("exit", () => closeSync(own));
    return own;
  } catch {
    return descriptor;
  }
}

function overSocket(socket: Socket): Write {
  let gone: Error | undefined;
  socket.on("error", (error) => {
    gone = error;
  });
  socket.unref();
  return (bytes) => {
    if (gone !== undefined) throw gone;
    if (socket.writableNeedDrain) throw Object.assign(new Error("the reader is slow"), { code: "EAGAIN" });
    socket.write(bytes);
    return bytes.length;
  };
}

function consoleOver(write: Write): Console {
  const pending: Buffer[] = [];
  let pendingBytes = 0;
  let dropped = 0;
  let isGone = false;
  let timer: NodeJS.Timeout | undefined;

  const push = (bytes: Buffer) => {
    pending.push(bytes);
    pendingBytes += bytes.length;
    // the first may be half written
    while (pendingBytes > MOST_PENDING && pending.length > 2) {
      pendingBytes -= (pending.splice(1, 1)[0] as Buffer).length;
      dropped += 1;
    }
  };
  /** The note stands where the lines are missing: behind the one that was at work. */
  const noteDropped = () => {
    if (dropped === 0) return;
    const note = Buffer.from(`(${dropped} lines left out: nobody read them here; they are in the log)\n`);
    dropped = 0;
    pending.splice(0, 0, note);
    pendingBytes += note.length;
  };
  const advance = () => {
    const first = pending[0] as Buffer;
    const written = write(first);
    pendingBytes -= written;
    if (written < first.length) {
      pending[0] = first.subarray(written);
      return;
    }
    pending.shift();
    noteDropped();
  };
  const drain = () => {
    timer = undefined;
    try {
      while (pending.length > 0) advance();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") timer ??= setTimeout(drain, TRY_EVERY).unref();
      // hung up, or the reader has gone: nobody is there to tell
      else {
        isGone = true;
        pending.length = 0;
      }
    }
  };
  return {
    line: (text) => {
      if (isGone) return;
      push(Buffer.from(`${text}\n`));
      if (timer === undefined) drain();
    },
    flush: async (milliseconds) => {
      const deadline = performance.now() + milliseconds;
      while (pending.length > 0 && performance.now() < deadline) await sleep(TRY_EVERY / 2);
      return pending.length === 0;
    },
  };
}
