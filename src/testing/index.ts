/**
 * A provider that misbehaves, to test what stands before it. Each request names its fault, in its model
 * (`"model": "fault:429;retry-after=1"`) or in its path (`/fault/stall;after=2/v1/chat/completions`); the path
 * also chooses the dialect.
 *
 * @module
 */
export { createFaultyProvider } from "./provider.ts";
export { commonSettings, faults } from "./faults/table.ts";
export type { CallRecord, Ending, Fault, FaultyProvider, FaultySettings } from "./types.ts";
