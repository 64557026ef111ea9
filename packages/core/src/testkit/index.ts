/**
 * `@bmr/core/testkit`: what the tests of adapters, kinds and tools need.
 *
 * @packageDocumentation
 */

export type { CommandRecord, Evidence, EvidenceHost, FileRecord, LinkRecord } from "../host/evidence.js";
export { readEvidence, writeEvidence } from "../host/evidence-file.js";
export { type Recording, recordingHost } from "../host/recording.js";
export { replayHost } from "../host/replay.js";
export { adapterConformance, type ConformanceCheck, type ConformanceSubject } from "./adapter-conformance.js";
export { evidenceFixture, type FixtureCommand, type FixtureMachine } from "./evidence-fixture.js";
export { isForeign, looseReplayHost } from "./loose-replay.js";
