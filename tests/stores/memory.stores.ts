import { memoryStore } from "../../src/index.ts";
import { keepsCounterContract, keepsStoreContract } from "./contract.ts";

keepsStoreContract("memory", () => ({ store: memoryStore() }));
keepsCounterContract("memory", () => ({ store: memoryStore() }));
