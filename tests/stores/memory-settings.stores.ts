import { memorySettings } from "../../adapters/management.ts";
import { keepsSettingsContract } from "./settings-contract.ts";

keepsSettingsContract("in memory", () => {
  const store = memorySettings();
  return { store, other: store };
});
