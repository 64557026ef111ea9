import * as z from "zod";
import { FindingSchema } from "./finding.js";
import { IdentitySchema } from "./identity.js";
import type { NodeId } from "./ids.js";
import type {
  BlockNode,
  Content,
  Detail,
  DirectoryAttributes,
  Edge,
  FilesystemUsage,
  GroupNode,
  Layout,
  LayoutNode,
  Machine,
  Mount,
} from "./layout.js";
import { layoutFaults } from "./layout-faults.js";
import { NetworkDeviceSchema } from "./network.js";

/** Checks the form of an id read from a file; whether there is such a node is another question. */
export const NodeIdSchema: z.ZodType<NodeId> = z
  .string()
  .regex(/^[a-z][a-z0-9-]*:[A-Za-z0-9._:+/%-]+$/, "is no id of a node") as unknown as z.ZodType<NodeId>;

const DetailSchema: z.ZodType<Detail> = z.record(z.string(), z.unknown());
const bytes = z.int().nonnegative();

const node = {
  id: NodeIdSchema,
  kind: z.string(),
  name: z.string(),
  notRebuilt: z.string().optional(),
  detail: DetailSchema,
};
const signed = { kind: z.string(), uuid: z.string().nullable(), label: z.string().nullable(), detail: DetailSchema };

const ContentSchema: z.ZodType<Content> = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("empty") }),
  z.strictObject({
    is: z.literal("table"),
    kind: z.string(),
    label: z.string(),
    uuid: z.string().nullable(),
    detail: DetailSchema,
  }),
  z.strictObject({ is: z.literal("extended") }),
  z.strictObject({ is: z.literal("filesystem"), type: z.string(), ...signed }),
  z.strictObject({ is: z.literal("swap"), ...signed }),
  z.strictObject({
    is: z.literal("pv"),
    kind: z.string(),
    uuid: z.string(),
    group: NodeIdSchema.nullable(),
    detail: DetailSchema,
  }),
  z.strictObject({ is: z.literal("member"), kind: z.string(), of: NodeIdSchema, detail: DetailSchema }),
  z.strictObject({ is: z.literal("path"), of: NodeIdSchema }),
  z.strictObject({
    is: z.literal("foreign"),
    type: z.string(),
    uuid: z.string().nullable(),
    label: z.string().nullable(),
  }),
  z.strictObject({ is: z.literal("unknown"), why: z.string() }),
]);

const block = { ...node, bytes: bytes.nullable(), readOnly: z.boolean(), content: ContentSchema };
const disk = {
  ...block,
  sectorBytes: bytes.nullable(),
  physicalSectorBytes: bytes.nullable(),
  identities: z.array(IdentitySchema),
};

const LayoutNodeSchema: z.ZodType<LayoutNode> = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("disk"), ...disk }),
  z.strictObject({ role: z.literal("map"), ...disk }),
  z.strictObject({
    role: z.literal("partition"),
    ...block,
    of: NodeIdSchema,
    number: z.int().positive(),
    startBytes: bytes,
  }),
  z.strictObject({ role: z.literal("array"), ...block }),
  z.strictObject({ role: z.literal("group"), ...node }),
  z.strictObject({ role: z.literal("volume"), ...block, group: NodeIdSchema }),
  z.strictObject({ role: z.literal("mapping"), ...block, of: NodeIdSchema }),
]) satisfies z.ZodType<BlockNode | GroupNode>;

const EdgeSchema: z.ZodType<Edge> = z.strictObject({
  from: NodeIdSchema,
  to: NodeIdSchema,
  as: z.enum(["path", "pv", "member"]),
});

const DirectorySchema: z.ZodType<DirectoryAttributes> = z.strictObject({
  mode: z.int().min(0).max(0o7777),
  uid: z.int().nonnegative(),
  gid: z.int().nonnegative(),
});

const UsageSchema: z.ZodType<FilesystemUsage> = z.strictObject({
  bytes,
  freeBytes: bytes,
  inodes: z.int().nonnegative(),
  freeInodes: z.int().nonnegative(),
});

const MountSchema: z.ZodType<Mount> = z.strictObject({
  id: NodeIdSchema,
  at: z.string(),
  source: z.discriminatedUnion("is", [
    z.strictObject({ is: z.literal("node"), node: NodeIdSchema }),
    z.strictObject({ is: z.literal("bind"), path: z.string() }),
    z.strictObject({ is: z.literal("pseudo") }),
    z.strictObject({ is: z.literal("remote"), spec: z.string() }),
    z.strictObject({ is: z.literal("unresolved"), spec: z.string() }),
  ]),
  type: z.string(),
  options: z.array(z.string()),
  active: z.boolean(),
  fstab: z.strictObject({ spec: z.string(), options: z.array(z.string()), dump: z.int(), pass: z.int() }).nullable(),
  readOnly: z.boolean(),
  directory: DirectorySchema.nullable(),
  usage: UsageSchema.nullable().optional(),
});

/** Checks a machine read from a file. */
export const MachineSchema: z.ZodType<Machine> = z.strictObject({
  hostname: z.string(),
  architecture: z.string().nullable(),
  system: z.string().nullable(),
  places: z.array(z.string()),
  network: z.array(NetworkDeviceSchema).optional(),
});

/** Checks a layout read from a file: its form, and that all it refers to is there. */
export const LayoutSchema: z.ZodType<Layout> = z
  .strictObject({
    format: z.literal("bmr-layout"),
    version: z.literal(1),
    machine: MachineSchema,
    nodes: z.array(LayoutNodeSchema),
    edges: z.array(EdgeSchema),
    mounts: z.array(MountSchema),
    config: z.record(z.string(), DetailSchema),
    findings: z.array(FindingSchema),
  })
  .superRefine((layout, context) => {
    for (const { path, message } of layoutFaults(layout)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  });
