/** What a program bundles that makes a gateway. */
export { createGateway } from "../../src/index.ts";
