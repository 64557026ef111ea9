import * as z from "zod";
import { FindingSchema } from "../layout/finding.js";
import { IdentitySchema } from "../layout/identity.js";
import { MachineSchema, NodeIdSchema } from "../layout/layout-schema.js";
import type { DeviceRef, DiskRequirement, ParamSpec, ToolRequirement } from "./part.js";
import type { Plan } from "./plan.js";
import { planFaults } from "./plan-faults.js";
import { StepSchema } from "./step-schema.js";

const DeviceRefSchema: z.ZodType<DeviceRef> = z.discriminatedUnion("by", [
  z.strictObject({ node: NodeIdSchema, by: z.literal("partition"), of: NodeIdSchema, number: z.int().positive() }),
  z.strictObject({ node: NodeIdSchema, by: z.literal("mapper"), name: z.string(), dmUuid: z.string() }),
]);

const DiskRequirementSchema: z.ZodType<DiskRequirement> = z.strictObject({
  node: NodeIdSchema,
  role: z.enum(["disk", "map"]),
  name: z.string(),
  identities: z.array(IdentitySchema),
  bytes: z.int().nonnegative(),
  sectorBytes: z.int().positive(),
  paths: z.int().nonnegative().nullable(),
  readOnly: z.boolean(),
});

const ToolRequirementSchema: z.ZodType<ToolRequirement> = z.strictObject({
  tool: z.string(),
  where: z.enum(["rescue", "target"]),
  package: z.string(),
  options: z
    .array(
      z.strictObject({
        option: z.string(),
        help: z.tuple([z.string()], z.string()),
        says: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
});

const ParamSpecSchema: z.ZodType<ParamSpec> = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, "is no name of a parameter"),
  title: z.string(),
  pattern: z.string(),
  default: z.string().nullable(),
});

/** Checks a plan read from a file: its form, and that all it refers to is there. */
export const PlanSchema: z.ZodType<Plan> = z
  .strictObject({
    format: z.literal("bmr-plan"),
    version: z.literal(1),
    machine: MachineSchema,
    layoutDigest: z.string().regex(/^[0-9a-f]{64}$/, "is no sha256"),
    disks: z.array(DiskRequirementSchema),
    devices: z.array(DeviceRefSchema),
    tools: z.array(ToolRequirementSchema),
    params: z.array(ParamSpecSchema),
    steps: z.array(StepSchema),
    findings: z.array(FindingSchema),
  })
  .superRefine((plan, context) => {
    for (const { path, message } of planFaults(plan)) context.addIssue({ code: "custom", path: [...path], message });
  });
