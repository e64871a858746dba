/** Checks and explains inside workerd, with the code of the command. */
import { checkText } from "../../adapters/cli/check-settings.ts";
import { tellComplaint } from "../../adapters/cli/check-value.ts";
import { readRequest } from "../../adapters/cli/read-request.ts";
import { tellExplanation } from "../../adapters/cli/tell-explanation.ts";
import { tellJson } from "../../adapters/cli/tell-json.ts";
import { explainRequest } from "../../src/index.ts";

/** What a test asks. */
interface Question {
  readonly file: string;
  readonly text: string;
  readonly env: Readonly<Record<string, string>>;
  readonly request?: string;
}

export default {
  async fetch(asked: Request): Promise<Response> {
    const { file, text, env, request } = await asked.json() as Question;
    const { settings, effective, complaints } = checkText(text, env);
    if (!settings) {
      return new Response(complaints.map((complaint) => tellComplaint(file, complaint)).join("\n"));
    }
    if (request === undefined) return new Response(tellJson(effective));
    return new Response(
      tellExplanation(await explainRequest({ ...settings, onEnd: () => {} }, readRequest(request))),
    );
  },
};
