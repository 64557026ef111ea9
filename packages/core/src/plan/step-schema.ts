import * as z from "zod";
import { NodeIdSchema } from "../layout/layout-schema.js";
import { ArgSchema } from "./arg.js";
import {
  type Action,
  type Check,
  type EachName,
  type Outcome,
  PHASES,
  type Step,
  type StepId,
  VERDICTS,
} from "./step.js";

const argv = z.tuple([ArgSchema], ArgSchema);
const seconds = z.number().positive();
const StepIdSchema = z.string().regex(/^[a-z][a-z0-9-]*:./, "is no id of a step") as unknown as z.ZodType<StepId>;
const expression = z.string().superRefine((pattern, context) => {
  try {
    new RegExp(pattern);
  } catch (cause) {
    context.addIssue({ code: "custom", message: (cause as Error).message });
  }
});

const command = {
  argv,
  stdin: z.union([z.strictObject({ text: z.string() }), z.strictObject({ file: ArgSchema })]).optional(),
  env: z.record(z.string(), z.string()).optional(),
  stdout: z.literal("inherit").optional(),
  okExits: z.array(z.int().min(0).max(255)).optional(),
};
const PlannedCommandSchema = z.strictObject(command);

const EachNameSchema: z.ZodType<EachName> = z.strictObject({
  list: ArgSchema,
  recorded: z.array(z.string()),
  having: ArgSchema.optional(),
});

const namedIn = { files: z.array(ArgSchema), syntax: z.string().optional(), keep: ArgSchema.optional() };

const ActionSchema: z.ZodType<Action> = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.literal("exec"),
    ...command,
    timeLimitSeconds: seconds.optional(),
    terminal: z.boolean().optional(),
    forEach: EachNameSchema.optional(),
    attempts: z.strictObject({ times: z.int().positive(), why: z.string() }).optional(),
    ifRenamed: z.literal(true).optional(),
  }),
  z.strictObject({
    do: z.literal("pipe"),
    stages: z.tuple([PlannedCommandSchema], PlannedCommandSchema),
    timeLimitSeconds: seconds.optional(),
  }),
  z.strictObject({
    do: z.literal("write"),
    path: ArgSchema,
    content: z.string(),
    mode: z.int().min(0).max(0o7777).optional(),
    sysfs: z.boolean().optional(),
  }),
  z.strictObject({ do: z.literal("rename"), ...namedIn }),
  z.strictObject({
    do: z.literal("search"),
    in: z.array(ArgSchema),
    except: z.array(z.string()),
    network: z.literal(true).optional(),
  }),
]);

const device = { device: NodeIdSchema };
const bytes = z.int().nonnegative();

const CheckSchema: z.ZodType<Check> = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("device"), ...device }),
  z.strictObject({ is: z.literal("size"), ...device, least: bytes, most: bytes.optional() }),
  z.strictObject({ is: z.literal("signature"), ...device, tag: z.string(), equals: z.string().nullable() }),
  z.strictObject({ is: z.literal("partition"), ...device, startBytes: bytes, bytes: bytes.nullable() }),
  z.strictObject({ is: z.literal("mounted"), at: ArgSchema, device: NodeIdSchema.nullable() }),
  z.strictObject({ is: z.literal("not-mounted"), at: ArgSchema }),
  z.strictObject({ is: z.literal("swap"), ...device, active: z.boolean() }),
  z.strictObject({ is: z.literal("output"), argv, equals: ArgSchema }),
  z.strictObject({
    is: z.literal("file"),
    path: ArgSchema,
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    forEach: EachNameSchema.optional(),
  }),
  z.strictObject({ is: z.literal("directory"), path: ArgSchema }),
  z.strictObject({ is: z.literal("absent"), path: ArgSchema }),
  z.strictObject({ is: z.literal("renamed"), ...namedIn }),
  z.strictObject({ is: z.literal("attribute"), path: ArgSchema, equals: z.string() }),
]);

const OutcomeSchema: z.ZodType<Outcome> = z.strictObject({
  exits: z.record(z.string().regex(/^\d{1,3}$/, "is no exit code"), z.enum(VERDICTS)),
  messages: z.array(z.strictObject({ pattern: expression, means: z.enum(VERDICTS), remedy: z.string().optional() })),
  atLeast: z.strictObject({ pattern: expression, objects: z.number().nonnegative() }).optional(),
});

/** Checks one step read from a file. */
export const StepSchema: z.ZodType<Step> = z.strictObject({
  id: StepIdSchema,
  title: z.string(),
  why: z.string(),
  phase: z.enum(PHASES),
  when: z.strictObject({ param: z.string(), equals: z.string() }).optional(),
  run: z.array(ActionSchema),
  after: z.array(StepIdSchema),
  parallel: z.strictObject({ exclusive: z.array(z.string()) }).optional(),
  destroys: z.array(NodeIdSchema),
  before: z.array(CheckSchema),
  done: z.array(CheckSchema),
  outcome: OutcomeSchema.optional(),
  release: z.array(ActionSchema).optional(),
});
