import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { chmod, chown, link, lutimes, mkdir, open, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";

/** What every server has: a recovery set, and files that differ. */
export async function plainTree(root: string): Promise<void> {
  await put(root, "etc/BMR/manifest.json", '{"format":"bmr-set"}\n');
  await put(root, "etc/BMR/plan.json", "{}\n");
  await put(root, "etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  await put(root, "home/a/notes", "notes\n");
  await put(root, "-rf", "a leading dash\n");
  await put(root, "a\\nb", "a backslash and an n\n");
  await put(root, "with: colon", "x");
  await put(root, "st*r/[a]?", "glob characters\n");
  await put(root, "Grüße/☃", "UTF-8\n");
  writeRaw(root, Buffer.from("not-utf8-\xff\xfe", "latin1"));
  writeRaw(root, Buffer.from("two\nlines", "latin1"));
  writeRaw(root, Buffer.from(`${"n".repeat(255)}`, "latin1"));
  await mkdir(join(root, "empty"), { recursive: true });
  await chmod(join(root, "empty"), 0o1777);
  await mkdir(join(root, "tmp"));
  await chmod(join(root, "tmp"), 0o1777);
  await put(root, "tmp/passing", "not to be kept\n");
  await put(root, "home/tmp/kept", "only /tmp itself is a temporary directory\n");
  await symlink("passwd", join(root, "etc/link"));
  await symlink("/nowhere/at all", join(root, "dangling"));
  await link(join(root, "etc/passwd"), join(root, "home/a/same-as-passwd"));
  await link(join(root, "etc/passwd"), join(root, "zz-same-as-passwd"));
  await sparse(join(root, "home/sparse"));
  await put(root, "deep/".repeat(60) + "x".repeat(200), "a path of more than 255 bytes\n");
  await put(root, "home/readonly", "0444");
  await chmod(join(root, "home/readonly"), 0o444);
  // no whole seconds, and none of today
  await utimes(join(root, "home/a/notes"), 1_000_000_000.123, 1_000_000_000.456_789);
  await lutimes(join(root, "dangling"), 1_100_000_000, 1_100_000_000);
  await utimes(join(root, "home/a"), 900_000_000, 900_000_000);
}

/** What only root can make. */
export async function rootTree(root: string): Promise<void> {
  const at = (path: string) => join(root, path);
  await put(root, "usr/bin/ping", "#!/bin/sh\n");
  run("setcap", "cap_net_raw+ep", at("usr/bin/ping"));
  await put(root, "usr/bin/su", "#!/bin/sh\n");
  await chown(at("usr/bin/su"), 1234, 5678);
  await chmod(at("usr/bin/su"), 0o6755);
  run("mknod", "-m", "0640", at("null"), "c", "1", "3");
  run("mknod", "-m", "0600", at("block"), "b", "7", "0");
  run("mkfifo", "-m", "0622", at("fifo"));
  await put(root, "attr/acl", "x");
  run("setfacl", "-m", "u:4711:rw,g:4712:r", at("attr/acl"));
  await mkdir(at("attr/default-acl"));
  run("setfacl", "-d", "-m", "g:4711:rwx", at("attr/default-acl"));
  await put(root, "attr/xattr", "x");
  run("setfattr", "-n", "user.binary", "-v", "0x00ff0a3d25", at("attr/xattr"));
  run("setfattr", "-n", "user.name=with%odd", "-v", "1", at("attr/xattr"));
  run("setfattr", "-n", "trusted.secret", "-v", "t", at("attr/xattr"));
  run("setfattr", "-n", "security.other", "-v", "s", at("attr/xattr"));
  run("setfattr", "-n", "trusted.on-directory", "-v", "d", at("attr"));
  await symlink("xattr", at("attr/link"));
  run("setfattr", "-h", "-n", "trusted.on-link", "-v", "l", at("attr/link"));
  await put(root, "root/secret", "0000");
  await chmod(at("root/secret"), 0);
  await chown(at("root/secret"), 4_000_000_000, 3_999_999_999);
  await chmod(at("root"), 0o700);
}

/** Makes a socket, which no archive keeps. */
export async function socketAt(path: string): Promise<{ close(): void }> {
  const server = createServer();
  // sun_path takes 107 bytes: bound by a short name, then moved
  const short = join(dirname(path), ".s");
  await new Promise<void>((done) => server.listen(short, done));
  await rename(short, path);
  return { close: () => void server.close() };
}

export async function put(root: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

export function run(program: string, ...args: string[]): void {
  execFileSync(program, args);
}

function writeRaw(root: string, name: Buffer): void {
  mkdirSync(root, { recursive: true });
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), name);
}

/** 64 MiB with data in two places and at neither end. */
async function sparse(path: string): Promise<void> {
  const file = await open(path, "w");
  await file.truncate(64 * 1_048_576);
  await file.write("first", 4 * 1_048_576);
  await file.write("second", 40 * 1_048_576 + 4095);
  await file.close();
}
