import { testInside } from "./inside.ts";

await testInside("inside-worker.ts", {
  kvNamespaces: ["ANSWERS"],
  durableObjects: {
    STORE: { className: "GatewayStore", useSQLite: true },
    TIDY: { className: "TidyStore", useSQLite: true },
    PLAIN: "PlainStore",
  },
});
